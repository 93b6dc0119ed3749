"""Look over an installation and a data directory, and say in words what to mend."""

import importlib
import logging
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from geo.errors import GeoError
from pipelines.errors import HarmError
from pipelines.gate.keys import read_or_make_keys
from pipelines.gate.snapshot import check_unchanged, current_id, read_manifest
from pipelines.intake.contract import feeds, load_contract, require_known_harm_types
from pipelines.settings import SHIPPED, Settings

LIBRARIES = ("duckdb", "geopandas", "shapely", "pyogrio", "pyproj", "streamlit", "folium", "streamlit_folium", "plotly")
SMALLEST_FREE_GB = 2


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is well, and what to do when it is not."""

    what: str
    well: bool
    mend: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Every finding, in the order a newcomer would mend them. Changes nothing."""
    found = [
        Finding("Python 3.11 or newer", sys.version_info >= (3, 11), "install Python 3.11 and run make setup again"),
        *(_library(name) for name in LIBRARIES),
        _map_files(),
        _tried("policy and partnership", lambda: _decisions(settings)),
        _tried("contracts and vocabularies", lambda: [load_contract(feed, settings) for feed in feeds(settings)]),
        _space(settings),
        _there("boundaries delivered", settings.boundaries, "*", "put boundary files in boundaries/"),
        _there("deliveries received", settings.deliveries, "*/*", "put files in deliveries/<feed>/"),
        Finding("warehouse built", settings.warehouse.exists(), "run safer-places build"),
        _tried("current snapshot", lambda: _snapshot(settings)),
    ]
    return found


def _library(name: str) -> Finding:
    logging.disable(logging.WARNING)  # one warns that no page is being drawn, which nobody asked
    try:
        importlib.import_module(name)
    except Exception as wrong:  # an import can fail in any way; the doctor reports it rather than falling ill too
        return Finding(f"library {name}", False, f"{type(wrong).__name__}: run make setup again")
    finally:
        logging.disable(logging.NOTSET)
    return Finding(f"library {name}", True)


def _map_files() -> Finding:
    leaflet = SHIPPED.parent / "dashboard" / "static" / "vendor" / "leaflet" / "leaflet.js"
    return Finding("map files in place", leaflet.exists(), "run make setup again")


def _there(what: str, folder: Path, pattern: str, mend: str) -> Finding:
    return Finding(what, any(folder.glob(pattern)), f"{mend}, or run safer-places demo")


def _tried(what: str, attempt: Callable[[], object]) -> Finding:
    try:
        attempt()
    except (HarmError, GeoError) as wrong:
        return Finding(what, False, str(wrong).replace("\n", "; "))
    return Finding(what, True)


def _decisions(settings: Settings) -> None:
    require_known_harm_types(settings.policy, settings)
    _ = settings.partnership


def _space(settings: Settings) -> Finding:
    there = next(folder for folder in (settings.data_dir, *settings.data_dir.resolve().parents) if folder.exists())
    free_gb = shutil.disk_usage(there).free / 1e9
    return Finding(
        f"at least {SMALLEST_FREE_GB} GB free", free_gb >= SMALLEST_FREE_GB, f"only {free_gb:.1f} GB left: make room"
    )


def _snapshot(settings: Settings) -> None:
    name = current_id(settings)
    if name is None:
        raise HarmError("nothing published yet: run safer-places publish")
    manifest = read_manifest(settings, name)
    check_unchanged(settings, manifest)
    read_or_make_keys(settings.key_file, data_dir=settings.data_dir, expected=manifest["key_fingerprints"])
