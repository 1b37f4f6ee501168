"""A phrase that is there twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._phrases import keys_in, phrases_of
from impasto.lint.rules._text import own_text

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Part


class FoldedPhrase(Rule):
    """A phrase that is there twice.

    ## What it does

    Says that composing folds equal phrases of a prompt, or of template and styles (case, spaces,
    underscores and hyphens aside), into one: the first place stays, the weight farthest from 1 wins.

    ## Why is this bad?

    It is not bad. Encoders read a repeated phrase twice, which nobody asked for, so it is folded;
    whoever meant the repetition as emphasis should give a weight.

    ## Example

    ```
    a fox, film grain, Film Grain
    ```

    ## Use instead

    ```
    a fox, (film grain:1.2)
    ```
    """

    code = "IMP301"
    name = "folded-phrase"
    severity = "info"
    in_samples = False
    VALID = (
        "a fox, film grain",
        "a fox AND a fox",
        "{a|b}, {a|b}",
        "a fox and a fox",
        Case("---\nformat: 1\n---\na fox, film grain", suffix=".prompt"),
        Case("---\nvariables: {a: {}, b: {}}\n---\n{{ a }}, {{ b }}, fox", suffix=".prompt"),
    )
    INVALID = (
        Case("a fox, film_grain, (Film Grain:1.2)", "film_grain"),
        Case("a fox, grain,\nsnow, grain", "grain"),
        Case("---\nformat: 1\n---\na fox, grain, Grain", "Grain", suffix=".prompt"),
    )

    def visit_part(self, part: Part, check: Check) -> None:
        """Look at the phrases of a prompt that stands alone."""
        keys = [key for key in keys_in(own_text(part, check)) if key]
        if len(set(keys)) == len(keys):
            return
        from impasto.compose.merge import fold  # noqa: PLC0415 - most prompts repeat nothing

        for pair in fold(phrases_of(part, check))[1]:
            check.report(
                self,
                pair.dropped.span,
                f'"{pair.dropped.text}" is there twice; one stays, with weight'
                f" {pair.kept.weight:g}",
                hint=f"the other one is at {pair.kept.span}",
            )
