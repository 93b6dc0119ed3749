"""The command that freezes a meeting."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner
from villages import Village, make_village

from pipelines.errors import NoSnapshot, NotForThisAudience
from pipelines.insight.frozen import AlreadyFrozen
from pipelines.meetings import freeze_meeting

app = typer.Typer()
app.command("freeze-meeting")(freeze_meeting)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Village:
    village = make_village(tmp_path_factory.mktemp("built") / "village")
    village.incidents("r1,2024-01-10,knife_crime,400500,300500")
    village.build()
    village.publish()
    return village


def run(data_dir: Path, *words: str, locality: str = "west", day: str = "2024-02-06"):
    asked = ["--locality", locality, "--date", day, "--data-dir", str(data_dir), *words]
    return CliRunner().invoke(app, asked)


def test_a_meeting_is_frozen_in_one_file_that_is_named_for_it(built: Village) -> None:
    done = run(built.data_dir, "--json")
    assert done.exit_code == 0
    said = json.loads(done.stdout)
    assert Path(said["file"]) == built.data_dir / "meetings" / "west_2024-02-06.json"
    assert said["as_at"] == "2024-02-05"
    again = run(built.data_dir)
    assert isinstance(again.exception, AlreadyFrozen)


def test_the_answer_says_what_was_kept_and_of_which_day_the_figures_are(built: Village) -> None:
    done = run(built.data_dir, day="2024-02-13")
    assert "West, 2024-02-13, figures as at 2024-02-05: frozen in" in " ".join(done.stdout.split())


def test_a_locality_that_is_none_is_refused_before_anything_is_written(built: Village) -> None:
    assert isinstance(run(built.data_dir, locality="harbour").exception, NotForThisAudience)
    assert not (built.data_dir / "meetings" / "harbour_2024-02-06.json").exists()


def test_with_nothing_published_it_says_what_to_do(tmp_path: Path) -> None:
    assert isinstance(run(tmp_path).exception, NoSnapshot)
    assert not (tmp_path / "meetings").exists()
