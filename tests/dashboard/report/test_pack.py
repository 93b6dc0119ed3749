"""The locality pack of the fictional town, and of a village with nothing recorded: its order, its figures, its places."""

from __future__ import annotations

import io
import json
import re
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader
from villages import VILLAGE_BEATS, Village, beat, boundary_file, make_village, square

from dashboard import wording
from dashboard.report import docx_file, pack, pdf
from dashboard.report.model import Beside, Chart, Document, Face, Heading, Paragraph, Picture, Table, Together
from dashboard.report.parts import flat, words_of
from dashboard.report.screened import require_clean, screen_for
from dashboard.wording import meeting as said_of
from dashboard.wording import reports as words
from pipelines.errors import NotForThisAudience
from pipelines.insight.queries import Audience, Snapshot, open_snapshot
from pipelines.settings import Settings

INCIDENTS = ("incidents", "incidents")
FIGURE = re.compile(r"about (\d[\d,]*) \((\d[\d,]*) to (\d[\d,]*)\)", re.IGNORECASE)
HOSTILE = ('#import "x"', "*Bold* <b>Beat</b>", "$Beat^2$ =1+1")


def face_of(snapshot: Snapshot) -> Face:
    return Face(snapshot.id, snapshot.as_at.isoformat(), "SP-3F2A-91C4", "standing permission", "for this meeting")


@pytest.fixture(scope="module")
def north(larkhaven) -> Snapshot:
    return open_snapshot(larkhaven, Audience("meeting", "north"))


@pytest.fixture(scope="module")
def made(north) -> Document:
    """The pack of North, with nothing to compare it with: the town was published once."""
    return pack.make(north, "north", date(2026, 10, 13), face_of(north))


@pytest.fixture(scope="module")
def view(north) -> dict[str, Any]:
    return pack.meeting_view(north, "north")


@pytest.fixture(scope="module")
def written(made) -> bytes:
    """The pack of North as PDF."""
    return pdf.write(made)


@pytest.fixture(scope="module")
def printed(written) -> str:
    """The same as its text is read."""
    return text_of(written)


def every(parts: Any) -> list[Any]:
    """Every part, those inside others too, in reading order."""
    found = []
    for part in parts:
        found.append(part)
        if isinstance(part, Together):
            found += every(part.parts)
        if isinstance(part, Beside):
            found += every([*part.left, *part.right])
    return found


def headings(document: Document, level: int = 1) -> list[str]:
    return [one.text for one in every(document.parts) if isinstance(one, Heading) and one.level == level]


def table(document: Document, heads: tuple[str, ...]) -> Table:
    return next(one for one in every(document.parts) if isinstance(one, Table) and one.heads == heads)


def text_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_the_pack_goes_in_the_order_that_was_agreed(made):
    assert headings(made) == [
        words.FRESH, words.MAP, words.CONCERNS, words.NEEDS_PLAN, words.RISING, words.FALLING, words.PLACES, words.SINCE,
        words.ACTIONS, words.AGENDA, words.PEERS, words.CHANGED, words.SURE,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("section", "heading"), [("needs_plan", words.NEEDS_PLAN), ("rising", words.RISING), ("falling", words.FALLING)]
)
def test_the_lists_are_those_of_the_meetings_page(made, view, section, heading):
    below = made.parts[made.parts.index(Heading(heading)) :]
    names = [row[0].partition(". ")[2] for row in next(one for one in below if isinstance(one, Table)).rows]
    by_id = {one["area_id"]: one["name"] for one in view["places"]}
    assert names == [by_id[one] for one in view["sections"][section]]


def test_no_heading_ends_a_page_without_the_first_place_below_it(made):
    assert isinstance(made.parts[made.parts.index(Heading(words.PLACES)) + 1], Together)


