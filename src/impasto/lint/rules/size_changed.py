"""Pixels that become a ratio, or a ratio that becomes the nearest size."""

from __future__ import annotations

from impasto.lint.rule import Case, Rule


class SizeChanged(Rule):
    """Pixels that become a ratio, or a ratio that becomes the nearest size.

    ## What it does

    Says what is sent for a size where the model speaks of ratios, or for a ratio where it speaks of
    pixels.

    ## Why is this bad?

    It is not bad; the picture has another number of pixels than what was written.

    ## Example

    ```
    model: midjourney-v6
    parameters: {size: 1024x768}
    ```

    ## Use instead

    ```
    model: midjourney-v6
    parameters: {ar: 4:3}
    ```
    """

    code = "IMP412"
    name = "size-changed"
    severity = "info"
    VALID = (
        Case("---\nmodel: midjourney-v6\nparameters: {ar: 4:3}\n---\na fox", suffix=".prompt"),
    )
    INVALID = (
        Case(
            "---\nmodel: midjourney-v6\nparameters: {size: 1024x768}\n---\na fox",
            "size",
            suffix=".prompt",
        ),
    )
