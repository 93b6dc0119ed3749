"""Names that stand beside something that makes them a person's beyond doubt: a title, or an age beside initials."""

import re
from collections.abc import Iterator

from pipelines.gate.screening.tokens import Match, Word
from pipelines.gate.screening.verdict import Span, quarantined, refused
from pipelines.gate.screening.words import Lists

_AGE = r"(?:[5-9]|1\d|2[0-5])"
_OLD = r"(?:\s?-?\s?(?:yo|y/o|yrs?|years?)(?:\s?-?\s?(?:old|olds))?)"
_INITIALS = r"(?:[A-Z]\.\s?){1,4}[A-Z]?\b\.?|\b[A-Za-z]{2,3}\b|\b[A-Z]\b"
_THEN_AGE = re.compile(
    rf"(?P<who>{_INITIALS})(?:\s*[,;:]\s*|\s*[(\[]\s*|\s+-\s+|\s*/\s*|\s+(?:is\s+|was\s+)?(?:age|aged|now|nearly|just|turning)\s+|\s+(?:is|was)\s+|\s+)"
    rf"(?P<age>(?:aged?\s*)?{_AGE})\b(?P<old>{_OLD})?(?P<rest>\s*[)\]]|\s*[,.;]|\s*$|\s+[A-Za-z]+)?"
)
_AGE_THEN = re.compile(
    rf"\b(?:aged?\s*)?{_AGE}{_OLD}[\s,(:-]*(?:(?:male|female|boy|girl|child|called|named|m|f)[\s,(:-]*)?(?P<who>(?:[A-Z]\.\s?){{1,4}}[A-Z]?|\b[A-Z]{{1,3}})(?![A-Za-z])"
)
_CALLED = frozenset(
    tuple(pair.split())
    for pair in (
        "known as", "goes by", "go by", "street name", "nickname is", "name is", "calls himself", "called himself",
        "calls herself",
    )
)  # fmt: skip


def find_titles(words: list[Word], covered: dict[int, Match], known: Lists) -> Iterator[Span]:
    """A title and what follows it: "Mr Ames", "PC ames", "officer Ames" - but not "officer to attend"."""
    for at, word in enumerate(words[:-1]):
        rule = known.titles.get(word.lower)
        if rule is None or at in covered or word.possessive:
            continue
        after = words[at + 1]
        if after.text[0].isdigit() or not _joined(after.gap) or (at + 1 in covered and not covered[at + 1].is_place):
            continue
        if _is_surname(word, after, words[at + 2] if at + 2 < len(words) else None, rule, known):
            yield refused(word.start, after.end, "title_and_surname")


def _joined(gap: str) -> bool:
    return gap.strip(" \t") in ("", ".", "-", "/")


def _is_surname(title: Word, word: Word, then: Word | None, rule: str, known: Lists) -> bool:
    """Whether what follows a title is a name. `then` is the word after it."""
    lower = word.lower
    if lower in known.grammar:
        return False
    weak, capital = lower in known.weak_names, word.capital and not word.text.isupper()
    if capital and weak and (then is None or then.opens or not then.capital):
        return True
    strange = lower not in known.dictionary
    if rule == "always":
        at_work = title.lower in known.near["ranks"] and word.text.islower() and not weak
        works = lower in known.plain_verbs or lower.endswith(("ed", "s"))
        thing = lower in known.near["after a title that is a thing"]
        return not thing and not (at_work and works and not strange and lower not in known.name_words)
    if word.text in known.abbreviations:
        return False
    if capital:
        return lower not in known.capitals
    speaks = then is None or then.lower in known.person["human verbs"] or then.lower in known.person["auxiliaries"]
    return strange or (speaks and (weak or lower in known.name_words) and title.lower != "miss")


def find_initials_and_age(text: str, known: Lists) -> Iterator[Span]:
    """Initials beside an age, in either order."""
    for found in _AGE_THEN.finditer(text):
        if _initials(found["who"], known, sure=True):
            yield refused(*found.span(), "initials_and_age")
    for found in _THEN_AGE.finditer(text):
        rest, told = (found["rest"] or "").strip(), bool(found["old"]) or "age" in found.group().lower()
        counted = rest.isalpha() and rest.lower() not in known.near["after an age"]
        bracketed = rest[:1] in (")", "]")
        if counted and not told:
            continue
        if _initials(found["who"], known, sure=told or bracketed or rest[:1] in (",", ".")) and (
            told or not found["who"].islower() or bracketed or "," in found.group()
        ):
            yield refused(found.start(), found.end("old") if found["old"] else found.end("age"), "initials_and_age")


def _initials(who: str, known: Lists, *, sure: bool) -> bool:
    bare = who.replace(".", "").replace(" ", "")
    if "." in who and bare.isupper():
        return True
    if len(bare) == 1:
        return bare not in "AI" and sure
    if bare.lower() in known.dictionary or bare.lower() in ("yo", "st", "nd", "rd", "th"):
        return False
    if bare.isupper():
        return bare not in known.abbreviations or (sure and len(bare) == 2)
    return bare.islower() and bare.upper() not in known.abbreviations


def find_aliases(words: list[Word], covered: dict[int, Match], known: Lists) -> Iterator[Span]:
    """What somebody is called: the word after "aka", "known as", "goes by", and after an opening such as "Big" or "Lil"."""
    for at, word in enumerate(words[:-1]):
        after = words[at + 1]
        before = words[at - 1].lower if at else ""
        called = word.lower in known.person["alias words"] or (before, word.lower) in _CALLED
        if before in ("call", "calls", "called") and word.lower in ("him", "her", "them", "me"):
            called = after.capital or at + 2 == len(words)
        match = covered.get(at)
        then = words[at + 2].lower if at + 2 < len(words) else ""
        of_a_place = match is not None and match.is_place and after.gap == " " and at + 1 not in covered
        if (
            of_a_place
            and after.lower in known.near["what a group calls itself"]
            and then not in known.near["what serves people"]
        ):
            yield quarantined(words[match.first].start if match else word.start, after.end, "nickname")
        elif called and after.lower not in known.grammar:
            yield quarantined(after.start, after.end, "nickname")
        elif (
            word.lower in known.person["nickname openers"]
            and after.capital
            and (word.capital or len(word.text) == 1)
            and _joined(after.gap)
            and after.lower not in known.capitals
            and not after.text.isupper()
            and at not in covered
            and at + 1 not in covered
        ):
            yield quarantined(word.start, after.end, "nickname")
