"""What is held on one record, wherever it lies, and nothing of any other."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner
from villages import Village, make_village

from pipelines import trail
from pipelines.cli import app
from pipelines.errors import SettingsError
from pipelines.intake.retention import purge
from pipelines.trace import trace

HEADER = "record_ref,occurred_from,harm_type,easting_m,northing_m"
IN_B01, IN_B02 = "400500,300500", "401500,300500"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, _own_key: None) -> Village:
    """One record sent, corrected and sent again; others beside it. Not to be changed."""
    village = make_village(tmp_path_factory.mktemp("trace") / "village")
    village.incidents(f"wanted-1,2024-01-10,knife_crime,{IN_B01}", f"other-1,2024-01-11,robbery,{IN_B02}",
                      f"wanted-11,2024-01-12,robbery,{IN_B02}", name="first.csv")  # fmt: skip
    village.incidents(f"wanted-1,2024-01-20,knife_crime,{IN_B02}", name="second.csv", delivered_on="2024-02-06")
    village.incidents(f"bad-1,2024-13-40,knife_crime,{IN_B01}", *(f"sound-{one},2024-01-14,robbery,{IN_B01}" for one in
                      range(9)), name="third.csv", delivered_on="2024-02-07")  # fmt: skip
    village.build()
    village.publish()
    return village


@pytest.fixture
def delivered(published: Village, tmp_path: Path) -> Village:
    """A copy of the village with the record sent twice, to change."""
    return published.copied(tmp_path / "delivered")


def test_a_corrected_record_is_told_twice_and_where_it_counts(delivered):
    found = trace(delivered.settings, "wanted-1")
    first, second = found.rows
    assert (first.delivery, first.fate, first.counted) == ("incidents/first.csv", "superseded: corrected", ())
    assert second.fate == "counted"
    assert second.counted == ("Incidents: Knives and weapons, 2024-01, B02 (beat B02, locality west), placed by inside",)
    assert second.sha256 == hashlib.sha256((delivered.data_dir / "deliveries/incidents/second.csv").read_bytes()).hexdigest()
    assert second.values["occurred_from"] == "2024-01-20"
    assert (found.mentions, found.texts, found.destroyed) == ((), (), ())


def test_what_a_warehouse_does_not_keep_of_a_record_is_told_from_its_delivery(delivered):
    delivered.deliver("incidents", f"{HEADER},certainty\nwanted-2,2024-01-21,robbery,{IN_B01},opinion\n", name="fourth.csv",
                      covers=("2024-01-01", "2024-01-31"), delivered_on="2024-02-08")  # fmt: skip
    delivered.build()
    assert "certainty" not in set(delivered.ask("FROM duckdb_columns() WHERE table_name = 'incidents'")["column_name"])
    (row,) = trace(delivered.settings, "wanted-2").rows
    assert row.values["certainty"] == "opinion"


def test_a_rejected_row_is_told_with_its_reason(delivered):
    (row,) = trace(delivered.settings, "bad-1").rows
    assert row.fate == "rejected: occurred_from is not a date that exists (write 2024-03-31 or 31/03/2024)"


def test_no_other_record_is_ever_told(delivered):
    said = CliRunner().invoke(app, ["trace", "wanted-1", "--data-dir", str(delivered.data_dir)])
    assert said.exit_code == 0
    assert "Rows held under this reference: 2" in said.output
    assert not any(other in said.output for other in ("other-1", "wanted-11", "bad-1", "sound-"))
    told = CliRunner().invoke(app, ["trace", "wanted-1", "--data-dir", str(delivered.data_dir), "--json"])
    assert len(json.loads(told.stdout)["rows"]) == 2
    assert [one["action"] for one in trail.read(delivered.data_dir)] == ["trace", "trace"]
    assert (
        "wanted"
        not in (delivered.data_dir / "trail").joinpath(next((delivered.data_dir / "trail").glob("2*")).name).read_text()
    )


def test_what_nothing_is_held_on_says_so(delivered):
    found = trace(delivered.settings, "never-sent")
    assert (found.rows, found.mentions) == ((), ())


def test_a_line_that_could_not_be_read_is_a_mention(delivered):
    delivered.incidents(*(f"sound-b{one},2024-01-14,robbery,{IN_B01}" for one in range(9)),
                        "torn-1,2024-01-14,robbery", name="fourth.csv", delivered_on="2024-02-08")  # fmt: skip
    found = trace(delivered.settings, "torn-1")
    assert (found.rows, found.mentions) == ((), ("incidents/fourth.csv",))


def test_the_texts_of_a_register_entry_are_told_by_what_became_of_them(delivered):
    rows = ["action_ref,place_id,lead_agency,action,aim,success,due_on,status,updated_on",
            "act-1,B01,police,Speak with Ottoline Vance,fewer,fewer,2024-03-01,agreed,2024-02-05",
            "act-2,B01,police,Walk the park,fewer,fewer,2024-03-01,agreed,2024-02-05"]  # fmt: skip
    delivered.deliver("actions", "\n".join(rows) + "\n", name="actions.csv", delivered_on="2024-02-05")
    found = trace(delivered.settings, "act-1")
    (row,) = found.rows
    assert row.fate == "stands"
    assert any(one.startswith("actions.action: quarantined (text ") for one in found.texts)
    assert not any("Ottoline" in one for one in found.texts)
    assert all(one not in "".join(found.texts) for one in ("act-2", "Walk"))


def test_what_was_destroyed_is_told_as_days_and_no_more(village):
    for number, last in enumerate((31, 29, 31, 30, 31), start=1):
        rows = [f"m{number}-{row},2024-{number:02}-{1 + row:02},knife_crime,{IN_B01}" for row in range(9)]
        village.incidents(*rows, name=f"m{number}.csv", covers=(f"2024-{number:02}-01", f"2024-{number:02}-{last}"),
                          delivered_on=f"2024-{number + 1:02}-05")  # fmt: skip
    village.build()
    village.publish()
    assert len(trace(village.settings, "m1-1").rows) == 1
    purge(village.settings)
    found = trace(village.settings, "m1-1")
    assert (found.rows, found.destroyed) == ((), ("incidents: rows of 2024-01-01 to 2024-02-29",))
    assert len(trace(village.settings, "m5-1").rows) == 1


def test_what_is_no_reference_is_refused_and_the_warehouse_stays(delivered):
    before = delivered.settings.warehouse.read_bytes()
    with pytest.raises(SettingsError, match="is 1 to 64 letters"):
        trace(delivered.settings, "' OR 1=1 --")
    trace(delivered.settings, "wanted-1")
    assert delivered.settings.warehouse.read_bytes() == before
    assert sorted(one.name for one in delivered.settings.warehouse.parent.iterdir()) == [".lock", "warehouse.duckdb"]
