"""A weight below zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._weights import is_bounded

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Group, Part


class NegativeWeight(Rule):
    """A weight below zero.

    ## What it does

    Reports groups and parts with a negative weight.

    ## Why is this bad?

    Every host computes something else: A1111 turns the embedding around and rescales it, ComfyUI
    mirrors it through the empty prompt, compel and most others refuse it or lose it.

    ## Example

    ```
    a street, (people:-1)
    ```

    ## Use instead

    ```
    ---
    negative: people
    ---
    a street
    ```
    """

    code = "IMP106"
    name = "negative-weight"
    in_dialects = True
    VALID = (
        "(people:0.5)",
        "a AND b:0.5",
        "[people]",
    )
    INVALID = (
        Case("a street, (people:-1)", "(people:-1)"),
        Case("a street, (people:-1)", "people", dialect="comfyui"),
        Case("a street AND people:-0.5", " people:-0.5"),
    )

    def visit_group(self, node: Group, check: Check) -> None:
        """Look at a group."""
        self._look(node, check)

    def visit_part(self, part: Part, check: Check) -> None:
        """Look at a part."""
        self._look(part, check)

    def _look(self, node: Group | Part, check: Check) -> None:
        if node.mark and node.weight < 0 and is_bounded(check):
            check.report(
                self,
                node,
                f"the weight {node.weight:g} means something else to every host",
                hint="move the text to the negative prompt",
            )
