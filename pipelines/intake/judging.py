"""Judge the odd values of a delivery's columns beside one another: identifiers, or what chance gives.

See `identifying` for what is looked for and what is guaranteed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import comb, exp
from typing import Any

import duckdb

from pipelines.intake.contract import Contract
from pipelines.intake.deliveries import Delivery
from pipelines.intake.identifying import BIRTH_AGES_YEARS, KINDS, Kind, is_judged, odd_sql
from pipelines.intake.readers import Rows
from pipelines.intake.values import quoted, text_of

FEWEST_OF_A_KIND = 5
FEWEST_FOR_SURE = 3
RARE_SHARE = 0.01
USUAL_LENGTH_SHARE = 0.9
REFUSED_BELOW, REJECTED_BELOW = 1e-4, 1e-2
ROWS_SHOWN = 5


@dataclass(frozen=True)
class Seen:
    """Values of one column that are odd in one way and equally long; `odd` is null for the sound ones.

    distinct, prefixes   about how many different names there are, and pairs of first letters (0 for other kinds)
    lowest, highest      where serial numbers lie, or days (null for other kinds)
    """

    odd: str | None
    length: int
    rows: int
    distinct: int
    prefixes: int
    lowest: float | None
    highest: float | None
    first_rows: tuple[int, ...]

    @classmethod
    def of(cls, found: tuple[Any, ...], broken: list[int]) -> "Seen":
        """One row of `seen_sql`, its row numbers those of the file."""
        *counts, first = found
        return cls(*counts, first_rows=tuple(row_of_file(row, broken) for row in first or ()))  # type: ignore[misc]

    @property
    def kind(self) -> str:
        return (self.odd or "").partition("?")[0]

    @property
    def sure(self) -> bool:
        return self.odd is not None and "?" not in self.odd


def seen_sql(given: str, text: str, odd: str) -> str:
    """SELECT text that counts the values of one column: grain, one row per way of being odd and length (see `Seen`).

    given  SELECT text of the file   text  the column's trimmed text over it   odd  `odd_sql` over `raw`
    """
    # Where the values lie is worked out for those kinds only that a serial could be taken for.
    place = (
        "CASE WHEN odd LIKE 'birth%' THEN epoch(try_strptime(raw, ['%Y%m%d', '%d%m%Y'])) / 86400 "
        "WHEN odd LIKE 'phone%' THEN try_cast(regexp_replace(raw, '[^0-9]', '', 'g') AS DOUBLE) END"
    )
    return (
        f"WITH given AS ({given}), numbered AS (SELECT row_number() OVER () + 1 AS row_no, {text} AS raw FROM given), "  # noqa: S608
        f"judged AS (SELECT row_no, raw, {odd} AS odd FROM numbered WHERE raw IS NOT NULL) "
        "SELECT odd, strlen(raw) AS length, count(*), "
        "approx_count_distinct(CASE WHEN odd LIKE 'name%' THEN lower(raw) END), "
        "approx_count_distinct(CASE WHEN odd LIKE 'nino%' THEN upper(left(raw, 2)) END), "
        f"min({place}), max({place}), min(row_no, {ROWS_SHOWN}) FILTER (odd IS NOT NULL) "
        "FROM judged GROUP BY odd, length ORDER BY odd, length"
    )


@dataclass(frozen=True)
class Judged:
    """What becomes of a column's odd values: `refused` in words if the file is, and the marks chance accounts for."""

    refused: tuple[str, ...]
    cleared: frozenset[str]


def judge(column: str, seen: Iterable[Seen]) -> Judged:
    """Say what a column's odd values are: the whole file's fault, a fault of their rows, or what chance gives."""
    groups = list(seen)
    refused, cleared = [], set[str]()
    for kind in KINDS:
        mine = [one for one in groups if one.odd and one.kind == kind]
        if not mine:
            continue
        perhaps = [one for one in mine if not one.sure]
        bad, chance = _names(mine, groups) if kind == "name" else _numbers(KINDS[kind], perhaps, groups)
        cleared |= {one.odd for one in chance if one.odd}
        left = [one for one in mine if one not in chance]
        if bad or sum(one.rows for one in left if one.sure) >= FEWEST_FOR_SURE:
            refused.append(_in_words(column, kind, left, sum(one.rows for one in groups)))
    return Judged(tuple(refused), frozenset(cleared))


def _in_words(column: str, kind: str, groups: list[Seen], total: int) -> str:
    rows = sum(one.rows for one in groups)
    first = sorted(row for one in groups for row in one.first_rows)[:ROWS_SHOWN]
    return refusal(column, kind, rows, total, first) + (
        "Ask for one-way references with a digit in each, made before the file is sent"
    )


def refusal(column: str, kind: str, rows: int, total: int, first_rows: list[int]) -> str:
    """Why a file is refused for what a column holds: how many rows and where, never what."""
    where = ", ".join(map(str, first_rows)) + (" and more" if rows > len(first_rows) else "")
    return (
        f"{column} holds what look like {KINDS[kind].words} in {rows} of its {total} values (rows {where}), so nothing "
        "of the file was kept. "
    )


