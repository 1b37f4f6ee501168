"""A letter that looks like another one."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._text import place, whole_text

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Part

_TWINS: Final = str.maketrans(
    "АВЕЅІЈКМНОРСТХаеіјорсухѕһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΧοϳ",
    "ABESIJKMHOPCTXaeijopcyxshdqwABEZHIKMNOPTXoj",
)
"""Cyrillic and Greek letters that look like Latin ones, after Unicode's confusables."""
_MIXED: Final = (
    r"(?<![^\W\d_])[^\W\d_]*(?:[A-Za-z][\u0370-\u052f]|[\u0370-\u052f][A-Za-z])[^\W\d_]*"
)
_STYLED: Final = "[\U0001d400-\U0001d7cb\ufb00-\ufb06]+"
_SUSPECT: Final = "[\u0370-\u052f\U0001d400-\U0001d7cb\ufb00-\ufb06]"
_STYLED_WORD: Final = f"(?<![A-Za-z])(?:[A-Za-z]*{_STYLED}[A-Za-z]*)+"


class LookAlike(Rule):
    """A letter that looks like another one.

    ## What it does

    Reports words in which Latin letters meet Cyrillic or Greek ones that look the same
    (`mаsterpiece` with a Cyrillic а), letters of the mathematical alphabets (𝐟𝐨𝐱) and
    ligatures (ﬁ).

    ## Why is this bad?

    For the tokenizer they are other characters, so the word is none that the model has learnt. It
    also hides words from whoever searches for them. Words that are wholly in another script, and
    signs such as `μm` or `Δt`, are fine.

    ## Example

    ```
    a mаsterpiece, 𝐟𝐨𝐱
    ```

    ## Use instead

    ```
    a masterpiece, fox
    ```

    ## Fix safety

    The fix writes Latin letters. The text changes, as it should, and no weight does.
    """

    code = "IMP707"
    name = "look-alike"
    changes_weights = True
    in_dialects = True
    VALID = (
        "лиса в снегу",
        "5 μm, Δt, Hα",
        "a café",
        "лиса and fox",
        "Ｑ版",
        "𝄞 music",
        "λ-calculus",
    )
    INVALID = (
        Case("a m\u0430sterpiece", "m\u0430sterpiece", fix="a masterpiece"),
        Case("\u0421astle", "\u0421astle", fix="Castle"),
        Case(
            "\U0001d41f\U0001d428\U0001d431 in snow",
            "\U0001d41f\U0001d428\U0001d431",
            fix="fox in snow",
        ),
        Case("a \ufb01eld", "\ufb01eld", fix="a field"),
    )

    def visit_part(self, part: Part, check: Check) -> None:
        """Look at the words of the text as it stands."""
        text = whole_text(part, check)
        if text.isascii() or not re.search(_SUSPECT, text):
            return
        for found in re.finditer(_MIXED, text):
            plain = found[0].translate(_TWINS)
            if plain.isascii():
                self._report(found, plain, "letters of other scripts that look Latin", check)
        for found in re.finditer(_STYLED_WORD, text):
            plain = unicodedata.normalize("NFKC", found[0])
            self._report(found, plain, "letters that only look like these", check)

    def _report(self, found: re.Match[str], plain: str, what: str, check: Check) -> None:
        fix = plain if plain.isascii() and plain.isalnum() else ""
        check.report(
            self,
            place(check, found.start(), found.end()),
            f'"{plain}" is written with {what}: to the model it is another word',
            hint=f'write "{plain}"',
            title="write Latin letters" if fix else "",
            edits=[check.edit(found.start(), found.end(), fix)],
        )
