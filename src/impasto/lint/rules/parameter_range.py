"""A value that the model refuses."""

from __future__ import annotations

from impasto.lint.rule import Case, Rule


class ParameterRange(Rule):
    """A value that the model refuses.

    ## What it does

    Compares the values of parameters with the bounds and choices of the model's card, and names the
    nearest valid value.

    ## Why is this bad?

    The request fails, after the wait and sometimes after the bill.

    ## Example

    ```
    model: flux-dev
    parameters: {guidance_scale: 7.5}
    ```

    ## Use instead

    ```
    model: flux-dev
    parameters: {guidance_scale: 3.5}
    ```
    """

    code = "IMP403"
    name = "parameter-range"
    severity = "error"
    VALID = (
        Case(
            "---\nmodel: flux-dev\nparameters: {guidance_scale: 3.5}\n---\na fox", suffix=".prompt"
        ),
    )
    INVALID = (
        Case(
            "---\nmodel: flux-dev\nparameters: {guidance_scale: 7.5}\n---\na fox",
            "guidance_scale",
            suffix=".prompt",
        ),
    )
