"""A contract as SQL: how each type is read, and the rules a row can break."""

from datetime import date, datetime

import duckdb
import pytest

from pipelines.intake.checks import LONGEST_TEXT, REASONS, point_pairs, rules, select_rows
from pipelines.intake.contract import Column, Contract, feeds, load_contract
from pipelines.intake.values import literal, quoted, vocabulary_types
from pipelines.policy import Extent
from pipelines.settings import SHIPPED, Settings

AS_AT = date(2024, 6, 30)


def column(kind: str, **more: object) -> Column:
    return Column(name="c", type=kind, meaning="m", **more)  # type: ignore[arg-type]


def contract_of(kind: str, **more: object) -> Contract:
    return Contract(feed="f", title="t", grain="g", kind="records", columns=(column(kind, **more),))


def value(kind: str, raw: str | None) -> object:
    contract = contract_of(kind, **({"vocabulary": "harm_type"} if kind == "code" else {}))
    select = select_rows(contract, {"c": "Theirs"}, [])
    with duckdb.connect() as connection:
        _know_two_words(connection)
        found = connection.execute(f'WITH given AS (SELECT ? AS "Theirs") {select}', [raw]).fetchone()
    return found[0] if found else None


def _know_two_words(connection: duckdb.DuckDBPyConnection) -> None:
    for statement in vocabulary_types({"harm_type": ["knife_crime", "robbery"]}):
        connection.execute(statement)


def faults(given: str | None, *, every: bool = True, **more: object) -> list[str]:
    """The reasons one value of one column is refused."""
    kind = str(more.pop("kind"))
    contract = contract_of(kind, **more)
    checks = rules(contract, {"c"}, as_at=AS_AT, extent=None, extent_degrees=None, longest_range_days=366)
    select = select_rows(contract, {"c": "Theirs"}, checks, every_fault=every)
    with duckdb.connect() as connection:
        _know_two_words(connection)
        row = connection.execute(f'WITH given AS (SELECT ? AS "Theirs") {select}', [given]).fetchone()
    assert row is not None
    return [one.partition(":")[0] for one in (row[-1] if every else [row[-1]])]


@pytest.mark.parametrize(
    ("kind", "raw", "read"),
    [
        ("date", "2024-03-31", date(2024, 3, 31)),
        ("date", "31/03/2024", date(2024, 3, 31)),
        ("date", "2024-03-31T14:05:00", date(2024, 3, 31)),
        ("date", "31/02/2024", None),
        ("date", "2024-02-30", None),
        ("date", "03/31/2024", None),
        ("date", "31/03/24", None),
        ("date", "infinity", None),
        ("date", "-infinity", None),
        ("date", "5881580-07-10", None),
        ("date", "45382", None),
        ("datetime", "2024-03-31 14:05", datetime(2024, 3, 31, 14, 5)),
        ("datetime", "31/03/2024 14:05", datetime(2024, 3, 31, 14, 5)),
        ("datetime", "31/03/2024 14:05:30", datetime(2024, 3, 31, 14, 5, 30)),
        ("datetime", "31/03/2024", datetime(2024, 3, 31)),
        ("datetime", "31/02/2024 10:00", None),
        ("datetime", "infinity", None),
        ("month", "2024-03", date(2024, 3, 1)),
        ("month", "2024-13", None),
        ("number", "4.5e2", 450.0),
        ("number", "nan", None),
        ("number", "inf", None),
        ("number", "1e400", None),
        ("number", "4,5", None),
        ("integer", "12", 12),
        ("integer", "12.0", 12),
        ("integer", "12.5", None),
        ("integer", "9" * 20, None),
        ("yes_no", "Y", True),
        ("yes_no", "False", False),
        ("yes_no", "perhaps", None),
        ("yes_no_unknown", "Unknown", "unknown"),
        ("code", "Knife_Crime", "knife_crime"),
        ("text", "As Written", "As Written"),
        ("date", None, None),
    ],
)
def test_a_value_is_read_as_its_type_or_not_at_all(kind: str, raw: str | None, read: object) -> None:
    assert value(kind, raw) == read


