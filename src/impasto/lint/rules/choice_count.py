"""A choice that should draw more options than it has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._text import place
from impasto.syntax.nodes import Wildcard

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Choice

_COUNT: Final = r"\s*([0-9]*)\s*(?:-\s*([0-9]*))?\s*\$\$"


class ChoiceCount(Rule):
    """A choice that should draw more options than it has.

    ## What it does

    Reports `{3$$a|b}`, where the count before `$$` is above the number of options.

    ## Why is this bad?

    Each option is drawn at most once, so there are fewer than the number says. A word list is one
    option: `{2$$__animals__}` draws one animal, here; dynamicprompts draws two.

    ## Example

    ```
    {2$$__animals__} on a hill
    ```

    ## Use instead

    ```
    {2$$__animals__|__animals__} on a hill
    ```
    """

    code = "IMP814"
    name = "choice-count"
    VALID = ("{2$$a|b|c}", "{1-2$$a|b}", "{-$$a|b}", "{2$$__a__|__a__}")
    INVALID = (
        Case("{3$$a|b}", "3$$"),
        Case("{1-5$$ and $$a|b}", "1-5$$"),
        Case("{2$$__animals__} on a hill", "2$$"),
    )

    def visit_choice(self, node: Choice, check: Check) -> None:
        """Look at the count of a choice."""
        found = re.match(_COUNT, node.mark) if node.mark else None
        numbers = [number for number in (found.groups() if found else ()) if number]
        most = max((len(n.lstrip("0")), n.lstrip("0")) for n in numbers)[1] if numbers else ""
        if not found or not most or (len(most) < 10 and int(most) <= len(node.options)):
            return
        children = [child for option in node.options for child in option.children]
        of_list = len(children) == 1 and isinstance(children[0], Wildcard)
        check.report(
            self,
            place(check, node.start + 1, node.start + 1 + found.end()),
            f"this asks for {most} of {len(node.options)}; each option is drawn at most once",
            hint="name the list as often as you want a line of it" if of_list else "",
        )
