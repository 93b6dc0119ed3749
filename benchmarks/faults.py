"""Everything that can go wrong around a build or a publish, done on purpose; nothing released may be lost by any of it.

    python -m benchmarks.faults --sizes 12 --kills 24

Each fault is done to a data directory of its own, the command that meets it runs as a person would run it, and then the
damage is mended as a person would mend it. A fault is survived when the command answered with a message of ours or did its
work, no snapshot changed, everybody sees what they saw before (or the newer one, whole), nothing half-made is left, and
after mending the very snapshot is published that would have been without the fault.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
from typer.testing import CliRunner

from benchmarks.figures import write_figures
from geo.errors import GeoError
from pipelines import chain, trail
from pipelines.cli import app
from pipelines.errors import HarmError
from pipelines.gate.snapshot import check_unchanged, current_id, list_snapshots, read_manifest
from pipelines.mishaps import in_words
from pipelines.settings import SHIPPED, Settings

# A value of a row that no message may ever say.
CANARY = "canary-4f1d77"
DELIVERY = "deliveries/incidents/march.csv"


@dataclass(frozen=True)
class Fault:
    """What is done to a data directory that holds two months published and a third delivered.

    command  what a person runs then, without --data-dir
    spoil    the damage; mend, what a person does about it (default: put the file back)
    told     what the message must say, where it must say anything; empty where the command may also do its work
    """

    name: str
    command: tuple[str, ...]
    spoil: Callable[[Path], object]
    told: str = ""


def _newest(folder: Path, ending: str) -> Path:
    return sorted((folder / "snapshots").glob(f"*_*_*{ending}"))[-1]


def _cut(file: Path, share: float = 0.5) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])


def _as_windows(name: str) -> Callable[[Path], object]:
    """A settings file of the data directory's own, saved by an editor that writes Windows-1252."""

    def spoil(folder: Path) -> None:
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        text = (file if file.exists() else SHIPPED / name).read_text(encoding="utf-8")
        comment = "# caf\u00e9\n" if name.endswith(".toml") else ""
        text = comment + text if comment else text.replace("Robbery", "Robb\u00e9ry", 1)
        file.write_bytes(text.encode("cp1252", errors="replace"))

    return spoil


def _spoil(name: str, change: Callable[[Path], object]) -> Callable[[Path], object]:
    return lambda folder: change(folder / name)


