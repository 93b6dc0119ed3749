"""The fonts documents are set in: files of packages, so that a document looks the same wherever it is made."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

import font_source_sans_pro
import matplotlib
from matplotlib import ft2font

FAMILY, SECOND = "Source Sans Pro", "DejaVu Sans"
WEIGHTS = ("Regular", "It", "Semibold", "SemiboldIt", "Bold", "BoldIt")
NO_GLYPH = "□"
# Marks that turn the reading order or take no room: a name may hold them, a page must not.
UNSEEN = {*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, 0x00AD}


def files() -> list[Path]:
    """The font files: the text's, and one that knows marks and scripts the first does not."""
    folder = Path(font_source_sans_pro.SourceSansPro).parent
    second = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return [*(folder / f"SourceSansPro-{weight}.ttf" for weight in WEIGHTS), second / "DejaVuSans.ttf",
            second / "DejaVuSans-Bold.ttf"]  # fmt: skip


@cache
def _kept() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="safer-places-fonts-")


@cache
def folder() -> Path:
    """A folder that holds these files and no others, for as long as the program runs."""
    there = Path(_kept().name)
    for file in files():
        shutil.copyfile(file, there / file.name)
    return there


@cache
def _known() -> frozenset[int]:
    return frozenset(code for file in (files()[0], files()[-2]) for code in ft2font.FT2Font(str(file)).get_charmap())


def printable(text: str) -> str:
    """The same text with an empty box for each character no font here can draw, and white space as single spaces."""
    kept = (one for one in str(text) if ord(one) not in UNSEEN)
    return " ".join("".join(one if ord(one) in _known() or one.isspace() else NO_GLYPH for one in kept).split())


def words_of(alt: str) -> str:
    """The words of a picture, which has to have some. Raises ValueError where it has none."""
    if not (alt or "").strip():
        raise ValueError("a picture of a document has no words: say what it shows")
    return printable(alt)
