"""The closed vocabulary: every word must be known, and be a word where it stands.

A named-entity model finds English names and misses others; a dictionary is equally strange to all of them. What is not
in the dictionary, the registers or the lists waits for a steward, and so does a word that is also a name unless its
neighbours show that it is used as a word.
"""

import re
from collections.abc import Iterator

from pipelines.gate.screening.capitals import may_be_capital
from pipelines.gate.screening.contexts import before_a_name, is_word_here, speaks_of_a_person
from pipelines.gate.screening.reading import Reading, nearly_a_name
from pipelines.gate.screening.registered import doubtful_places
from pipelines.gate.screening.tokens import Word
from pipelines.gate.screening.verdict import Span, quarantined
from pipelines.gate.screening.words import Lists

_ORDINARY_MIX = re.compile(
    r"\d+(?:st|nd|rd|th|am|pm|m|km|cm|mm|mph|h|hr|hrs|min|mins|k|s|p|x|ft|yd|kg|g|d|yrs?|yo|bn|mb|gb|v\d)|[abm]\d{1,4}m?|"
    r"ks[1-5]|yr?\d{1,2}s?|u\d{2}s?|q[1-4]|fy\d{2,4}|\d+x\d+|p\d|\d{1,2}v\d{1,2}|covid\d*|24h|\d{4}s|[2345]g|[rthvb]\d|c\d{2}",
    re.IGNORECASE,
)
_SLASHED = re.compile(r"(?:w/c|w/e|n/a|b/c|c/o|h/o|o/s|t/c|i/c)\b", re.IGNORECASE)
_PREFIXES = ("re", "un", "non", "multi", "anti", "pre")
_PARTED = frozenset((*_PREFIXES, "co", "inter", "mid", "sub", "over", "under", "semi", "mini", "cyber", "ex", "e"))


def find_names(read: Reading) -> Iterator[Span]:
    """Every word that is not known, or is a name as much as a word, where it stands."""
    for at in doubtful_places(read):
        yield quarantined(read.words[at].start, read.words[at].end, "place_that_is_a_name")
    for at, word in enumerate(read.words):
        kind = "" if at in read.covered else _doubt(at, word, read)
        if kind:
            yield quarantined(word.start, word.end, kind)


def _doubt(at: int, word: Word, read: Reading) -> str:
    """Why the word at `at` waits for a steward; empty when it is known and a word."""
    known, lower = read.known, word.lower
    if not lower.isalpha():
        if not any(letter.isalpha() for letter in lower):
            return ""
        if any(letter.isdigit() for letter in lower):
            return "" if _ORDINARY_MIX.fullmatch(lower) else "unknown_word"
    if len(lower) == 1:
        return "" if _is_letter_of_something(at, word, read) else "initials"
    if _bears_accents(word, read) and lower not in known.near["written with accents"]:
        return "unknown_word"
    if _is_abbreviation(word, read):
        return ""
    if "'" in lower:
        return "" if _is_shortened(lower, known) else "unknown_word"
    if lower not in known.dictionary and not _is_built(at, word, read):
        if read.before(at) == "operation" and word.capital and lower not in known.names:
            return ""
        short = word.text.isupper() and len(word.text) <= 4 and read.capitals != "all"
        return "initials" if short else "unknown_word"
    return _is_name_here(at, word, read)


def _bears_accents(word: Word, read: Reading) -> bool:
    accented = read.plain.accented
    return bool(accented) and any(one in accented for one in range(word.start, word.end))


def _is_letter_of_something(at: int, word: Word, read: Reading) -> bool:
    """The article, `I`, "block C", "T-junction", "w/c", "e-scooter", "5 m", "A & E": a letter that is nobody's."""
    text, near = read.plain.text, read.known.near
    if _SLASHED.match(text, word.start) or (word.start > 1 and _SLASHED.match(text, word.start - 2)):
        return True
    if word.lower in _PARTED and text.startswith("-", word.end):
        return True
    article = word.text in ("a", "I", "i") or word.opens or read.capitals != "some"
    if word.lower in ("a", "i") and article and not text.startswith(".", word.end):
        return True
    if read.before(at) in near["before a lone letter"] or (word.capital and read.after(at) in near["after a lone letter"]):
        return True
    if (word.lower in ("s", "t", "e") and at and word.gap in ("'", "-")) or "&" in (read.after(at), read.before(at)):
        return True
    return bool(at) and read.words[at - 1].text[0].isdigit() and word.text in ("m", "h", "k", "s")


def _is_abbreviation(word: Word, read: Reading) -> bool:
    known, text = read.known.abbreviations, word.text[:-2] if word.possessive else word.text
    if text in known or (text.endswith("s") and text[:-1] in known and text[:-1].isupper()):
        return True
    any_case = text.islower() or read.capitals == "all"
    return any_case and len(text) >= 3 and text.upper() in known and word.lower not in read.known.names


def _is_shortened(lower: str, known: Lists) -> bool:
    """A word with its ending run in ("they're", "who'll"), not a name with one."""
    if lower in known.dictionary:
        return True
    stem, _, ending = lower.rpartition("'")
    if ending not in known.near["shortened endings"]:
        return False
    return stem in known.grammar or (stem in known.dictionary and stem not in known.name_words and ending in ("s", "ll"))


def _is_built(at: int, word: Word, read: Reading) -> bool:
    """A word made of known ones (`relight`, `co-led`), or part of a registered name beside what it names."""
    known, lower = read.known, word.lower
    if word.capital and lower in read.register.place_words:
        return not nearly_a_name(lower, known) and read.after(at) in known.places["after"]
    if lower in _PARTED and at + 1 < len(read.words) and read.words[at + 1].gap == "-":
        return True
    if word.capital and not word.opens and read.capitals == "some":
        return False
    if lower.endswith("s") and lower not in known.names and lower[:-1] in known.nouns and lower[:-1] not in known.name_words:
        return len(lower) > 5
    stems = (lower[len(one) :] for one in _PREFIXES if lower.startswith(one))
    return any(len(stem) >= 5 and stem in known.dictionary for stem in stems)


_AGED = re.compile(
    r"\s*(?:,\s*(?:[5-9]|1\d)\s*(?:,|\band\b|$)|\(\s*(?:[5-9]|1\d)\s*\)|\s+aged?\s+(?:[5-9]|1\d)\b|\s+(?:[5-9]|1\d)\s?y[ro/])"
)
_LABELLED = re.compile(r"(?i)\b(?:victim|suspect|owner|case|nominal|subject)\s*[:-]\s*$")


def _is_aged(word: Word, read: Reading) -> bool:
    """Whether an age stands behind a word, or a label that only people have before it."""
    text = read.plain.text
    return bool(_AGED.match(text, word.end) or _LABELLED.search(text[: word.start]))


def _is_name_here(at: int, word: Word, read: Reading) -> str:
    """A word of the dictionary: whether it is used as a name, or written with a capital no service has."""
    known, lower = read.known, word.lower
    if lower == "an" and read.after(at) in known.person["human verbs"] | known.person["auxiliaries"]:
        return "name_that_is_a_word"
    contexts = known.name_words.get(lower)
    marked = word.capital and not word.opens and read.capitals == "some"
    if contexts is not None:
        return "" if is_word_here(at, contexts, marked, read) else "name_that_is_a_word"
    if marked and (lower not in known.grammar or lower in known.near["grammar that is also a name"]):
        return "" if may_be_capital(at, word, read) else "capitalised_word"
    if lower in known.weak_names and (speaks_of_a_person(at, read) or before_a_name(at, read) or _is_aged(word, read)):
        return "name_that_is_a_word"
    return ""
