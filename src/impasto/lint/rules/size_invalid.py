"""A size or ratio that the model refuses."""

from __future__ import annotations

from impasto.lint.rule import Case, Rule


class SizeInvalid(Rule):
    """A size or ratio that the model refuses.

    ## What it does

    Compares width, height and ratio with the sizes that the model paints: bounds, multiples, lists.

    ## Why is this bad?

    The request fails, or the picture comes in another size.

    ## Example

    ```
    model: flux-dev
    parameters: {size: 1000x1000}
    ```

    ## Use instead

    ```
    model: flux-dev
    parameters: {size: 1024x1024}
    ```

    ## Fix safety

    The fix writes the nearest size that the model takes, where it is written as one value and the
    file is checked for one model only. No weight changes.
    """

    code = "IMP404"
    name = "size-invalid"
    severity = "error"
    VALID = (
        Case("---\nmodel: flux-dev\nparameters: {size: 1024x1024}\n---\na fox", suffix=".prompt"),
    )
    INVALID = (
        Case(
            "---\nmodel: flux-dev\nparameters: {size: 1024x1001}\n---\na fox",
            "size",
            fix="---\nmodel: flux-dev\nparameters: {size: 1024x992}\n---\na fox",
            suffix=".prompt",
        ),
        Case(
            "---\nmodel: stable-diffusion-xl\nparameters: {size: 1000x1000}\n---\na fox",
            "size",
            target="flux-dev",
            suffix=".prompt",
        ),
        Case(
            "---\nmodel: flux-dev\nparameters: {width: 1000, height: 2000}\n---\na fox",
            "width",
            suffix=".prompt",
        ),
    )
