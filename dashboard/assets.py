"""Put Leaflet, and public outlines of large towns, where the dashboard's own static serving can reach them.

No third-party script is committed here and none is fetched from outside: the files come from the installed
`xstatic-leaflet` package and are copied once into a git-ignored folder. Copying again changes nothing.
"""

from __future__ import annotations

import filecmp
import importlib.util
import logging
import os
import shutil
from pathlib import Path

STATIC = Path(__file__).parent / "static"
LEAFLET = STATIC / "vendor" / "leaflet"
OUTLINES = STATIC / "vendor" / "outlines"
WANTED = ("leaflet.js", "leaflet.css")

log = logging.getLogger(__name__)


class LeafletMissingError(RuntimeError):
    """The package that carries Leaflet is not installed, so no map could be drawn."""


def copy_leaflet(target: Path = LEAFLET) -> list[Path]:
    """Copy Leaflet's script, style and images into `target`; return the files that changed.

    Raises LeafletMissingError when `xstatic-leaflet` is not installed or lacks a file.
    """
    source = _package_folder()
    changed = []
    for origin in [*(source / name for name in WANTED), *sorted((source / "images").glob("*.png"))]:
        if not origin.is_file():
            raise LeafletMissingError(f"xstatic-leaflet has no {origin.name}: reinstall it (make setup)")
        copy = target / origin.relative_to(source)
        if copy.is_file() and filecmp.cmp(origin, copy, shallow=False):
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(origin, copy)
        changed.append(copy)
    return changed


def keep_outlines(name: str, text: str, folder: Path | None = None) -> str | None:
    """Write public outlines as a file named by their hash, once; return where it lies under the static folder.

    Static files are served without sign-in: never give it anything but the outlines of beats and localities.
    Returns None where the folder cannot be written to, as in a read-only installation.
    """
    folder = folder or OUTLINES
    file = folder / f"{name}.json"
    draft = folder / f".{name}.{os.getpid()}"
    try:
        if not file.is_file():
            folder.mkdir(parents=True, exist_ok=True)
            draft.write_text(text, encoding="utf-8")
            draft.replace(file)
    except OSError as fault:
        log.info("outlines travel over the session, their folder cannot be written to: %s", type(fault).__name__)
        return None
    return f"vendor/{OUTLINES.name}/{file.name}"


def _package_folder() -> Path:
    try:
        spec = importlib.util.find_spec("xstatic.pkg.leaflet")
    except ModuleNotFoundError:
        spec = None
    if spec is None or spec.origin is None:
        raise LeafletMissingError("xstatic-leaflet is not installed: the map needs it (pip install xstatic-leaflet)")
    return Path(spec.origin).parent / "data"


if __name__ == "__main__":
    copied = copy_leaflet()
    print(f"{len(copied)} file(s) copied to {LEAFLET}" if copied else f"Leaflet is already in {LEAFLET}")
