"""Backup and restore: whole or not at all, never the key, and no row that was destroyed comes back to stay."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing, suppress
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner
from villages import Village, make_village

from pipelines import chain, trail
from pipelines.backup import MANIFEST, BackupFault, backup
from pipelines.chain import ChainFault
from pipelines.cli import app
from pipelines.errors import SnapshotFault, WarehouseError
from pipelines.gate.snapshot import check_unchanged, current_id, list_snapshots, read_manifest
from pipelines.intake.purged import read_ledger
from pipelines.intake.retention import purge
from pipelines.intake.warehouse import sole_writer
from pipelines.restoring import Restored, restore
from pipelines.settings import Settings

AT, TODAY = datetime(2024, 6, 6, 9, tzinfo=UTC), date(2024, 6, 6)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, _own_key: None) -> Village:
    """Five months delivered, built and published as at 5 June 2024, when the first two are due to be destroyed."""
    village = make_village(tmp_path_factory.mktemp("kept") / "village")
    for number in range(1, 6):
        last = pd.Period(f"2024-{number:02}").days_in_month
        rows = [f"m{number}-{row},2024-{number:02}-{1 + row:02},knife_crime,400500,300500" for row in range(9)]
        village.incidents(*rows, name=f"m{number}.csv", covers=(f"2024-{number:02}-01", f"2024-{number:02}-{last}"),
                          delivered_on=f"2024-{number + 1:02}-05")  # fmt: skip
    village.build()
    village.publish()
    chain.append(village.data_dir / "permissions" / "permissions.jsonl", {"what": "granted", "id": "P-00000001"})
    chain.append(village.data_dir / "access" / "access.jsonl", {"what": "grant", "id": "A-1"})
    trail.write(village.data_dir, trail.Entry("publish"), at=AT)
    (village.data_dir / "meetings").mkdir(mode=0o700)
    (village.data_dir / "meetings" / "west_2024-06-04.json").write_text("{}")
    (village.data_dir / "sign_in.toml").write_text('client_secret = "a-secret-of-the-sign-in"\n')
    (village.data_dir / "truth").mkdir()
    return village


@pytest.fixture
def village(kept: Village, tmp_path: Path) -> Village:
    """A copy, to change."""
    shutil.copytree(kept.data_dir, tmp_path / "village")
    return Village(tmp_path / "village")


@pytest.fixture(scope="module")
def archive(kept: Village, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("archive") / "village"
    shutil.copytree(kept.data_dir, copy)
    backup(Settings(copy), copy.parent / "of-june.zip", at=AT)
    return copy.parent / "of-june.zip"


def put_back(file: Path, data_dir: Path, **more):
    return restore(file, data_dir, **{"today": TODAY, "at": AT, **more})


@pytest.fixture(scope="module")
def restored(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Restored]:
    """The archive put back once, for whoever only reads: the data directory, and what was told of it."""
    data_dir = tmp_path_factory.mktemp("restored") / "again"
    return data_dir, put_back(archive, data_dir)


@pytest.fixture(scope="module")
def purged_village(kept: Village, tmp_path_factory: pytest.TempPathFactory) -> Village:
    """The five months after the purge of June. Not to be changed."""
    village = kept.copied(tmp_path_factory.mktemp("purged") / "village")
    purge(village.settings)
    return village


def written(data_dir: Path) -> dict[str, bytes]:
    names = (path for path in data_dir.rglob("*") if path.is_file() and path.name not in (".lock", "warehouse.duckdb"))
    return {path.relative_to(data_dir).as_posix(): path.read_bytes() for path in names}


def test_what_is_restored_is_what_was_there_but_for_the_trail_and_what_was_due(village, tmp_path):
    before = written(village.data_dir)
    backup(village.settings, tmp_path / "b.zip", at=AT)
    done = put_back(tmp_path / "b.zip", tmp_path / "again", today=date(2024, 4, 1))
    assert done.rows_destroyed_again == 0
    after = written(tmp_path / "again")
    assert set(before) - set(after) == {"sign_in.toml"}
    assert {name for name in after if after[name] != before.get(name)} == {"trail/2024-06.jsonl"}
    assert after["trail/2024-06.jsonl"].startswith(before["trail/2024-06.jsonl"])
    again = Settings(tmp_path / "again")
    check_unchanged(again, read_manifest(again, current_id(again)))
    assert Village(tmp_path / "again").publish().was_new is False
    assert [one["action"] for one in trail.read(tmp_path / "again")] == ["publish", "backup", "restore"]
    assert trail.verify(tmp_path / "again", head=done.trail_head).entries == 3


def test_no_key_and_no_secret_of_the_sign_in_is_in_a_backup_and_it_is_its_owners_alone(village, tmp_path):
    made = backup(village.settings, tmp_path / "b.zip", at=AT)
    with zipfile.ZipFile(tmp_path / "b.zip") as opened:
        whole = b"".join(opened.read(name) for name in opened.namelist())
    key = village.settings.key_file.read_bytes().split()[0]
    assert key not in whole
    assert b"a-secret-of-the-sign-in" not in whole
    assert made.left_out == ("sign_in.toml", "truth/")
    assert (tmp_path / "b.zip").stat().st_mode & 0o777 == 0o600


def test_restored_registers_are_their_owners_alone(restored):
    again, _ = restored
    for folder in ("permissions", "access", "trail", "meetings", "warehouse"):
        assert (again / folder).stat().st_mode & 0o777 == 0o700, folder
    assert (again / "permissions" / "permissions.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_backup_made_before_a_purge_gives_no_destroyed_row_back(restored, purged_village):
    data_dir, done = restored
    assert done.rows_destroyed_again == 18
    again = Village(data_dir)
    assert written(again.data_dir / "deliveries") == written(purged_village.data_dir / "deliveries")
    assert again.cells() == purged_village.cells()
    assert read_ledger(again.settings) == read_ledger(purged_village.settings)
    assert not any(f"m1-{row}".encode() in content for row in range(9) for content in written(again.data_dir).values())


def test_a_month_due_only_since_the_backup_waits_for_a_publish_and_says_so(archive, tmp_path):
    done = put_back(archive, tmp_path / "again", today=date(2024, 9, 30))
    assert done.rows_destroyed_again == 18
    assert any("what came due since the backup: safer-places publish" in one for one in done.to_do)


def test_a_newer_ledger_destroys_again_what_it_says_and_an_older_is_refused(archive, purged_village, tmp_path):
    ledger = purged_village.settings.warehouse.parent / "purged.json"
    done = put_back(archive, tmp_path / "again", today=date(2024, 5, 6), purged=ledger)
    assert done.rows_destroyed_again == 18
    village = purged_village.copied(tmp_path / "village")
    backup(village.settings, tmp_path / "new.zip", at=AT)
    (tmp_path / "older.json").write_text("{}")
    with pytest.raises(BackupFault, match="does not go on from the ledger in the backup"):
        put_back(tmp_path / "new.zip", tmp_path / "third", purged=tmp_path / "older.json")
    (tmp_path / "older.json").write_text("no ledger")
    with pytest.raises(BackupFault, match=r"older\.json: is no ledger"):
        put_back(tmp_path / "new.zip", tmp_path / "third", purged=tmp_path / "older.json")
    assert not (tmp_path / "third").exists()


def test_a_damaged_archive_is_refused_whole_wherever_it_is_damaged(archive, restored, tmp_path):
    sound, whole = written(restored[0]), archive.read_bytes()
    step = len(whole) // 40
    for at in range(step, 41 * step, step):
        for altered in (whole[:at], whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]):
            (tmp_path / "b.zip").write_bytes(altered)
            with suppress(BackupFault):  # a byte of the archive may say nothing of its content
                put_back(tmp_path / "b.zip", tmp_path / "again")
                assert written(tmp_path / "again") == sound
                shutil.rmtree(tmp_path / "again")
            assert [path.name for path in tmp_path.iterdir()] == ["b.zip"]


def remade(archive: Path, to: Path, change) -> Path:
    """The archive with something changed in it, and every checksum of the zip right again."""
    with zipfile.ZipFile(archive) as opened:
        content = {name: opened.read(name) for name in opened.namelist()}
    change(content)
    with zipfile.ZipFile(to, "w") as made:
        for name, said in content.items():
            made.writestr(name, said)
    return to


def of_manifest(**more):
    def change(content):
        content[MANIFEST] = json.dumps({**json.loads(content[MANIFEST]), **more}).encode()

    return change


def escaping(name):
    def change(content):
        content[name] = b"x"
        manifest = json.loads(content[MANIFEST])
        manifest["files"][name] = {"sha256": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", "size": 1,
                                   "mode": 0o644}  # fmt: skip
        content[MANIFEST] = json.dumps(manifest).encode()

    return change


@pytest.mark.parametrize("change", [
    lambda content: content.update({"partnership.toml": b"name = 'Another'"}),
    lambda content: content.pop("partnership.toml"),
    lambda content: content.pop(MANIFEST),
    lambda content: content.update({"snapshots/extra": b"x"}),
    lambda content: content.update({MANIFEST: b"[]"}),
    lambda content: content.update({MANIFEST: b"\xff"}),
    of_manifest(format=2), of_manifest(files={}), of_manifest(folders={"/etc": 0o700}), of_manifest(files=None),
    *(escaping(name) for name in ("../outside", "/tmp/outside", "deliveries/../../outside", "deliveries/.hidden",
                                  "other.toml", "warehouse/warehouse.duckdb", "c:/outside", "deliveries\\..\\outside")),
])  # fmt: skip
def test_an_archive_that_was_altered_with_care_is_refused_too(archive, tmp_path, change):
    file = remade(archive, tmp_path / "b.zip", change)
    with pytest.raises(BackupFault, match="Nothing was restored"):
        put_back(file, tmp_path / "again")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip"]


def test_a_data_directory_that_holds_anything_is_never_written_over(archive, tmp_path):
    (tmp_path / "again").mkdir()
    put_back(archive, tmp_path / "again")
    with pytest.raises(BackupFault, match="is not empty"):
        put_back(archive, tmp_path / "again")
    with pytest.raises(BackupFault, match="there is no such backup"):
        put_back(tmp_path / "none.zip", tmp_path / "third")


def test_where_a_backup_may_not_be_written(village, tmp_path):
    (tmp_path / "b.zip").write_bytes(b"an earlier one")
    for file, said in ((tmp_path / "b.zip", "is there already"), (tmp_path / "none" / "b.zip", "no such folder"),
                       (village.data_dir / "b.zip", "lies in the data directory itself")):  # fmt: skip
        with pytest.raises(BackupFault, match=said):
            backup(village.settings, file, at=AT)
    with pytest.raises(BackupFault, match="no such data directory"):
        backup(Settings(tmp_path / "nowhere"), tmp_path / "c.zip", at=AT)
    assert (tmp_path / "b.zip").read_bytes() == b"an earlier one"


def test_damage_is_not_backed_up(village, tmp_path):
    file = village.data_dir / "access" / "access.jsonl"
    good = file.read_bytes()
    file.write_bytes(good.replace(b"A-1", b"A-2") + good)
    with pytest.raises(ChainFault, match=r"access/access\.jsonl: line 2 does not follow"):
        backup(village.settings, tmp_path / "b.zip", at=AT)
    file.write_bytes(good)
    (village.settings.snapshots / f"{list_snapshots(village.settings)[0]}.duckdb").write_bytes(b"cut")
    with pytest.raises(SnapshotFault, match="cannot be opened"):
        backup(village.settings, tmp_path / "b.zip", at=AT)
    assert [path.name for path in tmp_path.iterdir()] == ["village"]


def test_a_store_somebody_writes_to_meanwhile_is_backed_up_as_at_one_moment(village, tmp_path):
    (village.data_dir / "record").mkdir(mode=0o700)
    file = village.data_dir / "record" / "record.sqlite"
    with closing(sqlite3.connect(file)) as store:
        store.execute("PRAGMA journal_mode=WAL")
        store.execute("CREATE TABLE event (said TEXT)")
        store.execute("INSERT INTO event VALUES ('kept')")
        store.commit()
        store.execute("INSERT INTO event VALUES ('not yet')")
        backup(village.settings, tmp_path / "b.zip", at=AT)
    put_back(tmp_path / "b.zip", tmp_path / "again")
    with zipfile.ZipFile(tmp_path / "b.zip") as opened:
        assert [name for name in opened.namelist() if name.startswith("record/")] == ["record/record.sqlite"]
    with closing(sqlite3.connect(tmp_path / "again" / "record" / "record.sqlite")) as store:
        assert store.execute("SELECT said FROM event").fetchall() == [("kept",)]
    file.write_bytes(b"SQLite format 3" + b"x" * 5000)
    with pytest.raises(BackupFault, match=r"record/record\.sqlite: is damaged"):
        backup(village.settings, tmp_path / "c.zip", at=AT)
    assert not (tmp_path / "c.zip").exists()


def test_no_backup_while_a_build_runs(village, tmp_path):
    with sole_writer(village.settings), pytest.raises(WarehouseError, match="is running; wait for it to end"):
        backup(village.settings, tmp_path / "b.zip", at=AT)


def test_a_delivery_that_cannot_be_built_is_restored_and_told(village, tmp_path):
    village.incidents("a,not a day,knife_crime,1,2", name="bad.csv", header="nonsense", delivered_on="2024-06-06")
    backup(village.settings, tmp_path / "b.zip", at=AT)
    done = put_back(tmp_path / "b.zip", tmp_path / "again")
    assert (tmp_path / "again" / "deliveries" / "incidents" / "bad.csv").exists()
    assert any("rows that were due may be in it still" in one for one in done.to_do)


KILLED = """
import os, signal, sys
from datetime import UTC, date, datetime
from pathlib import Path
from pipelines import backup, restoring
from pipelines.settings import Settings
what, file, data_dir, at = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), float(sys.argv[4])
def report(stage, share):
    if stage in ("Backing up", "Restoring") and share >= at:
        os.kill(os.getpid(), signal.SIGKILL)
