"""Whether a word of the dictionary may have a capital inside a sentence: a service, a day, or a run of them has one."""

from pipelines.gate.screening.contexts import speaks_of_a_person
from pipelines.gate.screening.reading import Reading
from pipelines.gate.screening.tokens import Word


def may_be_capital(at: int, word: Word, read: Reading) -> bool:
    """A capital belongs to a service's word, or to a run of capitals that holds one after it."""
    known, lower = read.known, word.lower
    if read.before(at) in ("operation", "op"):
        return True
    official = lower in known.capitals or lower in read.register.agency_words
    weak = lower in known.weak_names
    run = _run(at, read)
    if len(run) == 1:
        spoken_of = weak and (speaks_of_a_person(at, read) or read.after(at) in known.person["human verbs"])
        return official and not spoken_of
    if official and not weak:
        return True
    solid = [one for one in run if one in read.covered or _is_solid(read.lower(one), read)]
    return bool(solid) and (official or not weak or max(solid) > at)


def _is_solid(lower: str, read: Reading) -> bool:
    return lower in read.known.capitals and lower not in read.known.weak_names


def _run(at: int, read: Reading) -> list[int]:
    """The words written with a capital that stand together around `at`."""
    first = last = at
    while (
        first and not read.words[first].opens and read.words[first].gap in (" ", "-", " & ", "/") and _joins(first - 1, read)
    ):
        first -= 1
    while last + 1 < len(read.words) and read.words[last + 1].gap in (" ", "-", "/") and _joins(last + 1, read):
        last += 1
    return [one for one in range(first, last + 1) if read.words[one].capital]


def _joins(at: int, read: Reading) -> bool:
    """A capital, or the small word between two of them."""
    if read.words[at].capital:
        return True
    between = read.lower(at) in ("and", "of", "for", "&") and 0 < at < len(read.words) - 1
    return between and read.words[at - 1].capital and read.words[at + 1].capital
