"""A contract as SQL: how each column is read, and every rule a row can break.

This is the one place where SQL is composed, because its columns come from the contract. Column names
come from contract files only (never from a delivery) and are quoted; a delivery's values never become
part of the text.
"""

from dataclasses import dataclass
from datetime import date

from pipelines.intake.contract import Column, Contract
from pipelines.intake.identifying import is_judged, odd_sql, sign_sql
from pipelines.intake.values import READ_WITH_SPACES, blank_is_null, literal, parsed, quoted, sound, sql_type, text_of
from pipelines.policy import Extent

_NOT_A = {
    "date": "not_a_date", "datetime": "not_a_time", "month": "not_a_month", "number": "not_a_number",
    "integer": "not_a_whole_number", "yes_no": "not_yes_or_no",
}  # fmt: skip
_REFERENCES = ("ref", "pseudonym")
LONGEST_TEXT = 2000

REASONS = {
    "blank": "is required and is blank",
    "not_a_date": "is not a date that exists (write 2024-03-31 or 31/03/2024)",
    "not_a_time": "is not a date and time that exists (write 2024-03-31 14:05)",
    "not_a_month": "is not a month (write 2024-03)",
    "not_a_number": "is not a number",
    "not_a_whole_number": "is not a whole number",
    "not_yes_or_no": "is not yes or no",
    "unknown_code": "is not a code of its vocabulary",
    "not_a_reference": "is not a reference of 1 to 64 letters, digits, dashes or underscores (leave it blank if none)",
    "identifying": "holds what may identify a person",
    "too_long": f"is longer than {LONGEST_TEXT} characters",
    "out_of_range": "is outside the values that are possible",
    "not_a_multiple": "is not rounded as the contract asks",
    "in_the_future": "is after the day the build is made for",
    "earlier_than": "is earlier than the date it must follow",
    "range_too_long": "is so long after the first date that the month is not known",
    "lon_lat_swapped": "holds latitudes and lat holds longitudes: swap the two",
    "half_a_point": "is given without the other half of its point",
    "far_away": "is far outside the area this partnership declared",
    "point_or_beat_disagree": "and the other coordinates of the row are in different places",
    "broken_row": "does not have the columns the header promises (check quotes and separators)",
    "month_not_covered": "is in a period that no delivery covers whole",
}


@dataclass(frozen=True)
class Rule:
    """One way a row can fail: a reason, the column it concerns, and the SQL that is true when it fails.

    odd    SQL over `raw_<column>`, worked out once for each row and called `odd_<column>`
    kinds  whether its value says which kind of fault it is, as the last part of the code
    is_sign  whether it only says that a reference must be looked at more thoroughly
    """

    reason: str
    column: str
    sql: str
    odd: str = ""
    kinds: bool = False
    is_sign: bool = False

    @property
    def code(self) -> str:
        return f"{self.reason}:{self.column}"

    @property
    def code_sql(self) -> str:
        return f"{literal(self.code + ':')} || {quoted('odd_' + self.column)}" if self.kinds else literal(self.code)


def rules(
    contract: Contract, present: set[str], *,
    as_at: date, extent: Extent | None, extent_degrees: tuple[float, float, float, float] | None,
    longest_range_days: int, thorough: bool = True,
) -> list[Rule]:  # fmt: skip
    """Every rule the rows of a delivery with these columns can break, in the order they are tried.

    thorough  false to set apart first of all the rows where a value has a sign of being odd, without saying how:
              a reading that finds none needs no other, and is planned and done in less time

    Written over the aliases of `select_rows`: `raw_<column>` (trimmed text), `<column>` (typed) and `odd_<column>`.
    """
    found = [] if thorough else _signs(contract, present)
    found += _point_rules(contract, present, extent, extent_degrees)
    for column in contract.columns:
        if column.name in present and column.read:
            found += _column_rules(column, as_at, thorough)
            found += [
                Rule("earlier_than", column.name, f"{quoted(column.name)} < {quoted(other)}")
                for other in column.not_before
                if other in present
            ]
    if len(contract.occurred) == 2 and set(contract.occurred) <= present:
        first, last = (quoted(name) for name in contract.occurred)
        found.append(Rule("range_too_long", contract.occurred[1], f"{last} > {first} + {longest_range_days}"))
    if contract.public or not thorough:
        return [rule for rule in found if not (contract.public and rule.reason == "identifying")]
    # Last, since a value that only may identify someone can turn out sound, and then no other rule was passed over.
    for column in contract.columns:
        if column.name in present and column.read and is_judged(column):
            odd = quoted(f"odd_{column.name}")
            perhaps = f"{odd} IS NOT NULL AND contains({odd}, '?')"
            found.append(Rule("identifying", column.name, perhaps, _odd(column, as_at), kinds=True))
    return found


