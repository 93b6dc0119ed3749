"""What is counted: each measure of each record feed, its grain, its lattice and the groups it is shown in."""

from dataclasses import dataclass

import duckdb
import pandas as pd

from pipelines.intake.contract import load_vocabulary
from pipelines.policy import Policy
from pipelines.settings import Settings


@dataclass(frozen=True)
class Measure:
    """One thing counted from one feed.

    area_level, finer_level   the lattice it is counted on; some rows may be known to a finer area
    is_first   the measure a row's fate is told by, where a feed has several
    occurred   the column of the feed that says when
    """

    feed: str
    measure: str
    label: str
    unit: str
    grain: str
    area_level: str
    occurred: str
    is_first: bool = True
    has_shapeless: bool = False
    public: bool = False
    finer_level: str | None = None


MEASURES = (
    Measure("incidents", "incidents", "Incidents", "incidents", "month", "base", "occurred_from", has_shapeless=True),
    Measure("missing_episodes", "missing_from", "Children reported missing, by where from", "child-months",
            "month", "locality", "missing_from_at"),
    Measure("missing_episodes", "found_at", "Children reported missing, by where found", "child-months",
            "month", "base", "missing_from_at", is_first=False, has_shapeless=True),
    Measure("weapon_in_school_reports", "reports", "Weapon-in-school reports", "reports",
            "term", "locality", "incident_on", finer_level="cluster"),
    Measure("police_uk", "crimes", "Police-recorded crime (public context)", "crimes",
            "month", "base", "Month", public=True),
)  # fmt: skip


# How far a report has come, each state apart from the others; whoever needs "assessed" adds two of them.
PATHWAY = (
    ("not_assessed", "Not yet assessed"),
    ("assessed_place_kept", "Assessed, school place kept"),
    ("assessed_other_or_awaiting", "Assessed, other outcome or awaiting"),
)

# Any other feed, a partnership's own among them, is received, checked and kept, and counted nowhere.
COUNTED_FEEDS = frozenset(one.feed for one in MEASURES)


def write_measures(connection: duckdb.DuckDBPyConnection, policy: Policy, settings: Settings) -> None:
    """Write `measures`, `measure_groups` (what a measure is shown in) and `categories` (what a row counts as).

    measures        grain: one row per feed and measure; base is the rounding base, 1 where the feed is public
    measure_groups  grain: one row per feed, measure and harm group; group_no is its place in the order shown
    categories      grain: one row per feed and delivered category; why_not says why it is never mapped
    """
    rows = [{**one.__dict__, "base": _base(one, policy), "position": at} for at, one in enumerate(MEASURES)]
    crimes = load_vocabulary("police_uk_crime_type", settings)
    groups = [("all", "All")]
    shown = {
        "incidents": [(group.code, group.label) for group in policy.harm_groups],
        "weapon_in_school_reports": list(PATHWAY),
        "police_uk": [(term.code, term.label) for term in crimes.values()],
    }
    measure_groups = [
        (one.feed, one.measure, code, label, at)
        for one in MEASURES
        for at, (code, label) in enumerate(shown.get(one.feed, groups))
    ]
    _create(connection, "measures", pd.DataFrame(rows))
    columns = ["feed", "measure", "harm_group", "label", "group_no"]
    _create(connection, "measure_groups", pd.DataFrame(measure_groups, columns=columns))
    _create(connection, "categories", _categories(policy, settings))


def _base(measure: Measure, policy: Policy) -> int:
    if measure.public:
        return 1
    if measure.feed == "weapon_in_school_reports":
        return max(policy.rounding.base, policy.rounding.weapon_in_school_base)
    return policy.rounding.base


def _categories(policy: Policy, settings: Settings) -> pd.DataFrame:
    group_of = {harm_type: at for at, group in enumerate(policy.harm_groups) for harm_type in group.harm_types}
    rows: list[tuple[str, str, int | None, str | None]] = []
    for term in load_vocabulary("harm_type", settings).values():
        why_not = None if term.code in group_of else ("harm_not_mapped" if term.in_scope else "harm_out_of_scope")
        rows.append(("incidents", term.code, group_of.get(term.code), why_not))
    rows.append(("missing_episodes", "all", 0, None))
    rows += [("weapon_in_school_reports", code, at, None) for at, (code, _) in enumerate(PATHWAY)]
    for at, term in enumerate(load_vocabulary("police_uk_crime_type", settings).values()):
        rows.append(("police_uk", term.delivered, at, None))
    found = pd.DataFrame(rows, columns=["feed", "category", "group_no", "why_not"])
    return found.astype({"group_no": "Int64"}).assign(category_no=found.groupby("feed").cumcount())


def _create(connection: duckdb.DuckDBPyConnection, table: str, rows: pd.DataFrame) -> None:
    connection.register("given_rows", rows)
    connection.execute(f"CREATE TABLE {table} AS SELECT * FROM given_rows")
    connection.unregister("given_rows")
