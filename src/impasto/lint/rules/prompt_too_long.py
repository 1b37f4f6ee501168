"""A prompt with more characters than the model takes."""

from __future__ import annotations

from impasto.lint.rule import Case, Rule


class PromptTooLong(Rule):
    """A prompt with more characters than the model takes.

    ## What it does

    Counts the characters of what the model would be sent.

    ## Why is this bad?

    The request fails.

    ## Example

    ```
    model: dall-e-3
    … and 5,000 characters of prompt
    ```

    ## Use instead

    ```
    model: dall-e-3
    … and at most 4,000
    ```
    """

    code = "IMP406"
    name = "prompt-too-long"
    severity = "error"
    VALID = (Case("a fox " * 600, target="dall-e-3"),)
    INVALID = (Case("a fox, " * 600, "a fox, " * 600, target="dall-e-3"),)
