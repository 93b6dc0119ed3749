"""What the screen says of one text: an outcome, and where in the text and why, in words from a closed list."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal

Outcome = Literal["refused", "quarantined", "accepted"]

REFUSED_KINDS = frozenset(
    {
        "email", "phone", "postcode", "street_address", "nhs_number", "national_insurance_number", "pupil_number",
        "vehicle_registration", "driving_licence", "date_of_birth", "handle", "link", "case_reference", "long_number",
        "title_and_surname", "initials_and_age", "group_name",
    }
)  # fmt: skip
QUARANTINED_KINDS = frozenset(
    {
        "unknown_word", "capitalised_word", "name_that_is_a_word", "place_that_is_a_name", "initials", "nickname",
        "quasi_identifiers", "the_only_one", "hidden_character", "unusual_character",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """One place in the text: `start` and `end` are offsets in the text as given; `kind` is from the closed lists above."""

    start: int
    end: int
    kind: str
    outcome: Literal["refused", "quarantined"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome for one text, and every span it rests on. It holds offsets only, never the text itself."""

    outcome: Outcome
    spans: tuple[Span, ...] = ()


def refused(start: int, end: int, kind: str) -> Span:
    """A span that refuses the text."""
    return Span(start, end, kind, "refused")


def quarantined(start: int, end: int, kind: str) -> Span:
    """A span that holds the text for a steward."""
    return Span(start, end, kind, "quarantined")


def give_verdict(spans: list[Span], places_in_text: list[tuple[int, int]] | None) -> Verdict:
    """The worst outcome of all spans. `places_in_text` maps each normalised offset to the text as given; null = as it is.

    A span inside a wider refused one says nothing more and is left out.
    """
    firm = _widest(sorted((one for one in spans if one.outcome == "refused"), key=lambda one: (one.start, -one.end)))
    starts = [one.start for one in firm]
    kept = firm + [one for one in spans if one.outcome == "quarantined" and not _is_inside(one, firm, starts)]
    if not kept:
        return Verdict("accepted")
    if places_in_text is not None:
        kept = [Span(places_in_text[one.start][0], places_in_text[one.end - 1][1], one.kind, one.outcome) for one in kept]
    ordered = sorted(set(kept), key=lambda one: (one.start, one.end, one.kind))
    return Verdict("refused" if firm else "quarantined", tuple(ordered))


def _widest(ordered: list[Span]) -> list[Span]:
    """Spans in order of their start, without those that lie inside one before; equal ones of different kinds stay."""
    kept: list[Span] = []
    for span in ordered:
        same = bool(kept) and (kept[-1].start, kept[-1].end) == (span.start, span.end)
        if not kept or span.end > kept[-1].end or same:
            kept.append(span)
    return kept


def _is_inside(span: Span, firm: list[Span], starts: list[int]) -> bool:
    """Whether the last firm span to start before this one, which also ends last, holds it."""
    last = bisect_right(starts, span.start) - 1
    return last >= 0 and span.end <= firm[last].end
