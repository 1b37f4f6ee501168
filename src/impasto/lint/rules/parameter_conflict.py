"""Two parameters that say different things."""

from __future__ import annotations

from impasto.lint.rule import Case, Rule


class ParameterConflict(Rule):
    """Two parameters that say different things.

    ## What it does

    Reports a size and a ratio that do not fit each other.

    ## Why is this bad?

    Only one of them can be sent.

    ## Example

    ```
    model: flux-dev
    parameters: {size: 1024x1024, ar: 16:9}
    ```

    ## Use instead

    ```
    model: flux-dev
    parameters: {ar: 16:9}
    ```
    """

    code = "IMP413"
    name = "parameter-conflict"
    severity = "warning"
    VALID = (Case("---\nmodel: flux-dev\nparameters: {ar: 16:9}\n---\na fox", suffix=".prompt"),)
    INVALID = (
        Case(
            "---\nmodel: flux-dev\nparameters: {size: 1024x1024, ar: 16:9}\n---\na fox",
            "ar",
            suffix=".prompt",
        ),
    )
