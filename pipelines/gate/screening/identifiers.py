"""What refuses a text by its form alone: numbers, addresses, links, dates of birth, and names on the stop list.

Each rule is asked only where its tell-tale sign (a digit, an @, a dot between letters) stands in the text, so an
ordinary sentence costs next to nothing.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache

import phonenumbers
from stdnum.gb import nhs, upn

from pipelines.gate.screening.verdict import Span, refused
from pipelines.gate.screening.words import lists

_I = re.IGNORECASE
_TLD = (
    r"(?:com|org|net|info|co|uk|io|gov|edu|me|tv|gg|ly|app|eu|ie|pl|ro|so|tr|pt|cn|in|ng|link|page|site|online|xyz|biz|fm|"
    r"live)"
)
_EMAIL = re.compile(
    r"[\w.+'-]{1,64}\s?@\s?[\w-]{1,63}(?:\s?\.\s?[\w-]{1,63}){1,5}|[\w.+-]{1,64}\s?[\[({]\s?at\s?[\])}]\s?[\w-]{1,63}|"
    r"[\w.+-]{1,64}\s+at\s+[\w-]{1,63}\s+(?:dot|\.)\s+[\w]{2,20}|"
    r"[\w.+-]{1,64} at (?:gmail|hotmail|outlook|yahoo|icloud|live|btinternet)\b[\w. ]{0,8}",
    _I,
)
_LINK = re.compile(
    r"\b(?:https?|hxxps?|ftp)\s*:\s*/\s*/\S+|\bwww\s*\.\s*\S+|"
    rf"\b[a-z0-9][a-z0-9-]{{0,62}}(?:\.[a-z0-9-]{{1,62}}){{0,4}}\.{_TLD}\b(?:/\S*)?|"
    r"\b[\w-]+\s(?:dot|\[dot\]|\(dot\))\s(?:com|org|net|co|uk)\b",
    _I,
)
_HANDLE = re.compile(r"(?<![\w.])@(?!\d+\s?(?:am|pm|:|\b))\w[\w.-]*|(?<![\w.])@\s[a-z]\w*[\d_.]\w+|\bu/\w{3,}", _I)
_APPS = (
    r"snap(?:chat)?|insta(?:gram)?|tik ?tok|telegram|whats ?app|facebook|fb|twitter|discord|kik|psn|xbox|"
    r"gamer ?tag|signal|roblox|youtube|yubo|wizz"
)
_OWN = r"(?:user ?name|name|handle|account|id|user|tag|profile)"
_ENDS = r"(?=\s*(?:$|[,;.!?)\n]))"
_APP_HANDLE = re.compile(
    rf"\b(?:(?:{_APPS})(?:'s)?\s*{_OWN}?\s*(?:[:=]|\s-\s)\s*(?:\S*[\d_.]\w+\S*|[^\s,;.!?)]+{_ENDS})|"
    rf"(?:{_APPS})(?:'s)?\s*{_OWN}?\s*(?:is|was)\s+[\w.]*[\d_.]\w+|"
    rf"(?:{_APPS})\s+{_OWN}\s+(?!is\b|was\b|for\b|to\b|and\b|of\b|on\b|with\b|run\b|set\b|has\b|that\b|where\b|by\b)\S+|"
    r"(?:user ?name|handle|gamer ?tag|screen ?name)\s*(?:is|was|[:=])?\s*[\w.]{0,40}[\d_][\w.]{0,40}|"
    rf"(?:{_APPS}|user ?name|handle)\s+(?:as\s+)?[a-z]+[\w.]*[\d_.][\w]+|"
    r"(?:user ?name|handle|screen ?name|gamer ?tag|add me|ig|sc)\s*[:=]\s*\S+|"
    rf"[a-z][\w.]{{0,40}}[\d_]\w{{0,20}}\s+on\s+(?:{_APPS})\b)",
    _I,
)
_NAMES_AN_APP = re.compile(rf"\b(?:{_APPS}|handle|user ?name|screen ?name|add me|ig\b|sc\b)", _I)
_SAYS_AT = re.compile(r"\bat\s*[\])}]|\bat (?:gmail|hotmail|outlook|yahoo|icloud|live|btinternet)\b|\sdot\s|\s\.\s", _I)
_POSTCODE = re.compile(
    r"\b(?:GIR\s?0AA|[A-Z]{1,2}\d[A-Z\d]?[\s-]{0,2}(?!(?-i:\d(?:st|nd|rd|th)\b))\d[ABD-HJLNP-UW-Z]{2})\b", _I
)
_NINO = re.compile(r"\b[A-Z]{2}[\s-]?(?:\d[\s-]?){6}[A-D]\b", _I)
_UPN = re.compile(r"\b[A-Z]\s?\d(?:\s?\d){10}\s?[\dA-Z]\b", _I)
_LICENCE = re.compile(r"\b[A-Z]{1,5}9{0,4}\s?\d{3}\s?\d{3}\s?[A-Z9]{2}\s?\d\s?[A-Z\d]{2}(?:\s?\d{2})?\b", _I)
_PLATE_JOINED = re.compile(r"\b(?:[a-z]{2}\d{2}[a-z]{3}|[a-z]\d{1,3}[a-z]{3}|[a-z]{3}\d{1,3}[a-z])\b", _I)
_PLATE_LOWER = re.compile(r"\b[a-z]{2}\d{2}\s([a-z]{3})\b", _I)
_PLATE_OLD = re.compile(r"\b(?:[A-Z]\d{1,3}\s([A-Z]{3})|[A-Z]{2}\s?\d{2}\s([A-Z]{3})|([A-Z]{3})\s\d{1,3}[A-Z])\b")
_PLATE_NAMED = re.compile(
    r"\b(?:reg(?:istration)?|vrm|number ?plate|plate|index)\s*(?:no|number|mark)?\.?\s*(?:is|was|of|[:#-])?\s*"
    r"(?=[a-z ]{0,6}\d)(?![a-z]+\s+[a-z])([a-z0-9]{1,4}\s?[a-z0-9]{1,4}(?:\s?[a-z]{3})?)\b",
    _I,
)
_CODE = r"(?:[a-z]{0,6}[-/ ]?)?\d[\w/.-]*\d[a-z]?(?:/\d+)*"
_REFERENCE = re.compile(
    rf"\b(?:lcs|refs?|reference|urn|pnc|niche|cad|oel|uci|uln|emis|liquid ?logic|carefirst|systm?one)\s*"
    rf"(?:no|nos|number|num|ref|id|code)?\s*\.?\s*(?:is|was|[:#=-])?\s*#?\s*(?=[\w/.-]*\d){_CODE}\b",
    _I,
)
_NUMBERED = re.compile(
    r"\b(?:crime|case|case ?file|log|incident|occurrence|id|storm|eclipse|mosaic|referral|nominal|record|file|custody|"
    r"ticket|client|person|pupil|patient|child|intel|intelligence|warning|rio|swift|police)\s*"
    rf"(?:(?:no|nos|number|num|ref|reference|id|code|log)s?\b\s*\.?\s*(?:is|was|[:#=-])?\s*#?\s*(?=[\w/.-]*\d){_CODE}|"
    r"[:#=]\s*#?\s*[a-z]{0,6}[-/]?\d[\d/.-]*\d[\d/-]*\d|#?(?!(?:19|20)\d{2}\b)\d{4,}|\d{2,4}-\d{4,}|\d{2,}\s(?=of\s\d))|\blog\s\d{3,}\b",
    _I,
)
_OFFICIAL = re.compile(
    r"\b\d{1,4}/\d{4,}(?:/\d{1,4})?\b|\b\d{2,4}/\d{3,}/\d{1,4}\b|\b\d{2,}/[A-Z]{2,}/\d+(?:/\d+)*\b|"
    r"\b[A-Z]{1,6}[-/]?\d{4,}(?:[-/]\w+)*\b|\b\d{4,}[A-Z]{1,3}\b",
    _I,
)
_LETTERED = re.compile(r"\b[A-Z]{1,6}(?:[-/][A-Z0-9]{1,8}){0,3}[-/]\d{3,}\b")
_ROAD = re.compile(r"[ABM]\d{1,4}M?")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = re.compile(
    rf"\b(?:{_DAY}\s?[/.-]\s?\d{{1,2}}\s?[/.-]\s?(?P<a>\d{{4}}|\d{{2}})|(?P<b>\d{{4}})[/.-]\d{{1,2}}[/.-]\d{{1,2}}|"
    rf"{_DAY}\s?(?:of\s)?[\s/.-]?{_MONTH}\.?,?[\s/.-]?\s?(?P<c>\d{{4}}|'?\d{{2}})?(?![\d:])|"
    rf"{_MONTH}\s{_DAY}(?:,?\s(?P<d>\d{{4}}))?|\d{{1,2}}\s\d{{1,2}}\s(?P<e>(?:19|20)\d{{2}}))\b",
    _I,
)
_BIRTH = re.compile(r"\b(?:d\.?\s?o\.?\s?b\.?|date of birth|born|birth ?date|birth ?day|b ?day|birth)(?![a-z])", _I)
_BORN_YEAR = re.compile(r"\b(?:born|dob|d\.o\.b\.?|date of birth|b\.)\W{0,3}(?:\w+\W+){0,4}?(?:(?:19|20)\d{2}|'\d{2})\b", _I)
_FULL_NUMBER = re.compile(r"(?<![\w£$€])(?:\+|\()?\d(?:[\s().\-/]{0,3}\d){5,}(?!\w)")
_LONG_RUN = re.compile(r"(?<![£$€\d.,])\d{6,}")
_YEARS = re.compile(r"(?:(?:19|20)\d{2}[\s/-]*)+")
_TIME = re.compile(r"\b(?:[01]?\d|2[0-3])[.:][0-5]\d\b|\b(?:[01]\d|2[0-3])[0-5]\d\s?-\s?(?:[01]\d|2[0-3])[0-5]\d\b(?!\s?\d)")
_MONTH_AND_YEAR = re.compile(r"\b\d{1,2}/(?:19|20)\d{2}\b|\b(?:19|20)\d{2}/(?:19|20)?\d{2}\b")
_BEFORE_BIRTH, _AFTER_BIRTH = 40, 41  # letters between a date and the word of birth it belongs to
_CHILD_YEARS = (1990, 2018)


def find_identifiers(text: str, groups: tuple[str, ...]) -> Iterator[Span]:
    """Every span of a plain text that refuses it by its form."""
    yield from _groups(text, groups)
    digits = sum(map(str.isdigit, text))
    if "@" in text or _SAYS_AT.search(text):
        yield from _all(_EMAIL, text, "email")
    if "@" in text or "u/" in text:
        yield from _all(_HANDLE, text, "handle")
    if "." in text or ":" in text or "dot" in text:
        yield from _all(_LINK, text, "link")
    if _NAMES_AN_APP.search(text):
        yield from _all(_APP_HANDLE, text, "handle")
    if digits:
        yield from _with_digits(text, digits)
    if digits or "irth" in text or "orn" in text:
        yield from _births(text)


def _all(pattern: re.Pattern[str], text: str, kind: str) -> Iterator[Span]:
    return (refused(*found.span(), kind) for found in pattern.finditer(text))


def _with_digits(text: str, digits: int) -> Iterator[Span]:
    """The rules that need so many digits at least; most sentences have too few for most of them."""
    if digits >= 2:
        yield from _all(_POSTCODE, text, "postcode")
        yield from _all(_REFERENCE, text, "case_reference")
        yield from _all(_NUMBERED, text, "case_reference")
    yield from _plates(text)
    if digits >= 3:
        yield from _references(text, _blank_dates(text))
    if digits >= 6:
        yield from _all(_NINO, text, "national_insurance_number")
        yield from _all(_LICENCE, text, "driving_licence")
        for found in _UPN.finditer(text):
            kind = "pupil_number" if upn.is_valid(found.group().replace(" ", "")) else "case_reference"
            yield refused(*found.span(), kind)
        yield from _numbers(_TIME.sub(_same_length, _blank_dates(text)))


def _references(text: str, blanked: str) -> Iterator[Span]:
    """Letters and digits as services number their records, in `blanked`, where dates are no longer to be seen."""
    yield from (refused(*one.span(), "case_reference") for one in _LETTERED.finditer(text) if not _ordinary(one.group()))
    for found in _OFFICIAL.finditer(_MONTH_AND_YEAR.sub(_same_length, blanked)):
        if not _ROAD.fullmatch(found.group()) and not _ordinary(found.group()):
            yield refused(*found.span(), "case_reference")


def _plates(text: str) -> Iterator[Span]:
    """Number plates; in two parts not where the second is a word and capitals say nothing ("AT 16 THE ...")."""
    for found in _PLATE_JOINED.finditer(text):
        if not _ordinary(found.group()):
            yield refused(*found.span(), "vehicle_registration")
    for found in _PLATE_NAMED.finditer(text):
        if any(map(str.isdigit, found.group(1))):
            yield refused(*found.span(), "vehicle_registration")
    words = lists().dictionary
    for pattern, unsure in ((_PLATE_OLD, text.isupper()), (_PLATE_LOWER, True)):
        for found in pattern.finditer(text):
            letters = next(group for group in found.groups() if group)
            if not unsure or letters.lower() not in words:
                yield refused(*found.span(), "vehicle_registration")


def _same_length(found: re.Match[str]) -> str:
    return "|" * len(found.group())


def _ordinary(written: str) -> bool:
    """A school year such as 2024/25, a time, or a measure is no reference."""
    return bool(
        re.fullmatch(
            r"(?:19|20)\d{2}/(?:19|20)?\d{2}|\d+(?:am|pm|km|m|k|s|hrs?|mins?|mph|ft|yd|kg|th|st|nd|rd|p|px|mm|g|bn)|covid-?\d*",
            written,
            _I,
        )
    )


def _numbers(blanked: str) -> Iterator[Span]:
    """Telephone and NHS numbers, and any other number too long to be a count; dates and times are blanked already."""
    for found in _FULL_NUMBER.finditer(blanked):
        digits = "".join(letter for letter in found.group() if letter.isdigit())
        if len(digits) >= 7 and not _YEARS.fullmatch(found.group()):
            yield refused(*found.span(), _number_kind(found.group(), digits))
    yield from (refused(*one.span(), _number_kind(one.group(), one.group())) for one in _LONG_RUN.finditer(blanked))


def _number_kind(written: str, digits: str) -> str:
    if len(digits) == 10 and nhs.is_valid(digits):
        return "nhs_number"
    try:
        number = phonenumbers.parse(written.replace("(0)", ""), "GB")
    except phonenumbers.NumberParseException:
        return "long_number"
    return "phone" if len(digits) >= 9 and phonenumbers.is_possible_number(number) else "long_number"


def _blank_dates(text: str) -> str:
    return _DATE.sub(lambda found: "|" * len(found.group()) if _is_date(found) else found.group(), text)


def _is_date(found: re.Match[str]) -> bool:
    numbers = [int(one) for one in re.findall(r"\d+", found.group())]
    return all(number <= 31 or number >= 1900 or str(number) == (found["a"] or "") for number in numbers) and not re.search(
        r"\d{5}", found.group()
    )


def _births(text: str) -> Iterator[Span]:
    """Any date beside a word of birth, and any full date in a year a child may be born in."""
    dates = [found for found in _DATE.finditer(text) if any(letter.isdigit() for letter in found.group())]
    for found in dates:
        year = _year(found)
        if year is not None and _CHILD_YEARS[0] <= year <= _CHILD_YEARS[1]:
            yield refused(*found.span(), "date_of_birth")
    starts = [found.start() for found in dates]
    for birth in _BIRTH.finditer(text):
        nearby = dates[bisect_left(starts, birth.start() - _BEFORE_BIRTH) : bisect_left(starts, birth.end() + _AFTER_BIRTH)]
        for found in nearby:
            if found.start() >= birth.end() or found.end() <= birth.start():
                yield refused(min(birth.start(), found.start()), max(birth.end(), found.end()), "date_of_birth")
    yield from _all(_BORN_YEAR, text, "date_of_birth")


def _year(found: re.Match[str]) -> int | None:
    written = next((found[name] for name in "abcde" if found[name]), "").lstrip("'")
    if not written:
        return None
    number = int(written)
    return number if number > 99 else 1900 + number if number >= 90 else 2000 + number


def _groups(text: str, groups: tuple[str, ...]) -> Iterator[Span]:
    pattern = _stop_list(groups)
    if pattern:
        yield from _all(pattern, text, "group_name")


@lru_cache(maxsize=8)
def _stop_list(groups: tuple[str, ...]) -> re.Pattern[str] | None:
    """One pattern for all names, with any spaces or hyphens between their words."""
    names = [
        r"[\s'_-]*".join(re.escape(word) for word in re.split(r"[\s'_-]+", name) if word) for name in groups if name.strip()
    ]
    return re.compile(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)", _I) if names else None
