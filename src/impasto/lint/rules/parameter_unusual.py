"""A value that is allowed, and outside of what works well."""

from __future__ import annotations

from impasto.lint.rule import Case, Rule


class ParameterUnusual(Rule):
    """A value that is allowed, and outside of what works well.

    ## What it does

    Compares values with the range that the model's maker recommends.

    ## Why is this bad?

    The picture is usually worse than it could be, or costs more time than it needs.

    ## Example

    ```
    model: flux-dev
    parameters: {num_inference_steps: 4}
    ```

    ## Use instead

    ```
    model: flux-dev
    parameters: {num_inference_steps: 28}
    ```
    """

    code = "IMP410"
    name = "parameter-unusual"
    severity = "warning"
    VALID = (
        Case(
            "---\nmodel: flux-dev\nparameters: {num_inference_steps: 28}\n---\na fox",
            suffix=".prompt",
        ),
    )
    INVALID = (
        Case(
            "---\nmodel: flux-dev\nparameters: {num_inference_steps: 4}\n---\na fox",
            "num_inference_steps",
            suffix=".prompt",
        ),
    )
