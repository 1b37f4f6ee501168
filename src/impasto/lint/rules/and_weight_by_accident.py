"""A number at the end of a part that becomes the weight of the part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._weights import colon_of, is_accident

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Part


class AndWeightByAccident(Rule):
    r"""A number at the end of a part that becomes the weight of the part.

    ## What it does

    Reports a whole number behind a colon at the end of a part of a prompt with `AND`, where it
    stands behind another number or is 10 or more.

    ## Why is this bad?

    `a AND ratio 16:9` composes `a` with `ratio 16` at weight 9, as A1111 reads it. Without `AND`
    the same ending is text, so nobody expects it.

    ## Example

    ```
    a castle AND poster, ratio 16:9
    ```

    ## Use instead

    ```
    a castle AND poster, ratio 16\:9
    ```

    ## Fix safety

    The fix escapes the colon; **the weight of the part becomes 1**.
    """

    code = "IMP104"
    name = "and-weight-by-accident"
    changes_weights = True
    VALID = ("a castle AND a storm:0.7", "poster, ratio 16:9", r"a AND ratio 16\:9", "a AND b:2")
    INVALID = (
        Case("a castle AND ratio 16:9", ":9", fix=r"a castle AND ratio 16\:9"),
        Case("at 5:30 AND a clock", ":30", fix=r"at 5\:30 AND a clock"),
    )

    def visit_part(self, part: Part, check: Check) -> None:
        """Look at the weight of a part."""
        if not is_accident(part):
            return
        at = colon_of(part)
        number = part.mark[1:].strip()
        assert check.prompt is not None
        check.report(
            self,
            check.prompt.source.span(at, at + len(part.mark.rstrip())),
            f'AND makes "{number}" a weight of {part.weight:g}',
            hint=f"write \\:{number} if it is text",
            title="escape the colon",
            edits=[check.edit(at, at, "\\")],
        )
