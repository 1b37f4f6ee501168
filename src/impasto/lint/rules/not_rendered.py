"""A template that could not be filled with sample values."""

from __future__ import annotations

from impasto.lint.rule import Case, Rule


class NotRendered(Rule):
    """A template that could not be filled with sample values.

    ## What it does

    Linting renders a template with the defaults and choices of its variables, and with made-up
    values for the others. Reports where that fails because nothing is known of a variable.

    ## Why is this bad?

    It is a note: the text of the template was checked as it was written, but not what it
    composes to.

    ## Example

    ```
    a row of {{ count * 2 }} lanterns
    ```

    ## Use instead

    ```
    ---
    variables:
      count: {type: integer, range: [1, 9]}
    ---
    a row of {{ count * 2 }} lanterns
    ```
    """

    code = "IMP204"
    name = "not-rendered"
    severity = "info"
    VALID = (
        Case(
            "---\nvariables:\n  count: {type: integer}\n---\n{{ count * 2 }} lanterns",
            suffix=".prompt",
        ),
        Case("{% for x in xs %}{{ x.name }}{% endfor %}", suffix=".j2"),
    )
    INVALID = (Case("{{ count ** 2 }} lanterns", "{{ count ** 2 }}", suffix=".j2"),)
