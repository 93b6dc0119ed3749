"""The calls of typst: files in memory in, a document or a picture out; no system font, no file of the machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import typst

# Its stubs do not say yet that the files may be given in memory.
_compile: Callable[..., Any] = typst.compile


def typeset(
    files: Mapping[str, bytes], *, kind: str, fonts: Sequence[Path] = (), pixels_per_inch: float | None = None,
    standards: Sequence[str] = (), timestamp: int | None = None,
) -> bytes:  # fmt: skip
    """Typeset `main` among the files given.

    kind       pdf or png
    standards  refused unless the document keeps to them: a picture without words stops it
    timestamp  the document's own time, in seconds; never the clock's
    """
    made = _compile(
        dict(files), format=kind, font_paths=list(fonts), ignore_system_fonts=True, ppi=pixels_per_inch,
        pdf_standards=list(standards) or None, timestamp=timestamp,
    )  # fmt: skip
    if not isinstance(made, bytes):
        raise TypeError("a picture is one page: typst made several")
    return made


def typeset_pages(files: Mapping[str, bytes], *, fonts: Sequence[Path], pixels_per_inch: float) -> list[bytes]:
    """Typeset `main` as a picture of each page, as PNG."""
    made = _compile(
        dict(files), format="png", font_paths=list(fonts), ignore_system_fonts=True, ppi=pixels_per_inch
    )  # fmt: skip
    return [made] if isinstance(made, bytes) else list(made)