def test_each_listed_place_has_a_half_page_with_its_map_and_its_months(made, view):
    by_id = {one["area_id"]: one["name"] for one in view["places"]}
    halves = [one for one in made.parts if isinstance(one, Together) and len(every(one.parts)) > 8]
    titles = [one.parts[0].text.partition(". ")[2] for one in halves]
    rows = [one for section in view["sections"].values() for one in section]
    listed = {one["area_id"] if isinstance(one, dict) else one for one in rows}
    assert sorted(titles) == sorted(by_id[one] for one in listed)
    for one in halves:
        kinds = [type(part) for part in every(one.parts)]
        assert kinds.count(Picture) == kinds.count(Chart) == 1
        said = [part.text for part in every(one.parts) if isinstance(part, Heading)]
        assert {said_of.PLAN, said_of.STRENGTHS, words.TRIED, "More harm or more reporting?"} <= set(said)


def test_every_place_of_the_locality_is_in_the_pack_once(made, view):
    halves = [one.parts[0].text for one in made.parts if isinstance(one, Together) and len(every(one.parts)) > 8]
    others = next(one for one in made.parts if isinstance(one, Table) and one.caption == words.OTHERS_CAPTION)
    named = [text.partition(". ")[2] for text in (*halves, *(row[0] for row in others.rows))]
    assert sorted(named) == sorted(one["name"] for one in view["places"])


def test_a_place_has_one_number_everywhere(made):
    numbers = {}
    for part in every(made.parts):
        rows = [row[0] for row in part.rows] if isinstance(part, Table) else []
        for text in (*rows, *([part.text] if isinstance(part, Heading) and part.level == 2 else [])):
            number, _, name = str(text).partition(". ")
            if number.isdigit():
                assert numbers.setdefault(name, number) == number
    assert len(numbers) == len(set(numbers.values())) > 5


def counted(snapshot: Snapshot) -> dict[tuple[str, str], str]:
    """What the read API answers of the last three complete months: each place and harm group, as the pack writes it."""
    codes = [code for code, _ in snapshot.measure(*INCIDENTS).harm_groups]
    periods = snapshot.periods(*INCIDENTS)
    last = list(periods.loc[periods["state"] == "collected", "period"])[-3:]
    found = {}
    for level in ("beat", "place_of_concern"):
        for name, groups in (("all", codes), *((one, [one]) for one in codes)):
            counts = snapshot.map_counts(*INCIDENTS, area_level=level, harm_groups=groups, periods=last)
            for row in counts.to_dict("records"):
                low, high = f"{row['low']:,.0f}", f"{row['high']:,.0f}"
                about = f"about {row['about']:,.0f} ({low} to {high})" if row["about"] else f"{low} to {high}"
                found[row["name"], name] = about
    return found


def test_every_figure_of_a_table_is_the_read_apis_for_this_audience(made, north, view, printed):
    known, heads = counted(north), {one["name"]: one["led_by"] or "all" for one in view["places"]}
    heads_of = (words.NEEDS_PLAN_HEADS, words.MOVING_HEADS)
    rows = [row for one in made.parts if isinstance(one, Table) and one.heads in heads_of for row in one.rows]
    assert len(rows) > 5
    for row in rows:
        name = str(row[0]).partition(". ")[2]
        assert str(row[2]).partition("; usual")[0] == known[name, heads[name]]
        assert str(row[2]) in printed


def test_no_figure_with_a_range_is_printed_that_the_read_api_does_not_answer(north, printed):
    said = FIGURE.findall(printed)
    assert len(said) > 10
    known = set(counted(north).values())
    assert {f"about {about} ({low} to {high})" for about, low, high in said} <= known


def test_a_chart_draws_what_the_read_api_answers_and_its_usual_range_only_where_it_is_told(made, north, view):
    place = next(one for one in view["places"] if one["area_id"] == view["sections"]["needs_plan"][0])
    head = said_of.leading(place)
    assert head is not None
    every_group = [one for one, _ in north.measure(*INCIDENTS).harm_groups]
    codes = [place["led_by"]] if place["led_by"] in every_group else every_group
    series = north.series(*INCIDENTS, area_level=place["area_level"], area_id=place["area_id"], harm_groups=codes)
    drawn = next(one for one in every(made.parts) if isinstance(one, Chart) and place["name"] in one.alt)
    assert [one for one in drawn.lines[0].values if one is not None] == list(series["about"].iloc[-25:].dropna())
    assert [one for one in drawn.high if one is not None] == [head["expected_high"] / head["periods"]] * head["periods"]
    assert drawn.states[-1] == wording.STATES[series["state"].iloc[-1]]


