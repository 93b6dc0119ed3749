"""Street addresses with a number: what would lead to one front door."""

import re
from collections.abc import Iterator

from pipelines.gate.screening.tokens import Match, Word
from pipelines.gate.screening.verdict import Span, refused
from pipelines.gate.screening.words import Lists

_NUMBER = re.compile(r"\d{1,4}[A-Za-z]?(?:/\d{1,4}[A-Za-z]?)?")
_DOOR = re.compile(
    r"\b(?:flat|apartment|apt|flt|maisonette)\s*(?:no\.?\s*|number\s*)?\d+[a-z]?\b|"
    r"\b(?:house|door)\s*(?:no\.?|number)\s*\d+[a-z]?\b|"
    r"\b(?:at|lives at|from|to|outside|of)\s+(?:no\.?|number)\s*\d{1,4}[a-z]?\b"
    r"(?!\s*(?:bus|route|service|stop|of|on\s+the|in\s+the))|"
    r"\b(?:number|no)\s+(?!101\b|111\b|999\b|112\b)\d{1,4}[a-z]?\s+(?:on\s+(?!the\b)|lives?\b|has\b)|"
    r"\bno\.\s*\d{1,4}[a-z]?\b(?!\s*(?:bus|route|service))",
    re.IGNORECASE,
)
_ANY_DIGIT = re.compile(r"\d")


def find_addresses(text: str, words: list[Word], registered: dict[int, Match], known: Lists) -> Iterator[Span]:
    """Every number that stands before the name of a street, and every flat or house number."""
    if _ANY_DIGIT.search(text):
        yield from (refused(*found.span(), "street_address") for found in _DOOR.finditer(text))
    for at, word in enumerate(words):
        spelled = word.lower in known.near["spelled numbers"]
        if spelled or (word.text[0].isdigit() and _NUMBER.fullmatch(word.text)):
            before = words[at - 1].lower if at else ""
            last = None if before in known.near["not before a door number"] else _street_end(at, words, registered, known)
            if last is not None and not (spelled and not words[last].capital):
                yield refused(word.start, words[last].end, "street_address")


def _street_end(at: int, words: list[Word], registered: dict[int, Match], known: Lists) -> int | None:
    """The word that closes the address begun by the number at `at`; null when it is only a count of things."""
    following = words[at + 1 : at + 6]
    at_home = at == 0 or words[at - 1].lower in known.near["leads home"]
    if following and _NUMBER.fullmatch(following[0].text) and "-" in following[0].gap:
        following, at = following[1:], at + 1
    for steps, word in enumerate(following):
        if "." in word.gap or "\n" in word.gap or ";" in word.gap:
            return None
        if steps and _names_a_street(word, following[:steps], registered.get(at + 1), known, at_home):
            # Only a word of the same sentence can make the street a thing: "7 crescent lights", not "7 Crescent. Lights".
            after = next((one.lower for one in words[at + steps + 2 : at + steps + 3] if one.gap == " "), "")
            return None if after in known.near["not after a street"] and word.gap == " " else at + steps + 1
        if word.lower in known.grammar and word.lower != "the" and not word.capital:
            return None
        if word.text[0].isdigit():
            return None
    return None


def _names_a_street(word: Word, between: list[Word], registered: Match | None, known: Lists, at_home: bool) -> bool:
    plural_things = between[0].lower in known.nouns and between[0].lower.endswith("s") and not between[0].capital
    if word.lower in known.streets["sure"]:
        return not plural_things
    if word.lower not in known.streets["capital"]:
        return False
    named = all(one.capital for one in [*between, word]) or (registered is not None and registered.is_place)
    strange = between[-1].lower not in known.dictionary and word.lower != "st"
    return named or (
        len(between) == 1 and (strange or (at_home and between[0].lower not in known.near["measures"] and not plural_things))
    )
