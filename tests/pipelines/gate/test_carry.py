"""A month is rounded once: through new keys, new places, changed schools, and places nobody draws any more."""

import json
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from villages import Village, beat, boundary_file

from pipelines.errors import GateError, KeyFault, NoSnapshot, SnapshotFault
from pipelines.gate.keys import read_or_make_keys
from pipelines.gate.snapshot import rotate_key

B01, B02 = "400500,300500", "401500,300500"


@pytest.fixture(autouse=True)
def own_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("SAFER_PLACES_KEY_FILE", str(tmp_path / "own.key"))
    return tmp_path / "own.key"


def month(village: Village, number: int, rows: int, *, delivered_on: str | None = None, at: str = B01) -> None:
    first = date(2024, number, 1)
    last = (pd.Timestamp(first) + pd.offsets.MonthEnd(1)).date()
    text = [f"m{number}-{row}-{at[:3]},{first:%Y-%m}-{1 + row % 28:02},knife_crime,{at}" for row in range(rows)]
    given = delivered_on or str(last + pd.Timedelta(days=5))
    village.incidents(*text, name=f"month-{number}-{at}.csv", covers=(str(first), str(last)), delivered_on=given)


def publish_as_at(village: Village, *day: int) -> pd.DataFrame:
    """The released counts of a publish, indexed by cell."""
    village.build(as_at=date(*day))
    file = village.settings.snapshots / f"{village.publish().id}.duckdb"
    with duckdb.connect(str(file), read_only=True) as snapshot:
        counts = snapshot.execute("SELECT * FROM counts WHERE value IS NOT NULL").df()
    return counts.set_index(["feed", "measure", "area_id", "harm_group", "period"])["value"].sort_index()


def of_month(values: pd.Series, period: str) -> dict[object, int]:
    return values[values.index.get_level_values("period") == period].to_dict()


def draw_beats(village: Village, edge_m: int, *, begin: str | None, names: tuple[str, str] = ("B01", "B02")) -> None:
    """Draw beats B01 and B02 with their common edge moved, from a day on (or as if they had never been otherwise)."""
    file = village.settings.boundaries / "beats.geojson"
    features = json.loads(file.read_text())["features"]
    before = [one for one in features if one["properties"]["place_id"] in ("B01", "B02")]
    east = [one for one in features if one["properties"]["place_id"] == "B03"]
    last = str(date.fromisoformat(begin) - pd.Timedelta(days=1)) if begin else None
    closed = [{**one, "properties": {**one["properties"], "valid_to": last}} for one in before] if begin else []
    since = {"valid_from": begin} if begin else {}
    drawn = [
        beat(names[0], "west", rectangle(400_000, edge_m), **since),
        beat(names[1], "west", rectangle(edge_m, 402_000), **since),
    ]
    file.write_text(json.dumps(boundary_file([*closed, *drawn, *east])))


def rectangle(west: int, east: int) -> list[list[list[float]]]:
    return [[[west, 300_000], [east, 300_000], [east, 301_000], [west, 301_000], [west, 300_000]]]


def test_a_new_key_rounds_only_the_months_to_come(village: Village, own_key: Path) -> None:
    for number in (1, 2, 3, 4):
        month(village, number, 4)
    before = publish_as_at(village, 2024, 5, 5)
    assert rotate_key(village.settings) == date(2024, 6, 1)
    after = publish_as_at(village, 2024, 5, 5)
    assert after.equals(before)
    month(village, 5, 4)
    month(village, 6, 4)
    with_june = publish_as_at(village, 2024, 7, 5)
    assert with_june.reindex(before.index).equals(before)
    keys = read_or_make_keys(own_key, data_dir=village.data_dir, expected=None)
    assert [keys.for_day(date(2024, number, 1)).epoch for number in (5, 6)] == [1, 2]


def test_a_month_of_a_new_key_is_drawn_by_it_and_not_by_the_old_one(village: Village, own_key: Path) -> None:
    month(village, 1, 1)
    publish_as_at(village, 2024, 2, 5)
    rotate_key(village.settings)
    many = [f"{100 + 10 * at}" for at in range(8)]
    for number in (2, 3, 4):
        month(village, number, int(many[number]) + 1)
    own = publish_as_at(village, 2024, 5, 5)
    village.settings.snapshots.joinpath("current").unlink()
    for left in village.settings.snapshots.glob("2024*"):
        left.unlink()
    own_key.write_text(own_key.read_text().splitlines()[0] + "\n")
    other = publish_as_at(village, 2024, 5, 5)
    assert of_month(own, "2024-01") == of_month(other, "2024-01")


def test_a_key_cannot_be_rotated_before_it_was_used(village: Village) -> None:
    with pytest.raises(NoSnapshot, match="nothing was released"):
        rotate_key(village.settings)


def test_taking_the_new_key_away_again_is_an_error(village: Village, own_key: Path) -> None:
    month(village, 1, 4)
    publish_as_at(village, 2024, 2, 5)
    only_first = own_key.read_text()
    rotate_key(village.settings)
    month(village, 2, 4)
    month(village, 3, 4)
    publish_as_at(village, 2024, 4, 5)
    own_key.write_text(only_first)
    with pytest.raises(KeyFault, match="not the key"):
        publish_as_at(village, 2024, 4, 5)


def test_places_changed_under_a_month_not_yet_frozen_are_refused_and_named(village: Village) -> None:
    month(village, 1, 9)
    month(village, 2, 9)
    publish_as_at(village, 2024, 3, 5)
    draw_beats(village, 400_700, begin="2024-02-01")
    village.build(as_at=date(2024, 3, 5))
    with pytest.raises(GateError, match=r"incidents 2024-02.*valid_from"):
        village.publish()


