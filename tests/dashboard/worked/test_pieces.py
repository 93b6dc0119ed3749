"""Pieces of the pages of impact: signs, tables, pictures, and the lines to deliver."""

from __future__ import annotations

import math
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from dashboard import tried
from dashboard.wording import impact as words
from dashboard.wording import worked as parts
from dashboard.worked import before, deliver, figures, pieces, portfolio, verdicts
from dashboard.worked.figures import Bar
from pipelines.insight.impact import CANNOT_TELL, REDUCTION, Effect, Estimate, Pooled
from pipelines.insight.judging import Impact

CONTRACT = Path(tried.__file__).parents[1] / "data" / "contracts" / "interventions.toml"
NUMBERS = {
    "rate_ratio": 0.5, "rate_ratio_low": 0.3, "rate_ratio_high": 0.8, "expected": 40.0, "actual": 20.0, "prevented_low": 8.0,
    "prevented_high": 28.0, "placebo_rank": 1.0, "smallest_visible_reduction": 0.35, "before": 120.0, "dispersion": 1.5,
}  # fmt: skip
UNSURE = {**NUMBERS, "rate_ratio_high": 1.2, "prevented_low": -8.0}
FELL = Estimate(REDUCTION, **NUMBERS, ring=Effect(CANNOT_TELL, **UNSURE), net=Effect(CANNOT_TELL, **UNSURE), guard=3)
NO_COUNTS = dict.fromkeys(("expected", "actual", "prevented_low", "prevented_high", "before"), math.nan)


def told(headline: Estimate | None = FELL, **more) -> Impact:
    plain = Impact("e", "detached_outreach", ("beat", "B01"), date(2025, 1, 1), None, ("violence_and_fear",), headline)
    return replace(plain, **more)


@pytest.mark.parametrize("verdict", sorted(words.VERDICTS))
def test_every_verdict_is_drawn_with_a_mark_and_a_word(verdict):
    sign = verdicts.verdict_sign(verdict).html
    assert words.label(verdict) in sign
    assert verdicts.LOOKS.get(verdict, verdicts.NOT_JUDGED).mark in sign


def test_verdicts_differ_by_mark_and_not_by_colour_alone():
    marks = [look.mark for look in (*verdicts.LOOKS.values(), verdicts.NOT_JUDGED)]
    assert len(set(marks)) == len(marks)


def test_a_cell_of_the_list_says_the_range_and_that_harm_may_have_moved():
    cell = verdicts.cell(told(), {}).html
    assert "A fall of between 20% and 70% (95% range)." in cell
    assert "may have moved" in cell


def test_a_cell_names_both_pieces_of_work_that_cannot_be_told_apart():
    cell = verdicts.cell(told(reason="overlapping", overlapping=("a", "b")), {"a": "Work <one>, Mill Park"}).html
    assert "Work &lt;one&gt;, Mill Park and work that is not shown here" in cell


def test_an_audience_without_counts_has_ratios_and_no_number_of_incidents():
    hidden = replace(FELL, **NO_COUNTS)
    table = verdicts.effects_table("t", parts.AREA_HEADS, [("Here", hidden)])
    assert table.count(parts.NOT_SHOWN) == 2
    assert "nan" not in table + verdicts.headline_of(hidden)
    assert "a fall of between 20% and 70%" in table


def test_a_headline_of_which_the_surroundings_cannot_tell_is_a_warning():
    from dashboard.worked.known import Known

    known = Known({}, {}, {"violence_and_fear": "Violence and fear"}, tried.Vocabularies({}, {}, {}, {}), {}, {})
    assert "sp-worked-warning" in pieces.headline(told(), known, 12, "May 2026")
    still = replace(FELL, net=Effect(REDUCTION, **NUMBERS))
    assert "sp-worked-warning" not in pieces.headline(told(still), known, 12, "May 2026")


def test_where_the_two_sums_differ_neither_is_claimed():
    one, other = replace(FELL, guard=0), replace(FELL, verdict=CANNOT_TELL)
    assert words.NOT_AGREED in pieces.guards(told(other, without_guard=one, with_guard=other))
    assert words.BOTH_AGREE in pieces.guards(told(without_guard=one, with_guard=FELL))


