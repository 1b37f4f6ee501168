"""A variable that can never get a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.diagnostics import did_you_mean
from impasto.lint.rule import Case, Rule

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.lint.views import FileView


class UndefinedVariable(Rule):
    """A variable that can never get a value.

    ## What it does

    Reports variables that a template uses and its front matter does not declare. Front matter
    without `variables` declares nothing, and then everything may be given. In a style, only
    `prompt`, `model` and the style's own `options` exist.

    ## Why is this bad?

    Once a file declares variables, values for others are refused, so composing fails whenever the
    line is reached. It is a misspelling nearly always.

    ## Example

    ```
    ---
    variables:
      subject: {}
    ---
    a portrait of {{ subjct }}
    ```

    ## Use instead

    ```
    ---
    variables:
      subject: {}
    ---
    a portrait of {{ subject }}
    ```
    """

    code = "IMP003"
    name = "undefined-variable"
    severity = "error"
    VALID = (
        Case("---\nvariables:\n  hero: {}\n---\n{{ hero }} {{ model.id }}", suffix=".prompt"),
        Case("{{ anything }}", suffix=".j2"),
        Case(
            "---\nvariables:\n  all: {type: list}\n---\n{% for x in all %}{{ x }}{% endfor %}",
            suffix=".prompt",
        ),
        Case(
            "format: 1\nname: p\nstyles:\n  a:\n    options: {film: {default: ink}}\n"
            "    text: '{{ prompt }}, {{ film }}'\n",
            suffix=".yaml",
        ),
    )
    INVALID = (
        Case(
            "---\nvariables:\n  hero: {}\n---\n{{ hero }}, {{ heroo }}", "heroo", suffix=".prompt"
        ),
        Case(
            "format: 1\nname: p\nstyles:\n  a: {text: '{{ promt }}, ink'}\n",
            "promt",
            suffix=".yaml",
        ),
    )

    def visit_file(self, view: FileView, check: Check) -> None:
        """Compare what the templates use with what is declared."""
        declared = view.file.variables
        if not declared:
            return
        missing = view.file.used - declared.keys() - {"model"}
        for template in view.templates:
            for name in template.names:
                if name.text in missing:
                    hint = did_you_mean(name.text, list(declared))
                    message = f'the variable "{name.text}" is not declared'
                    hint = hint or f"add it to variables, beside {', '.join(declared)}"
                    check.report(self, name.span, message, hint=hint)
