"""A smiley whose bracket opens or closes a group."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._text import place, text_of
from impasto.syntax.nodes import Text

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Group

_EYES: Final = r"(?:\A|(?<=[\s,(]))>?[:;=]'?-?\Z"

_LONG: Final = 5


class EmoticonBracket(Rule):
    r"""A smiley whose bracket opens or closes a group.

    ## What it does

    Reports brackets that begin or end with a smiley: `(smile :)`, or a `:(` that meets a `:)`
    further on. A smiley without a partner is a [syntax error](IMP001.md).

    ## Why is this bad?

    The bracket is taken for syntax: it vanishes from the smiley, and gives a weight to text that
    nobody wanted to weigh. So A1111 does, too.

    ## Example

    ```
    a sad face :( and a happy face :)
    ```

    ## Use instead

    ```
    a sad face :\( and a happy face :\)
    ```

    ## Fix safety

    Where both brackets belong to smileys the fix makes them text, so **the weight between them
    goes**.
    """

    code = "IMP120"
    name = "emoticon-bracket"
    changes_weights = True
    VALID = (
        r"smile :\)",
        "(smile:1.2)",
        "three things: (a, b)",
        "colours:(red)",
        r"(smile :\))",
        "(note:)",
    )
    INVALID = (
        Case("sad :( and happy :)", ":( and happy :)", fix=r"sad :\( and happy :\)"),
        Case("(smile :), 1girl", ":)"),
        Case("(wink ;-)", ";-)"),
    )

    def visit_group(self, node: Group, check: Check) -> None:
        """Look at both ends of a group."""
        if node.kind != "round" or node.mark:
            return
        last = node.children[-1] if node.children else None
        if not isinstance(last, Text) or not last.value.endswith((":", ";", "=", "'", "-")):
            return
        eyes = re.search(_EYES, last.value[-_LONG:])
        if not eyes:
            return
        before = re.search(_EYES, text_of(check)[max(0, node.start - _LONG) : node.start])
        start = node.start - len(before[0]) if before else last.end - len(eyes[0])
        check.report(
            self,
            place(check, start, node.end),
            f'the bracket of the smiley "{eyes[0]})" closes a group of weight 1.1',
            hint=r"write \) for the bracket of a smiley",
            title="make the brackets text" if before else "",
            edits=[
                check.edit(node.start, node.start, "\\"),
                check.edit(node.end - 1, node.end - 1, "\\"),
            ],
        )
