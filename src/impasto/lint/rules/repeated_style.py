"""A style that is there twice, with two weights."""

from __future__ import annotations

from impasto.lint.rule import Case, Rule


class RepeatedStyle(Rule):
    """A style that is there twice, with two weights.

    ## What it does

    Says that a style is asked for twice, by name or because another one extends it, and that the
    weight farthest from 1 stays.

    ## Why is this bad?

    It is a note: a style counts once, so one of the two weights has no effect.

    ## Example

    ```
    ---
    styles: ["anime/modern-tv:0.7", "anime/modern-tv:0.5"]
    ---
    a fox
    ```

    ## Use instead

    ```
    ---
    styles: ["anime/modern-tv:0.5"]
    ---
    a fox
    ```
    """

    code = "IMP306"
    name = "repeated-style"
    severity = "info"
    VALID = (Case("---\nstyles: ['anime/modern-tv:0.7']\n---\na fox", suffix=".prompt"),)
    INVALID = (
        Case(
            "---\nstyles: ['anime/modern-tv:0.7', 'anime/modern-tv:0.5']\n---\na fox",
            "['anime/modern-tv:0.7', 'anime/modern-tv:0.5']",
            suffix=".prompt",
        ),
    )
