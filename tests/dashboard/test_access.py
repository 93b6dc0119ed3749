"""Who the screen is shown to: one place decides, and no address, variable or neighbour's cache makes it more."""

from __future__ import annotations

import ast
import itertools
import re
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import DATA_DIR_VARIABLE, access, choices, reads, wording
from pipelines.insight.queries import open_snapshot

APP = Path(access.__file__).with_name("app.py")
MAP = "from dashboard.views import map as town_map\ntown_map.page()"
MANAGER, BOARD, EAST = reads.Audience("manager"), reads.Audience("board"), reads.Audience("meeting", "east_central")
# Every parameter an address may hold, asking for what a manager has, and some that somebody might try.
PARAMETERS = {
    "measure": "incidents.incidents",
    "level": "beat",
    "groups": "exploitation",
    "months": "2026-09..2026-09",
    "show": "rate",
    "grain": "month",
    "locality": "north",
}
TRIED = {"audience": "manager", "role": "manager", "place": "N01", "board": "0", "area_id": "N01"}


@pytest.fixture(autouse=True)
def _no_cache_from_another_test():
    st.cache_data.clear()
    st.cache_resource.clear()
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def show(larkhaven, monkeypatch):
    """A page as one audience sees it, with an address of its own."""
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(larkhaven))

    def run(audience: reads.Audience, query: dict[str, str] | None = None, *, start: bool = False) -> AppTest:
        monkeypatch.setattr(access, "SHOWN_TO", audience)
        app = AppTest.from_file(str(APP), default_timeout=60)
        page = app if start else AppTest.from_string(MAP, default_timeout=60)
        for name, value in (query or {}).items():
            page.query_params[name] = value
        return page.run()

    return run


def whole(page: AppTest) -> str:
    """Everything the page sends: its HTML, its map, its controls."""
    parts = [
        one.proto.SerializeToString().decode("utf-8", "replace")
        for kind in ("html", "component_instance", "plotly_chart")
        for one in page.get(kind)
    ]
    parts += [str(box.options) for box in [*page.selectbox, *page.multiselect]]
    return "\n".join(parts)


def test_until_people_sign_in_the_screen_is_the_managers(show):
    assert access.audience() == MANAGER
    assert "Shown to: Safer Options manager" in whole(show(MANAGER, start=True))


@pytest.mark.parametrize(
    ("audience", "badge"), [(EAST, "Shown to: East Central locality meeting"), (BOARD, "Shown to: the board")]
)
def test_the_page_says_whom_it_is_shown_to(show, audience, badge):
    page = show(audience, start=True)
    assert not page.exception
    assert badge in whole(page)


def test_the_parameters_tried_here_are_all_that_an_address_can_hold():
    read = set(re.findall(r'query(?:_params)?\.get\("(\w+)"', "\n".join(
        path.read_text(encoding="utf-8") for path in APP.parent.rglob("*.py"))))  # fmt: skip
    assert read == set(PARAMETERS)
    assert set(choices.to_query(
        choices.Choice("f", "m", "beat", ("a",), "1", "1", per_1000=True),
        choices.Offer("f", "m", ("beat",), ("a", "b"), (("1", "1", "collected"), ("2", "2", "collected"))),
    )) == set(PARAMETERS) - {"grain", "locality"}  # fmt: skip


def others(larkhaven: Path) -> list[str]:
    """The names of the beats and places that East Central's meeting may not have."""
    manager, east = open_snapshot(larkhaven, MANAGER), open_snapshot(larkhaven, EAST)
    levels = ("beat", "place_of_concern")
    return [name for level in levels for name in set(manager.areas(level)["name"]) - set(east.areas(level)["name"])]


def test_no_address_shows_a_meeting_anothers_beats_or_places(show, larkhaven):
    names = others(larkhaven)
    assert len(names) > 20
    for level in ("beat", "place_of_concern", "base"):
        page = show(EAST, {**PARAMETERS, **TRIED, "level": level})
        assert not page.exception
        shown = whole(page)
        assert not [name for name in names if name in shown]
    managers = whole(show(MANAGER, {"level": "beat"}))
    assert sum(name in managers for name in names) > 15, "the manager's page has them"


def test_no_address_shows_the_board_a_beat_a_month_or_a_range(show, larkhaven):
    manager = open_snapshot(larkhaven, MANAGER)
    names = [name for level in ("beat", "place_of_concern") for name in manager.areas(level)["name"]]
    for level, months in itertools.product(
        ("beat", "place_of_concern", "locality"), ("2026-09..2026-09", "2026-10", "2026-Q4..2026-Q4")
    ):
        page = show(BOARD, {**PARAMETERS, **TRIED, "level": level, "months": months, "show": "count"})
        assert not page.exception
        shown = whole(page)
        assert not [name for name in names if name in shown]
        assert not re.search(r"about \d+ \(|fewer than|\(\d+-\d+\)", shown)
        assert page.selectbox(key="level").value == "locality"
        assert all(" to " in option or option.isdigit() for option in page.selectbox(key="from:incidents").options)


