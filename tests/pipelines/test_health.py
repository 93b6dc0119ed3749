"""Health: well or not, in a sentence each, and an exit code for the service manager."""

from __future__ import annotations

import json
import shutil
import threading
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner
from villages import Village, make_village

from pipelines import trail
from pipelines.cli import app
from pipelines.gate.snapshot import current_id, read_manifest
from pipelines.health import examine_health

AS_AT = date(2024, 2, 5)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, _own_key: None) -> Village:
    village = make_village(tmp_path_factory.mktemp("published") / "village")
    village.incidents(*(f"r{row},2024-01-{1 + row:02},knife_crime,400500,300500" for row in range(9)))
    village.build()
    village.publish()
    return village


@pytest.fixture
def village(published: Village, tmp_path: Path) -> Village:
    shutil.copytree(published.data_dir, tmp_path / "village")
    return Village(tmp_path / "village")


def look(village: Village, days: int = 3, **more):
    return examine_health(village.settings, today=AS_AT + timedelta(days=days), **more)


def test_a_fresh_snapshot_is_well_until_it_is_stale(village):
    assert look(village, 40).well
    found = look(village, 41)
    assert (found.age_days, found.stale_after_days) == (41, 40)
    assert found.wrong == ("the current snapshot is 41 days old, and stale after 40: see what stopped the deliveries, build "
                           "and publish",)  # fmt: skip


def test_looking_writes_nothing(village):
    def written():
        return {path: path.stat().st_mtime_ns for path in village.data_dir.rglob("*")}

    before = written()
    assert look(village, whole_trail=True).well
    assert written() == before


@pytest.mark.parametrize(("spoil", "said"), [
    (lambda v: (v.settings.snapshots / "current").unlink(), "nothing is published yet"),
    (lambda v: (v.settings.snapshots / "current").write_bytes(b"\xff\x00\n"), "no snapshot of that name"),
    (lambda v: (v.settings.snapshots / f"{current_id(v.settings)}.duckdb").unlink(), "is damaged"),
    (lambda v: (v.settings.snapshots / f"{current_id(v.settings)}.duckdb").write_bytes(b"x" * 9000), "is damaged"),
    (lambda v: (v.settings.snapshots / f"{current_id(v.settings)}.json").write_text("{}"), "is damaged"),
    (lambda v: (v.settings.snapshots / f"{current_id(v.settings)}.json").write_text("[]"), "is damaged"),
])  # fmt: skip
def test_what_is_wrong_with_the_snapshot_is_one_sentence(village, spoil, said):
    spoil(village)
    (wrong,) = look(village).wrong
    assert said in wrong
    assert "\n" not in wrong


def test_a_manifest_that_says_too_little_is_damage(village):
    file = village.settings.snapshots / f"{current_id(village.settings)}.json"
    said = read_manifest(village.settings, current_id(village.settings))
    del said["meetings"]
    file.write_text(json.dumps(said))
    assert "is damaged" in look(village).wrong[0]


def test_a_trail_that_was_altered_is_not_well(village):
    for day in (1, 2):
        trail.write(village.data_dir, trail.Entry("publish"), at=datetime(2024, 2, day, tzinfo=UTC))
    file = village.data_dir / "trail" / "2024-02.jsonl"
    file.write_bytes(file.read_bytes().replace(b"2024-02-01", b"2024-01-01"))
    assert look(village).well, "its last line is sound"
    assert "does not follow" in look(village, whole_trail=True).wrong[0]
    file.write_bytes(file.read_bytes() + b"{}\n")
    assert "its last line" in look(village).wrong[0]


class Answers(BaseHTTPRequestHandler):
    """A server that says it is well only where Streamlit would."""

    def do_GET(self):
        self.send_response(200 if self.path == "/base/_stcore/health" else 503)
        self.end_headers()

    def log_message(self, *said):
        pass


def test_the_dashboard_is_asked_where_it_runs(village):
    with HTTPServer(("127.0.0.1", 0), Answers) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        port = running.server_port
        assert look(village, served=f"http://127.0.0.1:{port}/base/").well
        assert "answers 503" in look(village, served=f"http://127.0.0.1:{port}").wrong[0]
        running.shutdown()
    assert "does not answer" in look(village, served=f"http://127.0.0.1:{port}").wrong[0]
    assert "written as in" in look(village, served="file:///etc/passwd").wrong[0]


def test_the_command_ends_with_one_when_it_is_not_well(village):
    told = CliRunner().invoke(app, ["health", "--data-dir", str(village.data_dir), "--json"])
    assert told.exit_code == 1, "a snapshot of 2024 is stale"
    assert json.loads(told.stdout)["well"] is False
    assert CliRunner().invoke(app, ["health", "--data-dir", str(village.data_dir / "none")]).exit_code == 1
