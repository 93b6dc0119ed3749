"""The chart: expected against actual, and what was prevented so far."""

import numpy as np
import pytest

from pipelines.insight.impact import estimate, pre_trend, series
from pipelines.insight.impact.series import COLUMNS

START, MONTHS = 48, 60


def panel(seed: int = 1, mean: float = 20.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    season = 1 + 0.4 * np.cos(np.arange(MONTHS) * np.pi / 6)
    return rng.poisson(mean * season * np.ones((20, 1))).astype(float)


def test_the_last_row_is_what_the_estimate_says() -> None:
    counts = panel()
    counts[0, START:] = np.round(0.5 * counts[0, START:])
    asked = {"treated": [0], "ring": [1], "start": START}
    found, told = estimate(counts, **asked), series(counts, **asked)  # type: ignore[arg-type]
    last = told.iloc[-1]
    assert last["prevented"] == pytest.approx(found.expected - found.actual)
    assert last["prevented_low"] == pytest.approx(found.prevented_low, rel=1e-4)
    assert last["prevented_high"] == pytest.approx(found.prevented_high, rel=1e-4)
    after = told[told["phase"] == "after"]
    assert after["actual"].sum() == found.actual
    assert after["expected"].sum() == pytest.approx(found.expected)


def test_every_period_has_one_row_and_a_phase() -> None:
    told = series(panel(), treated=[0], ring=[], start=START)
    assert told["period"].tolist() == list(range(MONTHS))
    assert told["phase"].tolist() == ["earlier"] * 9 + ["before"] * 36 + ["guard"] * 3 + ["after"] * 12
    assert told.columns.tolist() == list(COLUMNS)
    assert told.loc[told["phase"] != "after", "prevented"].isna().all()
    assert told.loc[told["phase"] == "after", list(COLUMNS[7:])].notna().all(axis=None)
    assert not told.loc[told["phase"] == "guard", "used"].any()


def test_expected_follows_the_season_of_the_others() -> None:
    told = series(panel(mean=200.0), treated=[0], ring=[], start=START)
    season = 200.0 * (1 + 0.4 * np.cos(np.arange(MONTHS) * np.pi / 6))
    assert told["expected"].to_numpy() == pytest.approx(season, rel=0.08)


def test_most_months_of_an_unchanged_place_lie_in_their_range() -> None:
    """95% by design; 20 places of 60 months have a standard error of 0.6%, more where ranges are shared."""
    counts, inside = panel(4), []
    for row in range(20):
        told = series(counts, treated=[row], ring=[], start=START)
        inside.append(((told["expected_low"] <= told["actual"]) & (told["actual"] <= told["expected_high"])).mean())
    assert 0.92 <= np.mean(inside) <= 0.99


def test_a_month_not_collected_is_a_gap_and_what_was_prevented_stays() -> None:
    counts = panel()
    counts[0, 52] = np.nan
    told = series(counts, treated=[0], ring=[], start=START).set_index("period")
    assert told.loc[52, ["actual", "expected", "expected_low", "expected_high"]].isna().all()
    assert told.loc[52, "prevented"] == told.loc[51, "prevented"]
    assert not told.loc[52, "used"]


def test_a_refusal_has_no_chart() -> None:
    told = series(panel()[:, :49], treated=[0], ring=[], start=START)
    assert told.empty
    assert told.columns.tolist() == list(COLUMNS)
    assert pre_trend(panel()[:, :49], treated=[0], ring=[], start=START) is None


def test_a_place_that_counted_nothing_before_has_no_range_of_what_was_prevented() -> None:
    counts = panel()
    counts[0, :START] = 0.0
    told = series(counts, treated=[0], ring=[], start=START)
    assert told.loc[told["phase"] == "after", "prevented"].notna().all()
    assert told["prevented_low"].isna().all()
    assert pre_trend(counts, treated=[0], ring=[], start=START) is None


def test_a_place_that_was_already_falling_is_seen_to_have_been() -> None:
    counts = panel(mean=40.0)
    steady = pre_trend(counts, treated=[0], ring=[], start=START)
    counts[0] = np.round(counts[0] * np.exp(-0.3 * np.arange(MONTHS) / 12))
    falling = pre_trend(counts, treated=[0], ring=[], start=START)
    assert steady is not None
    assert steady.alike
    assert falling is not None
    assert not falling.alike
    assert falling.ratio == pytest.approx(np.exp(-0.3), rel=0.1)
    assert falling.low < falling.ratio < falling.high
