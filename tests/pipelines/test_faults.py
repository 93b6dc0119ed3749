"""What goes wrong around a build or a publish: an answer of ours, nothing lost, and a way on.

A few of each kind; `benchmarks.faults` does every one, with full disks and kills.
"""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from benchmarks import faults
from pipelines import mishaps
from pipelines.gate.snapshot import current_id
from pipelines.settings import Settings

KNOWN = {f"{one.name} ({one.command[0]})": one for one in faults.faults()}
TRIED = [
    "current garbage (publish)", "current names none (status)", "snapshot deleted (publish)", "snapshot cut short (status)",
    "manifest {} (publish)", "manifest says little (doctor)", "manifest altered (rotate-key)", "manifest garbage (purge)",
    "delivery copied by half (build)", "delivery half a parquet (build)", "warehouse garbage (publish)",
    "reference/harm_type.csv in Windows-1252 (build)", "policy.toml in Windows-1252 (build)",
    "boundaries copied by half (build)", "warehouse/quarantine_decisions.jsonl garbage (publish)",
]  # fmt: skip


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, _own_key: None) -> tuple[Path, str]:
    """Two months published and a third delivered, and the id it is published as when nothing goes wrong."""
    folder = tmp_path_factory.mktemp("prepared")
    return folder / "town", faults.prepare(folder)


@pytest.mark.parametrize("name", TRIED)
def test_a_fault_ends_in_our_own_words_and_loses_nothing(prepared, tmp_path, name):
    town, expected = prepared
    assert faults.survives(town, expected, KNOWN[name], tmp_path / "town", go_on=False) is None


@pytest.mark.parametrize("name", ["manifest {} (publish)", "delivery copied by half (build)", "warehouse garbage (publish)"])
def test_after_a_fault_is_mended_the_very_same_snapshot_comes(prepared, tmp_path, name):
    town, expected = prepared
    assert faults.survives(town, expected, KNOWN[name], tmp_path / "town") is None


@pytest.mark.parametrize("command", ["build", "publish"])
def test_a_full_disk_leaves_the_last_good_state_and_says_so(prepared, tmp_path, command):
    town, expected = prepared
    shutil.copytree(town, tmp_path / "town")
    before = (tmp_path / "town" / "snapshots" / "current").read_bytes()
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        try:
            said = faults.run(tmp_path / "town", command)
        except AssertionError:
            os._exit(2)
        os._exit(0 if said and "disk is full" in said else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert (tmp_path / "town" / "snapshots" / "current").read_bytes() == before
    assert faults.run(tmp_path / "town", "build") is None
    assert faults.run(tmp_path / "town", "publish") is None
    assert current_id(Settings(tmp_path / "town")) == expected


def test_of_two_publishers_one_publishes_and_the_other_is_told_to_wait(prepared, tmp_path):
    town, expected = prepared
    tally = faults.Tally()
    faults.two_at_once(town, expected, tmp_path, 1, tally)
    assert tally.lost == []


def test_a_clock_that_jumps_loses_nothing(prepared, tmp_path):
    town, expected = prepared
    tally = faults.Tally()
    faults.clocks(town, expected, tmp_path, tally)
    assert (tally.lost, tally.tried) == ([], {"clock": 3})


def test_the_command_itself_prints_one_sentence_and_no_traceback(tmp_path):
    wrong = (
        "import sys, duckdb\nfrom pipelines import cli\ndef fails(): raise duckdb.IOException('No space left on device')\n"
    )
    run = f"{wrong}cli.app = fails\ncli.main()"
    said = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert said.returncode == mishaps.Mishap.exit_code
    assert said.stderr == "the disk is full: make room and run it again. What was there before stands as it was\n"


@pytest.mark.parametrize(("wrong", "said"), [
    (OSError(errno.ENOSPC, "x"), "the disk is full"), (OSError(errno.EACCES, "x"), "as the user the data directory"),
    (OSError(errno.EIO, "x"), "the disk gives errors"),
    (duckdb.TransactionException("Could not write all"), "the disk is full"),
    (duckdb.IOException("not a database"), "a database file is damaged"), (duckdb.OutOfMemoryException("x"), "more memory"),
])  # fmt: skip
def test_a_mishap_is_told_in_a_sentence(wrong, said):
    assert said in str(mishaps.in_words(wrong))


@pytest.mark.parametrize("wrong", [duckdb.BinderException("x"), ValueError("x"), OSError(errno.ENOENT, "x")])
def test_a_fault_of_the_program_is_no_mishap_and_shows_whole(wrong):
    assert mishaps.in_words(wrong) is None
