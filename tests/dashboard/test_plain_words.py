"""Every word people read: no word that blames, plain enough for anybody, and British.

The words not used, with better ones beside them, are in `data/reference/words_not_used.csv`.
"""

from __future__ import annotations

import ast
import csv
import importlib
import inspect
import itertools
import pkgutil
import re
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest

from dashboard import wording

ROOT = Path(wording.__file__).parents[2]
REFERENCE = ROOT / "data" / "reference"
METHOD = ROOT / "docs" / "method.md"
MODULES = ["dashboard.wording", *(f"dashboard.wording.{one.name}" for one in pkgutil.iter_modules(wording.__path__))]
VOCABULARIES = sorted({path.stem for path in REFERENCE.glob("*.csv")} - {"words_not_used", "identifying_headers"})
HIGHEST_GRADE = 8.0
FEW_WORDS = 40  # fewer than this say nothing about how hard a page is to read
LONGEST_SENTENCE = 40  # words
LONGEST_LABEL = 14  # words: longer than this is a sentence, and ends like one
A_NAME = "Mill Park"

AMERICAN = {
    "neighborhood", "color", "colored", "colors", "center", "centers", "centered", "behavior", "behaviors", "analyze",
    "analyzed", "catalog", "defense", "offense", "gray", "labor", "honor", "favor", "favorite", "traveled", "traveling",
    "canceled", "canceling", "labeled", "labeling", "modeled", "modeling", "fulfill", "enroll", "enrollment", "judgment",
    "skeptical", "theater", "fiber", "liter", "kilometer", "kilometers", "mom", "math", "gotten", "program", "programs",
    "counselor", "pediatric", "aging", "license", "sidewalk", "apartment", "downtown",
}  # fmt: skip
IZE = re.compile(r"\b\w{2,}(?<!\bs)(?:ize|izes|ized|izing|ization|izations)\b", re.IGNORECASE)
SPELT_WITH_Z = {"size", "sizes", "sized", "resize", "resized", "prize", "prizes", "prized", "seize", "seized", "capsize"}


def words_not_used() -> dict[str, str]:
    with (REFERENCE / "words_not_used.csv").open(encoding="utf-8", newline="") as lines:
        return {row["code"]: row["label"] for row in csv.DictReader(lines)}


def found_in(text: str, words: Mapping[str, str]) -> list[str]:
    """The words not used that stand in a text, whole or in the plural."""
    return [word for word in words if re.search(rf"(?<![\w-]){re.escape(word)}s?(?![\w-])", text, re.IGNORECASE)]


def american_in(text: str) -> list[str]:
    words = re.findall(r"[a-z]+", text.lower())
    return [word for word in words if word in AMERICAN or (IZE.fullmatch(word) and word not in SPELT_WITH_Z)]


def texts_of(module: str) -> list[str]:
    """Every text in the source of a module but its docstrings, the parts of sentences put together by functions too."""
    tree = ast.parse(Path(importlib.import_module(module).__file__ or "").read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    ]  # fmt: skip


def said_by(module: str) -> list[str]:
    """What a module says: its constants, and what its functions answer to simple arguments."""
    here = importlib.import_module(module)
    said: list[str] = []
    for name, value in vars(here).items():
        if inspect.isfunction(value):
            if value.__module__ == module and not name.startswith("_"):
                said += answers(value)
        elif name.isupper():
            said += strings(value)
    return list(dict.fromkeys(said))


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from strings(one)


def answers(function: types.FunctionType) -> list[str]:
    """What a function says when it is called simply; one that wants more than that is read in its source alone."""
    hints = typing.get_type_hints(function)
    names = list(inspect.signature(function).parameters)
    said: list[str] = []
    for known in (True, False):  # what may be missing is all there, then all missing
        given = [samples(hints.get(name), known=known) for name in names]
        if not all(given):
            return []
        for values in itertools.islice(itertools.product(*given), 64):
            try:
                said += strings(function(**dict(zip(names, values, strict=True))))
            except (KeyError, ValueError, AttributeError, IndexError, TypeError):
                continue  # it asks for a code this test does not know
    return said


def samples(hint: object, *, known: bool) -> list[object]:
    """Simple values of a type; none for a type that is not simple."""
    simple: dict[object, list[object]] = {
        str: [A_NAME], int: [1, 3], float: [2.5], bool: [True, False], date: [date(2026, 10, 7)],
    }  # fmt: skip
    if hint in simple:
        return simple[hint]
    origin, of = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        if type(None) in of and not known:
            return [None]
        return next(([*found] for one in of if (found := samples(one, known=known))), [])
    if origin in (Sequence, list, tuple) and of:
        inner = [samples(one, known=known) for one in of if one is not Ellipsis]
        return [tuple(values[0] for values in inner)] if all(inner) else []
    return []


def syllables(word: str) -> int:
    """Groups of vowels; a last e that is silent is none. Never under 1."""
    plain = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", plain))
    silent = re.search(r"[^aeiouy]es?$|[^aeiouydt]ed$", plain) and not re.search(r"([^aeiouy]l|s|x|z|c|g|ch|sh)es?$", plain)
    ends_e = re.search(r"(s|x|z|c|g|ch|sh)e$", plain)
    return max(1, groups - bool(silent or ends_e))