def faults() -> list[Fault]:
    """Every fault there is, each with the command that meets it first."""
    build, publish = ("build",), ("publish",)
    garbage = lambda file: file.write_bytes(os.urandom(5000))  # noqa: E731
    empty = lambda file: file.write_bytes(b"")  # noqa: E731
    return [
        *(Fault(f"current {what}", command, _spoil("snapshots/current", change)) for command in (publish, ("status",))
          for what, change in (("emptied", empty), ("garbage", garbage), ("gone", Path.unlink),
                               ("names none", lambda file: file.write_text("2020-01_2020-01-01_00000000\n")))),
        *(Fault(f"snapshot {what}", command, lambda folder, change=change: change(_newest(folder, ".duckdb")), told)
          for command in (publish, ("status",), ("rotate-key",))
          for what, change, told in (("deleted", Path.unlink, ""), ("cut short", _cut, ""), ("garbage", garbage, ""),
                                     ("emptied", empty, ""))),
        *(Fault(f"manifest {what}", command, lambda folder, change=change: change(_newest(folder, ".json")), "")
          for command in (publish, ("status",), ("snapshots",), ("health",), ("doctor",), ("rotate-key",), ("purge",))
          for what, change in (("{}", lambda file: file.write_text("{}")), ("[]", lambda file: file.write_text("[]")),
                               ("null", lambda file: file.write_text("null")), ("cut short", _cut), ("emptied", empty),
                               ("says little", lambda file: file.write_text(f'{{"id": "{file.stem}", "sequence": 1}}')),
                               ("altered", lambda file: file.write_text(file.read_text().replace('"public": false',
                                                                                                 '"public": true'))),
                               ("garbage", garbage), ("gone", Path.unlink))
          # A snapshot whose manifest is taken away is none; a key made for the month after the one before it is right then.
          if (command, what) != (("rotate-key",), "gone")),
        *(Fault(f"delivery {what}", build, _spoil(DELIVERY, change), told) for what, change, told in (
            ("copied by half", _cut, ""), ("cut in its header", lambda file: _cut(file, 0.01), "march.csv"),
            ("emptied", empty, "is empty"), ("all zeros", lambda file: file.write_bytes(b"\0" * 4000), "march.csv"),
            ("garbage", garbage, "march.csv"))),
        *(Fault(f"delivery half a {ending[1:]}", build, lambda folder, ending=ending: _half(folder, ending), "half")
          for ending in (".parquet", ".xlsx", ".zip")),
        *(Fault(f"warehouse {what}", publish, _spoil("warehouse/warehouse.duckdb", change), "safer-places build")
          for what, change in (("cut short", _cut), ("garbage", garbage), ("emptied", empty), ("gone", Path.unlink),
                               ("without tables", _without_tables))),
        *(Fault(f"{name} in Windows-1252", build, _as_windows(name)) for name in (
            "policy.toml", "partnership.toml", "reference/harm_type.csv", "contracts/incidents.toml")),
        *(Fault(f"{name} emptied", build, lambda folder, name=name: empty(_there(folder / name))) for name in (
            "policy.toml", "partnership.toml", "reference/harm_type.csv", "contracts/incidents.toml",
            "boundaries/beats.geojson")),
        Fault("boundaries copied by half", build, _spoil("boundaries/beats.geojson", _cut), "beats.geojson"),
        *(Fault(f"{name} {what}", command, lambda folder, name=name, change=change: change(_there(folder / name)))
          for name, command in (("warehouse/purged.json", build), ("warehouse/quarantine_decisions.jsonl", publish))
          for what, change in (("cut short", lambda file: file.write_text('{"first_day": "20')), ("garbage", garbage))),
        Fault("trail altered", ("audit-log", "verify"), _altered_trail, "does not follow"),
        Fault("trail torn by a power cut", ("audit-log", "verify"), _torn_trail),
    ]  # fmt: skip


def _there(file: Path) -> Path:
    file.parent.mkdir(exist_ok=True)
    return file


def _half(folder: Path, ending: str) -> None:
    """A delivery of another kind, of which only half has arrived."""
    file = folder / "deliveries" / "incidents" / f"half{ending}"
    rows = f"SELECT '{CANARY}' || range AS record_ref, DATE '2024-03-05' AS occurred_from, 'robbery' AS harm_type"
    if ending == ".parquet":
        duckdb.connect().execute(f"COPY ({rows} FROM range(500)) TO '{file}' (FORMAT parquet)")
    else:
        import zipfile

        with zipfile.ZipFile(file, "w") as made:
            made.writestr("xl/workbook.xml" if ending == ".xlsx" else "2024-03/2024-03-force-street.csv", os.urandom(4000))
    _cut(file)
    file.with_name(f"{file.name}.toml").write_text(
        "covers_from = 2024-03-01\ncovers_to = 2024-03-31\ndelivered_on = 2024-04-06\n", encoding="utf-8"
    )


def _without_tables(file: Path) -> None:
    file.unlink()
    duckdb.connect(str(file)).close()


def _altered_trail(folder: Path) -> None:
    file = sorted((folder / "trail").glob("*.jsonl"))[0]
    file.write_bytes(file.read_bytes().replace(b"publish", b"rotate_key", 1))


def _torn_trail(folder: Path) -> None:
    file = sorted((folder / "trail").glob("*.jsonl"))[-1]
    file.write_bytes(file.read_bytes() + b'{"action": "publ')


