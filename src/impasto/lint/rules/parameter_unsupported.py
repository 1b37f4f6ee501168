"""A parameter that the model does not have."""

from __future__ import annotations

from impasto.lint.rule import Case, Rule


class ParameterUnsupported(Rule):
    """A parameter that the model does not have.

    ## What it does

    Compares the parameters of front matter and styles with the model's card.

    ## Why is this bad?

    It is left out of the request, so it changes nothing, and whoever wrote it believes it does.

    ## Example

    ```
    model: flux-1.1-pro
    parameters: {num_inference_steps: 50}
    ```

    ## Use instead

    ```
    model: flux-dev
    parameters: {num_inference_steps: 50}
    ```
    """

    code = "IMP402"
    name = "parameter-unsupported"
    severity = "warning"
    VALID = (
        Case(
            "---\nmodel: flux-dev\nparameters: {num_inference_steps: 50}\n---\na fox",
            suffix=".prompt",
        ),
    )
    INVALID = (
        Case(
            "---\nmodel: flux-1.1-pro\nparameters: {num_inference_steps: 50}\n---\na fox",
            "num_inference_steps",
            suffix=".prompt",
        ),
    )