def _numbers(kind: Kind, perhaps: list[Seen], groups: list[Seen]) -> tuple[bool, list[Seen]]:
    """Whether the values that could be of a kind condemn the file, and those that chance accounts for."""
    if not perhaps:
        return False, []
    lengths = {one.length for one in perhaps}
    passing, as_long = sum(one.rows for one in perhaps), sum(one.rows for one in groups if one.length in lengths)
    total = sum(one.rows for one in groups)
    ends = [end for one in perhaps for end in (one.lowest, one.highest) if end is not None]
    serial = bool(kind.spread and ends) and max(ends) - min(ends) < kind.spread
    serial |= kind is KINDS["nino"] and max(one.prefixes for one in perhaps) < 3
    most = passing * 2 >= as_long and not serial
    likelihood = at_least(passing, as_long, kind.chance) if most else 1.0
    if passing >= FEWEST_OF_A_KIND and likelihood < REFUSED_BELOW:
        return True, []
    rare = as_long <= max(FEWEST_FOR_SURE, RARE_SHARE * total) and as_long * 2 < total
    return False, [] if rare or likelihood < REJECTED_BELOW else perhaps


def _names(mine: list[Seen], groups: list[Seen]) -> tuple[bool, list[Seen]]:
    """The same for values without a digit: a few are as long as the rest where references are letters at random."""
    others = [one for one in groups if one not in mine]
    with_digits = sum(one.rows for one in others)
    usual = {one.length for one in others if one.rows >= USUAL_LENGTH_SHARE * with_digits}
    chance = [one for one in mine if not one.sure and one.length in usual and one.rows <= with_digits]
    left = [one for one in mine if one not in chance]
    return sum(one.distinct for one in left) >= FEWEST_FOR_SURE, chance


def at_least(passing: int, tried: int, chance: float) -> float:
    """How likely chance alone lets so many pass: the upper tail of the binomial, or a bound for many (Hoeffding, 1963)."""
    if tried > 60:
        excess = max(0.0, passing / tried - chance)
        return exp(-2 * tried * excess**2)
    return sum(comb(tried, k) * chance**k * (1 - chance) ** (tried - k) for k in range(passing, tried + 1))


def birth_dates_sql(contract: Contract, present: Iterable[str], table: str) -> dict[str, str]:
    """For each date column of a record feed, SELECT text: dates, those old enough to be birth dates, the first such rowids.

    The day it happened is held against `$covers_from`, any other date against the day it happened.
    """
    if contract.kind != "records" or not contract.occurred:
        return {}
    young, old = BIRTH_AGES_YEARS
    asked = {}
    for column in contract.columns:
        if column.type in ("date", "datetime") and column.name in present:
            name, first = f'"{column.name}"', f'CAST("{contract.occurred[0]}" AS DATE)'
            day = "CAST($covers_from AS DATE)" if column.name in contract.occurred else first
            born = f"CAST({name} AS DATE) BETWEEN {day} - INTERVAL {old} YEAR AND {day} - INTERVAL {young} YEAR"
            asked[column.name] = (
                f"SELECT count({name}), count(*) FILTER ({born}), min(rowid, {ROWS_SHOWN}) FILTER ({born}), min(rowid) "  # noqa: S608
                f"FROM {table} WHERE delivery_no = $delivery_no"
            )
    return asked


def mostly_born(dates: int, births: int) -> bool:
    """Whether a column of dates is one of birth dates: half of them or more are as long ago as children's are."""
    return births >= FEWEST_OF_A_KIND and births * 2 >= dates


def suspects(codes: Iterable[tuple[str, int]]) -> set[str]:
    """The columns to look at once more, from the fault codes of a file and how many rows have each."""
    found, sure = set[str](), dict[str, int]()
    for code, rows in codes:
        reason, _, rest = code.partition(":")
        column, _, kind = rest.rpartition(":")
        if reason == "identifying":
            sure[column] = sure.get(column, 0) + rows
            if "?" in kind:
                found.add(column)
    return found | {column for column, rows in sure.items() if rows >= FEWEST_FOR_SURE}


def row_of_file(row: int, broken: list[int]) -> int:
    """Where a row stands in the file, once the broken rows before it, which were not read, are counted too."""
    for line in broken:
        if line <= row:
            row += 1
    return row


def judge_values(
    connection: duckdb.DuckDBPyConnection, rows: Rows, contract: Contract, counted: list[tuple[str, int]],
    broken: list[int], *, as_at: date,
) -> Judged:  # fmt: skip
    """Look once more at each column with odd values: why the file is refused for it, and the fault codes chance gives.

    counted  fault codes and how many rows have each   broken  lines of the file that were not read
    """
    looked_at = suspects(counted)
    refused, cleared = list[str](), set[str]()
    for column in contract.columns:
        if column.name in looked_at and is_judged(column):
            text = text_of(column, quoted(rows.headers[column.name]))
            found = connection.execute(seen_sql(rows.sql, text, odd_sql(column, "raw", as_at=as_at))).fetchall()
            judged = judge(column.name, [Seen.of(one, broken) for one in found])
            refused += judged.refused
            cleared |= {f"identifying:{column.name}:{odd}" for odd in judged.cleared}
    return Judged(tuple(refused), frozenset(cleared))


def find_birth_dates(
    connection: duckdb.DuckDBPyConnection, contract: Contract, rows: Rows, table: str, delivery: Delivery,
    broken: list[int], *, number: int,
) -> list[str]:  # fmt: skip
    """Why a file is refused for its columns of dates that are as long ago as children's birth dates are."""
    if delivery.covers_from is None:
        return []
    refused = []
    for column, sql in birth_dates_sql(contract, rows.headers, table).items():
        asked = {"covers_from": delivery.covers_from, "delivery_no": number}
        dates, births, first, start = connection.execute(
            sql, {name: value for name, value in asked.items() if f"${name}" in sql}
        ).fetchone() or (0, 0, [], 0)
        if mostly_born(dates, births):
            where = [row_of_file(row - start + 2, broken) for row in first]
            refused.append(
                refusal(column, "date_of_birth", births, dates, where)
                + "Ask for the file without birth dates; where these are the days it happened, correct covers_from"
            )
    return refused
