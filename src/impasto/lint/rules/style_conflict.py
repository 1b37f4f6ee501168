"""A phrase that is wanted and unwanted at once."""

from __future__ import annotations

from impasto.lint.rule import Case, Rule


class StyleConflict(Rule):
    """A phrase that is wanted and unwanted at once.

    ## What it does

    Composes every file and every style, and reports phrases that end up both in the prompt and in
    the negative prompt, wherever each of them was written.

    ## Why is this bad?

    The two pull in opposite directions, and which one wins depends on model, guidance and seed.
    It mostly happens when a style excludes what the template, or another style, asks for: of the
    pairs among 300 well-known styles 4.9 % do.

    ## Example

    ```
    ---
    negative: text, monochrome
    ---
    a street, monochrome, hard shadows
    ```

    ## Use instead

    ```
    ---
    negative: text
    ---
    a street, monochrome, hard shadows
    ```
    """

    code = "IMP302"
    name = "style-conflict"
    severity = "warning"
    VALID = (
        Case("---\nnegative: text\n---\na street, monochrome", suffix=".prompt"),
        Case("format: 1\nname: p\nstyles:\n  a: {text: grain, negative: text}\n", suffix=".yaml"),
    )
    INVALID = (
        Case(
            "---\nnegative: text, monochrome\n---\na street, monochrome",
            "monochrome",
            suffix=".prompt",
        ),
        Case(
            "format: 1\nname: p\nstyles:\n  a: {text: grain, negative: Grain}\n",
            "Grain",
            suffix=".yaml",
        ),
    )