def test_a_recut_from_the_next_month_on_leaves_every_released_month_as_it_was(village: Village) -> None:
    month(village, 1, 9)
    month(village, 2, 9, at=B02)
    before = publish_as_at(village, 2024, 3, 5)
    draw_beats(village, 400_700, begin="2024-04-01")
    month(village, 3, 9)
    month(village, 4, 9)
    after = publish_as_at(village, 2024, 5, 5)
    assert after.reindex(before.index).equals(before)
    assert set(of_month(after, "2024-04")) != set()


def test_frozen_months_stand_when_the_beats_they_were_counted_on_are_drawn_anew(village: Village) -> None:
    for number in (1, 2, 3):
        month(village, number, 9)
    before = publish_as_at(village, 2024, 7, 5)
    draw_beats(village, 400_700, begin=None, names=("B11", "B12"))
    village.build(as_at=date(2024, 7, 5))
    published = village.publish()
    with duckdb.connect(str(village.settings.snapshots / f"{published.id}.duckdb"), read_only=True) as snapshot:
        values = dict(snapshot.execute("SELECT period, sum(value)::INT FROM counts GROUP BY ALL").fetchall())
        lost = snapshot.execute(
            "SELECT count(*) FROM counts ANTI JOIN (SELECT base_area_id FROM area_members WHERE area_level = 'city') AS m "
            "ON m.base_area_id = counts.area_id"
        ).fetchone()
        estimated = snapshot.execute("SELECT count(*) FROM area_members WHERE estimated").fetchone()
    assert values["2024-01"] == before[before.index.get_level_values("period") == "2024-01"].sum()
    assert lost == (0,)
    assert estimated != (0,)


def test_a_snapshot_of_an_earlier_day_is_refused_once_a_later_one_is_released(village: Village) -> None:
    for number in (1, 2, 3):
        month(village, number, 4)
    publish_as_at(village, 2024, 4, 5)
    village.build(as_at=date(2024, 3, 6))
    with pytest.raises(GateError, match="as at 2024-04-05 is released already"):
        village.publish()
    assert rotate_key(village.settings) == date(2024, 5, 1)


def test_a_key_is_not_rotated_beside_a_damaged_snapshot(village: Village) -> None:
    month(village, 1, 4)
    publish_as_at(village, 2024, 2, 5)
    next(village.settings.snapshots.glob("*.duckdb")).write_bytes(b"cut short")
    with pytest.raises(SnapshotFault, match="Restore it from a copy"):
        rotate_key(village.settings)


# --- words, quarter after quarter -----------------------------------------------------------------------------


def quarter(village: Village, number: int, rows: int, proactive: str, *, name: str = "", harm: str = "robbery") -> None:
    first = pd.Timestamp(2024, 3 * number - 2, 1)
    last = first + pd.offsets.QuarterEnd(startingMonth=3)
    days = [f"{first + pd.Timedelta(days=row % 90):%Y-%m-%d}" for row in range(rows)]
    text = [f"{name}q{number}-{row},{day},{harm},{B01},{proactive}" for row, day in enumerate(days)]
    village.incidents(*text, header="record_ref,occurred_from,harm_type,easting_m,northing_m,proactive",
                      name=f"q{number}{name}.csv", covers=(f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}"),
                      delivered_on=f"{last + pd.Timedelta(days=5):%Y-%m-%d}")  # fmt: skip


def how_it_came_to_light(village: Village) -> dict[tuple[str, str, str], str]:
    file = village.settings.snapshots / f"{village.publish().id}.duckdb"
    with duckdb.connect(str(file), read_only=True) as snapshot:
        rows = snapshot.execute("SELECT * FROM patterns WHERE pattern = 'how_it_came_to_light'").df()
    return {(one.area_id, one.harm_group, one.period): one.word for one in rows.itertuples()}


def test_the_words_of_a_quarter_stand_together_and_only_a_new_quarter_has_new_ones(village: Village) -> None:
    quarter(village, 1, 60, "yes")
    village.build()
    first = how_it_came_to_light(village)
    assert first["B01", "violence_and_fear", "2024-Q1"] == first["B01", "all", "2024-Q1"] == "nearly_all_proactive"
    quarter(village, 1, 120, "no", name="late")
    quarter(village, 1, 120, "no", name="knives", harm="knife_crime")
    quarter(village, 2, 60, "no")
    village.build()
    said = village.ask("SELECT word FROM pattern_words WHERE period = '2024-Q1' AND pattern = 'how_it_came_to_light'")
    assert "nearly_all_proactive" not in set(said["word"])
    then = how_it_came_to_light(village)
    assert {key: then[key] for key in first} == first
    new = {key: word for key, word in then.items() if key not in first}
    assert {key[1:] for key in new} == {("violence_and_fear", "2024-Q2"), ("all", "2024-Q2")}
    assert set(new.values()) == {"hardly_any_proactive"}


def test_words_of_a_beat_nobody_draws_any_more_are_left_out_and_stop_no_publish(village: Village) -> None:
    quarter(village, 1, 60, "yes")
    village.build(as_at=date(2024, 7, 5))
    assert "B01" in {area for area, _, _ in how_it_came_to_light(village)}
    file = village.settings.boundaries / "beats.geojson"
    file.write_text(file.read_text().replace("B01", "B11"))
    village.build(as_at=date(2024, 7, 5))
    assert {area for area, _, _ in how_it_came_to_light(village)} == {"west", "two_ends"}
