"""A canary in every private column, then every byte a browser is sent, every log, message and released file searched.

And the dashboard as a process: run as somebody who may not open the private side, it serves every page all the same.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import struct
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import Error
from villages import Village, make_village
from visits import CHROMIUM, NO_BROWSER

from pipelines.intake.contract import feeds, load_contract

COMMAND = Path(sys.executable).with_name("safer-places")
# The superuser opens what is shut to everybody, unless it gives that power up; anybody else has none to give up.
AS_OWN_USER: tuple[str, ...] = (
    ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
)
needs_files_that_shut = pytest.mark.skipif(
    os.name != "posix" or bool(AS_OWN_USER and not shutil.which(AS_OWN_USER[0])),
    reason="nothing here can be shut to the user who runs the tests: the dashboard's own process was not tested",
)
# One for each private column: a word, or a coordinate nobody else has.
RECORD, EPISODE, REPORT, URN = "canary0incident71", "canary0episode72", "canary0report73", "990917"
CHILD, OTHER_CHILD, NAMED = "canary0child74", "canary0child75", "Zbyszek Okonkwo"
EASTING, NORTHING, LON, LAT = 400513.37, 300517.91, -1.993178, 52.598641
FROM_EASTING, FROM_NORTHING, FOUND_EASTING, FOUND_NORTHING = 400611.43, 300622.59, 400733.61, 300744.83
WORDS = (RECORD, EPISODE, REPORT, URN, CHILD, OTHER_CHILD, *NAMED.split())
POINTS = (EASTING, NORTHING, LON, LAT, FROM_EASTING, FROM_NORTHING, FOUND_EASTING, FOUND_NORTHING)

needs_browser = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=NO_BROWSER)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Village:
    """A published village with a canary in each private column."""
    village = make_village(tmp_path_factory.mktemp("canary") / "village")
    many = [f"r{n},2024-01-{1 + n % 28:02},2024-01-30,robbery,400500,300500,,,c{n}" for n in range(40)]
    village.incidents(
        f"{RECORD},2024-01-07,2024-01-30,robbery,{EASTING},{NORTHING},,,{CHILD}",
        f"{RECORD}b,2024-01-07,2024-01-30,robbery,,,{LON},{LAT},{CHILD}", *many,
        header="record_ref,occurred_from,recorded_on,harm_type,easting_m,northing_m,lon,lat,child_ref",
    )  # fmt: skip
    village.deliver(
        "missing_episodes",
        "episode_ref,missing_from_at,missing_from_easting_m,missing_from_northing_m,found_at_easting_m,"
        "found_at_northing_m,child_ref\n"
        f"{EPISODE},2024-01-09 21:17,{FROM_EASTING},{FROM_NORTHING},{FOUND_EASTING},{FOUND_NORTHING},{OTHER_CHILD}\n",
        covers=("2024-01-01", "2024-01-31"), delivered_on="2024-02-05",
    )  # fmt: skip
    village.deliver(
        "settings", f"setting_urn,phase,easting_m,northing_m,open_from\n{URN},secondary,400100,300100,2001-09-01\n",
        delivered_on="2024-01-02",
    )  # fmt: skip
    village.deliver(
        "weapon_in_school_reports",
        f"report_ref,incident_on,setting_urn,setting_phase,weapon_type\n{REPORT},2024-01-10,{URN},secondary,kitchen_knife\n",
        covers=("2023-09-01", "2024-01-31"), delivered_on="2024-02-05",
    )  # fmt: skip
    village.deliver(
        "rag_judgements", f"place_id,judged_on,value,role,reason\nB01,2024-01-05,amber,Youth Work Lead,About {NAMED}\n",
        delivered_on="2024-02-01",
    )  # fmt: skip
    village.build(as_at=date(2024, 2, 5))
    village.publish()
    return village


def found_in(content: bytes) -> list[str]:
    """The canaries these bytes hold, however they may be written: as text, or as the number a machine keeps."""
    low = content.lower()
    found = [word for word in WORDS if word.lower().encode() in low]
    found += [str(point) for point in POINTS if str(point).encode() in content]
    found += [f"{point} as a number" for point in POINTS if struct.pack("<d", point) in content]
    with duckdb.connect() as connection:
        for word in (CHILD, OTHER_CHILD, RECORD, EPISODE, REPORT):
            [(made,)] = connection.execute("SELECT hash(?)", [word]).fetchall()
            digests = (str(made).encode(), struct.pack("<Q", made), hashlib.sha256(word.encode()).hexdigest().encode())
            found += [f"{word} as a number" for digest in digests if digest in content]
    return found


def test_every_private_column_has_a_canary_and_the_search_finds_each_in_the_warehouse(town: Village) -> None:
    private = {
        (feed, column.name)
        for feed in feeds(town.settings)
        for column in load_contract(feed, town.settings).columns
        if column.private
    }
    canaried = {
        ("incidents", name) for name in ("record_ref", "easting_m", "northing_m", "lon", "lat", "child_ref")
    } | {
        ("missing_episodes", name)
        for name in ("episode_ref", "missing_from_easting_m", "missing_from_northing_m", "child_ref", "found_at_easting_m",
                     "found_at_northing_m", "found_at_lon", "found_at_lat")
    } | {("weapon_in_school_reports", "report_ref"), ("weapon_in_school_reports", "setting_urn")}  # fmt: skip
    assert private <= canaried | {("settings", "easting_m"), ("settings", "northing_m"), ("settings", "setting_urn")}
    there = town.settings.warehouse.read_bytes()
    delivered = b"".join(path.read_bytes() for path in town.settings.deliveries.rglob("*.csv"))
    assert {one for one in found_in(there + delivered) if " as a" not in one} >= {*WORDS, *map(str, POINTS)}


def test_no_released_file_holds_a_canary(town: Village) -> None:
    released = [path for path in town.settings.snapshots.rglob("*") if path.is_file()]
    assert len(released) == 3
    for path in released:
        assert found_in(path.read_bytes()) == [], path.name


@pytest.mark.parametrize(
    "words",
    [
        ["build"], ["publish"], ["status"], ["snapshots"], ["doctor"], ["audit"], ["purge"],
        ["build", "--as-at", "2024-02-05", "--json"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_no_command_says_a_canary(town: Village, words: list[str]) -> None:
    done = subprocess.run([COMMAND, *words, "--data-dir", str(town.data_dir)], capture_output=True, timeout=120)
    assert found_in(done.stdout + done.stderr) == []


def test_no_message_about_a_bad_file_says_a_canary(town: Village, tmp_path: Path) -> None:
    bad = make_village(tmp_path / "bad")
    rows = [f"{RECORD},{CHILD},{NAMED},{EASTING},{NAMED}" for _ in range(30)]
    file = bad.incidents(*rows)
    letter = tmp_path / "letter.md"
    for words in (["check", str(file), "--letter", str(letter)], ["build"]):
        done = subprocess.run([COMMAND, *words, "--data-dir", str(bad.data_dir)], capture_output=True, timeout=120)
        assert done.returncode == 4
        assert found_in(done.stdout + done.stderr) == []
    assert found_in(letter.read_bytes()) == []


@needs_browser
@pytest.mark.browser
def test_no_byte_a_browser_is_sent_and_no_line_of_the_log_holds_a_canary(
    browser: Any, serve: Any, town: Village, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    address = serve(town.data_dir, log)
    sent: list[bytes] = []
    answers: list[Any] = []
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sent.append(_bytes(frame))))
    page.on("response", lambda answer: answers.append(answer))
    for query in ("", "?measure=missing_episodes.found_at", "?measure=weapon_in_school_reports.reports&level=locality"):
        page.goto(f"{address}/map{query}")
        page.frame_locator("iframe[title^=streamlit_folium]").locator("path.leaflet-interactive").first.wait_for(
            timeout=60_000
        )
        page.wait_for_load_state("networkidle")
        sent += [_body(answer) for answer in answers if answer.status == 200 and answer.url.startswith(address)]
        answers.clear()
    content = b"\n".join(sent)
    page.close()
    assert b"Beat B01" in content
    assert b"Weapon-in-school reports" in content
    assert len(content) > 100_000
    assert found_in(content) == []
    assert found_in(log.read_bytes()) == []


def _bytes(frame: str | bytes) -> bytes:
    return frame.encode() if isinstance(frame, str) else frame


def _body(answer: Any) -> bytes:
    """What was answered. A browser forgets a frame's own files as it draws it anew: those are files of the program."""
    try:
        return bytes(answer.body())
    except Error:
        assert "/static/" in answer.url or "/component/" in answer.url, answer.url
        return b""


