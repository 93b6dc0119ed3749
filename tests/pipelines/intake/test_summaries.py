"""What is told beside the lattice, as it is counted on the private side: how late records came, and words for a quarter."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product

import pandas as pd
import pytest
from villages import Village, beat, boundary_file, make_village, square

HEADER = "record_ref,occurred_from,occurred_to,recorded_on,harm_type,easting_m,northing_m,record_source,proactive"
POINTS = {"B01": "400500,300500", "B02": "401500,300500", "B03": "402500,300500"}
GROUPS = {"exploitation": "cce", "violence_and_fear": "robbery", "knives_and_weapons": "knife_crime",
          "asb_and_other": "asb_pattern"}  # fmt: skip
HALF_YEAR = ("2024-01-01", "2024-06-30")


def deliver(village: Village, *rows: str, covers: tuple[str, str] = HALF_YEAR) -> None:
    numbered = [f"r{number},{row}" for number, row in enumerate(rows)]
    village.incidents(*numbered, header=HEADER, covers=covers, delivered_on="2024-12-01")


def row(day: str, to: str = "", *, recorded: str = "", group: str = "violence_and_fear", at: str = "B01",
        source: str = "", proactive: str = "") -> str:  # fmt: skip
    return f"{day},{to},{recorded},{GROUPS[group]},{POINTS[at]},{source},{proactive}"


# --- how late records came ------------------------------------------------------------------------------------

BANDS = {"by_month_end": (-20, 0), "days_1_to_7": (1, 7), "days_8_to_14": (8, 14), "days_15_to_28": (15, 28),
         "later": (29, 150)}  # fmt: skip


def delays(village: Village) -> pd.Series:
    rows = village.ask("SELECT * FROM summary_cells WHERE summary = 'reporting_delay'")
    assert set(rows["area_level"]) | set(rows["grain"]) <= {"city", "quarter"}
    return rows.set_index(["period", "category"])["x"]


def test_each_record_stands_in_one_band_of_days_after_the_end_of_its_own_month(village: Village) -> None:
    ends = {"2024-01-09": date(2024, 1, 31), "2024-02-09": date(2024, 2, 29), "2024-06-09": date(2024, 6, 30)}
    rows = [row(day, recorded=str(end + timedelta(days=days)))
            for day, end in ends.items() for first_and_last in BANDS.values() for days in first_and_last]  # fmt: skip
    # A type that is never mapped and a row refused are not counted, and a blank day of recording is not known.
    rows += [row("2024-03-05"), row("2024-03-06").replace("robbery", "radicalisation")]
    rows += [row("2024-03-07", recorded="2024-03-01")]
    deliver(village, *rows)
    village.build()
    told = delays(village)
    for band in BANDS:
        assert told["2024-Q1", band] == 4
        assert told["2024-Q2", band] == 2
    assert (told["2024-Q1", "not_known"], told["2024-Q2", "not_known"]) == (1, 0)
    assert told.sum() == sum(village.cells().values()) == len(rows) - 2


def test_how_late_a_quarter_came_is_not_told_again_by_year_nor_where_a_month_is_not_whole(village: Village) -> None:
    deliver(village, *[row(f"2024-0{month}-05", recorded="2024-12-01") for month in range(1, 6)],
            covers=("2024-01-01", "2024-05-31"))  # fmt: skip
    village.build()
    assert {period for period, _ in delays(village).index} == {"2024-Q1"}


# --- words for a quarter --------------------------------------------------------------------------------------

SHARES = {5: "hardly_any", 6: "some", 11: "some", 12: "about_half", 17: "about_half", 18: "mostly", 23: "mostly",
          24: "nearly_all", 0: "hardly_any", 30: "nearly_all"}  # fmt: skip


def spread(quarter: int) -> Iterator[str]:
    """Days of one quarter, one after the other and round again."""
    first = date(2024, 3 * quarter - 2, 1)
    return (str(first + timedelta(days=number % 90)) for number in range(10_000))


def parts() -> Iterator[tuple[str, str, int, int, int]]:
    """Beat, harm group, quarter, and how many of its thirty records were found by looking, and told by the police."""
    for where, looked, police in zip(product(POINTS, GROUPS, (1, 2)), SHARES, reversed(SHARES), strict=False):
        yield *where, looked, police


@pytest.fixture(scope="module")
def shares(tmp_path_factory: pytest.TempPathFactory, _own_key: None) -> Village:
    """Thirty records in each beat, harm group and quarter, of which so many were found by looking, or by the police."""
    village, rows = make_village(tmp_path_factory.mktemp("shares") / "village"), []
    for at, group, quarter, looked, police in parts():
        days = spread(quarter)
        rows += [row(next(days), group=group, at=at, proactive="yes" if number < looked else "no",
                     source="police_intelligence" if number < police else "school_report")
                 for number in range(30)]  # fmt: skip
    deliver(village, *rows)
    village.build()
    return village


def words(village: Village, pattern: str) -> pd.Series:
    rows = village.ask(f"SELECT * FROM pattern_words WHERE pattern = '{pattern}'")
    return rows.set_index(["area_level", "area_id", "harm_group", "period"])["word"]


def test_a_share_is_told_in_five_steps_for_each_beat_harm_group_and_quarter(shares: Village) -> None:
    looked, told = words(shares, "how_it_came_to_light"), words(shares, "who_told")
    for at, group, quarter, proactive, police in parts():
        where = ("beat", at, group, f"2024-Q{quarter}")
        assert looked[where] == f"{SHARES[proactive]}_proactive"
        assert told[where] == f"{SHARES[police]}_police"
    assert len(looked.xs("beat").drop("all", level="harm_group")) == len(SHARES)


def test_all_harm_groups_together_and_larger_areas_have_words_of_their_own(shares: Village) -> None:
    looked = words(shares, "how_it_came_to_light")
    # In the first quarter B01 has 5, 11, 17 and 23 of 30, and B02 has none of 30.
    assert looked["beat", "B01", "all", "2024-Q1"] == "about_half_proactive"
    assert looked["locality", "west", "all", "2024-Q1"] == "some_proactive"
    assert looked["city", "two_ends", "all", "2024-Q2"] == "mostly_proactive"
    # B01 has 5 of 30 and B02 none: together 5 of 60.
    assert looked["locality", "west", "exploitation", "2024-Q1"] == "hardly_any_proactive"
    assert not {"east"} & set(looked.index.get_level_values("area_id"))


def test_fewer_than_thirty_records_are_no_word_of_a_group_and_may_be_one_of_all(village: Village) -> None:
    days = spread(1)
    deliver(village, *[row(next(days), group=group, proactive="yes") for group in GROUPS for _ in range(29)])
    village.build()
    assert {group for _, _, group, _ in words(village, "how_it_came_to_light").index} == {"all"}


def test_a_share_few_or_less_than_half_can_tell_is_no_word_or_says_so(village: Village) -> None:
    some, days = [("B01", 29, 60), ("B02", 30, 60), ("B03", 29, 58)], spread(1)
    deliver(village, *[row(next(days), at=at, source="health" if number < known else "", proactive="no" if number < known
                           else "unknown") for at, known, records in some for number in range(records)])  # fmt: skip
    village.build()
    for pattern, word in (("how_it_came_to_light", "hardly_any_proactive"), ("who_told", "hardly_any_police")):
        of_beats = words(village, pattern).xs("all", level="harm_group").xs("beat")
        assert of_beats.to_dict() == {("B01", "2024-Q1"): "mostly_not_recorded", ("B02", "2024-Q1"): word}


def test_a_day_with_a_fifth_of_the_dated_records_is_a_burst_and_one_of_weeks_is_not(village: Village) -> None:
    days = [f"2024-01-{day:02}" for day in range(1, 31)]
    burst = [row("2024-02-10") if number < 6 else row(day) for number, day in enumerate(days)]
    rather = [row("2024-02-10" if number < 5 else day, at="B02") for number, day in enumerate(days)]
    # Both ends on one day name that day; a range of days names none, so these are 29 dated records.
    dated = [row("2024-02-10", "2024-02-10" if number else "2024-02-11", at="B03") for number in range(30)]
    deliver(village, *burst, *rather, *dated)
    village.build()
    told = words(village, "bursts").xs("all", level="harm_group").xs("2024-Q1", level="period")
    assert told.to_dict() == {
        ("beat", "B01"): "one_day_burst", ("beat", "B02"): "spread_out", ("locality", "west"): "spread_out",
        ("city", "two_ends"): "one_day_burst",
    }  # fmt: skip


def test_a_place_of_concern_has_words_only_of_quarters_its_records_lie_wholly_inside_it(village: Village) -> None:
    """The beat under the place is drawn anew in April: what was counted before reaches the place by a crosswalk."""
    place = beat("mill", "", square(400_600, 300_300, 600), place_level="place_of_concern")
    beats = [beat("B01", "west", square(400_000, 300_000), valid_to="2024-03-31"),
             beat("B01", "west", square(400_000, 300_000, 900), valid_from="2024-04-01"),
             beat("B02", "west", square(401_000, 300_000)), beat("B03", "east", square(402_000, 300_000))]  # fmt: skip
    file = village.settings.boundaries / "beats.geojson"
    file.write_text(json.dumps(boundary_file([*beats, place])))
    inside = [(1, "400700,300700"), (2, "400700,300700"), (1, "401100,300700")]
    rows = [(day, point) for quarter, point in inside for day, _ in zip(spread(quarter), range(40), strict=False)]
    deliver(village, *[row(day).replace(POINTS["B01"], point) for day, point in rows])
    village.build()
    told = words(village, "bursts").xs("all", level="harm_group")
    assert [period for _, period in told.xs("place_of_concern", drop_level=False).droplevel(0).index] == ["2024-Q2"]
    assert {period for _, period in told.xs("beat").xs("B01", drop_level=False).index} == {"2024-Q1", "2024-Q2"}


def test_a_quarter_with_a_month_not_delivered_has_no_words(village: Village) -> None:
    days = spread(2)
    deliver(village, *[row(next(days)) for _ in range(60)], covers=("2024-04-01", "2024-05-31"))
    village.build()
    assert village.ask("SELECT * FROM pattern_words").empty
