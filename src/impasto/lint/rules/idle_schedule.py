"""A schedule that never changes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from impasto.lint.rule import Case, Rule

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Schedule

_MANY: Final = 1000
"""More steps than any model card takes."""


class IdleSchedule(Rule):
    """A schedule that never changes anything.

    ## What it does

    Reports `[a:b:when]` with a moment before the first step or behind the last one: 0, 1.0 and
    more, or a step beyond 1000.

    ## Why is this bad?

    Only one of the two texts is ever painted. A number with a dot is a share of the steps, so
    `1.0` is the end; without a dot it is a step, so `1` is the first one. A1111 counts the same.

    ## Example

    ```
    a [fox:wolf:1.0] in the snow
    ```

    ## Use instead

    ```
    a [fox:wolf:0.5] in the snow
    ```
    """

    code = "IMP125"
    name = "idle-schedule"
    VALID = ("[fox:wolf:0.5]", "[fox:wolf:1]", "[fox::0.99]", "[:wolf:12]")
    INVALID = (
        Case("a [fox:wolf:1.0]", "[fox:wolf:1.0]"),
        Case("a [fox:wolf:0]", "[fox:wolf:0]"),
        Case("a [fox::25.5]", "[fox::25.5]"),
        Case("a [fox:wolf:20000]", "[fox:wolf:20000]"),
    )

    def visit_schedule(self, node: Schedule, check: Check) -> None:
        """Look at the moment of a schedule."""
        when = float(node.mark[1:])
        end = 1 if "." in node.mark else _MANY + 1
        if 0 < when < end:
            return
        what = "the second text is painted from the start" if when <= 0 else "it never switches"
        check.report(
            self,
            node,
            f"{what}: {when:g} is not between the first step and the last",
            hint="a number with a dot is a share of the steps, one without is a step",
        )
