"""Write the whole town into a data directory: boundaries, deliveries, backdrop and the planted truths."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.demo import interventions, notes, reference, registers, truth
from pipelines.demo.delivery import backdrop_feature, collection, csv_bytes, feature, send, write_json
from pipelines.demo.faults import EPISODE_REASONS, INCIDENT_FAULTS, REPORT_REASONS
from pipelines.demo.harm import make_incidents
from pipelines.demo.missing import make_missing
from pipelines.demo.names import PARKS, TOWN
from pipelines.demo.planted import Planted, plant
from pipelines.demo.rates import Rates, make_rates
from pipelines.demo.records import Book, send_incidents, send_missing, send_weapons
from pipelines.demo.registers import Desk, Rows
from pipelines.demo.schools import Setting, make_settings, make_weapons
from pipelines.demo.span import AS_AT, Span
from pipelines.demo.town import Town, make_town
from pipelines.demo.zones import Zone, make_zones

REGISTERS_ON = AS_AT - timedelta(days=2)
Report = Callable[[str, float], None]


def write_demo(data_dir: Path, *, seed: int = 7, months: int = 48, report: Report | None = None) -> Planted:
    """Write the fictional town of a seed.

    `months` complete months up to 2026-09 and the first days of 2026-10.

    The same seed and months give the same bytes of every file; another seed gives another town with
    other planted truths. Files already in `data_dir` are overwritten, none is removed.

    report   told the stage now beginning and the share already done (0-1)
    returns  the planted truths, as written to truth/planted.json

    Raises ValueError if `months` is under 1 or over 240.
    """
    if not 1 <= months <= 240:
        raise ValueError(f"months is {months}; a history has 1 to 240 months")
    tell = report or (lambda stage, share: None)
    span = Span(months)
    tell("drawing the town", 0.0)
    town = make_town(seed, span)
    zones = make_zones(town)
    tell("planting the truths", 0.15)
    rates, planted = make_rates(seed, town, zones, span, plant(seed, town, span))
    write_places(data_dir, town, span)
    settings = make_settings(seed, town, zones)
    tell("writing records", 0.25)
    planted = write_records(data_dir, Desk(town, span, planted, seed), zones, rates, settings, tell)
    tell("writing registers", 0.9)
    planted = write_registers(data_dir, Desk(town, span, planted, seed), settings)
    write_json(data_dir / "truth" / "planted.json", planted.as_dict(), indent=1)
    tell("done", 1.0)
    return planted


def write_places(data_dir: Path, town: Town, span: Span) -> None:
    """partnership.toml, boundaries/larkhaven.geojson and the backdrop in context/."""
    data_dir.mkdir(parents=True, exist_ok=True)
    (data_dir / "partnership.toml").write_bytes(reference.partnership_toml().encode())
    write_json(data_dir / "boundaries" / f"{TOWN.lower()}.geojson", collection(edition_features(town, span)))
    context = data_dir / "context"
    write_json(
        context / "river.geojson",
        collection([backdrop_feature(town.backdrop.river, {"name": "River Lark", "kind": "river"})]),
    )
    roads = [backdrop_feature(line, {"kind": f"{kind}_road"}) for kind, line in town.backdrop.roads]
    write_json(context / "roads.geojson", collection(roads))
    write_json(
        context / "railway.geojson",
        collection([backdrop_feature(town.backdrop.railway, {"kind": "railway"})]),
    )
    parks = list(zip(PARKS, town.parks, strict=False))
    parks += [(one.name, one.metres) for one in town.concerns.values() if one.place_category == "park_or_open_space"]
    write_json(
        context / "parks.geojson",
        collection([backdrop_feature(shape, {"name": name, "kind": "park"}) for name, shape in parks]),
    )


def edition_features(town: Town, span: Span) -> list[dict[str, Any]]:
    """One feature per polygon version.

    Beats in order of id, the re-cut ones twice, then places of concern.
    """
    recut, found = town.recut, []
    for cell, place_id in sorted(enumerate(town.beat_ids), key=lambda one: one[1]):
        properties = {
            "place_id": place_id,
            "place_level": "beat",
            "name": town.names[cell],
            "parent": town.parents[cell],
        }
        moved = recut is not None and cell in (recut.gains, recut.loses)
        ends = (recut.on - timedelta(days=1)).isoformat() if recut and moved else None
        dates = {"valid_from": span.first_day.isoformat(), "valid_to": ends, "place_category": None}
        found.append(feature(town.mosaic.polygon_web(cell), properties | dates))
        if recut and moved:
            dates = {"valid_from": recut.on.isoformat(), "valid_to": None, "place_category": None}
            found.append(feature(recut.after.polygon_web(cell), properties | dates))
    for place_id, concern in town.concerns.items():
        parent = town.parents[concern.hosts[0]]
        dates = {
            "valid_from": town.opened[place_id].isoformat(),
            "valid_to": None,
            "place_category": concern.place_category,
        }
        properties = {
            "place_id": place_id,
            "place_level": "place_of_concern",
            "name": concern.name,
            "parent": parent,
        }
        found.append(feature(concern.web, properties | dates))
    return found


def write_records(
    data_dir: Path, desk: Desk, zones: list[Zone], rates: Rates, settings: list[Setting], tell: Report
) -> Planted:
    """The three record feeds and what is true of them."""
    town, span, planted, seed = desk.town, desk.span, desk.planted, desk.seed
    book = Book()
    made = make_incidents(seed, town, zones, rates, span, planted)
    incidents = send_incidents(data_dir, seed, made, span, book)
    tell("writing missing episodes and school reports", 0.7)
    episodes = make_missing(seed, town, zones, span)
    arrived = send_missing(data_dir, episodes, span, planted.not_collected.get("missing_episodes"), book)
    weapons = make_weapons(seed, town, settings, span)
    send_weapons(data_dir, weapons, span, book)
    tell("counting what is true", 0.8)
    tables = {
        "counts": truth.count_incidents(town, incidents),
        "expected": truth.expected_table(zones, town, rates, span),
        "missing_counts": truth.count_missing(town, arrived),
        "weapon_counts": truth.count_weapons(weapons, span),
    }
    for name, content in tables.items():
        write_table(data_dir / "truth" / f"{name}.parquet", content)
    groups = tables["counts"].groupby("harm_group")["records"].sum()
    totals = {
        "incidents_by_harm_group": {str(name): int(value) for name, value in groups.items()},
        "missing_episodes": len(arrived),
        "weapon_in_school_reports": len(weapons),
    }
    return replace(planted, deliveries=book.deliveries, totals=totals, bad_row_kinds=bad_row_kinds())


def bad_row_kinds() -> dict[str, list[str]]:
    """For every `feed/kind` of planted bad row, the contract rules that may refuse it."""
    kinds = {f"incidents/{kind}": reasons for kind, (_, reasons) in INCIDENT_FAULTS.items()}
    kinds |= {f"missing_episodes/{kind}": reasons for kind, reasons in EPISODE_REASONS.items()}
    return kinds | {f"weapon_in_school_reports/{kind}": reasons for kind, reasons in REPORT_REASONS.items()}


def write_table(path: Path, content: pd.DataFrame) -> None:
    """A truth table as Parquet, without an index."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sink = io.BytesIO()
    pq.write_table(
        pa.Table.from_pandas(content, preserve_index=False).replace_schema_metadata(None),
        sink,
        compression="zstd",
    )
    path.write_bytes(sink.getvalue())