now = datetime(2024, 6, 6, 9, tzinfo=UTC)
if what == "backup":
    backup.backup(Settings(data_dir), file, at=now, report=report)
else:
    restoring.restore(file, data_dir, today=date(2024, 6, 6), at=now, report=report)
"""


@pytest.mark.parametrize("share", [0.0, 0.6])
def test_a_kill_leaves_no_half_backup_and_no_half_data_directory(village, archive, tmp_path, share):
    root = Path(__file__).parents[2]
    for what, file, folder in (("backup", tmp_path / "b.zip", village.data_dir), ("restore", archive, tmp_path / "again")):
        said = [sys.executable, "-c", KILLED, what, str(file), str(folder), str(share)]
        assert subprocess.run(said, cwd=root, env=os.environ).returncode == -signal.SIGKILL
    assert not (tmp_path / "b.zip").exists()
    assert not (tmp_path / "again").exists()
    backup(village.settings, tmp_path / "b.zip", at=AT)
    put_back(archive, tmp_path / "again")
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_the_two_commands_say_where_the_key_is_and_what_is_still_to_do(village, tmp_path):
    def run(*said):
        return CliRunner().invoke(app, list(map(str, said)))

    made = run("backup", tmp_path / "b.zip", "--data-dir", village.data_dir)
    assert made.exit_code == 0
    assert f"needs a copy of its own, kept apart: {village.settings.key_file}" in made.output.replace("\n", " ")
    done = run("restore", tmp_path / "b.zip", "--data-dir", tmp_path / "again")
    assert done.exit_code == 0, done.output
    assert "18 rows due to be destroyed were destroyed again" in done.output
    assert "To do: permissions and access withdrawn since the backup stand again" in done.output


def test_a_key_that_is_not_there_is_asked_for(archive, tmp_path, monkeypatch):
    monkeypatch.setenv("SAFER_PLACES_KEY_FILE", str(tmp_path / "keys" / "rounding.key"))
    done = put_back(archive, tmp_path / "again")
    assert any("the rounding key is missing. Put back the one" in one for one in done.to_do)
    assert not (tmp_path / "keys").exists()