@dataclass
class Tally:
    """What came of the faults. `lost` must stay empty."""

    tried: dict[str, int] = field(default_factory=dict)
    survived: dict[str, int] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)

    def note(self, kind: str, what: str, wrong: str | None) -> None:
        """One fault of a kind, and what was wrong after it: null where nothing was."""
        self.tried[kind] = self.tried.get(kind, 0) + 1
        if wrong is None:
            self.survived[kind] = self.survived.get(kind, 0) + 1
        else:
            self.lost.append(f"{what}: {wrong}")
            print(self.lost[-1])


def prepare(folder: Path) -> str:
    """A village with two months published and a third delivered and built; the id it is published as without a fault."""
    from villages import make_village

    village = make_village(folder / "town")
    shutil.copy(SHIPPED / "policy.toml", village.data_dir)
    for number, last, name in ((1, 31, "january"), (2, 29, "february"), (3, 31, "march")):
        rows = [f"{name}-{row},2024-{number:02}-{1 + row % 28:02},robbery,{400_100 + 25 * row},300500" for row in range(60)]
        rows += [f"{CANARY},2024-{number:02}-02,robbery,400500,300500"]
        village.incidents(*rows, name=f"{name}.csv", covers=(f"2024-{number:02}-01", f"2024-{number:02}-{last}"),
                          delivered_on=f"2024-{number + 1:02}-05")  # fmt: skip
        village.build()
        if number < 3:
            village.publish()
            trail.write(village.data_dir, trail.Entry("publish", snapshot=current_id(village.settings) or ""),
                        at=datetime(2024, number + 1, 6, tzinfo=UTC))  # fmt: skip
    shutil.copytree(village.data_dir, folder / "control")
    assert run(folder / "control", "build") is None
    assert run(folder / "control", "publish") is None
    return str(current_id(Settings(folder / "control")))


def run(folder: Path, *command: str) -> str | None:
    """Run a command as a person would; returns what it said when it refused, null when it did its work.

    Raises AssertionError for a traceback, or a message that quotes a row.
    """
    found = CliRunner().invoke(app, [*command, "--data-dir", str(folder)])
    wrong = found.exception
    if wrong is None:
        return None
    if isinstance(wrong, SystemExit):
        return found.output
    wrong = wrong if isinstance(wrong, HarmError | GeoError) else in_words(wrong)
    if wrong is None:
        raise AssertionError(f"a traceback: {type(found.exception).__name__}") from found.exception
    said = str(wrong)
    assert CANARY not in said, "the message quotes a row"
    assert said.strip(), "the message says nothing"
    assert len(said.splitlines()) <= 40, "the message is no message"
    return said


def survives(prepared: Path, expected: str, fault: Fault, folder: Path, *, go_on: bool = True) -> str | None:
    """Do one fault to a copy; what is wrong after it, or null. go_on: mend it, build and publish after it."""
    shutil.copytree(prepared, folder)
    before, shared = _kept(folder), os.environ["SAFER_PLACES_KEY_FILE"]
    os.environ["SAFER_PLACES_KEY_FILE"] = str(folder.with_name(f"{folder.name}.key"))
    shutil.copy(shared, os.environ["SAFER_PLACES_KEY_FILE"])
    try:
        fault.spoil(folder)
        spoilt = {name for name, content in _kept(folder).items() if before.get(name) != content}
        said = run(folder, *fault.command)
        if fault.told and fault.told not in (said or ""):
            return f"{' '.join(fault.command)} said {said!r}"
        return _lost(prepared, expected, folder, before, spoilt, go_on=go_on)
    except AssertionError as wrong:
        return str(wrong)
    finally:
        os.environ["SAFER_PLACES_KEY_FILE"] = shared
        shutil.rmtree(folder, ignore_errors=True)


def _kept(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "snapshots").iterdir() if not path.name.startswith(".")}


