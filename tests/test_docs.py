"""What is written about the project is true of it."""

import re
import subprocess
from pathlib import Path

import pytest

import geo.errors
import pipelines.errors
from pipelines.cli import app
from pipelines.intake.contract import feeds
from pipelines.settings import SHIPPED, Settings

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "data" / "GLOSSARY.md"])
README = (ROOT / "README.md").read_text(encoding="utf-8")


def tracked() -> list[Path]:
    """Every file of the project, as its history keeps it."""
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def test_every_command_is_in_the_readme_and_every_one_there_exists() -> None:
    commands = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    commands |= {str(group.name) for group in app.registered_groups}
    assert set(re.findall(r"^\| `safer-places ([\w-]+)", README, re.MULTILINE)) == commands


def test_every_make_recipe_named_anywhere_exists() -> None:
    recipes = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in PAGES:
        named = set(re.findall(r"`?make ([a-z]+)`?(?=[`\s.,;])", page.read_text(encoding="utf-8")))
        code = set(re.findall(r"^make ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE))
        assert {name for name in named | code if name in recipes or name in code} <= recipes


def test_every_link_leads_to_a_file() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert "://" in target or (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_exit_code_is_in_the_readme() -> None:
    kinds = [one for one in vars(pipelines.errors).values() if isinstance(one, type) and hasattr(one, "exit_code")]
    codes = {one.exit_code for one in kinds}
    assert len(codes) == len(kinds), "each kind has a number of its own"
    for code in codes - {1}:
        assert re.search(rf"\b{code}\b", README.split("It ends with 0")[1].split("##")[0])
    geometry = {one.exit_code for one in vars(geo.errors).values() if isinstance(one, type) and hasattr(one, "exit_code")}
    assert all(20 <= code <= 25 for code in geometry)


def test_every_feed_with_a_contract_is_in_the_words_of_the_project() -> None:
    shipped = set(feeds(Settings(SHIPPED)))
    assert {"incidents", "missing_episodes", "weapon_in_school_reports", "police_uk", "boundaries"} <= shipped
    assert len(shipped) == 20


def test_every_policy_key_is_explained_beside_it() -> None:
    text = (SHIPPED / "policy.toml").read_text(encoding="utf-8").split("[[harm_groups]]")[0]
    for line in text.splitlines():
        if " = " in line:
            assert "#" in line, line


@pytest.mark.parametrize(
    "term",
    ["beat", "place of concern", "incident", "missing episode", "snapshot", "gate", "not collected", "still arriving",
     "snapped", "unplaced", "estimated", "base area", "delivery", "contract"],
)  # fmt: skip
def test_the_glossary_defines_the_words_the_screens_use(term: str) -> None:
    glossary = (SHIPPED / "GLOSSARY.md").read_text(encoding="utf-8")
    assert re.search(rf"\*\*{term}\*\*|^\| *{term} *\|", glossary, re.IGNORECASE | re.MULTILINE)


OUTSIDERS = re.compile(
    r"pypi\.org|files\.pythonhosted|registry\.npmjs|deb\.debian|/work/|\.library|issue #?\d|helper-\d|\bsession \d",
    re.IGNORECASE,
)


def test_the_project_speaks_of_itself_alone() -> None:
    found = []
    for path in tracked():
        if path.suffix in {".py", ".md", ".toml", ".sql", ".csv", ".js", ".css", ""} and path.name != Path(__file__).name:
            if path.suffix == "" and path.name not in {"Makefile", "run", "LICENSE"}:
                continue
            if OUTSIDERS.search(path.read_text(encoding="utf-8", errors="ignore")):
                found.append(str(path.relative_to(ROOT)))
    assert found == []


def test_no_third_party_script_or_font_is_kept() -> None:
    kept = [
        path.name
        for path in tracked()
        if path.suffix in {".woff", ".woff2", ".ttf", ".otf"} or path.name.endswith(".min.js")
    ]
    assert kept == []
    assert not [path for path in tracked() if "vendor" in path.parts]
