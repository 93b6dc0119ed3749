"""What the pages on security and data protection promise is tested, and their figures are those that were measured."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.metadata import distributions, metadata
from pathlib import Path

import pytest

from benchmarks import known_faults

ROOT = Path(__file__).resolve().parents[1]
SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
DPIA = (ROOT / "docs" / "dpia.md").read_text(encoding="utf-8")
TESTS = {
    name for file in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^def (test_\w+)\(", file.read_text(encoding="utf-8"), re.MULTILINE)
}  # fmt: skip
# Licences under which a library may be used, changed and passed on with this one; LGPL as a library, unchanged.
PERMISSIVE = re.compile(
    r"\b(MIT|0?BSD|Apache|PSF|Python Software Foundation|ISC|Unlicense|Public Domain|CC0|HPND|Zlib|MPL|Mozilla|LGPL"
    r"|Lesser|OFL|Historical Permission)\b",
    re.IGNORECASE,
)
# Say nothing of their licence in what is installed: MIT, and BSD as Leaflet itself, by the files of their sources.
LOOKED_UP = {"streamlit-folium", "xstatic-leaflet"}


def figures(name: str) -> dict:
    """The newest measurement of a name."""
    file = sorted((ROOT / "docs" / "figures").glob(f"*-{name}.json"))[-1]
    return json.loads(file.read_text(encoding="utf-8"))


def test_every_threat_names_tests_and_every_one_named_exists() -> None:
    table = SECURITY.split("## Who could try what")[1].split("**Not stopped:**")[0]
    rows = [line for line in table.splitlines() if line.startswith("|") and "---" not in line][1:]
    assert len(rows) >= 15
    for row in rows:
        named = re.findall(r"`(test_\w+)`", row)
        assert named, row
        assert set(named) <= TESTS, set(named) - TESTS


def test_the_figures_of_the_assessment_are_those_measured() -> None:
    attacked = figures("attackers")
    assert f"| counts attacked | {attacked['cells']:,} |" in DPIA
    assert (
        f"| counts worked out | {attacked['recovered']} | at least {attacked['careless_recovered_share_least']:.0%} of"
        in DPIA
    )
    assert f"possible for any count | {attacked['fewest_feasible']} |" in DPIA
    weekly = attacked["one_record_a_week"].values()
    assert f"{sum(one['recovered'] for one in weekly)} of {sum(one['sequences'] for one in weekly):,} sequences" in DPIA
    levels = {one["level"]: one for one in figures("utility")["levels"]}
    finest, month = levels["beat, harm group, month"], levels["locality, month"]
    assert f"off by {finest['y_error']} on average ({finest['y_error_share']:.0%} of it)" in DPIA
    assert f"one month by {month['y_error_share']:.0%} of it" in DPIA


def test_the_assessment_says_the_days_of_the_policy() -> None:
    policy = tomllib.loads((ROOT / "data" / "policy.toml").read_text(encoding="utf-8"))
    assert f"frozen and {policy['retention']['purge_after_days']} days have passed" in DPIA


def test_what_only_the_partnership_can_say_is_marked() -> None:
    assert DPIA.count("**[you]**") >= 15


@pytest.mark.parametrize(("answer", "code", "said"), [
    ([{"name": "one", "skip_reason": "not found"}], 3, "none of 1 libraries could be looked up"),
    ([{"name": "one", "version": "1", "vulns": []}], 0, "1 libraries looked up, none with a known fault"),
    ([{"name": "one", "version": "1", "vulns": [{"id": "CVE-1"}]}], 1, "one 1: CVE-1"),
    ([{"name": "one", "version": "1", "vulns": []}, {"name": "two", "skip_reason": "x"}], 3, "not looked up: two"),
])  # fmt: skip
def test_what_could_not_be_looked_up_is_never_called_sound(answer, code, said) -> None:
    found, words = known_faults.told({"dependencies": answer})
    assert found == code
    assert said in words


def test_every_library_the_program_needs_is_permissively_licensed() -> None:
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    for name in set(needed) - LOOKED_UP:
        about = metadata(name)
        said = [about.get("License-Expression") or "", (about.get("License") or "")[:200], *about.get_all("Classifier", [])]
        assert any(PERMISSIVE.search(one) for one in said if "License" in one or "::" not in one), name


def test_what_is_installed_is_what_is_locked() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([\w.!+-]+)", lock, re.MULTILINE):
        locked.setdefault(re.sub(r"[._-]+", "-", name), set()).add(version)
    there = {re.sub(r"[._-]+", "-", one.name.lower()): one.version for one in distributions()}
    differ = {name for name, version in there.items() if name in locked and version not in locked[name]}
    assert differ == set()
