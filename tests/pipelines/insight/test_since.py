"""What changed since a locality last met: against the snapshot of that day where there is one, by dates where not."""

import json
import os
import stat
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from villages import Village, make_village

from pipelines.errors import NoSnapshot, NotForThisAudience, SnapshotFault
from pipelines.insight.audiences import Audience
from pipelines.insight.frozen import AlreadyFrozen, freeze, frozen_meetings, read_frozen, view_now
from pipelines.insight.meeting import meeting_view
from pipelines.insight.queries import open_snapshot
from pipelines.insight.since import _words, since_last_meeting, snapshot_at

MOVES = "place_id,status,moved_on,lead_agency,lead_role,reason,report_back_on,threshold\n"
ACTIONS = "action_ref,place_id,lead_agency,action,aim,success,due_on,status,updated_on,dropped_because\n"
CONCERNS = "concern_ref,place_id,harm_group,fortnight_starting,role,reason\n"
WEST = Audience("meeting", "west")
DAY = date(2024, 2, 6)


def month(village: Village, label: str, delivered_on: str) -> None:
    covers = (f"{label}-01", f"{label}-31")
    row = f"r-{label},{label}-10,robbery,400500,300500"
    village.incidents(row, name=f"{label}.csv", covers=covers, delivered_on=delivered_on)


def registers(village: Village, delivered_on: str, *, status: str = "proposed", meetings: str = "west,2024-02-06\n") -> None:
    """The registers as they stood on a day: an assessment that moves and one that does not, an action, a concern or two."""
    day = "2024-01-20" if status == "proposed" else "2024-02-20"
    said = {
        "meetings": f"locality,met_on\n{meetings}",
        "neighbourhood_assessments": MOVES + f"B01,{status},{day},Housing,Housing Manager,,2024-04-01,in_need\n"
        "B02,agreed,2024-01-15,Housing,Housing Manager,,2024-04-01,in_need\n",
        "actions": ACTIONS + "ACT-1,B01,Housing,Walk there.,A list.,Repairs done.,2024-02-20,in_progress,2024-01-25,\n",
        "emerging_concerns": CONCERNS + "CON-1,B02,violence_and_fear,2024-01-01,Housing Manager,Noise in the evenings.\n",
    }
    if status != "proposed":
        said["emerging_concerns"] += "CON-2,B01,asb_and_other,2024-02-12,Housing Manager,Noise in the evenings.\n"
    for feed, text in said.items():
        village.deliver(feed, text, name=f"{feed}-{delivered_on}.csv", delivered_on=delivered_on)


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Village:
    """A village published on the eve of a meeting and again four weeks later. Not to be changed."""
    village = make_village(tmp_path_factory.mktemp("twice") / "village")
    month(village, "2023-12", "2024-02-05")
    registers(village, "2024-02-05")
    village.build()
    village.publish()
    month(village, "2024-01", "2024-03-05")
    registers(village, "2024-03-05", status="agreed")
    village.build()
    village.publish()
    return village


@pytest.fixture(scope="module")
def west(twice: Village) -> dict[str, Any]:
    """What the West meeting sees. Not to be changed."""
    return view_now(twice.data_dir, "west")


def since(village: Village, then: str | None) -> dict[str, Any]:
    now = village.snapshot(WEST)
    earlier = open_snapshot(village.data_dir, WEST, snapshot_id=then) if then else None
    return since_last_meeting(now, earlier, now.stories("west"), "west", DAY)


def test_the_snapshot_of_a_day_is_the_newest_made_by_then(twice: Village) -> None:
    first, second = (snapshot_at(twice.data_dir, day) for day in (date(2024, 2, 5), date(2024, 3, 5)))
    assert first is not None
    assert second == twice.snapshot().id != first
    assert snapshot_at(twice.data_dir, date(2024, 3, 4)) == first
    assert snapshot_at(twice.data_dir, date(2024, 2, 4)) is None


def test_a_manifest_that_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "snapshots").mkdir()
    (tmp_path / "snapshots" / "2024-01_2024-02-05_0123abcd.json").write_text("{half")
    assert snapshot_at(tmp_path, date(2024, 3, 5)) is None


def test_a_status_that_moved_since_the_last_meeting_is_told_with_what_it_was(twice: Village) -> None:
    (moved,) = since(twice, snapshot_at(twice.data_dir, DAY))["statuses"]
    assert (moved["area_id"], moved["before"], moved["now"], moved["on"]) == ("B01", "proposed", "agreed", date(2024, 2, 20))


def test_an_action_that_fell_due_is_told_and_one_that_is_done_is_not(twice: Village) -> None:
    told = since(twice, None)
    assert [(one["area_id"], one["due_on"]) for one in told["actions_due"]] == [("B01", date(2024, 2, 20))]
    now = twice.snapshot(WEST)
    stories = now.stories("west")
    for story in stories:
        for action in story.actions:
            action["status"] = "done"
    assert since_last_meeting(now, None, stories, "west", DAY)["actions_due"] == []


def test_a_concern_is_new_when_the_last_meeting_did_not_have_it(twice: Village) -> None:
    against = since(twice, snapshot_at(twice.data_dir, DAY))["concerns"]
    by_date = since(twice, None)["concerns"]
    assert [one["area_id"] for one in against] == [one["area_id"] for one in by_date] == ["B01"]


