"""The fortnightly summary: a page for the city and one for each locality, and every count what the registers say."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader

from dashboard.report import fortnight, pdf
from dashboard.report.activity import activity
from dashboard.report.model import Document, Face, Heading, NewPage, Paragraph, Table
from dashboard.report.screened import require_clean, screen_for
from dashboard.wording import fortnight as words
from pipelines.errors import NotForThisAudience
from pipelines.insight.queries import Audience, Snapshot, open_snapshot
from pipelines.settings import Settings

TO_ON = date(2026, 10, 7)
FROM_ON = date(2026, 9, 24)


def logged(document: str, day: str, audience: str) -> dict[str, str]:
    return {"document": document, "issued_at": f"{day}T09:00:00+00:00", "audience": audience, "by": "Chair"}


LOG = (logged("pack", "2026-10-05", "meeting:north"), logged("pack", "2026-09-01", "meeting:north"),
       logged("board", "2026-10-05", "board"))  # fmt: skip


def face_of(snapshot: Snapshot) -> Face:
    return Face(snapshot.id, snapshot.as_at.isoformat(), "SP-3F2A-91C4", "by the Safer Options Manager", "for managers")


@pytest.fixture(scope="module")
def town(larkhaven) -> Snapshot:
    return open_snapshot(larkhaven, Audience("manager"))


@pytest.fixture(scope="module")
def made(town) -> Document:
    return fortnight.make(town, TO_ON, face_of(town), issued=LOG)


def table(parts: Any, caption: str) -> Table:
    return next(one for one in parts if isinstance(one, Table) and one.caption == caption)


def rows_of(document: Document) -> dict[str, list[Any]]:
    heads = words.ACTIVITY_HEADS
    return {str(row[0]): dict(zip(heads, row, strict=True)) for row in table(document.parts, words.ACTIVITY).rows}  # type: ignore[misc]


def within(day: date | None) -> bool:
    return day is not None and FROM_ON <= day <= TO_ON


def test_a_fortnight_is_fourteen_days_with_its_last():
    assert fortnight.first_day(TO_ON) == FROM_ON
    assert words.fortnight(FROM_ON, TO_ON) == "24 September 2026 to 7 October 2026"


def test_the_city_and_each_locality_have_a_page_of_their_own(made, town):
    titles = [one.text for one in made.parts if isinstance(one, Heading) and one.level == 1]
    assert titles == [words.CITY, *town.localities().values()]
    assert sum(isinstance(one, NewPage) for one in made.parts) == len(town.localities())
    assert len(PdfReader(io.BytesIO(pdf.write(made))).pages) == 1 + len(town.localities())


def test_the_citys_counts_are_what_the_registers_say(made, town):
    moves, actions, work = (town.register(one) for one in ("neighbourhood_assessments", "actions", "interventions"))
    shown = rows_of(made)[words.CITY]
    assert shown["Assessments moved"] == sum(map(within, moves.loc[~moves["led_elsewhere"], "moved_on"])) > 0
    over = actions[actions["status"].isin(["done", "dropped"]) & ~actions["led_elsewhere"]]
    assert shown["Actions closed"] == sum(map(within, over["updated_on"])) > 0
    assert shown["Work started"] == sum(map(within, work.loc[~work["led_elsewhere"], "started_on"]))


def test_a_localitys_counts_are_of_its_own_places(made, town):
    moves = town.register("neighbourhood_assessments")
    for code, name in town.localities().items():
        here = set(town.areas_of(code)["area_id"])
        mine = moves[moves["place_id"].isin(here) & ~moves["led_elsewhere"]]
        assert rows_of(made)[name]["Assessments moved"] == sum(map(within, mine["moved_on"]))


def test_what_is_led_elsewhere_is_neither_told_nor_counted(town):
    hidden = set(town.register("interventions").query("led_elsewhere")["entry_id"])
    hidden |= set(town.register("neighbourhood_assessments").query("led_elsewhere")["entry_id"])
    everything = activity(town, None, date(2000, 1, 1), date(2100, 1, 1))
    told = {one["entry_id"] for one in (*everything.moved, *(entry for entry, _, _ in everything.work))}
    assert hidden
    assert not hidden & told


def test_a_concern_counts_once_in_the_fortnight_its_own_ends_in(town):
    spans = [(date(2026, 8, 27), date(2026, 9, 9)), (date(2026, 9, 10), date(2026, 9, 23)), (FROM_ON, TO_ON)]
    each = [one["entry_id"] for first, last in spans for one in activity(town, None, first, last).raised]
    whole = [one["entry_id"] for one in activity(town, None, spans[0][0], TO_ON).raised]
    assert sorted(each) == sorted(whole)
    assert len(whole) == len(set(whole)) > 0


def test_only_packs_of_the_fortnight_are_counted_each_for_its_locality(made):
    assert {name: row["Packs issued"] for name, row in rows_of(made).items()} == {
        words.CITY: 1, "North": 1, "East Central": 0, "South": 0,
    }  # fmt: skip


def test_what_is_not_known_is_said_and_never_a_zero(town):
    unknown = fortnight.make(town, TO_ON, face_of(town))
    row = rows_of(unknown)[words.CITY]
    assert (row["Directions changed"], row["Packs issued"]) == (words.NOT_KNOWN, words.NOT_KNOWN)
    assert any(isinstance(one, Paragraph) and words.NOTHING_THEN in one.text for one in unknown.parts)


def test_the_pathways_have_the_read_apis_figures(made, town):
    found = town.return_home_interviews()
    newest = found[found["period"] == found.loc[found["about"].notna(), "period"].max()]
    city = newest[newest["area_level"] == "city"]
    shown = next(one for one in made.parts if isinstance(one, Table) and one.caption.startswith(words.MISSING))
    assert all(f"about {row['about']:,.0f} (" in str(said) for row, said in
               zip(city.to_dict("records"), shown.rows[0][1:], strict=True))  # fmt: skip


def test_its_final_text_passes_the_screen(made, town, larkhaven):
    require_clean(made, screen_for(Settings(larkhaven), town))


def test_a_meeting_and_the_board_have_no_summary_of_the_whole_city(larkhaven):
    board = open_snapshot(larkhaven, Audience("board"))
    with pytest.raises(NotForThisAudience):
        fortnight.make(board, TO_ON, face_of(board))


def test_directions_are_held_against_the_snapshot_from_before(village):
    village.incidents("R1,2024-01-02,robbery,400500,300500")
    village.build()
    first = village.publish().id
    village.incidents("R2,2024-02-02,robbery,400500,300500", name="b.csv", covers=("2024-02-01", "2024-02-29"),
                      delivered_on="2024-03-05")  # fmt: skip
    village.build()
    village.publish()
    then = open_snapshot(village.data_dir, Audience("manager"), snapshot_id=first)
    made = fortnight.make(village.snapshot(), date(2024, 3, 5), face_of(village.snapshot()), then=then)
    assert rows_of(made)[words.CITY]["Directions changed"] == 0
    assert any(isinstance(one, Paragraph) and words.compared(then.as_at) in one.text for one in made.parts)
    assert any(isinstance(one, Paragraph) and one.text == words.NO_REGISTERS for one in made.parts)
