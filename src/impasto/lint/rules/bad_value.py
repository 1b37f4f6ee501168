"""A value that its variable or its parameter does not accept."""

from __future__ import annotations

from impasto.lint.rule import Case, Rule


class BadValues(Rule):
    """A value that its variable or its parameter does not accept.

    ## What it does

    Reports a default or a choice that stands in the template where a weight, a count or a name
    must stand, and is none.

    ## Why is this bad?

    Composing with it fails.

    ## Example

    ```
    ---
    variables:
      glow: {choices: [soft, strong]}
    ---
    a lamp, (light:{{ glow }})
    ```

    ## Use instead

    ```
    ---
    variables:
      glow: {choices: [0.9, 1.3], type: number}
    ---
    a lamp, (light:{{ glow }})
    ```
    """

    code = "IMP005"
    name = "bad-value"
    severity = "error"
    VALID = (
        Case(
            "---\nvariables:\n  glow: {choices: [0.9, 1.3], type: number}\n---\n(fox:{{ glow }})",
            suffix=".prompt",
        ),
        Case("---\nvariables:\n  glow: {}\n---\n(fox:{{ glow }})", suffix=".prompt"),
    )
    INVALID = (
        Case(
            "---\nvariables:\n  glow: {choices: [soft]}\n---\n(fox:{{ glow }})",
            "{{ glow }}",
            suffix=".prompt",
        ),
    )
