"""What can go wrong with the register store. A message never quotes what was written, nor the address of a database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipelines.errors import HarmError


class RecordError(HarmError):
    """The register store cannot be opened, read or written. The same form can be sent again: it is recorded once."""

    exit_code = 28


class NotRecorded(RecordError):
    """What was to be recorded does not fit its register, and nothing was written.

    faults  (column, what is wrong in words), every one of them; an empty column for the entry as a whole
    """

    def __init__(self, feed: str, faults: list[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        said = "; ".join(f"{column or 'the entry'} {words}" for column, words in faults)
        super().__init__(f"{feed}: nothing was recorded: {said}")


@dataclass(frozen=True, repr=False)
class Found:
    """One run of letters that holds a text back. For its author's eyes alone: `word` is never logged.

    start, end  offsets in the text as it was given
    kind        as the screen calls it: `unknown_word`, `phone`
    outcome     refused (nobody may release it) or quarantined (a steward may)
    """

    column: str
    start: int
    end: int
    kind: str
    outcome: str
    word: str


class TextHeld(RecordError):
    """Words that may identify somebody: nothing was written, and the draft stays with whoever wrote it.

    outcome  `refused` where one text or more identifies by its form, so that it must be written again; else `waits`:
             a steward may let such a text through, to whom its author may send it (`Wanted.may_wait`)
    found    which words and why, text by text
    """

    def __init__(self, feed: str, outcome: Literal["refused", "waits"], found: tuple[Found, ...]) -> None:
        self.outcome = outcome
        self.found = found
        where = ", ".join(sorted({f"{one.column} ({one.kind.replace('_', ' ')})" for one in found}))
        what = "may not be recorded as written" if outcome == "refused" else "may identify somebody"
        super().__init__(f"{feed}: nothing was recorded: the words of {where} {what}; write them again")


class AlreadyRecorded(RecordError):
    """This very form was recorded before and says something else now. What stands is `number`: correct that one."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(f"this form was recorded already, as number {number}, with other words: correct that entry instead")
