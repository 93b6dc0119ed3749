"""One text as the rules read it: its words, what the registers cover, and the neighbours of a word."""

import re
from dataclasses import dataclass

from pipelines.gate.screening.plain import Plain
from pipelines.gate.screening.tokens import Match, Register, Word
from pipelines.gate.screening.words import Lists

_BREAKS = frozenset((".", "!", "?", ";", "\n"))
_ENDS_AS_SURNAMES_DO = re.compile(
    r"\w+(?:ton|ley|ham|ford|field|wood|well|worth|land|lands|by|combe|more|son|ow|don|bury|brook|stead|man|ett|ard)"
)


@dataclass(slots=True)
class Reading:
    """One text as it is read: its words, what the registers cover, and how capitals are used in it."""

    plain: Plain
    words: list[Word]
    covered: dict[int, Match]
    register: Register
    known: Lists
    capitals: str

    def lower(self, at: int) -> str:
        """The word at `at` in lower case; empty beyond either end."""
        return self.words[at].lower if 0 <= at < len(self.words) else ""

    def before(self, at: int) -> str:
        """The word before, in lower case; empty where a sentence begins."""
        return "" if at <= 0 or self.words[at].opens else self.words[at - 1].lower

    def after(self, at: int) -> str:
        """The word after, in lower case; empty where a sentence ends."""
        if at + 1 >= len(self.words):
            return ""
        following = self.words[at + 1]
        return "" if following.opens or any(one in _BREAKS for one in following.gap) else following.lower


def nearly_a_name(lower: str, known: Lists) -> bool:
    """Whether people bear this word as a name, by any list or by its ending."""
    return surely_a_name(lower, known) or ends_as_surnames_do(lower)


def surely_a_name(lower: str, known: Lists) -> bool:
    """Whether a list has this word as a name."""
    return any(lower in listed for listed in (known.nearly_names, known.names, known.name_words, known.weak_names))


def ends_as_surnames_do(lower: str) -> bool:
    """Whether a word ends as many English surnames and places do (-ton, -ley, -ham)."""
    return len(lower) > 4 and _ENDS_AS_SURNAMES_DO.fullmatch(lower) is not None
