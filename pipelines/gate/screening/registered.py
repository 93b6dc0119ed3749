"""Registered places that people bear as names too (Ashley, Clifton): a place only where the sentence says so."""

from collections.abc import Iterator

from pipelines.gate.screening.contexts import speaks_of_a_person
from pipelines.gate.screening.reading import Reading, ends_as_surnames_do, nearly_a_name, surely_a_name


def doubtful_places(read: Reading) -> Iterator[int]:
    """Each registered name of one word that may be a person here. A name of several words is a place."""
    single = [at for at, match in read.covered.items() if match.is_place and match.last - match.first == 1]
    if not single or len(read.words) == 1:
        return
    sure = _read_as_places(single, read)
    yield from (at for at in single if at not in sure and _may_be_a_person(at, read))


def _may_be_a_person(at: int, read: Reading) -> bool:
    """A name by the lists always; one that only ends as surnames do, where somebody is spoken of."""
    lower = read.lower(at)
    if lower in read.known.nearly_names or (surely_a_name(lower, read.known) and not ends_as_surnames_do(lower)):
        return True
    if not nearly_a_name(lower, read.known):
        return False
    met = read.before(at) in read.known.person["meeting words"]
    return met or read.words[at].possessive or speaks_of_a_person(at, read) or _beside_a_capital(at, read)


def _beside_a_capital(at: int, read: Reading) -> bool:
    return any(_stands_as_a_name(one, max(one, at), read) for one in (at - 1, at + 1) if 0 <= one < len(read.words))


def _stands_as_a_name(one: int, later: int, read: Reading) -> bool:
    word, known = read.words[one], read.known
    if read.words[later].gap != " " or read.words[later].opens or not word.capital:
        return False
    if word.opens and word.lower in known.grammar:
        return False
    return word.lower not in known.capitals and word.lower not in known.plain_verbs


def _read_as_places(single: list[int], read: Reading) -> set[int]:
    """Those the sentence uses as places; a list of places is one if any of it is."""
    sure = {at for at in single if _in_place_context(at, read) or not nearly_a_name(read.lower(at), read.known)}
    sure |= {at for at, match in read.covered.items() if match.is_place and match.last - match.first > 1}
    for order in (single, single[::-1]):
        sure |= {at for at in order if not read.words[at].possessive and _is_listed_with(at, sure, read)}
    for at in single[::-1]:
        if not read.words[at].possessive and _is_listed_with(at, sure, read):
            sure.add(at)
    return sure


def _is_listed_with(at: int, sure: set[int], read: Reading) -> bool:
    joined = {at - 2} if read.lower(at - 1) in ("and", "or") else set()
    joined |= {at + 2} if read.lower(at + 1) in ("and", "or", "to") else set()
    joined |= {at - 1} if "," in read.words[at].gap else set()
    joined |= {at + 1} if at + 1 < len(read.words) and "," in read.words[at + 1].gap else set()
    return bool(joined & sure)


def _in_place_context(at: int, read: Reading) -> bool:
    places, person = read.known.places, read.known.person
    before, after = read.before(at), read.after(at)
    if after in places["after"] and (at + 1 not in read.covered or read.words[at + 1].text.islower()):
        return True
    if read.words[at].possessive:
        return False
    acts = after in person["human verbs"] and not after.endswith("s")
    met = read.before(at - 1) in person["kinship"] | person["meeting words"] and before != "in"
    if acts or met:
        return False
    if before in places["before"] or (before == "of" and read.before(at - 1) in read.known.near["before of a place"]):
        return True
    earlier = {read.lower(one) for one in range(max(0, at - 5), at - 1)}
    return before in ("to", "from", "between", "and") and bool(earlier & places["moving"])
