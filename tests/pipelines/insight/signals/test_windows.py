"""Windows: which periods are recent, which are the past, and what a short history still allows."""

import numpy as np
import pytest

from pipelines.insight.signals.windows import Frame, choose_frames, frames, year_frame

MONTHS = np.arange(60)[None]


def known_for(*periods: int, of: int) -> np.ndarray:
    """Places collected for the last so many of `of` periods."""
    return np.arange(of) >= of - np.array(periods)[:, None]


@pytest.mark.parametrize(
    ("year", "windows"),
    [(12, [(1, 3, 6), (1, 3), (1,)]), (52, [(4, 13, 26), (4, 13), (4,)]), (3, [(1, 2), (1,)])],
)
def test_months_weeks_and_terms_have_windows_of_their_own_and_the_longest_goes_first(
    year: int, windows: list[tuple[int, ...]]
) -> None:
    found = frames(year)
    assert [one.windows for one in found] == windows
    assert [one.guard for one in found] == [max(one) for one in windows]
    assert {one.baseline for one in found} == {3 * year}
    assert [one.least for one in found] == [2 * year] * (len(windows) - 1) + [year]


def test_periods_nobody_counts_by_are_refused() -> None:
    with pytest.raises(ValueError, match="one of 12, 52, 3"):
        frames(7)


def test_a_window_ends_with_the_newest_month_and_the_past_before_the_guard() -> None:
    frame = frames(12)[0]
    assert frame.recent(MONTHS, 3).tolist() == [[57, 58, 59]]
    assert frame.past(MONTHS)[0, [0, -1]].tolist() == [18, 53]
    assert frame.past(MONTHS).shape == (1, 36)


def test_no_month_is_ever_both_recent_and_past() -> None:
    for year in (12, 52, 3):
        periods = np.arange(5 * year)
        for frame in [*frames(year), *year_frame(year)]:
            for window in frame.windows:
                assert not np.intersect1d(frame.recent(periods, window), frame.past(periods)).size


def test_the_past_of_a_short_table_is_what_there_is_and_of_a_shorter_one_is_empty() -> None:
    frame = frames(12)[0]
    assert frame.past(np.arange(10)).tolist() == [0, 1, 2, 3]
    assert frame.past(np.arange(6)).size == 0
    assert frame.past(np.arange(2)).size == 0
    assert frame.past(np.arange(0)).size == 0


@pytest.mark.parametrize(("windows", "shown"), [((1, 3, 6), 3), ((1, 3), 3), ((1,), 1), ((1, 2), 2), ((4, 13, 26), 13)])
def test_the_middle_window_is_shown(windows: tuple[int, ...], shown: int) -> None:
    assert Frame(windows, max(windows), 36, 24).shown == shown


def test_while_less_than_two_years_of_past_remain_the_longest_window_goes() -> None:
    """Six months of guard and 24 of past are 30; three and 24 are 27; with the newest month alone a year will do."""
    months = [30, 29, 27, 26, 13, 12]
    chosen = choose_frames(known_for(*months, of=30), frames(12))
    assert chosen.tolist() == [0, 1, 1, 2, 2, -1]


def test_the_same_holds_for_weeks_and_terms() -> None:
    assert choose_frames(known_for(130, 129, 117, 116, 56, 55, of=130), frames(52)).tolist() == [0, 1, 1, 2, 2, -1]
    assert choose_frames(known_for(8, 7, 4, 3, of=8), frames(3)).tolist() == [0, 1, 1, -1]


def test_only_collected_months_count_as_past() -> None:
    """36 months of past less 13 are 23, too few for six months; the past of three months begins three months later."""
    collected = np.ones((1, 42), dtype=bool)
    collected[0, :12] = False
    assert choose_frames(collected, frames(12)).tolist() == [0]
    collected[0, 12] = False
    assert choose_frames(collected, frames(12)).tolist() == [1]


def test_slow_change_needs_two_years_before_the_last() -> None:
    (frame,) = year_frame(12)
    assert (frame.windows, frame.guard, frame.baseline, frame.shown) == ((12,), 12, 36, 12)
    assert choose_frames(known_for(36, 35, of=48), [frame]).tolist() == [0, -1]