def _lost(
    prepared: Path, expected: str, folder: Path, before: dict[str, bytes], spoilt: set[str], *, go_on: bool = True
) -> str | None:
    """What a command that met a fault lost, or null. Mends the damage and goes on."""
    after = _kept(folder)
    gone = [name for name, content in before.items() if name != "current" and name not in spoilt
            and name in after and after[name] != content]  # fmt: skip
    if gone:
        return f"a released file changed: {gone[0]}"
    left = [str(path.relative_to(folder)) for path in folder.rglob(".*") if path.name != ".lock"]
    if left:
        return f"left behind: {left[0]}"
    if not go_on:
        return None
    _mend(prepared, folder)
    for command in ("build", "publish"):
        wrong = run(folder, command)
        if wrong is not None:
            return f"after mending, {command} said: {wrong}"
    settings = Settings(folder)
    if current_id(settings) != expected:
        return "after mending, another snapshot was published"
    for name in list_snapshots(settings):
        check_unchanged(settings, read_manifest(settings, name))
    trail.verify(folder)
    return None


def _mend(prepared: Path, folder: Path) -> None:
    """Put every file back as it was, and take away what was not there; newer snapshots stay."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not (prepared / path.relative_to(folder)).exists() and path.parent.name != "snapshots":
            path.unlink()
    newer = (folder / "snapshots" / "current").read_bytes() if (folder / "snapshots" / "current").exists() else b""
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    if newer.strip() and (folder / "snapshots" / f"{newer.decode(errors='replace').strip()}.json").exists():
        (folder / "snapshots" / "current").write_bytes(newer)


@contextmanager
def small_disk(size_kb: int) -> Iterator[Path]:
    """A disk of so many kB (Linux, as root). Raises RuntimeError where one cannot be made."""
    folder = Path(tempfile.mkdtemp())
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size_kb}k", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        folder.rmdir()
        raise RuntimeError("a small disk can be made on Linux as root alone")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        folder.rmdir()


def full_disks(prepared: Path, expected: str, sizes: int, tally: Tally) -> None:
    """Builds and publishes on disks that are full at ever later moments; then there is room again."""
    needed_kb = sum(path.stat().st_size for path in prepared.rglob("*") if path.is_file()) // 1024 + 200
    for number in range(sizes):
        for command in ("build", "publish"):
            with small_disk(needed_kb + number * 6000 // sizes) as disk:
                shutil.copytree(prepared, disk / "town")
                before = _kept(disk / "town")
                try:
                    run(disk / "town", command)
                    subprocess.run(["mount", "-o", "remount,size=200m", str(disk)], check=True)
                    wrong = _lost(prepared, expected, disk / "town", before, set())
                except AssertionError as found:
                    wrong = str(found)
                tally.note("full disk", f"full disk in {command} ({number})", wrong)


def two_at_once(prepared: Path, expected: str, folder: Path, rounds: int, tally: Tally) -> None:
    """Two publishes, or a build and a publish, of one data directory started together."""
    for number in range(rounds):
        town = folder / f"both-{number}"
        shutil.copytree(prepared, town)
        before = _kept(town)
        children = [
            _child(lambda command=command, town=town: run(town, command))
            for command in (("publish", "publish"), ("build", "publish"))[number % 2]
        ]
        ended = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        wrong = "a traceback" if any(ended) else _lost(prepared, expected, town, before, set())
        tally.note("two at once", f"two at once ({number})", wrong)
        shutil.rmtree(town)


def _child(work: Callable[[], object]) -> int:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return child


def kills(prepared: Path, expected: str, folder: Path, number: int, draw: random.Random, tally: Tally) -> None:
    """Commands stopped with SIGKILL at moments drawn over the whole of each: registers, backups and purges among them."""
    commands = {"build": 0.6, "publish": 1.0, "backup": 0.3, "trail": 0.05}
    for at in range(number):
        command = list(commands)[at % len(commands)]
        town = folder / f"killed-{at}"
        shutil.copytree(prepared, town)
        before = _kept(town)
        child = _child(lambda command=command, town=town: _work(town, command))
        time.sleep(draw.uniform(0, commands[command]))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        wrong = None
        half = [path for path in folder.glob("*.zip") if not _is_whole(path)]
        if half:
            wrong = "half a backup has a name"
        if wrong is None and run(town, "audit-log", "verify") is not None:
            wrong = "the trail does not hold"
        for left in folder.glob("*.zip"):
            left.unlink()
        tally.note("kill", f"kill in {command} ({at})", wrong or _after_kill(prepared, expected, town, before))
        shutil.rmtree(town)
        chain.clear_drafts(folder)


def _after_kill(prepared: Path, expected: str, town: Path, before: dict[str, bytes]) -> str | None:
    """As `_lost`, but what a kill left half-made may lie there until the next command."""
    for command in ("build", "publish"):
        wrong = run(town, command)
        if wrong is not None:
            return f"after a kill, {command} said: {wrong}"
    return _lost(prepared, expected, town, before, set())


def _work(town: Path, command: str) -> None:
    if command == "backup":
        run(town.parent / town.name, "backup", str(town.parent / f"{town.name}.zip"))
    elif command == "trail":
        for number in range(10_000):
            trail.write(town, trail.Entry("page"), at=datetime(2024, 5, 1, tzinfo=UTC) + timedelta(hours=number))
    else:
        run(town, command)


def _is_whole(file: Path) -> bool:
    import zipfile

    with zipfile.ZipFile(file) as archive:
        return archive.testzip() is None and "backup.json" in archive.namelist()


def clocks(prepared: Path, expected: str, folder: Path, tally: Tally) -> None:
    """The clock jumps back by a day, a year and to 1970, and forth again, between what is noted on the trail."""
    for number, back in enumerate((timedelta(days=1), timedelta(days=366), timedelta(days=365 * 54))):
        town = folder / f"clock-{number}"
        shutil.copytree(prepared, town)
        before = _kept(town)
        now = datetime(2024, 6, 1, tzinfo=UTC)
        for at in (now, now - back, now + timedelta(hours=1)):
            trail.write(town, trail.Entry("page"), at=at)
        wrong = None if trail.verify(town).clock_went_back == 1 else "a clock that went back is not told"
        tally.note("clock", f"clock {number}", wrong or _lost_but_trail(prepared, expected, town, before))
        shutil.rmtree(town)


def _lost_but_trail(prepared: Path, expected: str, town: Path, before: dict[str, bytes]) -> str | None:
    shutil.rmtree(town / "trail")
    return _lost(prepared, expected, town, before, set())


def measure(*, sizes: int, number_of_kills: int, rounds: int, seed: int) -> Tally:
    """Every fault once, full disks of so many sizes, so many kills and so many pairs at once."""
    tally = Tally()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["SAFER_PLACES_KEY_FILE"] = str(folder / "rounding.key")
        expected = prepare(folder)
        prepared = folder / "town"
        for number, fault in enumerate(faults()):
            tally.note(
                "damage",
                f"{fault.name} ({fault.command[0]})",
                survives(prepared, expected, fault, folder / f"fault-{number}"),
            )
        clocks(prepared, expected, folder, tally)
        two_at_once(prepared, expected, folder, rounds, tally)
        kills(prepared, expected, folder, number_of_kills, random.Random(seed), tally)
        try:
            full_disks(prepared, expected, sizes, tally)
        except RuntimeError as cannot:
            print(f"not tried: {cannot}")
    return tally


def main() -> None:
    """Read the command line, do every fault, and say what was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, default=12)
    parser.add_argument("--kills", type=int, default=24)
    parser.add_argument("--pairs", type=int, default=6)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3)))
    chosen = parser.parse_args()
    found = measure(sizes=chosen.sizes, number_of_kills=chosen.kills, rounds=chosen.pairs, seed=chosen.seed)
    whole = chosen.kills >= 24 and chosen.sizes >= 12
    write_figures(
        "faults", {"seed": chosen.seed, "tried": found.tried, "survived": found.survived, "lost": found.lost}, keep=whole
    )
    if found.lost:
        raise SystemExit(f"{len(found.lost)} faults lost something or ended in a traceback")


if __name__ == "__main__":
    main()
