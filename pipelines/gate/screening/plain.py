"""Text made plain before it is read: one spelling for each letter, digit, dash and quote, and where each came from.

Compatibility forms (full-width, ligatures, mathematical letters) become what they stand for (Unicode NFKC and NFKD),
accents are laid aside but remembered, letters of other scripts that look like ours are read as ours and marked,
and what cannot be seen is taken out and marked: nobody writes it by accident in the middle of a word.
"""

import unicodedata
from dataclasses import dataclass, field

_SAME_AS = {
    "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i", "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe",
    "Œ": "OE", "þ": "th", "Þ": "Th", "ð": "d", "Ð": "D", "ħ": "h", "Ħ": "H", "ŋ": "n", "ə": "e", "Ə": "E", "ŧ": "t",
}  # fmt: skip
_LOOKS_LIKE = dict(
    zip(
        "аеорсухіјѕԁһӏкмнтвАЕОРСУХІЈЅКМНТВЗԝԛɡαορνικτυΑΒΕΖΗΙΚΜΝΟΡΤΥΧɑ",
        "aeopcyxijsdhlkmhtbAEOPCYXIJSKMHTB3wqgaopviktuABEZHIKMNOPTYXa",
        strict=True,
    )
)
_PLAIN = {
    **dict.fromkeys("‘’‚‛′ʼʹ`´ʻ＇", "'"),
    **dict.fromkeys("“”„‟″«»＂", '"'),
    **dict.fromkeys("‐‑‒–—―−﹘﹣－⁃", "-"),
    **dict.fromkeys("\u2028\u2029\x0b\x0c\x85\r", "\n"),
    **dict.fromkeys("•·●▪‣◦→←✓✔✗✘£€¥§°±×÷½¼¾…©®™", None),
}
_BULLETS = frozenset("•●▪‣◦")
_HIDDEN = frozenset({"Cf", "Cc", "Co", "Cs", "Cn"})


@dataclass(slots=True)
class Plain:
    """The plain text, the original offsets of each of its characters (null = unchanged), and what was marked."""

    text: str
    origin: list[tuple[int, int]] | None = None
    accented: set[int] = field(default_factory=set)
    marked: list[tuple[int, int, str]] = field(default_factory=list)


def make_plain(text: str) -> Plain:
    """Make any text plain. Never raises, whatever the text holds; text in plain ASCII is returned as it is."""
    if text.isascii() and text.isprintable():
        return Plain(text)
    plain = Plain("", [])
    letters: list[str] = []
    for at, letter in enumerate(text):
        _add(letter, at, letters, plain)
    plain.text = "".join(letters)
    return plain


def _add(letter: str, at: int, letters: list[str], plain: Plain) -> None:
    assert plain.origin is not None
    written, accented, mark = _read(letter)
    if mark == "accent":
        if letters:
            plain.accented.add(len(letters) - 1)
        return
    if mark:
        plain.marked.append((at, at + 1, mark))
    for one in written:
        if accented:
            plain.accented.add(len(letters))
        letters.append(one)
        plain.origin.append((at, at + 1))


def _read(letter: str) -> tuple[str, bool, str]:
    """What one character is read as, whether it bore an accent, and what it is marked as, if anything."""
    if letter in "\n\t" or (letter.isascii() and letter.isprintable()):
        return letter, False, ""
    if letter in _PLAIN:
        found = _PLAIN[letter]
        return ("\n" if letter in _BULLETS else found or " "), False, ""
    if letter in _SAME_AS:
        return _SAME_AS[letter], True, ""
    if letter in _LOOKS_LIKE:
        return _LOOKS_LIKE[letter], False, "unusual_character"
    kind = unicodedata.category(letter)
    if (
        kind in _HIDDEN
        or letter in "\u115f\u1160\u3164\uffa0\u2800\u034f"
        or unicodedata.name(letter, "").startswith("VARIATION")
    ):
        return "", False, "hidden_character"
    if kind == "Zs":
        return " ", False, ""
    if kind[0] == "M":
        return "", False, "accent"
    digit = unicodedata.digit(letter, None) if kind in ("Nd", "No") else None
    if digit is not None:
        return str(digit), False, ""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", letter))
    bare = "".join(_SAME_AS.get(one, _PLAIN.get(one) or one) for one in apart if unicodedata.category(one)[0] != "M")
    if bare and bare.isascii():
        return bare, len(apart) != len(bare), ""
    return " ", False, "unusual_character"
