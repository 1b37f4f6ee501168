"""A prompt that the canonical syntax does not allow."""

from __future__ import annotations

from impasto.lint.rule import Case, Rule


class SyntaxErrors(Rule):
    r"""A prompt that the canonical syntax does not allow.

    ## What it does

    Reports brackets without a partner, schedules with too many colons, `AND` inside brackets and
    choices inside `<lora:…>`. Where a smiley or a stray bracket is meant as text, it needs a
    backslash.

    ## Why is this bad?

    What stands in unbalanced brackets has a weight that depends on who reads it: A1111 closes an
    open bracket at the end of the prompt, ComfyUI takes it as a character.

    ## Example

    ```
    a portrait, (golden light:1.2), smile :)
    ```

    ## Use instead

    ```
    a portrait, (golden light:1.2), smile :\)
    ```
    """

    code = "IMP001"
    name = "syntax-error"
    severity = "error"
    VALID = ("a (b:1.2)", r"smile :\)", "[a:b:0.5]")
    INVALID = (
        Case("a (b:1.2", "("),
        Case("smile :)", ")"),
        Case("[a AND b]", "AND"),
        Case("---\nformat: 1\n---\na [b", "[", suffix=".prompt"),
    )
