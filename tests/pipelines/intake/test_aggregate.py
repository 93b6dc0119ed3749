"""Counting: months, ranges, zeros, corrections, places."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from villages import Village, make_village

B01, B02 = "400500,300500", "401500,300500"


def test_a_quiet_month_is_a_zero_not_a_gap(village: Village) -> None:
    village.incidents(f"r1,2024-01-10,knife_crime,{B01}", covers=("2024-01-01", "2024-02-29"), delivered_on="2024-03-05")
    village.build()
    cells = village.ask(
        "SELECT period, x, withheld_because FROM cells WHERE area_id = 'B01' AND harm_group = 'knives_and_weapons' "
        "ORDER BY period"
    )
    assert list(cells["period"]) == ["2024-01", "2024-02", "2024-03"]
    assert list(cells["x"])[:2] == [1, 0]
    assert list(cells["withheld_because"])[2] == "still_arriving"


def test_a_month_nobody_delivered_is_not_collected(village: Village) -> None:
    village.incidents(f"r1,2024-01-10,knife_crime,{B01}", name="a.csv", covers=("2024-01-01", "2024-01-31"))
    village.incidents(
        f"r2,2024-03-10,knife_crime,{B01}", name="b.csv", covers=("2024-03-01", "2024-03-31"), delivered_on="2024-03-31"
    )
    village.build()
    states = village.ask("SELECT period, state FROM feed_periods WHERE feed = 'incidents' ORDER BY period")
    assert states.values.tolist() == [["2024-01", "collected"], ["2024-02", "not_collected"], ["2024-03", "collected"]]


def test_a_record_in_a_month_nobody_covers_is_rejected_and_counted(village: Village) -> None:
    village.incidents(f"r1,2024-01-10,knife_crime,{B01}", f"r2,2023-12-30,knife_crime,{B01}")
    built = village.build()
    assert built.tallies["incidents"] == {"read": 2, "counted": 1, "rejected": 1}


def test_a_late_record_counts_in_its_own_month(village: Village) -> None:
    village.incidents(f"r1,2024-01-10,knife_crime,{B01}", name="a.csv")
    village.incidents(
        f"r2,2024-01-20,knife_crime,{B01}", name="b.csv", covers=("2024-02-01", "2024-02-29"), delivered_on="2024-03-05"
    )
    village.build()
    assert village.cells() == {("B01", "knives_and_weapons", "2024-01"): 2}


def test_a_correction_takes_the_place_of_the_row_it_corrects(village: Village) -> None:
    village.incidents(f"r1,2024-01-10,knife_crime,{B01}", f"r2,2024-01-11,robbery,{B01}", name="a.csv")
    village.incidents(f"r1,2024-01-10,robbery,{B02}", name="b.csv", delivered_on="2024-02-09")
    built = village.build()
    assert village.cells() == {
        ("B01", "violence_and_fear", "2024-01"): 1,
        ("B02", "violence_and_fear", "2024-01"): 1,
    }
    assert built.tallies["incidents"] == {"read": 3, "counted": 2, "superseded": 1}


def test_a_bad_correction_does_not_take_the_place_of_a_good_row(village: Village) -> None:
    village.incidents(f"r1,2024-01-10,knife_crime,{B01}", name="a.csv")
    village.incidents(f"r1,2024-01-10,no_such_harm,{B02}", name="b.csv", delivered_on="2024-02-09")
    village.build()
    assert village.cells() == {("B01", "knives_and_weapons", "2024-01"): 1}


def test_the_same_file_sent_again_counts_once(village: Village) -> None:
    for name, day in (("a.csv", "2024-02-05"), ("again.csv", "2024-02-12")):
        village.incidents(f"r1,2024-01-10,knife_crime,{B01}", name=name, delivered_on=day)
    built = village.build()
    assert village.cells() == {("B01", "knives_and_weapons", "2024-01"): 1}
    assert built.tallies["incidents"] == {"read": 2, "counted": 1, "superseded": 1}


def test_one_child_adds_at_most_the_cap_to_a_cell(village: Village) -> None:
    header = "record_ref,occurred_from,harm_type,easting_m,northing_m,child_ref"
    rows = [f"r{n},2024-01-1{n},knife_crime,{B01},child-1" for n in range(4)]
    village.incidents(*rows, f"r8,2024-01-18,knife_crime,{B01},child-2", f"r9,2024-01-19,knife_crime,{B01},", header=header)
    village.build()
    assert village.cells() == {("B01", "knives_and_weapons", "2024-01"): 3}


def test_a_beat_code_alone_counts_in_the_beats_place_not_known(village: Village) -> None:
    village.incidents("r1,2024-01-10,knife_crime,B02", header="record_ref,occurred_from,harm_type,beat_code")
    village.build()
    assert village.cells() == {("B02/place_not_known", "knives_and_weapons", "2024-01"): 1}


def test_a_record_with_no_place_or_an_unknown_beat_is_unplaced_and_counted(village: Village) -> None:
    header = "record_ref,occurred_from,harm_type,beat_code"
    village.incidents("r1,2024-01-10,knife_crime,", "r2,2024-01-10,knife_crime,B99", header=header)
    assert village.build().tallies["incidents"] == {"read": 2, "unplaced": 2}


def test_coordinates_in_the_sea_are_outside_and_counted(village: Village) -> None:
    village.incidents("r1,2024-01-10,knife_crime,415000,300500")
    assert village.build().tallies["incidents"] == {"read": 1, "outside": 1}


def test_a_point_just_over_the_edge_is_snapped_and_marked(village: Village) -> None:
    village.incidents("r1,2024-01-10,knife_crime,399990,300500")
    village.build()
    assert village.ask("SELECT located_by, fate FROM tallies").values.tolist() == [["snapped", "counted"]]


def test_longitude_and_latitude_find_the_same_place_as_metres(village: Village) -> None:
    header = "record_ref,occurred_from,harm_type,lon,lat"
    village.incidents("r1,2024-01-10,knife_crime,-1.992681,52.602237", header=header)
    village.build()
    assert village.cells() == {("B01", "knives_and_weapons", "2024-01"): 1}


def test_two_points_of_one_row_that_disagree_reject_it(village: Village) -> None:
    header = "record_ref,occurred_from,harm_type,easting_m,northing_m,lon,lat"
    village.incidents("r1,2024-01-10,knife_crime,401500,300500,-1.992681,52.602237", header=header)
    assert village.build().tallies["incidents"] == {"read": 1, "rejected": 1}


def test_out_of_scope_harm_is_carried_and_never_counted_on_a_map(village: Village) -> None:
    village.incidents(f"r1,2024-01-10,cse_online,{B01}", f"r2,2024-01-10,radicalisation,{B01}")
    assert village.build().tallies["incidents"] == {"read": 2, "outside": 2}
    assert village.cells() == {}


def test_a_build_as_at_an_earlier_day_does_not_know_later_deliveries(village: Village) -> None:
    village.incidents(f"r1,2024-01-10,knife_crime,{B01}", name="a.csv")
    village.incidents(
        f"r2,2024-02-10,knife_crime,{B01}", name="b.csv", covers=("2024-02-01", "2024-02-29"), delivered_on="2024-03-05"
    )
    assert village.build(as_at=date(2024, 2, 20)).tallies["incidents"]["read"] == 1
    assert village.build().tallies["incidents"]["read"] == 2


def test_a_range_of_dates_is_drawn_to_one_month_by_its_overlap(village: Village) -> None:
    """Of 2,000 ranges with 3 of 10 days in February, about 3 in 10 count there (binomial sd 20.5: six is 123)."""
    header = "record_ref,occurred_from,occurred_to,harm_type,easting_m,northing_m"
    rows = [f"ref-{n},2024-01-25,2024-02-03,knife_crime,{B01}" for n in range(2000)]
    village.incidents(*rows, header=header, covers=("2024-01-01", "2024-02-29"), delivered_on="2024-03-05")
    village.build()
    cells = village.cells()
    february = cells["B01", "knives_and_weapons", "2024-02"]
    assert abs(february - 600) < 123
    assert february + cells["B01", "knives_and_weapons", "2024-01"] == 2000


def test_a_range_is_drawn_alike_whatever_it_is_delivered_with(village: Village) -> None:
    header = "record_ref,occurred_from,occurred_to,harm_type,easting_m,northing_m"
    rows = [f"ref-{n},2024-01-25,2024-02-03,knife_crime,{B01}" for n in range(50)]
    covers, day = ("2024-01-01", "2024-02-29"), "2024-03-05"
    village.incidents(*rows, header=header, covers=covers, delivered_on=day)
    village.build()
    first = village.ask("SELECT record_ref, happened_on FROM records ORDER BY record_ref").values.tolist()
    village.incidents(
        *reversed(rows), f"other,2024-01-02,,knife_crime,{B01}", header=header, covers=covers, delivered_on=day
    )
    village.build()
    again = village.ask("SELECT record_ref, happened_on FROM records WHERE record_ref <> 'other' ORDER BY record_ref")
    assert again.values.tolist() == first


fates = st.sampled_from(["good", "bad_code", "outside", "no_place", "future", "out_of_scope", "other_month"])
ROW = {
    "good": "{ref},2024-01-10,knife_crime,400500,300500,",
    "bad_code": "{ref},2024-01-10,nothing_known,400500,300500,",
    "outside": "{ref},2024-01-10,knife_crime,412000,300500,",
    "no_place": "{ref},2024-01-10,knife_crime,,,",
    "future": "{ref},2031-01-10,knife_crime,400500,300500,",
    "out_of_scope": "{ref},2024-01-10,cse_online,400500,300500,",
    "other_month": "{ref},2023-06-10,knife_crime,400500,300500,",
}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds=st.lists(st.tuples(fates, st.integers(0, 8)), min_size=1, max_size=15))
def test_read_is_always_counted_and_outside_and_rejected_and_superseded_and_unplaced(
    tmp_path_factory: pytest.TempPathFactory, kinds: list[tuple[str, int]]
) -> None:
    village = make_village(tmp_path_factory.mktemp("village") / "data")
    header = "record_ref,occurred_from,harm_type,easting_m,northing_m,beat_code"
    village.incidents(*(ROW[kind].format(ref=f"ref-{number}") for kind, number in kinds), header=header)
    tally = village.build().tallies["incidents"]
    parts = ("counted", "outside", "rejected", "superseded", "unplaced")
    assert tally["read"] == len(kinds) == sum(tally.get(part, 0) for part in parts)


def test_the_days_of_a_school_year_each_belong_to_one_term(village: Village) -> None:
    village.deliver(
        "terms",
        "term_id,name,starts_on,ends_on\n2023-autumn,Autumn,2023-09-04,2023-12-20\n2024-spring,Spring,2024-01-08,2024-03-28\n"
        "2024-summer,Summer,2024-04-15,2024-07-22\n",
        delivered_on="2023-09-01",
    )
    village.deliver(
        "weapon_in_school_reports",
        "report_ref,incident_on,locality,setting_phase,weapon_type\nw1,2024-01-02,West,secondary,kitchen_knife\n"
        "w2,2024-01-09,east,secondary,kitchen_knife\n",
        covers=("2023-09-01", "2024-07-31"),
        delivered_on="2024-08-02",
    )
    village.build()
    assert village.cells("weapon_in_school_reports") == {
        ("west", "not_assessed", "2023-autumn"): 1,
        ("east", "not_assessed", "2024-spring"): 1,
    }
    days = village.ask(
        "SELECT count(*) AS n, count(DISTINCT day) AS d FROM calendar JOIN measures ON position = measure_no "
        "WHERE grain = 'term'"
    ).iloc[0]
    assert days["n"] == days["d"] == (date(2024, 7, 22) - date(2023, 9, 4)) / timedelta(days=1) + 1


def test_without_term_dates_the_year_is_cut_in_three_and_no_day_is_left_out(village: Village) -> None:
    reports = [
        f"w{n},{day},west,secondary,kitchen_knife" for n, day in enumerate(("2024-03-31", "2024-07-10", "2024-12-20"))
    ]
    village.deliver(
        "weapon_in_school_reports",
        "\n".join(["report_ref,incident_on,locality,setting_phase,weapon_type", *reports]) + "\n",
        covers=("2024-01-01", "2024-12-31"),
        delivered_on="2025-01-05",
    )
    village.build()
    assert village.cells("weapon_in_school_reports") == {
        ("west", "not_assessed", "2024-spring"): 1,
        ("west", "not_assessed", "2024-summer"): 1,
        ("west", "not_assessed", "2024-autumn"): 1,
    }


def test_residents_of_a_locality_are_not_known_until_every_beats_are(village: Village) -> None:
    header = "place_level,area_id,year,residents,residents_10_17,source\n"
    village.deliver(
        "residents", header + "beat,B01,2022,5000,500,census\nbeat,B02,2022,5000,,census\n", delivered_on="2024-01-01"
    )
    village.incidents(f"r1,2024-01-10,knife_crime,{B01}")
    village.build()
    west = village.ask("SELECT residents, residents_10_17, estimated FROM resident_counts WHERE area_id = 'west'")
    assert west["residents"].tolist() == [10_000]
    assert west["residents_10_17"].isna().all()