def test_the_pack_says_honestly_that_there_is_nothing_to_compare_with(made, view):
    said = " ".join(one.text for one in every(made.parts) if isinstance(one, Paragraph))
    assert said_of.since(view["since"]["met_on"], None) in said


def test_what_was_put_on_this_agenda_stands_before_what_is_due_and_is_not_counted_as_due(made, view):
    section = view["sections"]["report_backs"]
    asked = [one for one in section if one["kind"] == "agenda_item"]
    (table,) = (one for one in flat(made.parts) if isinstance(one, Table) and one.caption == words.ACTIONS_CAPTION)
    assert [row[3] for row in table.rows[: len(asked)]] == [one["item"] for one in asked] != []
    waiting = words.count(len(section) - len(asked), "action or report-back is", "actions or report-backs are")
    assert any(f"{waiting} due or overdue" in text for text in words_of(list(made.parts)))


def test_space_is_left_for_the_judgement_of_each_listed_place(made, view):
    rag = table(made, words.RAG_HEADS)
    assert rag.to_fill
    assert all(row[-2:] == (words.RING, "") for row in rag.rows)
    assert table(made, words.AGENDA_HEADS).rows[0][1] == view["agenda"][0]["minutes"]


def test_another_localitys_places_are_not_in_the_pack(north, larkhaven, printed):
    everywhere = open_snapshot(larkhaven, Audience("manager"))
    own = set(north.areas_of("north")["name"])
    others = {name for name in everywhere.areas_of(None)["name"] if name not in own}
    assert others
    assert not [name for name in others if name in printed]


def test_its_final_text_passes_the_screen(made, north, larkhaven):
    require_clean(made, screen_for(Settings(larkhaven), north))


def test_the_same_pack_is_the_same_bytes(written, north):
    assert pdf.write(pack.make(north, "north", date(2026, 10, 13), face_of(north))) == written


def test_the_board_has_no_pack(larkhaven):
    board = open_snapshot(larkhaven, Audience("board"))
    with pytest.raises(NotForThisAudience):
        pack.make(board, "north", date(2026, 10, 13), face_of(board))


@pytest.fixture(scope="module")
def hamlet(tmp_path_factory, _own_key) -> Village:
    """A village whose beats have names that look like markup, and whose registers are empty."""
    village = make_village(tmp_path_factory.mktemp("hamlet") / "village")
    named = zip(VILLAGE_BEATS.items(), HOSTILE, strict=True)
    beats = [beat(place, parent, square(e, n), name=name) for (place, (parent, e, n)), name in named]
    (village.data_dir / "boundaries" / "beats.geojson").write_text(json.dumps(boundary_file(beats)), encoding="utf-8")
    village.incidents(*(f"R{number},2024-01-{number + 1:02d},robbery,400500,300500" for number in range(9)))
    village.build()
    village.publish()
    return village


def test_a_town_with_empty_registers_has_a_pack_that_says_so(hamlet):
    snapshot = hamlet.snapshot(Audience("meeting", "west"))
    document = pack.make(snapshot, "west", date(2024, 2, 6), face_of(snapshot))
    content = text_of(pdf.write(document))
    assert said_of.REGISTER_EMPTY in content
    assert words.NO_LAST_MEETING in content


def test_a_place_named_like_markup_prints_as_itself(hamlet):
    snapshot = hamlet.snapshot(Audience("meeting", "west"))
    document = pack.make(snapshot, "west", date(2024, 2, 6), face_of(snapshot))
    content = text_of(pdf.write(document))
    assert all(one in content for one in HOSTILE[:2])
    assert docx_file.write(document) == docx_file.write(document)
