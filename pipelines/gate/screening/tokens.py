"""The words of a text, one by one, and what is known of each before any rule looks at it."""

import re
from dataclasses import dataclass
from functools import lru_cache

from pipelines.gate.screening.plain import Plain, make_plain
from pipelines.gate.screening.words import lists

_WORD = re.compile(r"\d[\d.,:/]*\d(?![\w])|[A-Za-z0-9]+(?:'[A-Za-z]+)*|&")
_STARTS = frozenset(".!?\n:;\u2022*|")
_MOSTLY = 0.6


@dataclass(slots=True)
class Word:
    """One word: its offsets in the plain text, as written, in lower case without its possessive, and how it stands."""

    start: int
    end: int
    text: str
    lower: str
    possessive: bool
    opens: bool  # the first word of a sentence, a line, or a quotation
    gap: str  # what stands between the word before and this one

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()


def split_words(plain: Plain) -> list[Word]:
    """All words in order. A hyphen parts two words; an apostrophe does not, but a possessive ending is laid aside."""
    words: list[Word] = []
    text, last = plain.text, 0
    for found in _WORD.finditer(text):
        start, written = found.start(), found.group()
        gap = text[last:start]
        last = found.end()
        lower = written.lower()
        possessive = lower.endswith("'s")
        if possessive:
            lower = lower[:-2]
        words.append(Word(start, last, written, lower, possessive, not words or _opens(gap, words[-1]), gap))
    return words


def _opens(gap: str, before: Word) -> bool:
    if gap == " " or gap == "-":
        return False
    if gap == ") " and before.opens and before.text.isdigit():
        return True
    return any(letter in _STARTS for letter in gap) or (gap.rstrip().endswith("-") and gap.startswith(" "))


def written_alike(words: list[Word]) -> str:
    """How capitals are used: "all" for a text in capitals, "most" for a title, "some" where they mean something."""
    letters = [word for word in words if word.text[0].isalpha()]
    longer = [word for word in letters if len(word.text) > 3]
    if len(longer) >= 2 and all(word.text.isupper() for word in longer) and all(word.text.isupper() for word in letters):
        return "all"
    if len(longer) >= 5 and sum(word.capital for word in longer) >= 0.85 * len(longer):
        return "most"
    return "some"


@dataclass(frozen=True, slots=True)
class Register:
    """The place names and agency names as word sequences, by first word, longest first."""

    phrases: dict[str, tuple[tuple[tuple[str, ...], bool], ...]]
    agency_words: frozenset[str]
    place_words: frozenset[str]


@lru_cache(maxsize=32)
def make_register(places: frozenset[str], agencies: frozenset[str]) -> Register:
    """Prepare the two registers. Kept for the next call with the same names, since a page asks again and again."""
    phrases: dict[str, set[tuple[tuple[str, ...], bool]]] = {}
    agencies = agencies | frozenset(lists().organisations)
    loose: tuple[set[str], set[str]] = (set(), set())
    for names, is_place in ((places, True), (agencies, False)):
        for name in names:
            words = tuple(word.text.lower() for word in split_words(make_plain(name)))
            if words and any(len(word) > 1 for word in words):
                phrases.setdefault(words[0], set()).add((words, is_place))
                loose[is_place].update(words if len(words) > 1 or not is_place else ())
    ordered = {first: tuple(sorted(found, key=lambda one: (-len(one[0]), one))) for first, found in phrases.items()}
    return Register(ordered, frozenset(loose[0]), frozenset(loose[1]))


@dataclass(frozen=True, slots=True)
class Match:
    """A registered name in the text: the words from `first` to before `last`."""

    first: int
    last: int
    is_place: bool


def find_registered(words: list[Word], register: Register) -> dict[int, Match]:
    """Every registered name, longest first, by each word it covers."""
    covered: dict[int, Match] = {}
    at, count = 0, len(words)
    while at < count:
        step = 1
        for phrase, is_place in register.phrases.get(words[at].text.lower(), ()) or register.phrases.get(
            words[at].lower, ()
        ):
            last = at + len(phrase)
            if (
                last <= count
                and all(
                    word.text.lower() == wanted or (word.lower == wanted)
                    for word, wanted in zip(words[at:last], phrase, strict=True)
                )
                and not any("." in word.gap or "\n" in word.gap for word in words[at + 1 : last])
            ):
                match = Match(at, last, is_place)
                covered.update(dict.fromkeys(range(at, last), match))
                step = len(phrase)
                break
        at += step
    return covered
