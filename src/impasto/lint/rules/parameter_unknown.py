"""A parameter that means nothing to any model."""

from __future__ import annotations

from impasto.lint.rule import Case, Rule


class ParameterUnknown(Rule):
    """A parameter that means nothing to any model.

    ## What it does

    Reports names of parameters that no model and no alias knows, with the nearest one that exists.

    ## Why is this bad?

    It is a misspelling nearly always, and is not sent.

    ## Example

    ```
    model: flux-dev
    parameters: {guidence: 3.5}
    ```

    ## Use instead

    ```
    model: flux-dev
    parameters: {guidance: 3.5}
    ```
    """

    code = "IMP408"
    name = "parameter-unknown"
    severity = "error"
    VALID = (
        Case("---\nmodel: flux-dev\nparameters: {guidance: 3.5}\n---\na fox", suffix=".prompt"),
    )
    INVALID = (
        Case(
            "---\nmodel: flux-dev\nparameters: {guidence: 3.5}\n---\na fox",
            "guidence",
            suffix=".prompt",
        ),
    )
