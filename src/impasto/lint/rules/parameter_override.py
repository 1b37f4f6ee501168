"""Two styles that set one parameter to different values."""

from __future__ import annotations

from impasto.lint.rule import Case, Rule


class ParameterOverride(Rule):
    """Two styles that set one parameter to different values.

    ## What it does

    Says that a later style replaces a parameter of an earlier one.

    ## Why is this bad?

    It is how styles meet, and not bad in itself; a style that was tuned for its own number of steps
    or ratio may look different with another one.

    ## Example

    ```
    ---
    styles: [anime/modern-tv, anime/nineties-cel]       # 2:3 and 4:3
    ---
    a fox
    ```

    ## Use instead

    ```
    ---
    styles: [anime/modern-tv, anime/nineties-cel]
    parameters: {aspect_ratio: "4:3"}
    ---
    a fox
    ```
    """

    code = "IMP303"
    name = "parameter-override"
    severity = "info"
    VALID = (
        Case("---\nstyles: [anime/modern-tv]\n---\na fox", suffix=".prompt"),
        Case("---\nparameters: {seed: 1}\n---\na fox", suffix=".prompt"),
    )
    INVALID = (
        Case(
            "---\nstyles: [anime/modern-tv, anime/nineties-cel]\n---\na fox",
            "anime/nineties-cel",
            suffix=".prompt",
        ),
    )
