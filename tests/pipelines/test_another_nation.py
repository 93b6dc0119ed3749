"""Nothing about one city is in code: a Scottish town of its own, from files to what everybody sees, by command alone."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from villages import beat, boundary_file, square

from pipelines.insight.queries import Audience, open_snapshot
from pipelines.settings import SHIPPED

COMMAND = Path(sys.executable).with_name("safer-places")
PARTNERSHIP = """
name = "Strathinvented Child Protection Committee"
fictional = true
[city]
id = "strathinvented"
name = "Strathinvented"
nation = "scotland"
crs = "EPSG:27700"
[[localities]]
id = "shore"
name = "Shore"
[[localities]]
id = "brae"
name = "Brae"
meeting_day = "Friday"
[roles]
chair = "Lead Officer"
approvers = ["Lead Officer"]
"""
POLICY = """
harm_groups = [
    { code = "violence", label = "Violence", harm_types = ["knife_crime", "robbery", "weapon_possession"] },
    { code = "all_else", label = "Everything else", harm_types = ["cce", "county_lines", "bullying"] },
]
rounding = { base = 5, weapon_in_school_base = 10, frozen_after_months = 3 }
counting = { cap_per_child = 1, longest_range_days = 31 }
intake = { most_rejected_share = 0.2 }
places = { snap_tolerance_m = 10, outline_tolerance_m = 5 }
freshness = { still_arriving_months = 1 }
"""
# Who may have what, and what else leaves, stay as shipped.
SHIPPED_POLICY = (SHIPPED / "policy.toml").read_text(encoding="utf-8")
AS_SHIPPED = SHIPPED_POLICY[SHIPPED_POLICY.index("[released]") : SHIPPED_POLICY.index("[[harm_groups]]")]


def command(data_dir: Path, *words: str) -> Any:
    environment = {**os.environ, "SAFER_PLACES_DATA_DIR": str(data_dir)}
    done = subprocess.run([COMMAND, *words, "--json"], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def found_a_town(data_dir: Path) -> None:
    (data_dir / "boundaries").mkdir(parents=True)
    (data_dir / "deliveries" / "incidents").mkdir(parents=True)
    (data_dir / "partnership.toml").write_text(PARTNERSHIP, encoding="utf-8")
    (data_dir / "policy.toml").write_text(POLICY + AS_SHIPPED, encoding="utf-8")
    beats = [beat("SH1", "Shore", square(250_000, 650_000)), beat("BR1", "brae", square(251_000, 650_000))]
    (data_dir / "boundaries" / "beats.geojson").write_text(json.dumps(boundary_file(beats)), encoding="utf-8")
    rows = [f"s{n},2024-01-{1 + n:02},knife_crime,250500,650500" for n in range(12)]
    rows += [f"b{n},2024-02-{1 + n:02},cce,251500,650500" for n in range(9)] + ["f1,2024-02-01,fear_voiced,251500,650500"]
    text = "\n".join(["record_ref,occurred_from,harm_type,easting_m,northing_m", *rows]) + "\n"
    name = "incidents_2024-01_2024-02_delivered-2024-03-05.csv"
    (data_dir / "deliveries" / "incidents" / name).write_text(text, encoding="utf-8")


def test_a_scottish_town_with_its_own_decisions_is_built_published_and_read(tmp_path: Path) -> None:
    town = tmp_path / "strathinvented"
    found_a_town(town)
    built = command(town, "build")
    assert built["tallies"]["incidents"] == {"read": 22, "counted": 21, "outside": 1}
    published = command(town, "publish")
    snapshot = open_snapshot(town, Audience("manager"))
    assert snapshot.id == published["id"]
    assert (snapshot.town, snapshot.partnership) == ("Strathinvented", "Strathinvented Child Protection Committee")
    measure = snapshot.measure("incidents", "incidents")
    assert measure.harm_groups == (("violence", "Violence"), ("all_else", "Everything else"))
    assert measure.base == 5
    assert list(snapshot.areas("locality")["name"]) == ["Brae", "Shore"]
    assert set(snapshot.areas("beat")["area_id"]) == {"BR1", "SH1"}
    assert list(snapshot.periods("incidents")["period"])[:2] == ["2024-01", "2024-02"]
    seen = snapshot.map_counts("incidents", "incidents", area_level="beat", harm_groups=["violence"], periods=["2024-01"])
    shore = seen.set_index("area_id").loc["SH1"]
    assert shore["low"] <= 12 <= shore["high"]
    assert command(town, "status")["snapshot"] == snapshot.id
    assert not list(town.rglob("*larkhaven*"))
