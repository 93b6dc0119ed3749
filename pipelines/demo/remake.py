"""Put a whole town where an older one stood: all of it or, if stopped half-way, nothing that looks like one."""

import shutil
from collections.abc import Callable
from pathlib import Path

from pipelines.demo.planted import Planted
from pipelines.demo.write import write_demo

MAKING = ".making"
MARK = Path("truth") / "planted.json"
OF_THE_TOWN = ("boundaries", "context", "deliveries", "partnership.toml", "truth")
MADE_FROM_IT = ("warehouse", "snapshots")


def holds_another_town(data_dir: Path) -> bool:
    """Whether something here is of a town that no demo wrote. A demo that was stopped leaves its working folder."""
    ours = (data_dir / MARK).exists() or (data_dir / MAKING).exists()
    return not ours and any((data_dir / name).exists() for name in (*OF_THE_TOWN, *MADE_FROM_IT))


def remake_town(data_dir: Path, *, seed: int, months: int, report: Callable[[str, float], None] | None = None) -> Planted:
    """Write a town apart, then put it in place of the one that was there and of all that was made from it.

    What was there goes only when the new town is whole; the mark that says whose town it is comes last.
    """
    apart = data_dir / MAKING
    shutil.rmtree(apart, ignore_errors=True)
    planted = write_demo(apart, seed=seed, months=months, report=report)
    for name in (*MADE_FROM_IT, *OF_THE_TOWN):
        _remove(data_dir / name)
    for name in OF_THE_TOWN:
        (apart / name).rename(data_dir / name)
    shutil.rmtree(apart, ignore_errors=True)
    return planted


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
