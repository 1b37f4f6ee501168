"""A seed that does not repeat the image."""

from __future__ import annotations

from impasto.lint.rule import Case, Rule


class SeedIneffective(Rule):
    """A seed that does not repeat the image.

    ## What it does

    Reports a seed for a model that takes none, or that paints another image for the same one.

    ## Why is this bad?

    A seed is written down so that an image can be made again; here it cannot.

    ## Example

    ```
    model: dall-e-3
    parameters: {seed: 7}
    ```

    ## Use instead

    ```
    model: flux-dev
    parameters: {seed: 7}
    ```
    """

    code = "IMP405"
    name = "seed-ineffective"
    severity = "warning"
    VALID = (Case("---\nmodel: flux-dev\nparameters: {seed: 7}\n---\na fox", suffix=".prompt"),)
    INVALID = (
        Case("---\nmodel: dall-e-3\nparameters: {seed: 7}\n---\na fox", "seed", suffix=".prompt"),
    )
