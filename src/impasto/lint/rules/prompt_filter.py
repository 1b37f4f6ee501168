"""A value that is read as prompt syntax."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.lint.rule import Case, Rule

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.lint.views import TemplateView


class PromptFilter(Rule):
    """A value that is read as prompt syntax.

    ## What it does

    Notices the filter `| prompt`, which makes brackets, weights and choices in a value count.

    ## Why is this bad?

    It is what the filter is for, and therefore a note. But whoever gives the value then writes
    the prompt: with text from users, a bracket breaks it and `AND` or a weight takes it over.

    ## Example

    ```
    a portrait of {{ bio | prompt }}
    ```

    ## Use instead

    ```
    a portrait of {{ bio }}, ({{ mood }}:1.2)
    ```
    """

    code = "IMP202"
    name = "prompt-filter"
    severity = "info"
    VALID = (
        Case("a portrait of {{ bio }}", suffix=".j2"),
        Case("{{ prompt }}, {{ bio | upper }}", suffix=".j2"),
    )
    INVALID = (Case("a portrait of {{ bio | prompt }}", "prompt", suffix=".j2"),)

    def visit_template(self, view: TemplateView, check: Check) -> None:
        """Look at the filters of a template."""
        for used in view.filters:
            if used.text == "prompt":
                check.report(
                    self,
                    used.span,
                    "this value is read as prompt syntax, whoever gives it",
                    hint="leave the filter out where values come from outside",
                )
