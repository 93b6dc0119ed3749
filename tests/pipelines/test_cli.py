"""The `safer-places` command: every question it answers, and how it ends."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from filelock import FileLock
from typer.testing import CliRunner
from villages import Village, make_village

from pipelines.cli import app, main

COMMAND = Path(sys.executable).with_name("safer-places")
HEADER = "record_ref,occurred_from,harm_type,easting_m,northing_m"
CANARY = "Canary-Wharton"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Village:
    """A village built and published once. Not to be changed."""
    village = make_village(tmp_path_factory.mktemp("built") / "village")
    village.incidents("r1,2024-01-10,knife_crime,400500,300500")
    village.build()
    village.publish()
    return village


@pytest.fixture
def ready(built: Village, tmp_path: Path) -> Village:
    return built.copied(tmp_path / "ready")


def run(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a person runs it."""
    return subprocess.run(
        [COMMAND, *map(str, words)], env={**os.environ, **environment}, capture_output=True, text=True, timeout=120
    )


def answer(*words: str | Path, code: int = 0) -> Any:
    """What a command answers in JSON."""
    done = CliRunner().invoke(app, [*map(str, words), "--json"])
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


def ends(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str]:
    """How a command that fails on purpose ends: its exit code, and its one message."""
    monkeypatch.setattr(sys, "argv", ["safer-places", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    return int(str(ended.value.code)), said.err


def test_a_town_goes_from_nothing_to_published_by_command_alone(tmp_path: Path) -> None:
    town = tmp_path / "town"
    made = run("demo", "--months", "6", "--json", SAFER_PLACES_DATA_DIR=str(town))
    assert json.loads(made.stdout) == {"data_dir": str(town), "seed": 7, "months": 6}
    built = json.loads(run("build", "--json", SAFER_PLACES_DATA_DIR=str(town)).stdout)
    assert set(built) == {"as_at", "deliveries", "tallies"}
    for tally in built["tallies"].values():
        assert tally["read"] == sum(rows for fate, rows in tally.items() if fate != "read")
    published = json.loads(run("publish", "--json", SAFER_PLACES_DATA_DIR=str(town)).stdout)
    assert published["was_new"] is True
    fresh = json.loads(run("status", "--json", SAFER_PLACES_DATA_DIR=str(town)).stdout)
    assert set(fresh) == {"snapshot", "as_at", "feeds"}
    assert fresh["snapshot"] == published["id"]
    assert {"feed", "label", "delivered_on", "covers_to"} <= set(fresh["feeds"][0])
    assert run("demo", "--months", "6", "--data-dir", town).returncode == 0


def test_words_are_for_people_and_json_for_programs(ready: Village) -> None:
    for words, says in (
        (("build",), "As at 2024-02-05: exact, private, not for the meeting"),
        (("publish",), "Nothing has changed; the current snapshot is 2024-02"),
        (("snapshots",), "* 2024-02_2024-02-05_"),
        (("status",), "Two Ends Partnership: 2024-02_2024-02-05_"),
    ):
        done = CliRunner().invoke(app, [*words, "--data-dir", str(ready.data_dir)])
        assert done.exit_code == 0
        assert says in done.output


def test_snapshots_are_listed_and_another_can_be_made_current(ready: Village) -> None:
    [first] = answer("snapshots", "--data-dir", ready.data_dir)
    assert first == {"id": first["id"], "as_at": "2024-02-05", "current": True}
    ready.incidents("r2,2024-02-10,robbery,400500,300500", name="feb.csv", covers=("2024-02-01", "2024-02-29"),
                    delivered_on="2024-03-05")  # fmt: skip
    answer("build", "--data-dir", ready.data_dir)
    later = answer("publish", "--data-dir", ready.data_dir)
    assert later["was_new"] is True
    assert [one["current"] for one in answer("snapshots", "--data-dir", ready.data_dir)] == [False, True]
    assert answer("use", first["id"], "--data-dir", ready.data_dir) == {"id": first["id"]}
    assert [one["current"] for one in answer("snapshots", "--data-dir", ready.data_dir)] == [True, False]


def test_a_build_for_an_earlier_day_is_asked_for_with_as_at(ready: Village) -> None:
    assert answer("build", "--as-at", "2024-02-07", "--data-dir", ready.data_dir)["as_at"] == "2024-02-07"


def test_before_the_first_snapshot_the_list_is_empty_and_says_what_to_do(tmp_path: Path) -> None:
    assert answer("snapshots", "--data-dir", tmp_path) == []
    done = CliRunner().invoke(app, ["snapshots", "--data-dir", str(tmp_path)])
    assert "There are no snapshots yet: run safer-places publish" in done.output


def test_check_passes_a_sound_file_and_thanks_for_it(ready: Village) -> None:
    file = ready.incidents("r3,2024-01-12,robbery,400500,300500", name="next.csv")
    [found] = answer("check", file, "--as-at", "2024-02-05", "--data-dir", ready.data_dir)
    assert found == {"file": "next.csv", "feed": "incidents", "rows": 1, "refused": [], "faults": []}
    done = CliRunner().invoke(app, ["check", str(file), "--as-at", "2024-02-05", "--data-dir", str(ready.data_dir)])
    assert "1 rows were read and nothing is wrong. Thank you." in done.output


def test_check_ends_with_4_for_a_bad_file_and_writes_a_letter_without_values(ready: Village, tmp_path: Path) -> None:
    file = ready.incidents(
        f"{CANARY},2024-01-12,{CANARY},400500,300500", header=HEADER.replace("harm_type", "surname"), name="b.csv"
    )
    other = ready.incidents(*(f"r{n},2024-01-12,{CANARY},400500,300500" for n in range(30)), name="mostly.csv")
    letter = tmp_path / "letter.md"
    done = run("check", file, other, "--as-at", "2024-02-05", "--letter", letter, "--data-dir", ready.data_dir)
    assert done.returncode == 4
    page = letter.read_text(encoding="utf-8")
    assert page.strip() == done.stdout.strip()
    assert page.startswith("# Files to mend for Two Ends Partnership\n")
    assert "- incidents/b.csv: has columns that say who a person is and are not accepted: surname." in page
    assert "- incidents/mostly.csv: 30 of 30 rows are bad" in page
    assert CANARY not in page + done.stderr


def test_check_with_row_faults_only_ends_well_and_says_which_rows(ready: Village) -> None:
    file = ready.incidents("r1,2024-01-12,robbery,400500,300500", f"r2,2024-01-12,{CANARY},400500,300500", name="next.csv")
    [found] = answer("check", file, "--as-at", "2024-02-05", "--data-dir", ready.data_dir)
    assert found["faults"] == [{"code": "unknown_code:harm_type", "rows": 1, "first_rows": [3]}]


def test_doctor_says_what_is_well_and_ends_with_1_when_something_must_be_mended(ready: Village, tmp_path: Path) -> None:
    assert all(one["well"] for one in answer("doctor", "--data-dir", ready.data_dir))
    found = answer("doctor", "--data-dir", tmp_path / "nowhere", code=1)
    assert {tuple(one) for one in found} == {("what", "well", "mend")}
    done = CliRunner().invoke(app, ["doctor", "--data-dir", str(tmp_path / "nowhere")])
    assert done.exit_code == 1
    assert "MEND  warehouse built: run safer-places build" in done.output


def test_the_command_alone_shows_what_it_can_do() -> None:
    done = CliRunner().invoke(app, ["--help"])
    for command in ("demo", "check", "build", "publish", "snapshots", "use", "status", "doctor", "serve"):
        assert command in done.output


# --- every kind of error has its own ending -------------------------------------------------------------------


def spoil(ready: Village, how: str) -> tuple[str | Path, ...]:
    """Make one thing wrong, and give the command that meets it."""
    data_dir = ready.data_dir
    [snapshot] = (data_dir / "snapshots").glob("*.duckdb")
    if how == "settings":
        (data_dir / "policy.toml").write_text("rounding = 1", encoding="utf-8")
        return ("build",)
    if how == "contract":
        ready.incidents(f"{CANARY},2024-01-10", name="bad.csv", header="record_ref,occurred_from")
        return ("build",)
    if how == "places":
        (data_dir / "boundaries" / "beats.geojson").unlink()
        return ("build",)
    if how == "warehouse":
        ready.settings.warehouse.unlink()
        return ("publish",)
    if how == "key":
        return ("publish",)
    if how == "no snapshot":
        return ("use", "2024-02_2024-02-05_00000000")
    if how == "nothing published":
        shutil.rmtree(data_dir / "snapshots")
        return ("status",)
    if how == "damaged":
        snapshot.write_bytes(b"damaged")
        return ("use", snapshot.stem)
    if how == "changed":
        with duckdb.connect(str(snapshot)) as file:
            file.execute("DELETE FROM counts")
        return ("use", snapshot.stem)
    (data_dir / "snapshots" / f"{snapshot.stem}.json").write_text("{", encoding="utf-8")
    return ("status",)


ENDINGS = {
    "settings": (3, "policy.toml: "),
    "contract": (4, "incidents/bad.csv: lacks the required columns harm_type"),
    "places": (5, "boundaries/ holds no boundary file"),
    "warehouse": (6, "there is no warehouse yet: run `safer-places build` first"),
    "key": (8, "the rounding key is missing"),
    "no snapshot": (9, "there is no snapshot of that name"),
    "nothing published": (9, "nothing has been published yet"),
    "damaged": (10, "cannot be opened. Restore it from a copy"),
    "changed": (10, "is not what was released"),
    "manifest": (10, "cannot be read; run `safer-places use` with another snapshot"),
}


@pytest.mark.parametrize("how", ENDINGS)
def test_each_kind_of_error_is_one_message_and_its_own_exit_code(
    ready: Village, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, how: str
) -> None:
    if how == "key":
        monkeypatch.setenv("SAFER_PLACES_KEY_FILE", str(tmp_path / "lost.key"))
    code, says = ENDINGS[how]
    ended, message = ends(monkeypatch, capsys, *spoil(ready, how), "--data-dir", ready.data_dir)
    assert ended == code
    assert says in message
    assert CANARY not in message


def test_a_second_writer_is_told_to_wait(
    ready: Village, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with FileLock(ready.settings.warehouse.parent / ".lock"):
        for words in (("build",), ("publish",), ("use", "2024-02_2024-02-05_00000000")):
            code, message = ends(monkeypatch, capsys, *words, "--data-dir", ready.data_dir)
            assert (code, "another build or publish of this data directory is running" in message) == (6, True)


def test_demo_never_writes_over_deliveries_that_are_not_its_own(
    ready: Village, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(path for path in ready.data_dir.rglob("*"))
    code, message = ends(monkeypatch, capsys, "demo", "--data-dir", ready.data_dir)
    assert code == 3
    assert "holds a town that is not Larkhaven: give an empty --data-dir" in message
    assert sorted(path for path in ready.data_dir.rglob("*")) == before


def test_a_letter_that_cannot_be_written_is_said(
    ready: Village, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = next((ready.data_dir / "deliveries" / "incidents").glob("*.csv"))
    letter = tmp_path / "no" / "such" / "letter.md"
    code, message = ends(monkeypatch, capsys, "check", file, "--letter", letter, "--data-dir", ready.data_dir)
    assert (code, "the letter cannot be written there" in message) == (3, True)


def test_a_file_that_is_not_there_is_a_mistake_of_the_command_line(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["check", str(tmp_path / "nothing.csv"), "--data-dir", str(tmp_path)])
    assert done.exit_code == 2
    assert "no such file: nothing.csv" in done.output


def test_an_error_ends_the_program_itself_with_its_code_and_nothing_on_the_output(tmp_path: Path) -> None:
    done = run("status", "--data-dir", tmp_path, "--json")
    assert (done.returncode, done.stdout) == (9, "")
    assert done.stderr.count("\n") == 1
