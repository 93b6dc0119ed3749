"""Every list the screen reads with, loaded once, on first use: the dictionary, and the lists of our own making.

The dictionary is what two packaged lists agree on: the lower-case entries of the SPECIALIST lexicon as `lemminflect`
ships it (both British and American spellings, names kept apart by their capital) and the commoner words of the
frequency list `symspellpy` ships. Each alone holds names in lower case; together they hold few, and those are taken out
by `names.txt`. Only their data files are opened: neither package is imported.
"""

import csv
import gzip
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from pipelines.errors import SettingsError
from pipelines.settings import SHIPPED

FOLDER = SHIPPED / "reference" / "screening"
RARER_THAN = 25_000  # occurrences in the list's 10^12 words; rarer words name more people than things
# The lexicon lists what inflects; what does not (feasible, proactively) is known by endings that names do not have.
_BUILT_ENDINGS = (
    "able", "ible", "ability", "ibility", "ically", "ously", "ively", "ingly", "edly", "ably", "ibly", "fully", "lessly",
    "ness", "ational", "isation", "isations", "ification", "ivity", "ality", "alism", "ship", "ships", "ment", "ments",
    "ative", "less", "ency", "encies", "ancy", "ently", "antly", "ately", "ionally", "arily",
)  # fmt: skip
_GRAMMAR_ENDS = "# --- places"


@dataclass(frozen=True, slots=True)
class Contexts:
    """The neighbours that make a word that is also a name a word."""

    before: frozenset[str]
    after: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lists:
    """All lists, each a set of lower-case words unless its name says otherwise."""

    dictionary: frozenset[str]
    plain_verbs: frozenset[str]
    nouns: frozenset[str]
    grammar: frozenset[str]
    capitals: frozenset[str]
    abbreviations: frozenset[str]
    names: frozenset[str]
    name_words: dict[str, Contexts]
    weak_names: frozenset[str]
    nearly_names: frozenset[str]
    titles: dict[str, str]
    groups: tuple[str, ...]
    organisations: tuple[str, ...]
    person: dict[str, frozenset[str]]
    quasi: dict[str, frozenset[str]]
    places: dict[str, frozenset[str]]
    streets: dict[str, frozenset[str]]
    near: dict[str, frozenset[str]]


@cache
def lists() -> Lists:
    """Read every list. Raises SettingsError when a list or a packaged one is not there."""
    named = _name_words()
    own, names = _words("words.txt"), _words("names.txt") - named.keys()
    common, verbs, nouns = _lexicon()
    common -= {f"{name}s" for name in names if len(name) > 3}
    return Lists(
        dictionary=frozenset((common | own | named.keys()) - names),
        plain_verbs=frozenset(verbs - names),
        nouns=frozenset(nouns - names),
        grammar=_grammar(),
        capitals=_words("capitals.txt"),
        abbreviations=frozenset(_lines("abbreviations.txt", lower=False)),
        names=names,
        name_words=named,
        weak_names=_words("weak_names.txt") - named.keys() - names,
        nearly_names=_words("nearly_names.txt"),
        titles={row["title"]: row["rule"] for row in _rows("titles.csv")},
        groups=_entries("groups.txt"),
        organisations=_entries("organisations.txt"),
        person=_classes("person_words.txt"),
        quasi=_classes("quasi.txt"),
        places=_classes("place_words.txt"),
        streets=_classes("street_types.txt"),
        near=_classes("neighbours.txt"),
    )


def _lexicon() -> tuple[set[str], set[str], set[str]]:
    """The dictionary's words, and which are verbs in their plain form or adverbs, and which are nouns."""
    frequent = set()
    for line in _packaged("symspellpy", "frequency_dictionary_en_82_765.txt").read_text("utf-8-sig").splitlines():
        word, _, count = line.partition(" ")
        if int(count) < RARER_THAN:
            break
        frequent.add(word)
    common = {word for word in frequent if len(word) > 6 and word.endswith(_BUILT_ENDINGS)}
    verbs, nouns = set(), set()
    with gzip.open(_packaged("lemminflect", "resources/lemma_lu.csv.gz"), "rt", encoding="utf-8") as lines:
        for line in lines:
            word, kind, lemma = line.rstrip("\n").split(",", 2)
            if word in frequent:
                common.add(word)
                if kind == "noun":
                    nouns.add(word)
                elif kind == "adv" or (kind == "verb" and word in lemma.split("/")):
                    verbs.add(word)
    return common, verbs, nouns


def _packaged(package: str, path: str) -> Path:
    found = find_spec(package)
    folders = list(found.submodule_search_locations or ()) if found else []
    file = Path(folders[0], path) if folders else None
    if file is None or not file.is_file():
        raise SettingsError(
            f"{package}: the word list {Path(path).name} is not installed. Install what the project needs again"
        )
    return file


def _text(name: str) -> str:
    try:
        return (FOLDER / name).read_text(encoding="utf-8")
    except OSError:
        raise SettingsError(
            f"reference/screening/{name}: the list is missing or cannot be read. Put the shipped one back"
        ) from None


def _lines(name: str, *, lower: bool = True) -> list[str]:
    kept = " ".join(line for line in _text(name).splitlines() if not line.startswith("#")).split()
    return [word.lower() for word in kept] if lower else kept


def _words(name: str) -> frozenset[str]:
    return frozenset(_lines(name))


def _entries(name: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in _text(name).splitlines() if line and not line.startswith("#"))


def _grammar() -> frozenset[str]:
    head = _text("words.txt").split(_GRAMMAR_ENDS)[0]
    return frozenset(" ".join(line for line in head.splitlines() if not line.startswith("#")).split())


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(line for line in _text(name).splitlines() if line and not line.startswith("#")))


def _name_words() -> dict[str, Contexts]:
    return {
        row["word"]: Contexts(frozenset(row["before"].split()) - {"-"}, frozenset(row["after"].split()) - {"-"})
        for row in _rows("name_words.csv")
    }


def _classes(name: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _text(name).splitlines():
        if line and not line.startswith("#"):
            kind, _, words = line.partition(":")
            found.setdefault(kind.strip(), set()).update(words.split())
    return {kind: frozenset(words) for kind, words in found.items()}