@pytest.fixture
def shut(town: Village, tmp_path: Path) -> Path:
    """The data directory as a dashboard's own user finds it: the private side shut, the released side open."""
    copy = Path(shutil.copytree(town.data_dir, tmp_path / "shut"))
    for private in ("warehouse", "deliveries"):
        (copy / private).chmod(0)
    return copy


OPEN_BOTH = """
import sys, duckdb
from pipelines.insight.queries import Audience, open_snapshot
folder = sys.argv[1]
snapshot = open_snapshot(folder, Audience("manager"))
print("read", len(snapshot.areas("beat")))
for private in ("warehouse/warehouse.duckdb",):
    try:
        duckdb.connect(f"{folder}/{private}", read_only=True).execute("SELECT count(*) FROM incidents")
        print("opened")
    except duckdb.Error:
        print("refused")
"""


@needs_files_that_shut
def test_a_process_of_the_dashboards_own_user_reads_the_snapshot_and_cannot_open_the_warehouse(shut: Path) -> None:
    done = subprocess.run([*AS_OWN_USER, sys.executable, "-c", OPEN_BOTH, str(shut)], capture_output=True, text=True,
                          timeout=120, cwd=Path(__file__).parents[2])  # fmt: skip
    assert done.stdout.split() == ["read", "3", "refused"], done.stderr


def test_a_build_shuts_its_folder_to_everybody_else(town: Village) -> None:
    assert stat.S_IMODE(town.settings.warehouse.parent.stat().st_mode) == 0o700


@needs_browser
@needs_files_that_shut
@pytest.mark.browser
def test_the_dashboard_serves_its_map_while_the_private_side_is_shut_to_it(browser: Any, serve: Any, shut: Path) -> None:
    page = browser.new_page()
    page.goto(serve(shut, prefix=AS_OWN_USER) + "/map")
    page.frame_locator("iframe[title^=streamlit_folium]").locator("path.leaflet-interactive").first.wait_for(timeout=60_000)
    page.close()
