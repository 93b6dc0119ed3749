"""Parts of a document taken apart: one after the other, and as the words they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass

from dashboard.report.model import Beside, Heading, Part, Together

# What is drawn and not read: names of styles and of colours.
NOT_TEXT = frozenset({"style", "colour", "ink"})


def together(parts: Iterable[Part]) -> Iterator[Part]:
    """Parts without those that only keep others on one page."""
    for part in parts:
        if isinstance(part, Together):
            yield from together(part.parts)
        else:
            yield part


def flat(parts: Iterable[Part]) -> Iterator[Part]:
    """Parts one after the other, those side by side too."""
    for part in together(parts):
        if isinstance(part, Beside):
            yield from flat([*part.left, *part.right])
        else:
            yield part


def words_of(part: object) -> list[str]:
    """Every text of a part, in reading order.

    A part is taken apart field by field, so that a new kind of part cannot leave without being read.
    """
    if isinstance(part, str):
        return [part] if part.strip() else []
    if isinstance(part, list | tuple):
        return [text for one in part for text in words_of(one)]
    if is_dataclass(part):
        return [text for one in fields(part) if one.name not in NOT_TEXT for text in words_of(getattr(part, one.name))]
    return []


def sections(parts: Iterable[Part], start: str) -> list[tuple[str, list[Part]]]:
    """Parts by the headings of the first level they stand under; those before the first stand under `start`."""
    found: list[tuple[str, list[Part]]] = []
    for part in parts:
        if isinstance(part, Heading) and part.level == 1:
            found.append((part.text, []))
        elif found:
            found[-1][1].append(part)
        else:
            found.append((start, [part]))
    return found