@pytest.mark.parametrize(
    ("given", "more", "reasons"),
    [
        ("  ", {"kind": "ref", "required": True}, ["blank"]),
        (None, {"kind": "date", "required": True}, ["blank"]),
        (None, {"kind": "date"}, []),
        ("soon", {"kind": "date"}, ["not_a_date"]),
        ("noon", {"kind": "datetime"}, ["not_a_time"]),
        ("May", {"kind": "month"}, ["not_a_month"]),
        ("x", {"kind": "number"}, ["not_a_number"]),
        ("1.5", {"kind": "integer"}, ["not_a_whole_number"]),
        ("x", {"kind": "yes_no"}, ["not_yes_or_no"]),
        ("x", {"kind": "yes_no_unknown"}, ["unknown_code"]),
        ("x", {"kind": "code", "vocabulary": "harm_type"}, ["unknown_code"]),
        ("ROBBERY", {"kind": "code", "vocabulary": "harm_type"}, []),
        ("two words", {"kind": "ref"}, ["not_a_reference"]),
        ("x" * 65, {"kind": "ref"}, ["not_a_reference"]),
        ("x" * (LONGEST_TEXT + 1), {"kind": "text"}, ["too_long"]),
        ("x" * (LONGEST_TEXT + 1), {"kind": "name"}, ["too_long"]),
        ("4", {"kind": "integer", "minimum": 5, "maximum": 9}, ["out_of_range"]),
        ("10", {"kind": "integer", "minimum": 5, "maximum": 9}, ["out_of_range"]),
        ("12", {"kind": "integer", "multiple_of": 5}, ["not_a_multiple"]),
        ("2024-06-30", {"kind": "date", "past": True}, []),
        ("2024-07-01", {"kind": "date", "past": True}, ["in_the_future"]),
        ("2024-07-01 00:00", {"kind": "datetime", "past": True}, ["in_the_future"]),
        ("2024-08-01", {"kind": "date", "past": True, "not_before": ("c",)}, ["in_the_future"]),
        ("3", {"kind": "integer", "minimum": 5, "multiple_of": 2}, ["out_of_range", "not_a_multiple"]),
    ],
)
def test_a_value_breaks_the_rules_it_breaks_and_no_others(
    given: str | None, more: dict[str, object], reasons: list[str]
) -> None:
    assert faults(given, **dict(more)) == reasons
    if reasons:
        assert faults(given, every=False, **dict(more)) == reasons[:1]


def test_every_reason_a_rule_can_give_has_its_words() -> None:
    settings = Settings(SHIPPED / "none")
    extent = Extent(easting_m=(0, 1), northing_m=(0, 1))
    given = {"broken_row", "month_not_covered", "point_or_beat_disagree"}
    for feed in feeds(settings):
        contract = load_contract(feed, settings)
        names = {one.name for one in contract.columns}
        found = rules(contract, names, as_at=AS_AT, extent=extent, extent_degrees=(0, 1, 0, 1), longest_range_days=366)
        given |= {rule.reason for rule in found}
    assert given <= set(REASONS)
    assert set(REASONS) - given <= {"not_yes_or_no", "not_a_month"}


def test_a_point_is_a_pair_and_a_pair_without_its_half_has_no_rule() -> None:
    contract = load_contract("missing_episodes", Settings(SHIPPED / "none"))
    assert point_pairs(contract) == [
        ("missing_from_easting_m", "missing_from_northing_m"), ("found_at_easting_m", "found_at_northing_m"),
        ("found_at_lon", "found_at_lat"),
    ]  # fmt: skip
    present = {"found_at_lon"}
    found = rules(contract, present, as_at=AS_AT, extent=None, extent_degrees=None, longest_range_days=366)
    assert {rule.reason for rule in found} == {"not_a_number", "out_of_range"}


def test_names_and_words_are_quoted_whatever_they_hold() -> None:
    with duckdb.connect() as connection:
        odd = "a\"; DROP TABLE x; --'"
        assert connection.execute(f"SELECT {literal(odd)} AS {quoted(odd)}").df().to_dict("list") == {odd: [odd]}


def test_a_column_that_is_not_read_never_reaches_the_select() -> None:
    contract = load_contract("police_uk", Settings(SHIPPED / "none"))
    assert '"Location"' not in select_rows(contract, {"Month": "Month"}, [])
