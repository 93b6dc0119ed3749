"""Charts and maps of documents: the same drawing again, its gaps told, and names that stay names."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from matplotlib import font_manager
from matplotlib.textpath import TextPath

from dashboard import palette
from dashboard.report import figures, fonts, maps_drawn
from dashboard.report.model import Chart, Line

MONTHS = ["June 2026", "July 2026", "August 2026", "September 2026", "October 2026"]
CHART = Chart(
    "Month by month", "It rose.", MONTHS, [Line("about", [3.0, None, 6.0, 9.0, 2.0])], "incidents a month",
    [None, None, 1.0, 1.0, None], [None, None, 5.0, 5.0, None], [1.0, None, 4.0, 7.0, 0.0], [5.0, None, 8.0, 11.0, 4.0],
    ["", "not collected", "", "", "still arriving"],
)  # fmt: skip
COMMENT = re.compile(rb"<!-- (.*?) -->")


def said(svg: bytes) -> list[str]:
    """What is written in a drawing: letters are drawn as shapes, each text after a note of what it says."""
    return [one.decode() for one in COMMENT.findall(svg)]


def square(area_id: str, west: float, south: float, side: float = 0.01) -> dict[str, object]:
    ring = [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]
    return {"type": "Feature", "properties": {"area_id": area_id, "name": area_id},
            "geometry": {"type": "Polygon", "coordinates": [ring]}}  # fmt: skip


@pytest.fixture(scope="module")
def ground() -> maps_drawn.Ground:
    shapes = {"type": "FeatureCollection", "features": [
        square("P1", -1.595, 54.005, 0.001), square("B1", -1.60, 54.00), square("B2", -1.59, 54.00)]}  # fmt: skip
    line = [[-1.6, 54], [-1.5, 54.1]]
    river = {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": line}}
    return maps_drawn.ground_of(shapes, {"river": {"type": "FeatureCollection", "features": [river]}})


def test_the_same_chart_is_the_same_bytes():
    first = figures.chart_svg(CHART)
    figures.forget()
    assert figures.chart_svg(CHART) == first
    assert b"<dc:date>" not in figures.chart_svg(CHART)


def test_a_chart_is_drawn_once_for_all_formats_and_never_for_another(monkeypatch):
    figures.forget()
    drawn = []
    really = figures._chart
    monkeypatch.setattr(figures, "_chart", lambda *given: drawn.append(given) or really(*given))
    other = replace(CHART, lines=[Line("about", [4.0, None, 6.0, 9.0, 2.0])])
    first = figures.chart_svg(CHART, width_mm=100)
    assert figures.chart_svg(replace(CHART), width_mm=100) is first
    assert figures.chart_svg(other, width_mm=100) != first
    assert figures.chart_svg(CHART, width_mm=90) != first
    assert len(drawn) == 3


def test_no_more_charts_are_kept_than_a_large_document_has(monkeypatch):
    monkeypatch.setattr(figures, "MOST_KEPT", 2)
    figures.forget()
    for width in (90, 100, 110):
        figures.chart_svg(CHART, width_mm=width)
    assert [width for _, width, _ in figures._DRAWN] == [100, 110]


def test_a_gap_says_why_and_what_is_still_arriving_is_named():
    found = said(figures.chart_svg(CHART))
    assert "not collected" in found
    assert "still arriving" in found


def test_the_ranges_are_named_only_where_they_are_drawn():
    assert {"likely range", "usual range"} <= set(said(figures.chart_svg(CHART)))
    bare = Chart("T", "alt", MONTHS, [Line("about", [1.0] * 5)], "incidents")
    assert not {"likely range", "usual range"} & set(said(figures.chart_svg(bare)))


def test_lines_of_one_chart_are_named_at_their_ends_and_a_line_alone_is_not():
    lines = [Line("North", [1.0, 2.0, 3.0, 4.0, 5.0]), Line("South", [1.0, 2.0, 3.0, 4.0, 5.0])]
    assert {"North", "South"} <= set(said(figures.chart_svg(Chart("T", "alt", MONTHS, lines, "incidents"))))
    assert "about" not in said(figures.chart_svg(CHART))


def test_an_axis_says_the_last_period_and_years_in_short():
    found = said(figures.chart_svg(CHART))
    assert "Oct 2026" in found
    assert not [one for one in found if "October" in one]


def test_a_name_that_looks_like_a_formula_or_markup_is_drawn_as_it_is():
    lines = [Line("$x^2$ <b>&", [1.0] * 5), Line("South", [2.0] * 5)]
    drawn = figures.chart_svg(Chart("T", "alt", MONTHS, lines, "incidents"))
    ET.fromstring(drawn)
    assert b"script" not in drawn
    assert any("$x^2$" in one for one in said(drawn))


def test_a_chart_with_nothing_in_it_is_still_a_chart():
    ET.fromstring(figures.chart_svg(Chart("T", "alt", ["May 2026"], [Line("about", [None])], "incidents")))


def test_a_map_writes_the_number_and_the_mark_on_each_place(ground):
    places = [maps_drawn.Drawn("B1", palette.DIRECTIONS["rising"], "1 ▲"), maps_drawn.Drawn("P1", None, "2 –")]
    drawn = maps_drawn.locality_map(ground, places)
    assert {"1 ▲", "2 –"} <= set(said(drawn))
    assert palette.DIRECTIONS["rising"].colour.encode() in drawn
    assert drawn == maps_drawn.locality_map(ground, places)


def test_what_rises_and_what_falls_differ_without_colour(ground):
    striped = {code: b"<pattern" in maps_drawn.place_map(ground, maps_drawn.Drawn("B1", palette.DIRECTIONS[code]))
               for code in ("rising", "falling", "possible_rise", "possible_fall")}  # fmt: skip
    assert striped == {"rising": False, "falling": True, "possible_rise": False, "possible_fall": True}


def test_larger_places_are_drawn_under_smaller_ones(ground):
    assert list(ground.areas) == ["B1", "B2", "P1"]


def test_a_place_without_a_shape_is_left_out_and_a_map_of_nothing_is_empty(ground):
    assert "9" not in said(maps_drawn.locality_map(ground, [maps_drawn.Drawn("B9", None, "9")]))
    ET.fromstring(maps_drawn.locality_map(maps_drawn.ground_of({"features": []}, {}), []))


def test_the_fonts_are_files_of_packages_and_known_by_name_alone():
    there = fonts.folder()
    assert sorted(one.name for one in there.iterdir()) == sorted(one.name for one in fonts.files())


def test_printable_text_keeps_every_letter_the_fonts_have():
    assert fonts.printable("Zażółć  gęślą\njaźń ▲ é") == "Zażółć gęślą jaźń ▲ é"
    assert fonts.printable("a\u202eb\u200bc") == "abc"
    assert fonts.printable("\U0001f9ff") == fonts.NO_GLYPH


@pytest.mark.parametrize("across_mm", [40, 60, 72, 120, 160])
@pytest.mark.parametrize("beyond_mm", [2, 20])
@pytest.mark.parametrize("said", [
    [f"{quarter} {year}" for year in (2024, 2025, 2026) for quarter in ("Jan-Mar", "Apr-Jun", "Jul-Sep", "Oct-Dec")],
    [f"{term} {year}" for year in (2024, 2025, 2026) for term in ("Spring", "Summer", "Autumn")],
    ["Spring 2026", "Summer 2026"],
])  # fmt: skip
def test_labels_below_a_chart_never_run_into_each_other(said, across_mm, beyond_mm):
    ticks, ends_there = figures._ticks(said, across_mm, beyond_mm)
    font = font_manager.FontProperties(fname=str(fonts.files()[0]), size=figures.TEXT_PT)
    wide = [TextPath((0, 0), said[one], prop=font).get_extents().width / 72 * 25.4 for one in ticks]
    at = [one * across_mm / len(said) for one in ticks]
    left = [place - half / 2 for place, half in zip(at, wide, strict=True)]
    if ends_there:
        left[-1] = at[-1] - wide[-1]
    assert ticks[-1] == len(said) - 1
    assert all(before + width < after for before, width, after in zip(left, wide, left[1:], strict=False))
