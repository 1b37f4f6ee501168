"""A character that nobody sees and the encoder reads."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from impasto.diagnostics import Edit
from impasto.lint.rule import Case, Rule
from impasto.lint.rules._text import place, whole_text

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.source import Span
    from impasto.syntax.nodes import Part

_HIDDEN: Final = (
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ufffd"
    "\U000e0000-\U000e007f]+"
)
_JOINERS: Final = frozenset("\u200c\u200d")
_MARKS: Final = frozenset("\u200e\u200f")
_RIGHT_TO_LEFT: Final = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe]"
_FLAG: Final = "\U0001f3f4"
_LOST: Final = "\ufffd"
_NAMES: Final = {
    "\u00ad": "soft hyphen",
    "\u200b": "zero-width space",
    "\u200c": "zero-width non-joiner",
    "\u200d": "zero-width joiner",
    "\u2060": "word joiner",
    "\ufeff": "byte order mark",
}


class InvisibleCharacter(Rule):
    """A character that nobody sees and the encoder reads.

    ## What it does

    Reports zero-width spaces, soft hyphens, marks that turn the direction of writing, control
    characters and the like, and the sign for a character that was lost (`�`). Joiners inside
    emojis and in scripts that need them are fine, and so are direction marks in texts from right
    to left.

    ## Why is this bad?

    They come along when text is copied from web pages and documents. The tokenizer makes tokens
    of them and cuts words in two, so "masterpiece" with a zero-width space in it is not the word
    the model has learnt. Marks of direction can make a text look like another one
    ([CVE-2021-42574](https://nvd.nist.gov/vuln/detail/CVE-2021-42574)).

    ## Example

    ```
    a master<U+200B>piece
    ```

    ## Use instead

    ```
    a masterpiece
    ```

    ## Fix safety

    The fix takes the characters out. No weight changes, and nothing that can be seen.
    """

    code = "IMP706"
    name = "invisible-character"
    changes_weights = True
    in_dialects = True
    VALID = (
        "a café, 夕阳",
        "a family 👨\u200d👩\u200d👧",
        "می\u200cخواهم",
        "שלום\u200f!",
        "the flag \U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "a heart ❤️",
        "tab\there",
    )
    INVALID = (
        Case("a master\u200bpiece", "\u200b", fix="a masterpiece"),
        Case("\ufeffa fox", "\ufeff", fix="a fox"),
        Case("soft\u00adly lit", "\u00ad", fix="softly lit"),
        Case("x\u202ey", "\u202e", fix="xy"),
        Case("a\x00b", "\x00", fix="ab"),
        Case("caf\ufffd", "\ufffd"),
        Case("fox\u200d, snow", "\u200d", fix="fox, snow"),
    )

    def visit_part(self, part: Part, check: Check) -> None:
        """Look at the text as it stands."""
        text = whole_text(part, check)
        if text.isascii() and text.isprintable():
            return
        for found in re.finditer(_HIDDEN, text):
            if not _belongs(found, text):
                self._report(found[0], place(check, found.start(), found.end()), check)

    def _report(self, signs: str, span: Span, check: Check) -> None:
        if _LOST in signs:
            message = "a character was lost here when the text was decoded"
            check.report(self, span, message, hint="write it again, and save the file as UTF-8")
            return
        name = _NAMES.get(signs[0], "")
        shown = f"U+{ord(signs[0]):04X}{', ' if name else ''}{name}"
        more = f", {len(signs)} in a row" if len(signs) > 1 else ""
        check.report(
            self,
            span,
            f"nobody sees this character, and the encoder reads it ({shown}{more})",
            title="take it out",
            edits=[Edit(span, "")],
        )


def _belongs(found: re.Match[str], text: str) -> bool:
    """Whether the characters have a meaning where they stand."""
    signs = set(found[0])
    before = text[found.start() - 1 : found.start()] if found.start() else ""
    after = text[found.end() : found.end() + 1]
    if signs <= _JOINERS:
        return not (_is_plain(before) or _is_plain(after))
    if signs <= _MARKS:
        return _runs_to_the_left(text)
    return before == _FLAG and all(sign >= "\U000e0020" for sign in signs)


@lru_cache(maxsize=4)
def _runs_to_the_left(text: str) -> bool:
    return re.search(_RIGHT_TO_LEFT, text) is not None


def _is_plain(sign: str) -> bool:
    """Whether nothing joins here: an ASCII character, or the end of the text."""
    return sign.isascii()
