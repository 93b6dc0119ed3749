"""The doctor: finds each thing that ails an installation, says what to mend, and changes nothing."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from villages import Village, make_village

from pipelines import doctor
from pipelines.doctor import examine
from pipelines.settings import Settings


@pytest.fixture(scope="module")
def well(tmp_path_factory: pytest.TempPathFactory) -> Village:
    village = make_village(tmp_path_factory.mktemp("well") / "village")
    village.incidents("r1,2024-01-10,knife_crime,400500,300500")
    village.build()
    village.publish()
    return village


def ails(settings: Settings) -> dict[str, str]:
    return {one.what: one.mend for one in examine(settings) if not one.well}


def test_a_published_village_ails_nothing_and_is_left_as_it_was(well: Village) -> None:
    before = {path: path.stat().st_mtime_ns for path in well.data_dir.rglob("*")}
    assert ails(well.settings) == {}
    assert {path: path.stat().st_mtime_ns for path in well.data_dir.rglob("*")} == before


def test_the_command_says_its_findings_and_no_library_speaks_between(well: Village) -> None:
    command = [sys.executable, "-m", "pipelines.cli", "doctor", "--data-dir", str(well.data_dir)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "current snapshot" in done.stdout
    assert done.stderr == ""


def test_an_empty_directory_lacks_everything_in_the_order_to_mend_it(tmp_path: Path) -> None:
    found = ails(Settings(tmp_path / "nothing"))
    assert list(found) == ["boundaries delivered", "deliveries received", "warehouse built", "current snapshot"]
    assert found["boundaries delivered"].endswith("or run safer-places demo")
    assert found["current snapshot"] == "nothing published yet: run safer-places publish"
    assert not (tmp_path / "nothing").exists()


def _policy(text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / "policy.toml").write_text(text, encoding="utf-8")


def _contract(folder: Path) -> None:
    (folder / "contracts").mkdir()
    (folder / "contracts" / "incidents.toml").write_text("feed = 1", encoding="utf-8")


AILMENTS: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "a policy out of bounds": (_policy("[rounding]\nbase = 1"), "policy and partnership", "policy.toml: rounding.base"),
    "a contract that is none": (_contract, "contracts and vocabularies", "incidents.toml: "),
    "no boundaries": (lambda folder: shutil.rmtree(folder / "boundaries"), "boundaries delivered", "put boundary files in"),
    "no deliveries": (lambda folder: shutil.rmtree(folder / "deliveries"), "deliveries received", "put files in"),
    "no warehouse": (lambda folder: shutil.rmtree(folder / "warehouse"), "warehouse built", "run safer-places build"),
    "a damaged snapshot": (
        lambda folder: next((folder / "snapshots").glob("*.duckdb")).write_bytes(b"x"),
        "current snapshot", "cannot be opened"),
    "a damaged manifest": (
        lambda folder: next((folder / "snapshots").glob("*.json")).write_text("{"), "current snapshot", "is damaged"),
    "a current that is not there": (
        lambda folder: (folder / "snapshots" / "current").write_text("x"), "current snapshot", "no snapshot of that name"),
}  # fmt: skip


@pytest.mark.parametrize("ailment", AILMENTS)
def test_each_ailment_is_found_alone_with_what_to_mend(well: Village, tmp_path: Path, ailment: str) -> None:
    harm, what, mend = AILMENTS[ailment]
    folder = Path(shutil.copytree(well.data_dir, tmp_path / "ill"))
    harm(folder)
    found = ails(Settings(folder))
    assert set(found) == {what}
    assert mend in found[what]


def test_a_lost_key_is_found_and_no_new_one_is_made(well: Village, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAFER_PLACES_KEY_FILE", str(tmp_path / "lost.key"))
    assert "the rounding key is missing" in ails(well.settings)["current snapshot"]
    assert not (tmp_path / "lost.key").exists()


def test_a_harm_type_nobody_knows_or_out_of_scope_is_found(well: Village, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(well.data_dir, tmp_path / "ill"))
    text = (Settings(tmp_path).own_or_shipped("policy.toml")).read_text(encoding="utf-8")
    for word, says in (("knife_crimee", "no such harm type"), ("cse_online", "out of scope, so never mapped: take it out")):
        (folder / "policy.toml").write_text(text.replace('"knife_crime"', f'"{word}"'), encoding="utf-8")
        assert f"{word}: {says}" in ails(Settings(folder))["policy and partnership"]


def test_a_library_that_cannot_be_loaded_a_full_disk_and_lost_map_files_are_found(
    well: Village, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "LIBRARIES", ("no_such_library",))
    monkeypatch.setattr(doctor, "SMALLEST_FREE_GB", 10**9)
    monkeypatch.setattr(doctor, "SHIPPED", tmp_path / "data")
    found = ails(well.settings)
    assert found["library no_such_library"] == "ModuleNotFoundError: run make setup again"
    assert found["map files in place"] == "run make setup again"
    assert "make room" in found[f"at least {10**9} GB free"]