def sentences_in(text: str) -> list[list[str]]:
    """The sentences of a text, each as its words; what does not end like a sentence is a label."""
    found = [one for one in re.split(r"(?<=[.?!])\s+", text.strip()) if re.search(r"[.?!]$", one)]
    return [words for words in (re.findall(r"[A-Za-z][A-Za-z'’]*", one) for one in found) if len(words) > 2]


def grade(sentences: Sequence[Sequence[str]]) -> float:
    """The school grade a text is written for; a reading age is about five more.

    Kincaid, Fishburne, Rogers and Chissom (1975), Research Branch Report 8-75, Chief of Naval Technical Training:
    0.39 x words per sentence + 11.8 x syllables per word - 15.59.
    """
    words = [word for sentence in sentences for word in sentence]
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def prose(markdown: str) -> str:
    """A document without its headings, tables, pictures and code, up to the part for those who check the sums."""
    markdown = markdown.split("## For those who check the sums")[0]
    kept = [line for line in re.sub(r"```.*?```", "", markdown, flags=re.DOTALL).splitlines()
            if not re.match(r"\s*(#|\||!\[|\[)", line)]  # fmt: skip
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", "\n".join(kept)).replace("*", "").replace("`", "").replace("> ", "")


@pytest.mark.parametrize("module", MODULES)
def test_no_page_uses_a_word_that_blames_or_a_word_few_people_know(module):
    words = words_not_used()
    assert not {text: [(word, words[word]) for word in bad] for text in texts_of(module) if (bad := found_in(text, words))}


@pytest.mark.parametrize("module", MODULES)
def test_every_page_is_spelt_the_british_way(module):
    assert not {text: bad for text in texts_of(module) if (bad := american_in(text))}


@pytest.mark.parametrize("module", MODULES)
def test_every_page_can_be_read_at_twelve(module):
    sentences = [sentence for text in said_by(module) for sentence in sentences_in(text)]
    if sum(map(len, sentences)) >= FEW_WORDS:
        assert grade(sentences) < HIGHEST_GRADE
    assert [sentence for sentence in sentences if len(sentence) > LONGEST_SENTENCE] == []


@pytest.mark.parametrize("module", MODULES)
def test_every_sentence_ends_as_a_sentence_and_is_set_properly(module):
    for text in said_by(module):
        two_sentences = re.search(r"[a-z][.?!] [A-Z]", text)
        long = text[:1].isupper() and len(text.split()) > LONGEST_LABEL
        if (two_sentences or long) and not text.endswith(A_NAME):
            assert re.search(r"[.?!:]['’)]?$", text), f"does not end: {text}"
        assert not re.search(r" {2,}| [.,;?!]|\.\.|,,|[a-z] None\b|\bnan\b", text), f"badly set: {text}"


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_no_label_of_a_vocabulary_uses_such_a_word(vocabulary):
    with (REFERENCE / f"{vocabulary}.csv").open(encoding="utf-8-sig", newline="") as lines:
        labels = [row["label"] for row in csv.DictReader(lines)]
    words = words_not_used()
    assert not {label: bad for label in labels if (bad := [*found_in(label, words), *american_in(label)])}


@pytest.mark.parametrize("name", ["method.md", "impact.md"])
def test_the_account_of_a_method_is_plain_too(name):
    text = prose((METHOD.parent / name).read_text(encoding="utf-8"))
    assert not found_in(text, words_not_used())
    assert not american_in(text)
    assert grade(sentences_in(text)) < HIGHEST_GRADE


def test_every_word_not_used_has_a_better_one_beside_it_that_may_be_used():
    words = words_not_used()
    assert words
    for word, better in words.items():
        assert better
        assert not found_in(better, words), (word, better)


def test_a_word_not_used_is_found_whole_in_the_plural_and_in_capitals_and_never_inside_another():
    words = {"hotspot": "place with more reports", "mule": "child being made to carry drugs"}
    assert found_in("A Hotspot and two mules.", words) == ["hotspot", "mule"]
    assert found_in("Formulae of a hotspotter.", words) == []


def test_american_spelling_is_found_and_a_size_or_a_prize_is_not():
    assert american_in("The neighborhood is organized by color.") == ["neighborhood", "organized", "color"]
    assert american_in("The size of the prize, recognised and seized.") == []


@pytest.mark.parametrize(
    ("word", "count"),
    [("place", 1), ("places", 2), ("harm", 1), ("area", 2), ("table", 2), ("raised", 1), ("started", 2), ("people", 2),
     ("assessment", 3), ("the", 1), ("reported", 3), ("locality", 4), ("someone", 2), ("changes", 2)],
)  # fmt: skip
def test_syllables_are_counted_by_a_simple_rule(word, count):
    assert syllables(word) == count


def test_the_grade_is_the_published_formula():
    simple = sentences_in("The cat sat on the mat.")
    assert grade(simple) == pytest.approx(0.39 * 6 + 11.8 * 1 - 15.59)
    hard = sentences_in("Institutional considerations necessitate multidisciplinary collaboration.")
    assert grade(hard) > 20


def test_a_number_with_a_point_does_not_end_a_sentence_and_a_label_is_none():
    assert len(sentences_in("About 2.5 times the usual was seen. Is it harm?")) == 2
    assert sentences_in("Every assessment as a table") == []
