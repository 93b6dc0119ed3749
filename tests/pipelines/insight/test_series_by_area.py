"""Every area of a level in one question: the same figures as one area after the other."""

import pandas as pd
import pytest

from pipelines.errors import NotForThisAudience
from pipelines.insight.queries import Audience, open_snapshot


@pytest.mark.parametrize(("audience", "level"), [
    (Audience("manager"), "place_of_concern"), (Audience("board"), "locality"), (Audience("meeting", "north"), "beat"),
])  # fmt: skip
def test_the_series_of_a_level_are_those_of_its_areas_one_by_one(larkhaven, audience, level):
    snapshot = open_snapshot(larkhaven, audience)
    codes = [code for code, _ in snapshot.measure("incidents", "incidents").harm_groups]
    every = snapshot.series_by_area("incidents", "incidents", area_level=level, harm_groups=codes)
    assert list(dict.fromkeys(every["area_id"])) == list(snapshot.areas(level)["area_id"])
    for area_id, mine in every.groupby("area_id"):
        one = snapshot.series("incidents", "incidents", area_level=level, area_id=area_id, harm_groups=codes)
        pd.testing.assert_frame_equal(mine.drop(columns="area_id").reset_index(drop=True), one, check_dtype=False)


def test_a_level_an_audience_may_not_have_is_refused(larkhaven):
    with pytest.raises(NotForThisAudience):
        open_snapshot(larkhaven, Audience("board")).series_by_area(
            "incidents", "incidents", area_level="beat", harm_groups=["exploitation"]
        )
