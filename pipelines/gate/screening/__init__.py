"""Free text, screened before anybody else may read it: three outcomes, and never a silent redaction.

    refused      what identifies somebody by its form; the author alone is shown where
    quarantined  what may: a word not known, a name that is also a word, several traits together; a steward looks
    accepted     nothing was found. Screened is not anonymised: it is what a closed vocabulary can promise, no more.

Pure: the text and the two registers in, a verdict out. Nothing is logged, kept or fetched.
"""

from collections.abc import Iterable

from pipelines.gate.screening.addresses import find_addresses
from pipelines.gate.screening.identifiers import find_identifiers
from pipelines.gate.screening.names import find_names
from pipelines.gate.screening.people import find_aliases, find_initials_and_age, find_titles
from pipelines.gate.screening.plain import make_plain
from pipelines.gate.screening.reading import Reading
from pipelines.gate.screening.together import find_combinations
from pipelines.gate.screening.tokens import find_registered, make_register, split_words, written_alike
from pipelines.gate.screening.verdict import (
    QUARANTINED_KINDS,
    REFUSED_KINDS,
    Outcome,
    Span,
    Verdict,
    give_verdict,
    quarantined,
)
from pipelines.gate.screening.words import lists

__all__ = ["QUARANTINED_KINDS", "REFUSED_KINDS", "Outcome", "Span", "Verdict", "screen"]


def screen(text: str, *, places: Iterable[str], agencies: Iterable[str], groups: Iterable[str] = ()) -> Verdict:
    """Screen one text of any length and script; it is never changed, and never raises.

    places    the register of place names: beats, localities, places of concern, parks, streets
    agencies  agency and role names
    groups    names of groups and gangs never to be written, besides the shipped list
    returns   the worst outcome, and for each reason its offsets in the text as given

    Raises SettingsError when a word list is not there.
    """
    plain = make_plain(text)
    known = lists()
    register = make_register(frozenset(places), frozenset(agencies))
    words = split_words(plain)
    covered = find_registered(words, register)
    read = Reading(plain, words, covered, register, known, written_alike(words))
    spans: list[Span] = []
    spans += find_identifiers(plain.text, (*known.groups, *groups))
    spans += find_addresses(plain.text, words, covered, known)
    spans += find_titles(words, covered, known)
    spans += find_initials_and_age(plain.text, known)
    spans += find_names(read)
    spans += find_aliases(words, covered, known)
    spans += find_combinations(plain.text, words, covered, known)
    return _with_marks(give_verdict(spans, plain.origin), plain.marked)


def _with_marks(verdict: Verdict, marked: list[tuple[int, int, str]]) -> Verdict:
    """Add what was hidden or of another script: it alone is enough for a steward to look."""
    if not marked:
        return verdict
    spans = sorted((*verdict.spans, *(quarantined(*one) for one in marked)), key=lambda one: (one.start, one.end, one.kind))
    return Verdict("refused" if verdict.outcome == "refused" else "quarantined", tuple(spans))
