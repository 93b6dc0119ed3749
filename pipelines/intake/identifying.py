"""What may say who a person is: headers that are never accepted, and values no accepted column may hold.

What is guaranteed. Every value of every `ref` and `pseudonym` column, of every `number` and `integer` column without a
maximum, and of every `text` and `name` column of a feed that is not public is looked at while it is read, none by
sample. One search for signs sets sound values apart; a file in which it finds any is read again and those values judged
by kind. A value written as no reference is (with a space, an @, a slash) is judged for itself. A value that a sound
reference could also be is judged beside the others of its column, counted in one more reading: a serial of ten digits
passes for an NHS number one time in eleven, and what chance gives is kept.

What is not found: identifiers hidden among references of the same length that are more than half of them (NHS numbers
among serials of ten digits), a name with digits behind it, and a one-way reference that anybody could make again.
"""

import csv
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from pipelines.settings import SHIPPED

if TYPE_CHECKING:
    from pipelines.intake.contract import Column

BIRTH_AGES_YEARS = (5, 25)
_LONGEST_REFERENCE = 64


@dataclass(frozen=True)
class Kind:
    """One kind of identifier a reference may turn out to be.

    lengths how long it is at least and at most, which is the quickest to see
    shape   what a value is, in capitals and without its spaces, dots, dashes, slashes and brackets (`it` in SQL)
    passes  SQL that is true for those of this shape that are of this kind
    chance  the share of sound references as long that are taken for one, at most
    spread  how far apart the numbers of a column must lie: a supplier's serial lies side by side
    """

    words: str
    lengths: tuple[int, int]
    shape: str
    passes: str = "true"
    chance: float = 0.1
    spread: int = 0


def _digit(text: str, at: int) -> str:
    return f"(ascii(substr({text}, {at}, 1)) - 48)"


def nhs_passes(text: str) -> str:
    """SQL: ten digits whose last is the check digit of modulus 11 (NHS Data Dictionary, NHS NUMBER)."""
    return f"({' + '.join(f'{11 - at} * {_digit(text, at)}' for at in range(1, 11))}) % 11 = 0"


def upn_passes(text: str) -> str:
    """SQL: a pupil number whose first letter is its check letter, modulus 23 (DfE, Unique Pupil Numbers guide)."""
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    last = f"substr({text}, 13, 1)"
    last = f"CASE WHEN {last} < 'A' THEN {_digit(text, 13)} ELSE strpos('{letters}', {last}) - 1 END"
    total = " + ".join([*(f"{at} * {_digit(text, at)}" for at in range(2, 13)), f"13 * ({last})"])
    return f"substr({text}, 1, 1) = substr('{letters}', 1 + ({total}) % 23, 1)"