def test_the_board_reads_about_or_under_in_the_table_the_map_and_the_card(show):
    page = show(BOARD, {"groups": "exploitation"})
    shown = whole(page)
    said = re.findall(r"<td>(about [\d,]+|under 10)(?:, [a-z ]+)?</td>", shown)
    assert len(said) >= 3
    page.selectbox(key="map_place").set_value("north").run()
    assert not page.exception
    assert page.get("plotly_chart")
    assert "to the nearest 5" in whole(page)
    assert "likely range" not in whole(page)


def test_every_measure_draws_for_every_audience_at_every_level_it_has(show):
    for audience in (EAST, BOARD):
        page = show(audience)
        snapshot = reads.current_snapshot(audience)
        for measure in reads.measures(snapshot):
            page.selectbox(key="measure").set_value(f"{measure.feed}.{measure.measure}").run()
            for level in reads.offer(snapshot, measure).levels:
                page.selectbox(key="level").set_value(level).run()
                assert not page.exception, (audience, measure.key, level)


def test_a_board_with_no_closed_quarter_yet_is_told_so(village, monkeypatch):
    village.incidents("r1,2024-01-10,knife_crime,400500,300500")
    village.build()
    village.publish()
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(village.data_dir))
    monkeypatch.setattr(access, "SHOWN_TO", BOARD)
    page = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not page.exception
    assert [note.value for note in page.info] == [wording.NOTHING_WHOLE_YET]


def test_what_was_read_for_one_audience_is_never_given_to_another(larkhaven, monkeypatch):
    """Every cached question, asked for each audience in turn in one process, against the read API asked directly."""
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(larkhaven))
    groups = ("exploitation", "violence_and_fear", "knives_and_weapons", "asb_and_other")
    for audience in (MANAGER, EAST, BOARD, reads.Audience("meeting", "north"), MANAGER):
        seen, direct = reads.current_snapshot(audience), open_snapshot(larkhaven, audience)
        assert seen.audience == audience
        choice = choices.Choice("incidents", "incidents", "locality", groups, "2026-Q3", "2026-Q3", per_1000=False)
        chosen = {"area_level": "locality", "harm_groups": list(groups)}
        pd.testing.assert_frame_equal(
            reads.map_counts(seen, choice, ("2026-Q3",)),
            direct.map_counts("incidents", "incidents", **chosen, periods=["2026-Q3"]),
        )
        pd.testing.assert_frame_equal(
            reads.series(seen, choice, "north"), direct.series("incidents", "incidents", **chosen, area_id="north")
        )
        pd.testing.assert_frame_equal(reads.freshness(seen), direct.freshness())
        assert reads.measures(seen) == tuple(direct.measures())
        level = reads.backdrop_level(seen)
        assert reads.outlines(seen, level) == direct.outlines(level)
        assert reads.locality_name(seen) == direct.locality_name
        offered = reads.offer(seen, reads.measures(seen)[0])
        assert [period for period, _, _ in offered.periods] == list(direct.periods("incidents")["period"])


def test_no_page_names_an_audience_of_its_own_but_the_meeting_page_the_narrower_one_of_its_locality():
    naming = {
        path.relative_to(APP.parent).as_posix()
        for path in APP.parent.rglob("*.py")
        if "report" not in path.parts and re.search(r"\bAudience\(", path.read_text(encoding="utf-8"))
    }
    assert naming == {"access.py", "reads.py", "meeting/view.py"}
    view = (APP.parent / "meeting" / "view.py").read_text(encoding="utf-8")
    assert re.findall(r"\bAudience\([^)]*\)", view) == ['Audience("meeting", locality)']


def test_no_address_opens_the_meeting_of_another_locality(show, larkhaven):
    page = whole(show(EAST, {"locality": "north"}, start=True))
    assert "East Central locality meeting" in page
    town = open_snapshot(larkhaven, MANAGER)
    others = set(town.areas_of("north")["name"]) - set(town.areas_of("east_central")["name"])
    assert len(others) > 5
    assert not [name for name in others if name in page]


def test_every_cached_question_has_the_audience_in_its_key():
    tree = ast.parse(Path(reads.__file__).read_text(encoding="utf-8"))
    cached = [
        node for node in tree.body if isinstance(node, ast.FunctionDef) and "cache" in ast.unparse(node.decorator_list)
    ]
    assert len(cached) >= 8
    for node in cached:
        names = [one.arg for one in node.args.args]
        assert names[0] == "key" or {"name", "locality"} <= set(names), node.name