def months(guard: int) -> pd.DataFrame:
    days = pd.date_range("2023-01-01", periods=30, freq="MS")
    phase = ["before"] * (20 - guard) + ["guard"] * guard + ["after"] * 10
    rows = pd.DataFrame({"period_start": days, "label": [f"{day:%B %Y}" for day in days], "phase": phase})
    rows = rows.assign(used=rows["phase"] != "guard", actual=5.0, expected=6.0, expected_low=2.0, expected_high=11.0)
    after = rows["phase"] == "after"
    return rows.assign(**{name: pd.Series(1.0, rows.index).where(after) for name in
                          ("prevented", "prevented_low", "prevented_high")})  # fmt: skip


@pytest.mark.parametrize(("guard", "text"), [(3, parts.LEFT_OUT), (0, parts.ONE_SUM)])
def test_the_months_before_the_start_are_shaded_whichever_sum_is_the_headline(guard, text):
    drawn = figures.over_time(months(guard), 3)
    boxes = [shape for shape in drawn.layout.shapes if shape.type == "rect"]
    assert len(boxes) == 1
    assert (pd.Timestamp(boxes[0].x1) - pd.Timestamp(boxes[0].x0)).days in range(88, 95)
    assert {text, parts.STARTED} <= {note.text for note in drawn.layout.annotations}


def test_a_month_that_is_blank_is_a_gap_in_the_band_and_a_word_in_the_table():
    rows = months(3)
    rows.loc[5, ["actual", "expected", "expected_low", "expected_high"]] = math.nan
    assert sum(trace.fill == "toself" for trace in figures.over_time(rows, 3).data) == 2
    assert f"<td>{parts.BLANK}</td>" in pieces.months(rows)


def test_dots_that_are_alike_are_piled_up_and_never_hide_each_other():
    dots = figures.placebos([1.0, 1.0, 1.0, 2.0], 0.5).data[0]
    assert len({(x, y) for x, y in zip(dots.x, dots.y, strict=True)}) == 4


def test_names_in_a_picture_are_written_out_and_never_run():
    drawn = figures.forest([Bar("<b>x</b><img>", 0.5, 0.3, 0.8, pooled=False)])
    assert drawn.layout.yaxis.ticktext == ("&lt;b&gt;x&lt;/b&gt;&lt;img&gt;",)


def test_a_kind_tried_in_one_place_has_no_figure_and_one_tried_in_two_has_a_diamond():
    one = Pooled(CANNOT_TELL, reason="too_few_sites", sites=1, reduced=1)
    two = Pooled(REDUCTION, **NUMBERS, sites=2, reduced=1, cannot_tell=1)
    types = {"a": "Kind A", "b": "Kind B"}
    table = portfolio.table({"a": one, "b": two}, types)
    assert parts.ONE_PLACE in table
    assert [bar.name for bar in portfolio.bars_of({"a": one, "b": two}, types, (), {}) if bar.pooled] == ["Kind B"]


def test_the_line_to_deliver_has_the_columns_of_the_contract():
    assert tuple(column["name"] for column in tomllib.loads(CONTRACT.read_text("utf-8"))["columns"]) == deliver.COLUMNS
    line = deliver.lines(["B01", "B02"], ["N01", "N02"], "Alike,\nand far.").splitlines()
    assert len(line) == 3
    assert line[1].endswith('N01;N02,"Alike, and far.",')


def test_a_correction_keeps_what_was_delivered_and_names_what_it_cannot_know():
    entry = {
        "entry_id": "hidden", "place_id": "B01", "intervention_type": "closure_order", "started_on": date(2026, 11, 4),
        "ended_on": None, "lead_agency": "Housing", "prevention_level": None, "harm_types": "robbery",
        "chosen_because": None, "compared_with": None, "compared_because": None, "held_back": ("chosen_because",),
    }  # fmt: skip
    line = deliver.lines(["B01"], ["N01"], "Alike.", entry).splitlines()[1]
    assert line == (
        "<the reference it was delivered with>,B01,,closure_order,2026-11-04,,Housing,,robbery,<as delivered before>,"
        "N01,Alike.,<as delivered before>"
    )


def test_nothing_helps_is_said_as_plainly_as_what_helps():
    from pipelines.insight.impact import Detectable
    from pipelines.insight.tried import Before

    known = type("Names", (), {"areas": {"N01": "Mill Park"}})()
    small = Before(Detectable(12, 0.9, 20.0, 2.0), None, None, pd.DataFrame())
    assert "Neither" in before.suggestions(small, known)[0]
    helped = replace(small, longer=(24, 0.4), pool=(("N01",), 0.38))
    assert ["24 months" in one or "Mill Park" in one for one in before.suggestions(helped, known)] == [True, True]
    assert "within sight as planned" in before.suggestions(replace(small, detectable=Detectable(12, 0.3)), known)[0]
