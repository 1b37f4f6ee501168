"""What hosts do to a text before CLIP's byte-pair encoding: three ways.

"hf"       the tokenizer of transformers 5: diffusers
"hf-slow"  the one in Python of transformers 4, without ftfy: ComfyUI
"ftfy"     the same with ftfy installed: A1111 and Forge
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.tokens.extras import is_installed
from impasto.tokens.nfc import nfc
from impasto.tokens.text import Cleaned

if TYPE_CHECKING:
    from collections.abc import Callable

_CJK = (
    ("\u3400", "\u4dbf"),
    ("\u4e00", "\u9fff"),
    ("\uf900", "\ufaff"),
    ("\U00020000", "\U0002a6df"),
    ("\U0002a700", "\U0002b73f"),
    ("\U0002b740", "\U0002b81f"),
    ("\U0002b820", "\U0002ceaf"),
    ("\U0002f800", "\U0002fa1f"),
)
# Patterns stay texts where plain prompts never need them: compiling them would cost more than all.
_PLAIN = re.compile(r"[ -~\t\n\r]*+")


class Cleaning(NamedTuple):
    """A way of cleaning.

    `folds` says that words are looked for whatever their case: "'ſ" is "'s", and CLIP's own
    markers count in any case. `is_sure` says whether `clean` is what the host does with a text.
    """

    name: str
    clean: Callable[[str], Cleaned]
    folds: bool
    is_sure: Callable[[str], bool] = lambda _text: True


def _fast(text: str) -> Cleaned:
    """Return the text in form C and lower case."""
    if text.isascii():
        return Cleaned(text.lower())
    return nfc(Cleaned(text)).each(str.lower)


def _slow(text: str) -> Cleaned:
    """Return the text without control characters, CJK set apart, in form C and lower case."""
    if _PLAIN.fullmatch(text):
        return Cleaned(text.lower())
    return _lower(nfc(Cleaned(text).each(_readable)))


def _readable(character: str) -> str:
    if character in "\t\n\r":
        return " "
    kind = unicodedata.category(character)
    if kind[0] == "C" or character == "\ufffd":
        return ""
    if kind == "Zs":
        return " "
    is_cjk = any(first <= character <= last for first, last in _CJK)
    return f" {character} " if is_cjk else character


def _lower(given: Cleaned) -> Cleaned:
    """Return the text in lower case, where a sigma depends on what stands around it."""
    low = given.text.lower()
    if len(low) == len(given.text):
        return given._replace(text=low)
    apart = given.each(lambda c: "i\u0307" if c == "\u0130" else c)
    return apart._replace(text=low)


# ftfy 6, all but its repairs of wrong encodings and HTML.

_LIGATURES = {
    "\u0132": "IJ", "\u0133": "ij", "\u0149": "'n", "\u01f1": "DZ", "\u01f2": "Dz",
    "\u01f3": "dz", "\u01c4": "D\u017d", "\u01c5": "D\u017e", "\u01c6": "d\u017e",
    "\u01c7": "LJ", "\u01c8": "Lj", "\u01c9": "lj", "\u01ca": "NJ", "\u01cb": "Nj",
    "\u01cc": "nj", "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi",
    "\ufb04": "ffl", "\ufb05": "\u017ft", "\ufb06": "st",
}  # fmt: skip
_QUOTES = "[\u02bc\u2018-\u201b]|([\u201c-\u201f])"
_REMOVED = "[\x00-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufeff\ufff9-\ufffc]"
_DOUBTFUL = (
    r"&#?[0-9A-Za-z]{1,24};|[\x1b\x80-\x9f\u0152\u0153\ud800-\udfff]|[\xc2\xc3](?=[ \s])"
    "|[\u0432\u0412]\u0402"
    "|[\xa0-\u02ff\u1e00-\u1eff\u2000-\u25ff\uf8ff\ufb01\ufb02\ufffd\u0384\u0385\u0490\u0491]"
    "[\xa0-\u045f\u0490\u0491\u1e00-\u1eff\u2000-\u25ff\uf8ff\ufb01\ufb02\ufffd]"
    "|[\u0370-\u045f][\xa0-\u02ff\u2000-\u25ff\uf8ff\ufb01\ufb02\ufffd\u0384\u0385\u0490\u0491]"
)
"""Where ftfy may decode something anew: entities, escapes, pairs that its heuristic weighs."""


def _ftfy(text: str) -> Cleaned:
    """Return the text as ftfy mends it, in lower case."""
    if _PLAIN.fullmatch(text) and "&" not in text:
        return Cleaned(text.lower())
    mended = nfc(Cleaned(text).each(_mended))
    if _is_doubtful(text, mended) and is_installed("ftfy"):
        mended = _mended_by_ftfy(text, mended)
    return _lower(mended)


def _is_sure_of_ftfy(text: str) -> bool:
    mended = nfc(Cleaned(text).each(_mended))
    return not _is_doubtful(text, mended) or is_installed("ftfy")


def _is_doubtful(text: str, mended: Cleaned) -> bool:
    return bool(re.search(_DOUBTFUL, text) or re.search(_DOUBTFUL, mended.text))


@cache
def _mended(character: str) -> str:
    character = _LIGATURES.get(character, character)
    if character == "\u3000" or "\uff01" <= character <= "\uffef":
        character = unicodedata.normalize("NFKC", character)
    character = re.sub(_QUOTES, lambda quote: '"' if quote[1] else "'", character)
    return re.sub(_REMOVED, "", character)


def _mended_by_ftfy(text: str, mended: Cleaned) -> Cleaned:
    """Return what ftfy itself makes of the text; what it decoded anew stands for one range."""
    fixed: str = import_module("ftfy").fix_text(text)
    if fixed == mended.text:
        return mended
    before = _same(fixed, text)
    behind = _same(fixed[before:][::-1], text[before:][::-1])
    middle = (fixed[before : len(fixed) - behind], before, len(text) - behind)
    ends = range(len(text) - behind, len(text))
    return Cleaned(text).pieces(
        [
            *((c, at, at + 1) for at, c in enumerate(text[:before])),
            middle,
            *((text[at], at, at + 1) for at in ends),
        ]
    )


def _same(one: str, other: str) -> int:
    """Return how many characters both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


HF: Final = Cleaning("hf", _fast, folds=False)
HF_SLOW: Final = Cleaning("hf-slow", _slow, folds=True)
FTFY: Final = Cleaning("ftfy", _ftfy, folds=True, is_sure=_is_sure_of_ftfy)
CLEANINGS: Final = {way.name: way for way in (HF, HF_SLOW, FTFY)}
