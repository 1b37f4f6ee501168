"""A choice at whose start Jinja takes the brace."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from impasto.diagnostics import Edit
from impasto.lint.rule import Case, Rule

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.lint.views import BrokenTemplate

_OPENER = re.compile(r"\{(?=[{#%])")
_CLOSED = {
    "{": re.compile(r"\{\{[^{}|]*(?:\}\}|\|\s*\w+\s*(?:\([^{}]*\)\s*)?\}\}|[^{}|]*\}\})"),
    "#": re.compile(r"\{#.*?#\}", re.DOTALL),
    "%": re.compile(r"\{%.*?%\}", re.DOTALL),
}
_CHOICE = re.compile(r"\{\{[^{}\n]*\|[^{}\n]*\}|\{[#%][^{}\n]*\|[^{}\n]*\}")


class TemplateBrace(Rule):
    """A choice at whose start Jinja takes the brace.

    ## What it does

    For a template that Jinja refuses: reports `{{a|b}|c}`, `{#a|b}` and `{%a|b}`, which look like
    choices and begin like a tag of Jinja.

    ## Why is this bad?

    In a template `{{`, `{%` and `{#` open a tag wherever they stand, and what Jinja then says of
    the text is no help.

    ## Example

    ```
    a {{red|blue}|green} door
    ```

    ## Use instead

    ```
    a { {red|blue}|green} door
    ```

    ## Fix safety

    The fix puts a space behind the first brace. Spaces around the options of a choice do not
    count, so it is the choice that was written.
    """

    code = "IMP203"
    name = "template-brace"
    severity = "error"
    VALID = (
        Case("a { {red|blue}|green} door", suffix=".j2"),
        Case("a {{ colour | upper }} door", suffix=".j2"),
        "a {{red|blue}|green} door",
    )
    INVALID = (
        Case(
            "a {{red|blue}|green} door",
            "{{red|blue}",
            fix="a { {red|blue}|green} door",
            suffix=".j2",
        ),
        Case("a {#f00|#00f} door", "{#f00|#00f}", fix="a { #f00|#00f} door", suffix=".j2"),
        Case(
            "format: 1\nname: p\nstyles:\n  a: {text: '{{a|b}|c}, ink'}\n",
            "{{a|b}",
            fix="format: 1\nname: p\nstyles:\n  a: {text: '{ {a|b}|c}, ink'}\n",
            suffix=".yaml",
        ),
    )

    def visit_broken_template(self, view: BrokenTemplate, check: Check) -> None:
        """Look for choices in a template that Jinja refuses."""
        text = view.source.text
        at = 0
        while found := _OPENER.search(text, at):
            start = found.start()
            tag = _CLOSED[text[start + 1]].match(text, start)
            if tag:
                at = tag.end()
                continue
            choice = _CHOICE.match(text, start)
            if choice:
                self._report(view, start, choice.end(), check)
            at = start + 2

    def _report(self, view: BrokenTemplate, start: int, end: int, check: Check) -> None:
        opener = view.source.text[start : start + 2]
        check.report(
            self,
            view.source.span(start, end),
            f"Jinja takes {opener} for a tag; a choice cannot begin like this in a template",
            hint=f"write {opener[0]} {opener[1]} with a space between",
            title="put a space behind the brace",
            edits=[Edit(view.source.span(start + 1, start + 1), " ")],
        )
