"""What names nobody but may point to one person: several of age, year, ethnicity, sex, school, health, care and kinship."""

import re
from collections.abc import Iterator

from pipelines.gate.screening.tokens import Match, Word
from pipelines.gate.screening.verdict import Span, quarantined
from pipelines.gate.screening.words import Lists

TOGETHER = 3
_NUMBERS = "five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_AGE = re.compile(
    rf"\b(?:\d{{1,2}}|{_NUMBERS})[\s-]{{0,3}}(?:years?|yrs?)[\s-]{{0,3}}olds?\b|\b\d{{1,2}}\s?(?:yo|y/o|yrs?)\b|"
    rf"\bage[d]?\s(?:of\s)?(?:\d{{1,2}}|{_NUMBERS})\b(?!\s?(?:-|to|and over|and under|or over|plus|\+))|"
    rf"\b(?:turned|is|was|nearly|just)\s(?:1[0-9]|{_NUMBERS})\b(?=\s?(?:,|\.|and|who|year|$|now))|"
    r"\((?:[5-9]|1\d)\)|,\s(?:[6-9]|1\d),|^\s*(?:[6-9]|1\d)(?=,|\s(?:and|in|with|from)\b)|\bmonths?\sold\b",
    re.IGNORECASE,
)
_YEAR = re.compile(
    rf"\b(?:year|yr|y)\s?(?:\d{{1,2}}|{_NUMBERS})s?\b"
    r"(?!\s(?:plan|programme|review|strategy|lease|old|olds|of\sthe\s(?:plan|programme)))|"
    r"\bsixth[\s-]former\b|\breception\s(?:class|year|pupil)|\bks[1-5]\s(?:pupil|student)",
    re.IGNORECASE,
)
_CARE = re.compile(
    r"\bin care\b|\blooked[\s-]after\b|\bcare (?:leaver|leavers|home|order|experienced|placement)\b|\bchildren's home\b|"
    r"\bchild protection\b|\bfoster(?:ed|s|ing)?\b|\bin need plan\b|\bchild in need\b|\b(?:residential|kinship) care\b|"
    r"\bsupported (?:lodgings|accommodation)\b",
    re.IGNORECASE,
)
_HEALTH = re.compile(
    r"\bself[\s-]harm\w*|\bspecial (?:educational )?needs\b|\blearning (?:difficult\w+|disabilit\w+)|"
    r"\bmental health (?:problem|condition|issue|diagnosis|crisis|need)\w*|\beating disorder\b|\bsickle cell\b|"
    r"\bdown'?s syndrome\b|\bcerebral palsy\b|\bhearing (?:aid|impair)\w*|\bspeech (?:and|impediment|delay)\b|"
    r"\bon medication\b|\bwith (?:an )?ehcp?\b",
    re.IGNORECASE,
)
_ONLY = re.compile(r"\b(?:only|sole|lone)\b", re.IGNORECASE)


def find_combinations(text: str, words: list[Word], covered: dict[int, Match], known: Lists) -> Iterator[Span]:
    """Every telling word of a text in which three or more classes meet; and whoever is called the only one."""
    found = _telling(text, words, covered, known)
    if len({kind for _, _, kind in found}) >= TOGETHER:
        yield from (quarantined(start, end, "quasi_identifiers") for start, end, _ in found)
    if _ONLY.search(text):
        yield from _the_only(words, known)


def _telling(text: str, words: list[Word], covered: dict[int, Match], known: Lists) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    for pattern, kind in ((_AGE, "age"), (_YEAR, "year"), (_CARE, "care"), (_HEALTH, "health")):
        found += [(one.start(), one.end(), kind) for one in pattern.finditer(text)]
    agencies = {at for at, match in covered.items() if not match.is_place}
    for at, word in enumerate(words):
        if at in agencies:
            continue
        kind = _class_of(at, word, words, known)
        if kind:
            found.append((word.start, word.end, kind))
    return found


def _class_of(at: int, word: Word, words: list[Word], known: Lists) -> str:
    quasi, lower = known.quasi, word.lower
    after = words[at + 1].lower if at + 1 < len(words) else ""
    before = words[at - 1].lower if at else ""
    for kind in ("ethnicity", "sex", "health", "care", "kinship"):
        if lower in quasi[kind]:
            return "" if lower == "placement" and before != "care" else kind
    if lower in quasi["ethnicity of a person"] and (
        after in quasi["sex"] or after in quasi["person"] or after in ("british", "heritage", "race")
    ):
        return "ethnicity"
    if (
        lower in quasi["school"]
        and before not in known.near["school in general"]
        and after not in known.near["school things"]
    ):
        return "school"
    return ""


def _the_only(words: list[Word], known: Lists) -> Iterator[Span]:
    """ "The only girl in Year 9": of people, never of places or of what serves people."""
    for at, word in enumerate(words):
        if word.lower not in ("only", "sole", "lone"):
            continue
        before = words[at - 1].lower if at and not word.opens else ""
        if before and before not in known.near["before the only"]:
            continue
        person = _person_after(at, before, words, known)
        if person is not None:
            yield quarantined((words[at - 1] if before else word).start, person.end, "the_only_one")


def _person_after(at: int, before: str, words: list[Word], known: Lists) -> Word | None:
    """Whom "only" speaks of; null when it is a thing, or when "only" itself is no more than "just"."""
    near = words[at + 1 : at + 5]
    for steps, (one, then) in enumerate(zip(near, [*words[at + 2 : at + 6], None], strict=False)):
        if then is not None and then.lower in known.near["what serves people"]:
            return None
        bare = not before and one.lower in known.near["not a person after a bare only"]
        if one.lower in known.quasi["person"] and not bare and (before not in ("is", "was") or not steps):
            return one
        if one.lower in known.grammar and one.lower not in known.near["between only and a person"]:
            return None
    return None
