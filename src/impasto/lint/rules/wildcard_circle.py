"""Word lists that name each other in a circle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.lint.rule import Rule

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Wildcard


class WildcardCircle(Rule):
    """Word lists that name each other in a circle.

    ## What it does

    Follows every wildcard through the word lists of the project.

    ## Why is this bad?

    It never ends, so composing refuses it.

    ## Example

    ```
    __animals__         and in animals.txt a line: a __pets__, in pets.txt a line: an __animals__
    ```

    ## Use instead

    ```
    __animals__         and in pets.txt a line: a cat
    ```
    """

    code = "IMP812"
    name = "wildcard-circle"
    severity = "error"
    VALID = ("a portrait of __animals__",)
    INVALID = ()

    def visit_wildcard(self, node: Wildcard, check: Check) -> None:
        """Follow a wildcard."""
        from impasto.errors import ImpastoError, OpenPromptError  # noqa: PLC0415
        from impasto.variations.combinations import Space  # noqa: PLC0415

        try:
            Space(check.linter.lists).count((node,))
        except OpenPromptError as error:
            check.report(self, node, str(error), hint="take one of the lists out of the circle")
        except ImpastoError:  # a list that is missing, which another rule says
            return
