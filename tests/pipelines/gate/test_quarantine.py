"""Free text on its way out: screened, held, decided on by a steward, and never in a log or a snapshot before that."""

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
from villages import Village, make_village

from pipelines.errors import GateError
from pipelines.gate.keys import Keyring, read_or_make_keys
from pipelines.gate.quarantine import decide, held_texts

HEADER = "place_id,status,moved_on,lead_agency,lead_role,reason,report_back_on,threshold,visible_from\n"
CLEAN = "The lights by the main path were mended and residents are pleased."
NAMED = "Worries about Zbyszek Okonkwo near the park."
TITLED = "Mr Adeyemi was asked to keep the gate shut."
NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)


def deliver(village: Village, *reasons: str, status: str = "agreed", visible_from: str = "") -> None:
    rows = [
        f'B0{n % 3 + 1},{status},2024-01-{n + 1:02},Youth Service,Youth Work Lead,"{reason}",,,{visible_from}'
        for n, reason in enumerate(reasons)
    ]
    village.deliver("neighbourhood_assessments", HEADER + "\n".join(rows) + "\n", delivered_on="2024-02-01")
    village.incidents("r1,2024-01-05,robbery,400500,300500")
    village.build(as_at=date(2024, 2, 5))


@pytest.fixture(scope="module")
def waiting_village(tmp_path_factory: pytest.TempPathFactory, _own_key: None) -> Village:
    """A village that was sent one text with a name in it, built and not yet published. Not to be changed."""
    village = make_village(tmp_path_factory.mktemp("waiting") / "village")
    deliver(village, NAMED)
    return village


@pytest.fixture
def named(waiting_village: Village, tmp_path: Path) -> Village:
    """A copy of the village whose one text waits, to change."""
    return waiting_village.copied(tmp_path / "named")


def keys(village: Village) -> Keyring:
    return read_or_make_keys(village.settings.key_file, data_dir=village.data_dir, expected=None)


def texts(village: Village) -> dict[str | None, str | None]:
    with duckdb.connect(str(village.settings.snapshots / f"{village.publish().id}.duckdb"), read_only=True) as snapshot:
        rows = snapshot.execute("SELECT text, withheld_because FROM register_texts WHERE column_name = 'reason'").fetchall()
    return dict(rows)


def snapshot_bytes(village: Village) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(village.settings.snapshots.iterdir()))


def test_a_clean_text_leaves_and_what_may_identify_somebody_waits(village: Village) -> None:
    deliver(village, CLEAN, NAMED, TITLED)
    assert texts(village) == {CLEAN: None, None: "to_protect_people"}
    assert {one.text: one.outcome for one in held_texts(village.settings, keys(village))} == {
        NAMED: "quarantined", TITLED: "refused",
    }  # fmt: skip
    for word in (b"Zbyszek", b"Okonkwo", b"Adeyemi"):
        assert word not in snapshot_bytes(village)


def test_a_steward_releases_a_text_and_it_leaves_with_the_next_publish(village: Village) -> None:
    deliver(village, CLEAN, NAMED)
    texts(village)
    waiting = held_texts(village.settings, keys(village))[0]
    decide(village.settings, keys(village), waiting.id, "release", role="Data Steward", decided_at=NOON)
    assert texts(village) == {CLEAN: None, NAMED: None}
    assert held_texts(village.settings, keys(village)) == []


def test_a_steward_refuses_a_text_and_may_think_again(named: Village) -> None:
    waiting = held_texts(named.settings, keys(named))[0]
    decide(named.settings, keys(named), waiting.id, "refuse", role="Data Steward", decided_at=NOON)
    assert texts(named) == {None: "to_protect_people"}
    decide(named.settings, keys(named), waiting.id, "release", role="Data Steward", decided_at=NOON)
    assert texts(named) == {NAMED: None}
    decide(named.settings, keys(named), waiting.id, "refuse", role="Data Steward", decided_at=NOON)
    assert texts(named) == {None: "to_protect_people"}
    [decided] = held_texts(named.settings, keys(named), decided=True)
    assert decided.outcome == "turned_down"


def test_what_is_refused_by_its_form_nobody_can_release(village: Village) -> None:
    deliver(village, TITLED)
    refused = held_texts(village.settings, keys(village))[0]
    with pytest.raises(GateError, match="written again"):
        decide(village.settings, keys(village), refused.id, "release", role="Data Steward", decided_at=NOON)


def test_a_text_changed_by_one_letter_waits_again(named: Village) -> None:
    waiting = held_texts(named.settings, keys(named))[0]
    decide(named.settings, keys(named), waiting.id, "release", role="Data Steward", decided_at=NOON)
    deliver(named, NAMED + " Again.")
    assert [one.outcome for one in held_texts(named.settings, keys(named))] == ["quarantined"]


def test_the_log_of_decisions_holds_a_role_and_never_the_text(named: Village) -> None:
    waiting = held_texts(named.settings, keys(named))[0]
    decide(named.settings, keys(named), waiting.id, "release", role="Data Steward", decided_at=NOON)
    log = (named.settings.warehouse.parent / "quarantine_decisions.jsonl").read_text()
    assert "Data Steward" in log
    assert waiting.id in log
    assert "Zbyszek" not in log + repr(waiting) + str(waiting)


def test_a_decision_is_by_a_role_and_never_a_person(named: Village) -> None:
    waiting = held_texts(named.settings, keys(named))[0]
    with pytest.raises(GateError, match="never a person"):
        decide(named.settings, keys(named), waiting.id, "release", role="Zbyszek Okonkwo", decided_at=NOON)


def test_an_id_that_waits_nowhere_is_an_error(village: Village) -> None:
    deliver(village, CLEAN)
    with pytest.raises(GateError, match="no text of that id"):
        decide(village.settings, keys(village), "0" * 12, "release", role="Data Steward", decided_at=NOON)


def test_a_damaged_log_is_an_error_that_names_the_line(named: Village) -> None:
    (named.settings.warehouse.parent / "quarantine_decisions.jsonl").write_text("{}\n")
    with pytest.raises(GateError, match="line 1 is damaged"):
        held_texts(named.settings, keys(named))


@pytest.mark.parametrize(
    ("status", "visible_from", "shown"),
    [
        ("stepped_up", "", False),
        ("stepped_up", "2024-02-05", True),
        ("stepped_up", "2024-02-06", False),
        ("agreed", "", True),
    ],
)
def test_what_may_tip_somebody_off_is_led_elsewhere_until_its_day(
    village: Village, status: str, visible_from: str, shown: bool
) -> None:
    deliver(village, CLEAN, status=status, visible_from=visible_from)
    assert texts(village) == ({CLEAN: None} if shown else {None: "led_elsewhere"})


def test_every_innocent_sentence_of_the_town_leaves(larkhaven: Path) -> None:
    name = (larkhaven / "snapshots" / "current").read_text().strip()
    with duckdb.connect(str(larkhaven / "snapshots" / f"{name}.duckdb"), read_only=True) as snapshot:
        reasons = "SELECT coalesce(withheld_because, ''), count(*) FROM register_texts GROUP BY 1"
        found = dict(snapshot.execute(reasons).fetchall())
    assert found[""] > 500
    assert set(found) == {"", "led_elsewhere"}
