"""What is written: the same bytes for the same seed, deliveries as contracts say, tallies that add up."""

import hashlib
import json
import tomllib
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipelines.demo import Planted, write_demo

DATA = Path(__file__).resolve().parents[3] / "data"
NO_PERSON = (
    "mr ",
    "mrs ",
    "miss ",
    "aged ",
    "year old",
    "boy",
    "girl",
    "his ",
    "her ",
    "gang",
    "suspect",
    "offender",
)


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Planted]:
    folder = tmp_path_factory.mktemp("larkhaven")
    return folder, write_demo(folder, seed=7, months=48)


def read(path: Path) -> pd.DataFrame:
    """A delivered file as text, whatever its shape."""
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pandas().astype(object).where(lambda x: x.notna(), "").astype(str)
    if path.suffix == ".xlsx":
        header, *rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
        return pd.DataFrame([["" if one is None else str(one) for one in row] for row in rows], columns=list(header))
    encoding = "cp1252" if path.name == "actions.csv" else "utf-8-sig"
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding=encoding)


def deliveries(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "deliveries").rglob("*") if path.is_file() and path.suffix != ".toml")


def test_the_same_seed_gives_the_same_bytes_of_every_file(tmp_path: Path) -> None:
    write_demo(tmp_path / "once", seed=11, months=12)
    write_demo(tmp_path / "again", seed=11, months=12)
    write_demo(tmp_path / "other", seed=12, months=12)
    once = digests(tmp_path / "once")
    assert once == digests(tmp_path / "again")
    assert once != digests(tmp_path / "other")


@pytest.mark.parametrize("months", [1, 2, 5, 12])
def test_a_short_history_is_whole_too(tmp_path: Path, months: int) -> None:
    planted = write_demo(tmp_path, seed=3, months=months)
    incidents = list((tmp_path / "deliveries" / "incidents").glob("incidents_20*.csv.toml"))
    assert len(incidents) >= months if months < 6 else len(incidents) >= months - 2
    assert bool(planted.rising) == (months >= 6)
    assert bool(planted.effects) == (months >= 12)
    assert (tmp_path / "truth" / "planted.json").exists()


@pytest.mark.parametrize("months", [0, 241])
def test_a_history_of_no_months_or_of_too_many_is_refused(tmp_path: Path, months: int) -> None:
    with pytest.raises(ValueError, match="1 to 240 months"):
        write_demo(tmp_path, months=months)


def test_progress_is_told_from_nothing_to_done(tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    write_demo(tmp_path, seed=5, months=2, report=lambda stage, share: told.append((stage, share)))
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)


def test_every_delivery_holds_only_columns_of_its_contract(written: tuple[Path, Planted]) -> None:
    for path in deliveries(written[0]):
        contract = DATA / "contracts" / f"{path.parent.name}.toml"
        columns = {one["name"]: one for one in tomllib.loads(contract.read_text(encoding="utf-8"))["columns"]}
        given = list(read(path).columns)
        assert set(given) <= set(columns), path.name
        assert {name for name, one in columns.items() if one.get("required")} <= set(given), path.name


def test_every_code_is_in_its_vocabulary_but_for_the_planted_bad_rows(written: tuple[Path, Planted]) -> None:
    bad = {("harm_type", "mischief"), ("risk_grade", "purple"), ("weapon_type", "catapult")}
    seen = set()
    for path in deliveries(written[0]):
        contract = tomllib.loads((DATA / "contracts" / f"{path.parent.name}.toml").read_text(encoding="utf-8"))
        table = read(path)
        for column in contract["columns"]:
            if column["type"] == "code" and column["name"] in table:
                known = set(pd.read_csv(DATA / "reference" / f"{column['vocabulary']}.csv", dtype=str)["code"])
                unknown = set(table[column["name"]]) - known - {""}
                seen |= {(column["name"], one) for one in unknown}
    assert seen == bad


def test_every_record_delivery_says_what_it_covers_and_comes_on_the_fifth(
    written: tuple[Path, Planted],
) -> None:
    for path in deliveries(written[0]):
        sidecar = tomllib.loads((path.parent / f"{path.name}.toml").read_text(encoding="utf-8"))
        assert isinstance(sidecar["delivered_on"], date)
        assert sidecar["delivered_on"] <= date(2026, 10, 7)
        if path.name.startswith(f"{path.parent.name}_20") and "again" not in path.name:
            after = sidecar["covers_to"] + timedelta(days=1)
            current = sidecar["covers_to"] == date(2026, 10, 6)
            assert sidecar["delivered_on"] == (date(2026, 10, 7) if current else after.replace(day=5))
            assert sidecar["covers_from"].day == 1


def test_every_row_read_has_one_fate_in_the_tallies(written: tuple[Path, Planted]) -> None:
    folder, planted = written
    fates = ("counted", "out_of_scope", "radicalisation", "outside", "unplaced", "superseded")
    listed = {(one["feed"], one["file"]): one for one in planted.deliveries}
    assert set(listed) == {(path.parent.name, path.name) for path in deliveries(folder)}
    for path in deliveries(folder):
        told = listed[path.parent.name, path.name]
        assert len(read(path)) == told["rows"]
        assert sum(told.get(fate, 0) for fate in fates) + sum(told["rejected"].values()) == told["rows"], path.name


def test_every_kind_of_bad_row_is_there_in_small_numbers(written: tuple[Path, Planted]) -> None:
    _, planted = written
    found: Counter[str] = Counter()
    for one in planted.deliveries:
        found.update({f"{one['feed']}/{kind}": number for kind, number in one["rejected"].items()})
        assert sum(one["rejected"].values()) <= max(9, 0.05 * one["rows"])
    assert set(found) == set(planted.bad_row_kinds)


