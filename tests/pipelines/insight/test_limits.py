"""The usual range of a figure, and counts of decisions for a board."""

from datetime import date

import numpy as np
import pandas as pd

from pipelines.insight.limits import usual_range
from pipelines.insight.plans import Assessment, count_actions, count_assessments


def test_the_range_is_the_mean_and_266_moving_ranges_of_the_figures_before():
    low, high = usual_range([10, 14, 10, 14, 10, 14, 10, 14, 40])
    assert np.isnan(low[:8]).all()
    assert (low[8], high[8]) == (np.floor(12 - 2.66 * 4), np.ceil(12 + 2.66 * 4))


def test_a_figure_never_widens_its_own_range_and_unknown_ones_are_passed_over():
    past = [10, np.nan, 14, 10, 14, 10, 14, 10, 14]
    assert usual_range([*past, 12])[1][-1] == usual_range([*past, 900])[1][-1] == 23


def test_actions_are_kept_late_or_dropped_by_the_day_they_fell_due():
    rows = [("P1", "done", date(2026, 5, 1)), ("P1", "agreed", date(2026, 6, 1)), ("P2", "dropped", date(2026, 6, 30)),
            ("P2", "done", date(2026, 3, 31)), ("P2", "agreed", date(2026, 9, 1)), ("P2", "agreed", None)]  # fmt: skip
    entries = pd.DataFrame(rows, columns=["place_id", "status", "due_on"], dtype=object).assign(led_elsewhere=False)
    hidden = entries.iloc[:1].assign(led_elsewhere=True)
    found = count_actions(pd.concat([entries, hidden]), {"P1": ("north",), "P2": ("north", "south")}, date(2026, 4, 1),
                          date(2026, 12, 31), date(2026, 7, 1))  # fmt: skip
    said = {(row.locality, row.outcome): row.actions for row in found.itertuples()}
    assert said == {(None, "dropped"): 1, (None, "kept"): 1, (None, "late"): 1, ("north", "dropped"): 1,
                    ("north", "kept"): 1, ("north", "late"): 1, ("south", "dropped"): 1}  # fmt: skip


def test_a_place_led_elsewhere_is_in_no_count_of_assessments():
    def at(place: str, status: str | None, *, elsewhere: bool = False) -> Assessment:
        return Assessment(place, status, None, None, None, None, None, None, None, None, elsewhere)

    known = {"P1": at("P1", "agreed"), "P2": at("P2", "agreed"), "P3": at("P3", None, elsewhere=True)}
    found = count_assessments(known, {"P1": ("north",), "P2": ("north", "south")})
    said = {row.locality: (row.status, row.places) for row in found.itertuples()}
    assert said == {None: ("agreed", 2), "north": ("agreed", 2), "south": ("agreed", 1)}
