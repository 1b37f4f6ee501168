"""A value of the wrong type."""

from __future__ import annotations

from impasto.lint.rule import Case, Rule


class ParameterType(Rule):
    """A value of the wrong type.

    ## What it does

    Reports a text where a number belongs, a fraction where a whole number belongs, and the like.

    ## Why is this bad?

    The request fails.

    ## Example

    ```
    model: flux-dev
    parameters: {seed: "7"}
    ```

    ## Use instead

    ```
    model: flux-dev
    parameters: {seed: 7}
    ```
    """

    code = "IMP411"
    name = "parameter-type"
    severity = "error"
    VALID = (Case("---\nmodel: flux-dev\nparameters: {seed: 7}\n---\na fox", suffix=".prompt"),)
    INVALID = (
        Case(
            "---\nmodel: flux-dev\nparameters: {seed: lucky}\n---\na fox", "seed", suffix=".prompt"
        ),
    )
