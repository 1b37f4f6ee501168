"""A time, a ratio or a year that becomes a weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._weights import colon_of, follows_number, is_accident

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Group


class AccidentalWeight(Rule):
    r"""A time, a ratio or a year that becomes a weight.

    ## What it does

    Reports a whole number behind the colon of a group where it stands behind another number, or
    is 10 or more: `(at 5:30)`, `(16:9)`, `(reverse:1999)`.

    ## Why is this bad?

    In every `(text:weight)` syntax, ours as well as those of A1111 and ComfyUI, a number before
    the closing bracket is a weight. `(at 5:30)` is the text `at 5` at weight 30, which ruins the
    picture, and the model never hears of half past five.

    ## Example

    ```
    a clock (at 5:30), poster (16:9)
    ```

    ## Use instead

    ```
    a clock \(at 5:30\), poster (16\:9)
    ```

    ## Fix safety

    The fix escapes the colon, so the number becomes text again and **the weight changes**: the
    group keeps the weight that its brackets alone give. It is offered where the number stands
    behind a number or is 100 or more; `(cat:10)` may be a slip for `(cat:1.0)`, so nobody guesses.
    """

    code = "IMP101"
    name = "accidental-weight"
    changes_weights = True
    VALID = (
        "(golden light:1.2)",
        "(cat:2)",
        r"(at 5\:30)",
        "at 5:30",
        "(iphone 15:1.2)",
        "(score_9:2)",
        r"\(16:9\)",
        "[a:b:12]",
    )
    INVALID = (
        Case("a clock (at 5:30)", ":30", fix=r"a clock (at 5\:30)"),
        Case("(reverse:1999), 1girl", ":1999", fix=r"(reverse\:1999), 1girl"),
        Case("(1:1)", ":1", fix=r"(1\:1)"),
        Case("poster, (16:9)", ":9", fix=r"poster, (16\:9)"),
        Case("[16:9]", ":9", fix=r"[16\:9]"),
        Case("(cat:10)", ":10"),
        Case("her hat[cite: 37]", ": 37"),
        Case(
            "---\nformat: 1\n---\nclock (at {{ 5 }} 5:30)\n",
            ":30",
            fix="---\nformat: 1\n---\nclock (at {{ 5 }} 5\\:30)\n",
            suffix=".prompt",
        ),
        Case(
            'format: 1\nname: p\nstyles:\n  a:\n    text: "clock (at 5:30)"\n',
            ":30",
            fix='format: 1\nname: p\nstyles:\n  a:\n    text: "clock (at 5\\\\:30)"\n',
            suffix=".yaml",
        ),
    )

    def visit_group(self, node: Group, check: Check) -> None:
        """Look at the weight of a group."""
        if not is_accident(node):
            return
        at = colon_of(node)
        number = node.mark[1:].strip()
        mend = follows_number(node.children) or int(number) >= 100
        assert check.prompt is not None
        check.report(
            self,
            check.prompt.source.span(at, at + len(node.mark)),
            f'the brackets make "{number}" a weight of {node.weight:g}',
            hint=f"write \\:{number} if it is text, or a weight with a dot if it is one",
            title="escape the colon" if mend else "",
            edits=[check.edit(at, at, "\\")],
        )
