"""A prompt that stands for more prompts than anyone can paint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._text import own_text

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Part

_MANY: Final = 1_000_000
_BARS: Final = 9
"""Fewer bars cannot make a million: the most is one choice of all its ten options in any order."""


class TooManyCombinations(Rule):
    """A prompt that stands for more prompts than anyone can paint.

    ## What it does

    Notes a prompt whose choices and word lists have more than a million combinations.

    ## Why is this bad?

    It is a note: drawing from them with seeds is fine, and costs nothing. But `expand --all` and a
    batch over all of them never end, and two choices that were meant to go together multiply.

    ## Example

    ```
    {10$$ $$a|b|c|d|e|f|g|h|i|j}
    ```

    ## Use instead

    ```
    {3$$ $$a|b|c|d|e|f|g|h|i|j}
    ```
    """

    code = "IMP815"
    name = "too-many-combinations"
    severity = "info"
    in_samples = False
    VALID = ("{red|blue} fox", "{3$$ $$a|b|c|d|e|f|g|h|i|j}", "a|b|c|d|e|f|g|h|i|j|k")
    INVALID = (
        Case("{10$$ $$a|b|c|d|e|f|g|h|i|j}", "{10$$ $$a|b|c|d|e|f|g|h|i|j}"),
        Case("{a|b|c|d|e|f|g|h|i|j}" * 7, "{a|b|c|d|e|f|g|h|i|j}" * 7),
    )

    def visit_part(self, part: Part, check: Check) -> None:
        """Count the combinations of a part."""
        text = own_text(part, check)
        if "__" not in text and ("{" not in text or text.count("|") < _BARS):
            return
        from impasto.errors import ImpastoError  # noqa: PLC0415 - few prompts have choices
        from impasto.variations.combinations import Space  # noqa: PLC0415

        try:
            count = Space(check.linter.lists).count(part.children)
        except ImpastoError:  # a list that is missing or goes in a circle, which other rules say
            return
        if count > _MANY:
            many = f"{count:,}" if count < 10**15 else f"more than 10^{len(str(count)) - 1}"
            message = f"this stands for {many} prompts"
            check.report(self, part, message, hint="draw from them with seeds")
