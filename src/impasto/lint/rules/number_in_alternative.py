"""A number at the end of an alternation, which is text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from impasto.lint.rule import Case, Rule
from impasto.syntax.nodes import Text

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Alternate

_NUMBER = r"(?<!\\):[ \t]*[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[ \t]*\Z"


class NumberInAlternative(Rule):
    r"""A number at the end of an alternation, which is text.

    ## What it does

    Reports `[a|b:0.5]`, where the number looks like a weight or a moment and is neither.

    ## Why is this bad?

    An alternation has no weight and no end; the encoder reads `b:0.5` at every second step.

    ## Example

    ```
    a [fox|wolf:0.5]
    ```

    ## Use instead

    ```
    a ([fox|wolf]:0.5)      a weight
    a [fox:wolf:0.5]        a schedule
    a [fox|wolf\:0.5]       the text
    ```
    """

    code = "IMP103"
    name = "number-in-alternative"
    VALID = ("a [fox|wolf]", "a ([fox|wolf]:0.5)", r"a [fox|wolf\:0.5]", "[fox|wolf at 5:30 pm]")
    INVALID = (
        Case("a [fox|wolf:0.5]", ":0.5"),
        Case("---\n---\na [fox|wolf:2 ]", ":2 ", suffix=".prompt"),
    )

    def visit_alternate(self, node: Alternate, check: Check) -> None:
        """Look at the end of the last field."""
        last = node.fields[-1][-1] if node.fields[-1] else None
        found = re.search(_NUMBER, last.value) if isinstance(last, Text) else None
        if not found or not last:
            return
        assert check.prompt is not None
        start = last.start + found.start()
        check.report(
            self,
            check.prompt.source.span(start, last.start + found.end()),
            f'"{found[0].strip()}" is text here: an alternation has no number',
            hint=r"write ([a|b]:1.2) for a weight, [a:b:0.5] for a schedule, \: for a colon",
        )