def test_the_truth_counts_add_up_to_the_tallies(written: tuple[Path, Planted]) -> None:
    folder, planted = written
    counts = pd.read_parquet(folder / "truth" / "counts.parquet")
    counted = sum(one["counted"] for one in planted.deliveries if one["feed"] == "incidents")
    assert counts["records"].sum() == counted == sum(planted.totals["incidents_by_harm_group"].values())
    key = ["beat_id", "piece", "harm_group", "month", "single_month"]
    assert not counts.duplicated(key).any()
    by_code = counts.loc[counts["piece"] == "not_known", "records"].sum()
    assert by_code == sum(one.get("counted_beat_only", 0) for one in planted.deliveries)


def test_volumes_are_of_the_size_of_a_real_town(written: tuple[Path, Planted]) -> None:
    _, planted = written
    rows = Counter[str]()
    for one in planted.deliveries:
        rows[one["feed"]] += one["rows"]
    assert 600 < rows["incidents"] / 48 < 820
    assert 100 < rows["missing_episodes"] / 48 < 140
    assert 7 < rows["weapon_in_school_reports"] / 48 < 14
    counted = sum(one.get("counted", 0) for one in planted.deliveries if one["feed"] == "incidents")
    for fate, low, high in (
        ("counted_beat_only", 0.04, 0.08),
        ("unplaced", 0.015, 0.035),
        ("outside", 0.008, 0.025),
    ):
        share = sum(one.get(fate, 0) for one in planted.deliveries if one["feed"] == "incidents") / counted
        assert low < share < high, fate


def test_weapons_are_reported_only_of_school_days(written: tuple[Path, Planted]) -> None:
    folder = written[0]
    terms = read(folder / "deliveries" / "terms" / "terms.csv")
    spans = [(one.starts_on, one.ends_on) for one in terms.itertuples()]
    for path in (folder / "deliveries" / "weapon_in_school_reports").glob("*.csv"):
        for day in read(path)["incident_on"]:
            assert any(first <= day <= last for first, last in spans)


def test_one_month_of_missing_episodes_was_never_collected(written: tuple[Path, Planted]) -> None:
    folder, planted = written
    month = planted.not_collected["missing_episodes"]
    assert not list((folder / "deliveries" / "missing_episodes").glob(f"*{month}*"))
    assert not (pd.read_parquet(folder / "truth" / "missing_counts.parquet")["month"] == month).any()


def test_one_delivery_is_sent_twice_and_one_corrects_earlier_records(written: tuple[Path, Planted]) -> None:
    folder = written[0] / "deliveries" / "incidents"
    again = next(path for path in folder.glob("*_sent_again.*") if path.suffix != ".toml")
    assert again.read_bytes() == (folder / again.name.replace("_sent_again", "")).read_bytes()
    corrections = read(folder / "incidents_corrections.csv").set_index("record_ref")["harm_type"]
    old = pd.concat([read(path) for path in sorted(folder.glob("incidents_2026-0[789].csv"))])
    before = old.set_index("record_ref")["harm_type"].reindex(corrections.index)
    assert before.notna().all()
    assert (before != corrections).all()


def test_files_come_in_every_shape_a_supplier_uses(written: tuple[Path, Planted]) -> None:
    folder = written[0] / "deliveries"
    assert len(list((folder / "incidents").glob("*.parquet"))) == 2
    assert len(list((folder / "incidents").glob("*.xlsx"))) == 1
    starts = [path.read_bytes()[:3] for path in (folder / "incidents").glob("*.csv")]
    assert starts.count(b"\xef\xbb\xbf") == 1
    assert "Café project".encode("cp1252") in (folder / "actions" / "actions.csv").read_bytes()


def test_free_text_speaks_of_places_and_never_of_people(written: tuple[Path, Planted]) -> None:
    folder = written[0] / "deliveries"
    for feed in (
        "neighbourhood_assessments",
        "actions",
        "safety_goals",
        "emerging_concerns",
        "place_strengths",
        "agenda_items",
    ):
        for path in (folder / feed).glob("*.csv"):
            text = f" {' '.join(read(path).astype(str).to_numpy().ravel())} ".lower()
            assert not [word for word in NO_PERSON if f" {word}" in text]


def test_boundaries_and_backdrop_are_geojson_with_rings_counter_clockwise(
    written: tuple[Path, Planted],
) -> None:
    folder = written[0]
    editions = json.loads((folder / "boundaries" / "larkhaven.geojson").read_text(encoding="utf-8"))["features"]
    names = {"place_id", "place_level", "name", "parent", "valid_from", "valid_to", "place_category"}
    assert all(set(one["properties"]) == names for one in editions)
    assert len(editions) == 36 + 2 + 12
    for one in editions:
        ring = one["geometry"]["coordinates"][0]
        area = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))
        assert area > 0
    ended = [one["properties"] for one in editions if one["properties"]["valid_to"]]
    assert len(ended) == 2
    assert {one["valid_to"] for one in ended} == {"2024-09-30"}
    for name in ("river", "roads", "railway", "parks"):
        content = json.loads((folder / "context" / f"{name}.geojson").read_text(encoding="utf-8"))
        assert content["features"]
        assert "crs" not in content


def test_planted_json_says_what_was_returned(written: tuple[Path, Planted]) -> None:
    folder, planted = written
    assert json.loads((folder / "truth" / "planted.json").read_text(encoding="utf-8")) == json.loads(
        json.dumps(planted.as_dict())
    )