_DAY_FORMATS = "['%d/%m/%Y', '%d-%m-%Y', '%d_%m_%Y', '%d.%m.%Y', '%d %m %Y', '%Y/%m/%d', '%Y_%m_%d', '%Y.%m.%d', '%d %b %Y', '%d-%b-%Y', '%d%b%Y', '%d %B %Y', '%d-%B-%Y', '%Y%m%d', '%d%m%Y']"  # noqa: E501
_BORN = f"CAST(coalesce(try_cast(raw AS DATE), try_strptime(raw, {_DAY_FORMATS})) AS DATE) BETWEEN born_from AND born_to"
_POSTCODE = "[A-Z]{1,2}[0-9][A-Z0-9]?{gap}[0-9][ABD-HJLNP-UW-Z]{2}"
KINDS = {
    "nhs_number": Kind("NHS numbers", (10, 10), "[0-9]{10}", nhs_passes("it"), 1 / 11),
    "email": Kind("e-mail addresses", (3, 999), ".*@.*"),
    "date_of_birth": Kind("dates of birth", (5, 15), "[0-9]{5,8}|[0-9]{1,2}[A-Z]{3,9}[0-9]{4}",
                          f"NOT regexp_full_match(raw, '[0-9]*') AND {_BORN}", 0.04),
    "birth_digits": Kind("dates of birth", (8, 8), "[0-9]{8}", f"strlen(raw) = 8 AND {_BORN}", 0.04, 366),
    "upn": Kind("pupil numbers", (13, 13), "[A-Z][0-9]{11}[0-9A-Z]", upn_passes("it"), 1 / 23),
    "nino": Kind("National Insurance numbers", (9, 9), "[A-Z]{2}[0-9]{6}[A-D]"),
    "mobile": Kind("phone numbers", (11, 14), "(0|44|0044|440)7[1-9][0-9]{8}"),
    "phone": Kind("phone numbers", (10, 14), "(0|44|0044|440)[1238][0-9]{8,9}", "true", 0.4, 10_000_000),
    # A spreadsheet takes the nought off a number that begins with one.
    "phone_short": Kind("phone numbers", (10, 10), "7[1-9][0-9]{8}", "true", 0.1, 10_000_000),
    "driving_licence": Kind("driving licences", (16, 16), "[A-Z]{1,5}9{0,4}[0-9](0[1-9]|1[0-2]|5[1-9]|6[0-2])"
                            "(0[1-9]|[12][0-9]|3[01])[0-9][A-Z][A-Z9][A-Z0-9][A-Z]{2}", chance=0.01),
    "postcode": Kind("postcodes", (5, 7), _POSTCODE.replace("{gap}", "")),
    "name": Kind("words without a digit, as names are", (1, 999), r"[\pL][\pL ,.''’`-]*"),
}  # fmt: skip
# One search over every reference, which costs what looking for a letter out of place would: what it does not find is
# a sound reference. A private one also has a digit, since a name has none.
_SIGNS = (
    "[^A-Za-z0-9_-]", "^[0-9]{10}$", "^[0-9]{3}-[0-9]{3}-[0-9]{4}$", "^[A-Za-z][0-9]{11}[0-9A-Za-z]$",
    "^[A-Za-z]{2}[_-]?([0-9]{2}[_-]?){3}[A-Da-d]$", "^[A-Za-z]{1,2}[0-9][A-Za-z0-9]?[_-]{0,2}[0-9][A-Za-z]{2}$",
    "^[A-Za-z]{1,5}9{0,4}-?[0-9]{6}-?[A-Za-z][A-Za-z0-9]{4}$", "^0[12378][0-9_-]{8,13}$", "^(00)?44[0-9_-]{9,14}$",
    "^7[0-9_-]{9,12}$", "^(19|20)[0-9]{2}[_-]?[0-9]{1,2}[_-]?[0-9]{1,2}$",
    "^[0-9]{1,2}[_-]?([0-9]{1,2}|[A-Za-z]{3,9})[_-]?(19|20)[0-9]{2}$",
)  # fmt: skip
_NO_DIGIT = "^[A-Za-z_-]+$"
_NOT_KNOWN = "(?i)(un|not[ _-]?)known|none|null|n[ /_-]?a|nil|blank|tbc|tba|missing|withheld|redacted|anonymous"
_MONTHS = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_BORN_WORDS = "d[.]?o[.]?b|date of birth|birthday|born"
_TITLES = "(Mr|Ms|Mx|Mrs|Miss|Dr|Prof)"
_TEXT_SIGN = (
    f"@|{_TITLES}[. ]|[0-9]([ ()-]*[0-9]){{7}}|[0-9][A-Za-z]{{2}}\\b|(?i)([A-Z] ?[0-9]{{2}} ?[0-9]{{2}} ?[0-9]{{2}} ?[A-D]|"
    f"\\b({_BORN_WORDS})\\b.*[0-9])"
)
_TEXT_DATE = f"[0-9]{{1,4}}(st|nd|rd|th)?[ ./-]([0-9]{{1,2}}|{_MONTHS})[ ./-][0-9]{{2,4}}"


def is_judged(column: "Column") -> bool:
    """Whether the values of a column are judged beside one another, as references are; texts are judged each alone."""
    return column.type in ("ref", "pseudonym") or (column.type in ("number", "integer") and column.maximum is None)


def sign_sql(column: "Column", raw: str) -> str:
    """SQL over one trimmed text value: true where something may be odd about it, so that `odd_sql` must say what."""
    if column.type in ("text", "name"):
        return f"regexp_matches({raw}, '{_TEXT_SIGN}')"
    signs = "|".join([*_SIGNS, _NO_DIGIT] if column.private and column.type in ("ref", "pseudonym") else _SIGNS)
    return f"strlen({raw}) > {_LONGEST_REFERENCE} OR regexp_matches({raw}, '{signs}')"