def write_registers(data_dir: Path, desk: Desk, settings: list[Setting]) -> Planted:
    """Every register and reference feed; actions twice, the later delivery in Windows-1252."""
    book = Book(list(desk.planted.deliveries))
    for feed, rows in _register_rows(desk, settings).items():
        send(data_dir, feed, f"{feed}.csv", csv_bytes(registers.table(rows)), len(rows), REGISTERS_ON)
        book.add(feed, f"{feed}.csv", len(rows), REGISTERS_ON, counted=len(rows))
    now = registers.actions(desk)
    old = registers.earlier_actions(desk, now)
    earlier_on = REGISTERS_ON - timedelta(days=49)
    send(data_dir, "actions", "actions_earlier.csv", csv_bytes(registers.table(old)), len(old), earlier_on)
    book.add("actions", "actions_earlier.csv", len(old), earlier_on, superseded=len(old))
    content = csv_bytes(registers.table(now), "cp1252")
    send(data_dir, "actions", "actions.csv", content, len(now), REGISTERS_ON)
    book.add("actions", "actions.csv", len(now), REGISTERS_ON, counted=len(now))
    return replace(desk.planted, deliveries=book.deliveries)


def _register_rows(desk: Desk, settings: list[Setting]) -> dict[str, Rows]:
    return {
        "terms": reference.term_rows(desk),
        "meetings": reference.meeting_rows(desk),
        "residents": reference.resident_rows(desk),
        "settings": reference.setting_rows(desk, settings),
        "edge_leads": reference.edge_lead_rows(desk),
        "recording_events": reference.recording_event_rows(desk),
        "demographics_city_year": reference.demographic_rows(desk),
        "neighbourhood_assessments": registers.assessments(desk),
        "interventions": interventions.interventions(desk),
        "safety_goals": registers.safety_goals(desk),
        "emerging_concerns": notes.emerging_concerns(desk),
        "rag_judgements": notes.rag_judgements(desk),
        "place_strengths": notes.place_strengths(desk),
        "agenda_items": notes.agenda_items(desk),
    }
