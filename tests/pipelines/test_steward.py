"""The steward's commands, as somebody types them."""

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner
from villages import Village

from pipelines.cli import app

run = CliRunner().invoke
NAMED = "Worries about Zbyszek Okonkwo near the park."


@pytest.fixture
def published(village: Village, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Village:
    monkeypatch.setenv("SAFER_PLACES_KEY_FILE", str(tmp_path / "own.key"))
    monkeypatch.setenv("SAFER_PLACES_DATA_DIR", str(village.data_dir))
    village.deliver(
        "rag_judgements", f'place_id,judged_on,value,role,reason\nB01,2024-01-05,amber,Youth Work Lead,"{NAMED}"\n',
        delivered_on="2024-02-01",
    )  # fmt: skip
    village.incidents("r1,2024-01-05,robbery,400500,300500")
    village.build(as_at=date(2024, 2, 5))
    village.publish()
    return village


def test_a_steward_sees_the_text_with_what_holds_it_back_and_lets_it_go(published: Village) -> None:
    shown = run(app, ["quarantine", "list"])
    assert shown.exit_code == 0
    assert "[Zbyszek" in shown.output
    [waiting] = json.loads(run(app, ["quarantine", "list", "--json"]).output)
    done = run(app, ["quarantine", "release", waiting["id"]])
    assert (done.exit_code, "Zbyszek" in done.output) == (0, False)
    assert run(app, ["quarantine", "list"]).output.strip() == "Nothing waits."


def test_a_steward_turns_a_text_down(published: Village) -> None:
    [waiting] = json.loads(run(app, ["quarantine", "list", "--json"]).output)
    assert run(app, ["quarantine", "refuse", waiting["id"]]).exit_code == 0
    assert json.loads(run(app, ["quarantine", "list", "--json"]).output) == []
    [still] = json.loads(run(app, ["quarantine", "list", "--decided", "--json"]).output)
    assert still["outcome"] == "turned_down"


def test_the_key_is_rotated_for_the_months_to_come(published: Village) -> None:
    done = run(app, ["rotate-key"])
    assert (done.exit_code, "March 2024" in done.output) == (0, True)
    assert published.publish().was_new
