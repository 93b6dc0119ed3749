"""Places to test on: a village of three square beats, and demo towns made once for a whole run."""

import json
import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
from filelock import FileLock

from pipelines.demo import write_demo
from pipelines.gate.snapshot import Published
from pipelines.insight.queries import Audience, Snapshot, open_snapshot
from pipelines.intake.warehouse import Built, build
from pipelines.publishing import publish
from pipelines.settings import Settings

# Drawn once for a run and shared by its processes, so that seeds nobody chose are the same seeds in each.
DRAW = int(os.environ.setdefault("SAFER_PLACES_TEST_DRAW", str(secrets.randbelow(10**6))))

# Two square beats side by side, one kilometre each, in one locality; a third beat alone in another.
VILLAGE_BEATS = {
    "B01": ("west", 400_000, 300_000),
    "B02": ("west", 401_000, 300_000),
    "B03": ("east", 402_000, 300_000),
}
PARTNERSHIP = """
name = "Two Ends Partnership"
fictional = true

[city]
id = "two_ends"
name = "Two Ends"
nation = "england"
crs = "EPSG:27700"
extent = { easting_m = [390000, 420000], northing_m = [290000, 310000] }

[[localities]]
id = "west"
name = "West"

[[localities]]
id = "east"
name = "East"

[roles]
chair = "Chair"
approvers = ["Chair"]
"""


@dataclass
class Village:
    """A data directory with three square beats, to deliver small files to."""

    data_dir: Path

    @property
    def settings(self) -> Settings:
        return Settings(self.data_dir)

    def deliver(
        self, feed: str, text: str | bytes, *, name: str = "delivery.csv", covers: tuple[str, str] | None = None,
        delivered_on: str | None = None,
    ) -> Path:  # fmt: skip
        """Put a file under deliveries/<feed>/, with a sidecar saying what it covers."""
        file = self.data_dir / "deliveries" / feed / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        said = [f"covers_from = {covers[0]}", f"covers_to = {covers[1]}"] if covers else []
        said += [f"delivered_on = {delivered_on}"] if delivered_on else []
        if said:
            file.with_name(f"{name}.toml").write_text("\n".join(said) + "\n", encoding="utf-8")
        return file

    def incidents(
        self, *rows: str, header: str = "record_ref,occurred_from,harm_type,easting_m,northing_m",
        name: str = "delivery.csv", covers: tuple[str, str] = ("2024-01-01", "2024-01-31"), delivered_on: str = "2024-02-05",
    ) -> Path:  # fmt: skip
        """Deliver incidents, one text row each."""
        return self.deliver(
            "incidents", "\n".join([header, *rows]) + "\n", name=name, covers=covers, delivered_on=delivered_on
        )

    def copied(self, folder: Path) -> "Village":
        """The same village once more, to change."""
        return Village(Path(shutil.copytree(self.data_dir, folder)))

    def build(self, as_at: date | None = None) -> Built:
        return build(self.settings, as_at=as_at)

    def publish(self) -> Published:
        return publish(self.settings)

    def snapshot(self, audience: Audience | None = None) -> Snapshot:
        """The current snapshot, opened for the manager unless said otherwise."""
        return open_snapshot(self.data_dir, audience or Audience("manager"))

    def ask(self, sql: str) -> pd.DataFrame:
        """Look into the private warehouse."""
        with duckdb.connect(str(self.settings.warehouse), read_only=True) as warehouse:
            return warehouse.execute(sql).df()

    def cells(self, feed: str = "incidents") -> dict[tuple[str, str, str], int]:
        """The private counts that are not zero: (area, harm group, period) -> count."""
        rows = self.ask(f"SELECT area_id, harm_group, period, x FROM cells WHERE feed = '{feed}' AND x > 0 ORDER BY ALL")
        return {(one.area_id, one.harm_group, one.period): int(one.x) for one in rows.itertuples()}


def square(easting_m: float, northing_m: float, side_m: float = 1000) -> list[list[list[float]]]:
    """The ring of a square, south-west corner first."""
    e, n, s = easting_m, northing_m, side_m
    return [[[e, n], [e + s, n], [e + s, n + s], [e, n + s], [e, n]]]


def boundary_file(features: list[dict[str, object]], crs: str = "EPSG::27700") -> dict[str, object]:
    return {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": f"urn:ogc:def:crs:{crs}"}},
        "features": features,
    }


def beat(place_id: str, parent: str, ring: list[list[list[float]]], **more: object) -> dict[str, object]:
    properties = {"place_id": place_id, "place_level": "beat", "name": f"Beat {place_id}", "parent": parent, **more}
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": ring}}


def make_village(data_dir: Path) -> Village:
    (data_dir / "boundaries").mkdir(parents=True)
    (data_dir / "partnership.toml").write_text(PARTNERSHIP, encoding="utf-8")
    beats = [beat(place_id, parent, square(e, n)) for place_id, (parent, e, n) in VILLAGE_BEATS.items()]
    (data_dir / "boundaries" / "beats.geojson").write_text(json.dumps(boundary_file(beats)), encoding="utf-8")
    return Village(data_dir)


def town_once(shared: Path, *, seed: int, months: int) -> Path:
    data_dir = shared / f"larkhaven-{seed}-{months}"
    with FileLock(shared / f"{data_dir.name}.lock"):
        if not (data_dir / "snapshots" / "current").exists():
            write_demo(data_dir, seed=seed, months=months)
            build(Settings(data_dir), keep_fates=True)
            publish(Settings(data_dir))
    return data_dir
