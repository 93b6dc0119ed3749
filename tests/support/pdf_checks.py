"""Our own look at whether a PDF can be read aloud and archived: what PDF/UA-1 and PDF/A-2a ask and a program can see.

It is written against the text of the standards (ISO 14289-1, ISO 19005-2) with another library than the one that writes
the files. It is no validator: what it does not look at, it does not vouch for.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, IndirectObject

SHOWS = {b"Tj", b"TJ", b"'", b'"', b"Do", b"S", b"s", b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*", b"sh", b"INLINE IMAGE"}
FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")


def faults(content: bytes) -> set[str]:
    """The codes of what is wrong with a PDF; none where every check holds."""
    read = PdfReader(io.BytesIO(content))
    root = read.trailer["/Root"]
    tagged = list(tags(root["/StructTreeRoot"]["/K"])) if "/StructTreeRoot" in root else []
    found = {
        "not tagged": not (root.get("/MarkInfo", {}).get("/Marked") and tagged),
        "no language": not str(root.get("/Lang", "")),
        "no title": not (read.metadata and read.metadata.title),
        "title not shown": not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"),
        "not declared": not all(f"<{one}>{said}</{one}>" in _xmp(root) for one, said in (
            ("pdfuaid:part", "1"), ("pdfaid:part", "2"), ("pdfaid:conformance", "A"))),
        "figure without words": any(one["/S"] == "/Figure" and not str(one.get("/Alt", "")).strip() for one in tagged),
        "head without scope": any(one["/S"] == "/TH" and not _scope(one) for one in tagged),
        "table without heads": any(one["/S"] == "/Table" and not any(two["/S"] == "/TH" for two in tags(one["/K"]))
                                   for one in tagged),
        "rows of different length": any(one["/S"] == "/Table" and len({_cells(row) for row in tags(one["/K"])
                                        if row["/S"] == "/TR"}) > 1 for one in tagged),
        "heading left out": not _in_order([int(str(one["/S"])[2:]) for one in tagged if str(one["/S"])[2:].isdigit()
                                           and str(one["/S"]).startswith("/H")]),
        "content without a tag": any(_untagged(read, page) for page in read.pages),
        "no order of tabs": any("/Annots" in page and page.get("/Tabs") != "/S" for page in read.pages),
        "font not embedded": any(not _embedded(font) for font in fonts(read)),
        "font without letters": any("/ToUnicode" not in font for font in fonts(read)),
        "runs a script": any(name in root for name in ("/OpenAction", "/AA")) or "/JavaScript" in root.get("/Names", {}),
        "encrypted": read.is_encrypted,
    }  # fmt: skip
    return {code for code, wrong in found.items() if wrong}


def tags(node: Any) -> Iterator[DictionaryObject]:
    """Every tagged element of a PDF, in reading order."""
    node = node.get_object() if isinstance(node, IndirectObject) else node
    if isinstance(node, ArrayObject):
        for one in node:
            yield from tags(one)
    elif isinstance(node, DictionaryObject):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from tags(node["/K"])


def fonts(read: PdfReader) -> Iterator[DictionaryObject]:
    """Every font of a PDF, those of its drawings too."""
    for page in read.pages:
        yield from _fonts(page.get("/Resources", {}), set())


def _fonts(resources: Any, seen: set[int]) -> Iterator[DictionaryObject]:
    resources = resources.get_object()
    for font in resources.get("/Font", {}).values():
        yield font.get_object()
    for drawing in resources.get("/XObject", {}).values():
        inside = drawing.get_object()
        if id(inside) not in seen and "/Resources" in inside:
            seen.add(id(inside))
            yield from _fonts(inside["/Resources"], seen)


def _xmp(root: Any) -> str:
    return root["/Metadata"].get_object().get_data().decode() if "/Metadata" in root else ""


def _attributes(one: DictionaryObject) -> list[Any]:
    said = one.get("/A", [])
    said = said.get_object() if isinstance(said, IndirectObject) else said
    return [part.get_object() for part in said] if isinstance(said, ArrayObject) else [said]


def _scope(one: DictionaryObject) -> bool:
    return any(isinstance(part, DictionaryObject) and "/Scope" in part for part in _attributes(one))


def _cells(row: DictionaryObject) -> int:
    def span(cell: DictionaryObject) -> int:
        return max([1, *(int(part["/ColSpan"]) for part in _attributes(cell)
                         if isinstance(part, DictionaryObject) and "/ColSpan" in part)])  # fmt: skip

    return sum(span(one) for one in tags(row["/K"]) if one["/S"] in ("/TH", "/TD"))


def _in_order(levels: list[int]) -> bool:
    """One first level to begin with, and never a level left out on the way down."""
    return bool(levels) and levels[0] == 1 and all(after <= before + 1 for before, after in pairwise(levels))


def _untagged(read: PdfReader, page: Any) -> bool:
    """Whether something is shown outside every tag and every artifact."""
    inside: list[bool] = []
    for operands, operator in ContentStream(page["/Contents"].get_object(), read).operations:
        if operator == b"BMC":
            inside.append(operands[0] == "/Artifact")
        elif operator == b"BDC":
            inside.append(operands[0] == "/Artifact" or "/MCID" in operands[1])
        elif operator == b"EMC":
            inside.pop()
        elif operator in SHOWS and not any(inside):
            return True
    return False


def _embedded(font: DictionaryObject) -> bool:
    if font.get("/Subtype") == "/Type3":
        return True
    own = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
    told = own.get("/FontDescriptor")
    return told is not None and any(name in told.get_object() for name in FONT_FILES)
