"""A value that its variable or its parameter does not accept."""

from __future__ import annotations

from typing import ClassVar

from impasto.diagnostics import Severity
from impasto.lint.rule import Case, Rule


class BadValues(Rule):
    """A value that its variable or its parameter does not accept.

    ## What it does

    Reports a size or ratio in the front matter that is none, and a value that stands in the
    template where a number or a name must stand and is none for any value of its variable.

    ## Why is this bad?

    Composing with it fails.

    ## Example

    ```
    parameters:
      size: large
    ```

    ## Use instead

    ```
    parameters:
      size: 1024x768
    ```
    """

    code = "IMP005"
    name = "bad-value"
    severity: ClassVar[Severity] = "error"
    VALID = (Case("---\nparameters: {size: 1024x768}\n---\na fox", suffix=".prompt"),)
    INVALID = (
        Case("---\nparameters: {size: large}\n---\na fox", "large", suffix=".prompt"),
        Case(
            "---\nvariables:\n  hue:\n    choices: [red, blue]\n---\n(fox:{{ hue }})",
            "{{ hue }}",
            suffix=".prompt",
        ),
    )
