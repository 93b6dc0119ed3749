"""Reference feeds: terms, meetings, residents, settings, edge leads, recording events, who is affected."""

from datetime import date, timedelta

from pipelines.demo.names import LOCALITIES, ROLES
from pipelines.demo.registers import Desk, Rows
from pipelines.demo.schools import Setting, open_since
from pipelines.demo.span import AS_AT, terms

MEETING_DAYS = {"north": 1, "east_central": 2, "south": 3}


def term_rows(desk: Desk) -> Rows:
    """School terms: one row each."""
    return [
        {
            "term_id": term.term_id,
            "name": term.name,
            "starts_on": term.starts_on,
            "ends_on": term.ends_on,
            "school_days": len(term.open_days),
        }
        for term in terms(desk.span)
    ]


def meeting_rows(desk: Desk) -> Rows:
    """Weekly in each locality over the last year (or a shorter history) and six weeks ahead, never in Christmas week."""
    first = max(desk.span.first_day, AS_AT - timedelta(days=364))
    days = [first + timedelta(days=k) for k in range((AS_AT - first).days + 43)]
    return [
        {"locality": locality, "met_on": day}
        for locality, weekday in MEETING_DAYS.items()
        for day in days
        if day.weekday() == weekday and not (day.month == 12 and day.day > 23)
    ]


def resident_rows(desk: Desk) -> Rows:
    """Residents of every beat in 2022 and 2025. After a re-cut the strip's residents go with it."""
    rng, rows, town = desk.rng("residents"), [], desk.town
    density = rng.lognormal(8.15, 0.30, len(town.cells))
    young = rng.uniform(0.075, 0.115, len(town.cells))
    for year, growth in ((2022, 1.0), (2025, 1.022)):
        cells = town.cells_on(date(year, 7, 1))
        for number, beat_id in sorted(enumerate(town.beat_ids), key=lambda one: one[1]):
            people = 3_000 + density[number] * (cells[number].area / 1e6) ** 0.45
            total = round(float(people * growth * rng.normal(1, 0.004)))
            teens = round(total * float(young[number]))
            rows.append(
                {
                    "place_level": "beat",
                    "area_id": beat_id,
                    "year": year,
                    "residents": total,
                    "residents_10_17": teens,
                    "source": f"Larkhaven mid-year estimate {year}",
                }
            )
    return rows


def setting_rows(desk: Desk, settings: list[Setting]) -> Rows:
    """Most by point, every fifth by its beat alone."""
    rows: Rows = []
    for number, one in enumerate(settings):
        by_beat = number % 5 == 4
        rows.append(
            {
                "setting_urn": one.setting_urn,
                "phase": one.phase,
                "easting_m": "" if by_beat else one.easting_m,
                "northing_m": "" if by_beat else one.northing_m,
                "beat_code": desk.town.beat_ids[one.cell] if by_beat else "",
                "open_from": open_since(desk.span),
                "open_to": "",
            }
        )
    return rows


def edge_lead_rows(desk: Desk) -> Rows:
    """Places astride two localities: the one with the larger share leads."""
    rows: Rows = []
    for place_id, concern in desk.town.concerns.items():
        parents = list(dict.fromkeys(desk.town.parents[host] for host in concern.hosts))
        if len(parents) == 2:
            rows.append(
                {
                    "place_id": place_id,
                    "lead_locality": parents[0],
                    "agreed_on": desk.back(150, place_id),
                    "shared_with": parents[1],
                }
            )
    return rows


def recording_event_rows(desk: Desk) -> Rows:
    """The planted changes in recording, and an old one that changed nothing."""
    rows: Rows = []
    for one in desk.planted.reporting_only:
        rows.append(
            {
                "starts_on": f"{one.from_month}-01",
                "feed": "incidents",
                "place_id": one.place_id,
                "kind": "proactive_operation",
                "note": "Proactive patrols and searches began in this beat.",
            }
        )
    for one in desk.planted.recording_change:
        rows.append(
            {
                "starts_on": f"{one.from_month}-01",
                "feed": "incidents",
                "place_id": "",
                "kind": "new_reporting_route",
                "note": "A web form for residents opened across the city.",
            }
        )
    old = desk.span.starts[max(0, desk.span.months // 8)]
    rows.append(
        {
            "starts_on": old,
            "feed": "missing_episodes",
            "place_id": "",
            "kind": "new_system",
            "note": "Records moved to a new system; no change in how they are made.",
        }
    )
    return [{"event_ref": f"REC-{number:02d}", **row} for number, row in enumerate(rows, start=1)]


DEMOGRAPHICS = {
    "age_band": {"10 to 12": 0.14, "13 to 15": 0.45, "16 and 17": 0.41},
    "sex": {"Female": 0.36, "Male": 0.64},
    "ethnic_group": {
        "Asian or Asian British": 0.08,
        "Black or Black British": 0.10,
        "Mixed": 0.09,
        "Other": 0.03,
        "White": 0.64,
        "Not recorded": 0.06,
    },
}


def demographic_rows(desk: Desk) -> Rows:
    """Closed calendar years of the history (2025 at least), every count a multiple of five and 10 or more."""
    rng = desk.rng("demographics")
    rows: Rows = []
    years = [year for year in range(desk.span.first_day.year, 2026) if date(year, 1, 1) >= desk.span.first_day] or [2025]
    for year in years:
        children = rng.normal(1_750, 60)
        for dimension, mix in DEMOGRAPHICS.items():
            for category, share in mix.items():
                count = max(10, 5 * round(float(children * share * rng.normal(1, 0.03)) / 5))
                rows.append({"year": year, "dimension": dimension, "category": category, "count": count})
    return rows


def partnership_toml() -> str:
    """Who the fictional partnership is."""
    weekdays = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
    localities = "\n".join(
        f'[[localities]]\nid = "{locality}"\nname = "{name}"\nmeeting_day = "{weekdays[MEETING_DAYS[locality]]}"\n'
        for locality, name, _ in LOCALITIES
    )
    return f"""# Larkhaven is a fictional town in open sea: every number about it is made up.
name = "Larkhaven Safer Places partnership"
fictional = true

[city]
id = "larkhaven"
name = "Larkhaven"
nation = "england"
crs = "EPSG:27700"
extent = {{ easting_m = [95000, 125000], northing_m = [175000, 205000] }}

{localities}
[roles]
chair = "{ROLES[0]}"
approvers = ["Deputy Service Manager", "Area Service Manager", "Safer Options Manager"]
"""
