"""A variable that nothing uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.lint.rule import Case, Rule

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.lint.views import FileView


class UnusedVariable(Rule):
    """A variable that nothing uses.

    ## What it does

    Reports variables of the front matter that neither the template nor the negative prompt uses.
    A template that includes others is not judged.

    ## Why is this bad?

    Whoever gives it a value expects to see it in the picture.

    ## Example

    ```
    ---
    variables:
      hero: {}
      mood: {}
    ---
    a portrait of {{ hero }}
    ```

    ## Use instead

    ```
    ---
    variables:
      hero: {}
      mood: {}
    ---
    a portrait of {{ hero }}, {{ mood }}
    ```
    """

    code = "IMP201"
    name = "unused-variable"
    VALID = (
        Case("---\nvariables:\n  hero: {}\n---\n{{ hero }}", suffix=".prompt"),
        Case("---\nvariables:\n  no: {}\nnegative: '{{ no }}'\n---\na fox", suffix=".prompt"),
    )
    INVALID = (
        Case("---\nvariables:\n  hero: {}\n  mood: {}\n---\n{{ hero }}", "mood", suffix=".prompt"),
    )

    def visit_file(self, view: FileView, check: Check) -> None:
        """Compare what is declared with what the templates use."""
        if any(template.includes for template in view.templates):
            return
        for name in view.file.own_variables:
            if name not in view.file.used:
                check.report(
                    self,
                    view.file.document.key_span(("variables", name)),
                    f'nothing uses the variable "{name}"',
                    hint="use it in the template, or take it out",
                )
