"""An option that is never drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._text import place

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.lint.views import Words
    from impasto.syntax.nodes import Choice


class UnreachableOption(Rule):
    """An option that is never drawn.

    ## What it does

    Reports an option with the odds 0, in a choice or in a line of a word list.

    ## Why is this bad?

    It is there and never counts. Whoever wants it out of the way for a while is better served by
    a comment, which cannot be mistaken for an option.

    ## Example

    ```
    a {3::red|0::blue} fox
    ```

    ## Use instead

    ```
    a {3::red|1::blue} fox
    ```
    """

    code = "IMP813"
    name = "unreachable-option"
    VALID = ("a {3::red|1::blue} fox", "{0.1::a|b}", Case("2::fox\nwolf\n", suffix="words"))
    INVALID = (
        Case("a {3::red|0::blue} fox", "0::"),
        Case("a {red|0.0::blue}", "0.0::"),
        Case("2::fox\n0::wolf\n", "wolf", suffix="words"),
    )

    def visit_choice(self, node: Choice, check: Check) -> None:
        """Look at the odds of the options."""
        for option in node.options:
            if option.mark and option.odds == 0:
                at = option.start if option.start >= 0 else node.start
                span = place(check, at, at + len(option.mark))
                check.report(self, span, _MESSAGE, hint=_HINT)

    def visit_words(self, view: Words, check: Check) -> None:
        """Look at the odds of the lines."""
        for line, odds in zip(view.lines, view.odds, strict=True):
            if odds and float(odds.strip().removesuffix("::")) == 0:
                check.report(self, line, _MESSAGE, hint=_HINT)


_MESSAGE = "the odds are 0, so this is never drawn"
_HINT = "give it odds above 0, or take it out"
