"""Whether a word that is also a name is used as a word here: judged by the words on either side of it."""

import re

from pipelines.gate.screening.reading import Reading
from pipelines.gate.screening.words import Contexts, Lists

_ORDINAL = re.compile(r"\d{1,2}(?:st|nd|rd|th)?")
_OF_SOMEBODY = frozenset(("to", "of", "with", "by", "for", "and"))


def is_word_here(at: int, contexts: Contexts, marked: bool, read: Reading) -> bool:
    """A neighbour shows the word to be a word. `marked`: it has a capital where a word would have none."""
    near, person, lower = read.known.near, read.known.person, read.lower(at)
    before, after = read.before(at), read.after(at)
    if read.words[at].possessive and lower not in near["possessives that stay words"]:
        return False
    if before in person["meeting words"] and lower in near["verbs never after a meeting word"]:
        return False
    if lower == "amber" and _is_rating(at, read):
        return True
    if _is_read_as_month(at, marked, read):
        return _is_month(at, read)
    fits_after = _fits(after, contexts.after, read.known)
    fits_before = _fits(before, contexts.before, read.known)
    if marked:
        beside = at + 1 < len(read.words) and read.words[at + 1].capital
        return (beside and fits_after) or (fits_before and before in near["before a month"])
    acts = after in person["human verbs"]
    if lower == "will" and (acts or after in person["auxiliaries"]):
        return after in ("have", "had") and before not in ("", "and")
    if fits_after:
        return True
    stops = after in ("", "and") or after in person["auxiliaries"]
    if before in _OF_SOMEBODY and stops and lower not in near["things after a preposition"]:
        return False
    return fits_before and not (acts and lower not in near["verbs that are also names"])


def _fits(word: str, allowed: frozenset[str], known: Lists) -> bool:
    """Whether a neighbour is one of those allowed, by itself or by its class."""
    if not word:
        return False
    if word in allowed:
        return True
    person = known.person
    return (
        (":det" in allowed and word in person["determiners"])
        or (":modal" in allowed and word in person["modals"])
        or (":base" in allowed and word in known.plain_verbs and word not in person["prepositions"])
        or (":num" in allowed and word[0].isdigit())
        or (":noun" in allowed and word in known.nouns)
        or (":any" in allowed and word in known.dictionary and word not in known.name_words)
    )


def _is_rating(at: int, read: Reading) -> bool:
    near = {read.lower(one) for one in range(at - 3, at + 4)}
    return read.plain.text.startswith(":", read.words[at].end) or bool(near & read.known.near["ratings"])


def _is_read_as_month(at: int, marked: bool, read: Reading) -> bool:
    lower, named = read.lower(at), read.known.near["months that are names"]
    if lower == "may" and not marked:
        before = read.before(at)
        return before in read.known.person["month-prepositions"] or _ORDINAL.fullmatch(before) is not None
    return lower in named and (marked or lower != "march")


def _is_month(at: int, read: Reading) -> bool:
    """A month beside a day, a year or another month, or after a word of time."""
    near = read.known.near
    before, after, earlier = read.before(at), read.after(at), read.before(at - 1)
    if _ORDINAL.fullmatch(before) or after[:1].isdigit():
        return True
    if after in near["after a month"] or before in near["before a month"] or before in near["months"]:
        return True
    if before in ("of", "to", "and", "for", "or", "between", "from"):
        dated = earlier in near["months"] or after in near["months"] or read.lower(at + 2) in near["months"]
        timed = _ORDINAL.fullmatch(earlier) is not None or earlier in near["leads to a month"]
        return dated or timed or (before == "from" and after in ("to", "until", "onwards", ""))
    return before != "with" and before in read.known.person["month-prepositions"]


def speaks_of_a_person(at: int, read: Reading) -> bool:
    """Whether the sentence says of this word what is said of people only."""
    person, near, word = read.known.person, read.known.near, read.words[at]
    before, after = read.before(at), read.after(at)
    bare = not before or before in near["clause openers"]
    if bare and not word.lower.endswith("ing") and _does_as_people_do(at, after, read):
        return not (after in near["verbs of many too"] and word.lower.endswith("s"))
    ends = not after or after in person["prepositions"] or after in near["after a person"]
    if ends and before in person["meeting words"]:
        return True
    if ends and before in person["companion words"] and read.before(at - 1) in near["before a companion"]:
        return True
    return word.possessive and after in person["kinship"]


def _does_as_people_do(at: int, after: str, read: Reading) -> bool:
    person = read.known.person
    if after in person["human verbs"]:
        return True
    if after not in person["auxiliaries"]:
        return False
    then = read.after(at + 1)
    states = person["hard states" if read.lower(at) in read.known.capitals else "human states"]
    return then in states or (then == "been" and read.after(at + 2) in person["human states"])


def before_a_name(at: int, read: Reading) -> bool:
    """The first word of a sentence, when the next has a capital that is no service's."""
    word = read.words[at]
    if not (word.capital and word.opens) or at + 1 >= len(read.words) or at + 1 in read.covered:
        return False
    following = read.words[at + 1]
    plain_capital = following.capital and not following.opens and not following.text.isupper()
    return plain_capital and read.capitals == "some" and following.lower not in read.known.capitals