def _column_rules(column: Column, as_at: date, thorough: bool) -> list[Rule]:
    raw, value, name = quoted(f"raw_{column.name}"), quoted(column.name), column.name
    found = []
    if column.required:
        spaces = f" OR ({value} IS NULL AND trim({raw}) = '')" if column.type in READ_WITH_SPACES else ""
        found.append(Rule("blank", name, f"{raw} IS NULL{spaces}"))
    if column.type in _NOT_A:
        spaces = f" AND trim({raw}) <> ''" if column.type in READ_WITH_SPACES else ""
        found.append(Rule(_NOT_A[column.type], name, f"{raw} IS NOT NULL AND {value} IS NULL{spaces}"))
    if thorough and column.type in _REFERENCES:
        found.append(Rule("not_a_reference", name, f"{quoted('odd_' + name)} = 'not_a_reference'", _odd(column, as_at)))
    if thorough and (is_judged(column) or column.type in ("text", "name")):
        odd = quoted(f"odd_{name}")
        certain = f"{odd} IS NOT NULL AND {odd} <> 'not_a_reference' AND NOT contains({odd}, '?')"
        found.append(Rule("identifying", name, certain, _odd(column, as_at), kinds=True))
    if column.type in ("code", "yes_no_unknown"):
        found.append(Rule("unknown_code", name, f"{value} IS NULL AND {raw} IS NOT NULL AND trim({raw}) <> ''"))
    if column.type in ("text", "name"):
        found.append(Rule("too_long", name, f"length({raw}) > {LONGEST_TEXT}"))
    if column.minimum is not None:
        found.append(Rule("out_of_range", name, f"{value} < {column.minimum}"))
    if column.maximum is not None:
        found.append(Rule("out_of_range", name, f"{value} > {column.maximum}"))
    if column.multiple_of is not None:
        found.append(Rule("not_a_multiple", name, f"{value} % {column.multiple_of} <> 0"))
    if column.past:
        found.append(Rule("in_the_future", name, f"CAST({value} AS DATE) > DATE '{as_at.isoformat()}'"))
    return found


def _signs(contract: Contract, present: set[str]) -> list[Rule]:
    return [
        Rule("identifying", column.name, sign_sql(column, quoted(f"raw_{column.name}")), is_sign=column.type in _REFERENCES)
        for column in contract.columns
        if column.name in present and column.read and (is_judged(column) or column.type in ("text", "name"))
    ]


def _odd(column: Column, as_at: date) -> str:
    return odd_sql(column, quoted(f"raw_{column.name}"), as_at=as_at)


def point_pairs(contract: Contract) -> list[tuple[str, str]]:
    """The pairs of columns that hold a point, metres first: (easting, northing) and (lon, lat)."""
    names = [column.name for column in contract.columns if column.type == "number"]
    metres = [(one, one.replace("easting_m", "northing_m")) for one in names if one.endswith("easting_m")]
    degrees = [(one, one[:-3] + "lat") for one in names if one.endswith("lon")]
    return metres + degrees


def _point_rules(
    contract: Contract, present: set[str], extent: Extent | None,
    extent_degrees: tuple[float, float, float, float] | None,
) -> list[Rule]:  # fmt: skip
    found = []
    for across, up in point_pairs(contract):
        if {across, up} <= present:
            x, y = quoted(across), quoted(up)
            if across.endswith("lon"):
                found.append(Rule("lon_lat_swapped", across, f"{x} BETWEEN 49 AND 61.5 AND {y} BETWEEN -9 AND 3"))
            raw_x, raw_y = quoted(f"raw_{across}"), quoted(f"raw_{up}")
            found.append(Rule("half_a_point", across, f"({raw_x} IS NULL) <> ({raw_y} IS NULL)"))
            bounds = _bounds(across, extent, extent_degrees)
            if bounds:
                west, east, south, north = bounds
                inside = f"{x} BETWEEN {west} AND {east} AND {y} BETWEEN {south} AND {north}"
                found.append(Rule("far_away", across, f"NOT ({inside})"))
    return found


def _bounds(
    across: str, extent: Extent | None, extent_degrees: tuple[float, float, float, float] | None
) -> tuple[float, float, float, float] | None:
    if across.endswith("lon"):
        return extent_degrees
    return (*extent.easting_m, *extent.northing_m) if extent else None


def select_rows(contract: Contract, present: dict[str, str], checks: list[Rule], *, every_fault: bool = False) -> str:
    """SELECT text over `given`: typed columns of the contract (null where not delivered) and what is wrong.

    present      contract column -> header in the file
    every_fault  give `faults`, all rules broken, in place of `fault`, the first one (null for none)
    grain: one row per row of the file, in its order
    """
    columns = [column for column in contract.columns if column.read]
    odd = {quoted(f"odd_{rule.column}"): rule.odd for rule in checks if rule.odd}
    # A space around a reference is a sign that it may be odd, so where signs alone are looked for none need be taken off.
    unjudged = {rule.column for rule in checks if rule.is_sign}
    raw, values, kept = [], [], []
    for column in columns:
        name, text = quoted(column.name), quoted(f"raw_{column.name}")
        kept.append(f"{sound(column)} AS {name}")
        if column.name in present:
            given = quoted(present[column.name])
            raw.append(f"{blank_is_null(given) if column.name in unjudged else text_of(column, given)} AS {text}")
            values.append(f"{parsed(column, text)} AS {name}")
        else:
            values.append(f"CAST(NULL AS {sql_type(column)}) AS {name}")
    wrong = _every_fault(checks) if every_fault else _first_fault(checks)
    names = ", ".join(quoted(column.name) for column in columns)
    texts = "".join(f", {quoted('raw_' + column.name)}" for column in columns if column.name in present)
    odds, sums = "".join(f", {name}" for name in odd), "".join(f", {sql} AS {name}" for name, sql in odd.items())
    # One step to a subquery, because a database works out an expression again wherever its name is used in a CASE.
    return (
        f"SELECT {names}, {wrong} FROM (SELECT {', '.join(kept)}{texts}{odds} FROM ("
        f"SELECT {', '.join(values)}{texts}{sums} FROM (SELECT {', '.join(raw)} FROM given)))"
    )


def _first_fault(checks: list[Rule]) -> str:
    cases = " ".join(f"WHEN {rule.sql} THEN {rule.code_sql}" for rule in checks)
    return f"{f'CASE {cases} END' if cases else 'CAST(NULL AS VARCHAR)'} AS fault"


def _every_fault(checks: list[Rule]) -> str:
    each = ", ".join(f"CASE WHEN {rule.sql} THEN {rule.code_sql} END" for rule in checks)
    return f"list_filter(CAST([{each}] AS VARCHAR[]), lambda one: one IS NOT NULL) AS faults"
