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

    ## Fix safety

    The fix writes the nearest value that the model takes, where the file is checked for one model
    only. The request would be refused without it. No weight changes.
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
            fix="---\nmodel: flux-dev\nparameters: {guidance_scale: 5}\n---\na fox",
            suffix=".prompt",
        ),
        Case(
            "---\nmodel: dall-e-3\nparameters:\n  quality: 'hdd'\n---\na fox",
            "quality",
            fix="---\nmodel: dall-e-3\nparameters:\n  quality: 'hd'\n---\na fox",
            suffix=".prompt",
        ),
        Case(
            "---\nmodel: flux-dev\nparameters:\n  steps: 80  # many\n---\na fox",
            "steps",
            fix="---\nmodel: flux-dev\nparameters:\n  steps: 50  # many\n---\na fox",
            suffix=".prompt",
        ),
        Case(
            "---\nmodel: flux-dev\nparameters: {guidance_scale: 7.5}\n---\na fox",
            "guidance_scale",
            target="stable-diffusion-xl",
            suffix=".prompt",
        ),
    )