def odd_sql(column: "Column", raw: str, *, as_at: date) -> str:
    """SQL over one trimmed text value: null for a sound one, else what is odd about it.

    `not_a_reference`, a kind for a value no reference is written like (`email`), or a kind, a question mark and the
    value's length for one that a sound reference could be as well (`nhs_number?10`): see `judging.judge`.
    """
    if column.type in ("text", "name"):
        return f"CASE WHEN {sign_sql(column, raw)} THEN {_odd_text(raw, titles=column.type == 'name')} END"
    reference = column.type in ("ref", "pseudonym")
    private = reference and column.private
    bad = f"strlen({raw}) > {_LONGEST_REFERENCE} OR regexp_matches({raw}, '[^A-Za-z0-9_-]')"
    oldest, youngest = (f"DATE '{as_at}' - INTERVAL {years} YEAR" for years in reversed(BIRTH_AGES_YEARS))
    parts = {"raw": raw, "born_from": oldest, "born_to": youngest}
    cases = " ".join(
        f"WHEN strlen(it) BETWEEN {kind.lengths[0]} AND {kind.lengths[1]} AND regexp_full_match(it, '{kind.shape}') "
        f"AND {_filled(kind.passes, parts)} THEN '{name}'"
        for name, kind in KINDS.items()
        if name != "name"
    )
    if private:
        cases = f"WHEN regexp_full_match({raw}, '{_NOT_KNOWN}') THEN 'not_a_reference' {cases}"
        cases += f" WHEN regexp_full_match({raw}, '{KINDS['name'].shape}|[A-Za-z_-]+') THEN 'name'"
    # A list of one gives its value a name, so that it is made once and not wherever it is looked at.
    compact = f"[upper(regexp_replace({raw}, '[ ._()/+-]', '', 'g'))]"
    kind_of = f"list_transform({compact}, lambda it: CASE {cases} END)[1]"
    unsound = "'not_a_reference'" if reference else "NULL"
    odd = (
        f"list_transform([{kind_of}], lambda kind: CASE WHEN kind IS NULL THEN CASE WHEN {bad} THEN "
        f"{unsound} END WHEN kind = 'not_a_reference' OR {bad} THEN kind "
        f"ELSE kind || '?' || strlen({raw}) END)[1]"
    )
    # Ten digits are the serials of many suppliers: the two kinds they can be are asked after without the list, which costs.
    digits = (
        f"CASE WHEN {nhs_passes(raw)} THEN 'nhs_number?10' "
        f"WHEN regexp_full_match({raw}, '{KINDS['phone'].shape}') THEN 'phone?10' "
        f"WHEN regexp_full_match({raw}, '{KINDS['phone_short'].shape}') THEN 'phone_short?10' END"
    )
    ten = f"strlen({raw}) = 10 AND regexp_full_match({raw}, '[0-9]{{10}}')"
    return f"CASE WHEN {sign_sql(column, raw)} THEN CASE WHEN {ten} THEN {digits} ELSE {odd} END END"


def _filled(sql: str, parts: dict[str, str]) -> str:
    return re.sub(r"\b(raw|born_from|born_to)\b", lambda found: parts[found.group()], sql)


def _odd_text(raw: str, *, titles: bool) -> str:
    """What a written text holds that identifies by its form alone; softer signs are for whoever screens free text."""

    def any_of(pattern: str, passes: str) -> str:
        tidy = "upper(regexp_replace(one, '[ -]', '', 'g'))"
        passes = re.sub(r"\bit\b", tidy, passes)
        return f"len(list_filter(regexp_extract_all({raw}, '{pattern}'), lambda one: {passes})) > 0"

    postcode = f"\\b{_POSTCODE.replace('{gap}', ' ?')}\\b"
    found = {
        "email": f"regexp_matches({raw}, '[A-Za-z0-9_.+-]+ ?@ ?[A-Za-z0-9-]+[.][A-Za-z]')",
        "date_of_birth": f"regexp_matches({raw}, '(?i)\\b({_BORN_WORDS})\\b.{{0,20}}{_TEXT_DATE}')",
        "nhs_number": any_of("\\b[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}\\b", nhs_passes("it")),
        "upn": any_of("\\b[A-Za-z][0-9]{11}[0-9A-Za-z]\\b", upn_passes("it")),
        "nino": any_of("(?i)\\b[A-Z]{2}[ -]?(?:[0-9]{2}[ -]?){3}[A-D]\\b", "true"),
        "mobile": f"regexp_matches({raw}, '(\\+44|\\b0044|\\b0)[ ()-]*[1-9]([ ()-]*[0-9]){{8,9}}\\b')",
        "driving_licence": any_of("\\b[A-Z]{1,5}9{0,4}[0-9]{6}[A-Z][A-Z9][A-Z0-9]{3}\\b", "strlen(it) = 16"),
        # A "2nd" after a road's number is no end of a postcode, unless it is written in capitals as one.
        "postcode": f"regexp_matches({raw}, '{postcode}') OR "
        + any_of(f"(?i){postcode}", "NOT regexp_matches(one, '(st|nd|rd|th)$')"),
        "name": f"regexp_matches({raw}, '\\b{_TITLES}[.]? [A-Z][a-z]')" if titles else "false",
    }  # fmt: skip
    cases = " ".join(f"WHEN {sql} THEN '{kind}'" for kind, sql in found.items())
    return f"CASE {cases} END"


@lru_cache
def _never_headers() -> frozenset[str]:
    """The reference list itself: always the shipped one, so that no data directory can shorten it."""
    with (SHIPPED / "reference" / "identifying_headers.csv").open(encoding="utf-8", newline="") as lines:
        return frozenset(row["header"] for row in csv.DictReader(lines))


@lru_cache
def _about() -> frozenset[str]:
    """Words that may stand before or after what a column holds, and change nothing."""
    lines = (SHIPPED / "reference" / "identifying_about.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def says_who(header: str) -> bool:
    """Whether a header says that its column identifies people: `DOB `, `Child's name`, `NHS No.`, `childName`."""
    plain = unicodedata.normalize("NFKD", header).encode("ascii", "ignore").decode()
    words = [one.casefold() for one in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", plain)]
    whole = "".join(words)
    spellings = {whole, "".join(one for one in words if one not in _about())}
    spellings |= {whole.removeprefix(one) for one in _about() if len(one) > 1}
    return bool(spellings & _never_headers())