def test_a_period_that_closed_is_named_by_its_source(twice: Village) -> None:
    closed = since(twice, snapshot_at(twice.data_dir, DAY))["closed"]
    assert [(one["before"], one["now"]) for one in closed] == [("December 2023", "January 2024")]


def test_without_a_snapshot_from_before_nothing_is_said_of_words_or_periods(twice: Village) -> None:
    told = since(twice, None)
    assert (told["compared_with"], told["words"], told["closed"]) == (None, [], [])
    assert [one["now"] for one in told["statuses"]] == ["agreed"]


def test_a_snapshot_held_against_itself_has_no_changed_words(twice: Village) -> None:
    assert since(twice, twice.snapshot().id)["words"] == []


def test_a_word_that_changed_is_told_where_it_is_a_flag(larkhaven: Path) -> None:
    snapshot = open_snapshot(larkhaven, Audience("meeting", "north"))
    stories = snapshot.stories("north")
    assert _words(snapshot, stories, "north") == []

    class Before:
        """The same snapshot with every word quiet."""

        areas_of = snapshot.areas_of

        def told_of(self, areas: Any) -> Any:
            return snapshot.told_of(areas).assign(direction="no_clear_change")

    changed = _words(Before(), stories, "north")  # type: ignore[arg-type]
    assert ("N03", "asb_and_other") in {(one["area_id"], one["harm_group"]) for one in changed}
    assert {one["now"] for one in changed} <= {"rising", "possible_rise", "falling", "possible_fall", "new_activity"}


def test_the_view_is_plain_data_that_json_gives_back_the_same(west: dict[str, Any]) -> None:
    assert json.loads(json.dumps(west, allow_nan=False)) == west
    assert west["since"]["compared_with"] == "2024-02-05"


def test_a_meeting_s_view_holds_no_place_of_another_locality(twice: Village) -> None:
    for audience in (WEST, Audience("manager")):
        view = meeting_view(twice.snapshot(audience), "west")
        assert {one["area_id"] for one in view["places"]} == {"B01", "B02"}
        assert "B03" not in json.dumps(view["map"]["places"])


def test_a_frozen_meeting_says_the_same_when_every_snapshot_is_gone(west: dict[str, Any], tmp_path: Path) -> None:
    freeze(tmp_path, west, DAY, wording="1", store=None)
    kept = read_frozen(tmp_path, "west", DAY, WEST)
    assert (kept["view"], kept["wording"], kept["met_on"]) == ({**west, "recorded": []}, "1", "2024-02-06")


def test_a_frozen_meeting_is_for_its_owner_s_eyes_and_is_never_written_again(west: dict[str, Any], tmp_path: Path) -> None:
    file = freeze(tmp_path, west, DAY, wording="1", store=None)
    before = file.read_bytes()
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    with pytest.raises(AlreadyFrozen, match="frozen already"):
        freeze(tmp_path, {**west, "town": "Elsewhere"}, DAY, wording="1", store=None)
    assert file.read_bytes() == before
    assert [one.name for one in file.parent.iterdir()] == [file.name], "no draft is left behind"


CHANGES = (("B01", "B02"), ("2024-02-06", "2024-02-07"), ('"wording": "1"', '"wording": "2"'), ("{", ""))


@pytest.mark.parametrize("change", CHANGES)
def test_a_frozen_meeting_changed_by_hand_is_refused(west: dict[str, Any], tmp_path: Path, change: tuple[str, str]) -> None:
    file = freeze(tmp_path, west, DAY, wording="1", store=None)
    file.write_text(file.read_text().replace(*change, 1))
    with pytest.raises(SnapshotFault, match="was changed after it was frozen"):
        read_frozen(tmp_path, "west", DAY, WEST)


def test_a_frozen_meeting_given_another_locality_s_name_is_refused(west: dict[str, Any], tmp_path: Path) -> None:
    file = freeze(tmp_path, west, DAY, wording="1", store=None)
    file.rename(file.with_name("east_2024-02-06.json"))
    with pytest.raises(SnapshotFault):
        read_frozen(tmp_path, "east", DAY, Audience("meeting", "east"))


def test_a_meeting_opens_its_own_frozen_meetings_alone_and_the_board_none(
    twice: Village, west: dict[str, Any], tmp_path: Path
) -> None:
    freeze(tmp_path, west, DAY, wording="1", store=None)
    freeze(tmp_path, view_now(twice.data_dir, "east"), DAY, wording="1", store=None)
    seen = {name: [one.locality for one in frozen_meetings(tmp_path, audience)] for name, audience in
            (("west", WEST), ("manager", Audience("manager")), ("board", Audience("board")))}  # fmt: skip
    assert seen == {"west": ["west"], "manager": ["west", "east"], "board": []}
    for audience in (WEST, Audience("board")):
        with pytest.raises(NotForThisAudience):
            read_frozen(tmp_path, "east", DAY, audience)


def test_a_meeting_that_was_not_frozen_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(NoSnapshot, match="no such meeting was frozen"):
        read_frozen(tmp_path, "west", DAY, WEST)


def test_a_locality_s_id_can_never_name_another_folder(tmp_path: Path) -> None:
    with pytest.raises(NotForThisAudience):
        read_frozen(tmp_path, "../west", DAY, Audience("manager"))
