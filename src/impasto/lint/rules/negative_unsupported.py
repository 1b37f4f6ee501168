"""A negative prompt for a model that has none."""

from __future__ import annotations

from typing import ClassVar

from impasto.diagnostics import Severity
from impasto.lint.rule import Case, Rule


class NegativeUnsupported(Rule):
    """A negative prompt for a model that has none.

    ## What it does

    Reports a negative prompt, of the file or of a style, for a model that has no place for it.

    ## Why is this bad?

    It is left out, and what it should keep out may be in the picture. Such models are better told
    what should be there instead.

    ## Example

    ```
    model: flux-dev
    negative: people
    ```

    ## Use instead

    ```
    model: stable-diffusion-xl
    negative: people
    ```
    """

    code = "IMP407"
    name = "negative-unsupported"
    severity: ClassVar[Severity] = "warning"
    VALID = (Case("---\nmodel: stable-diffusion-xl\nnegative: people\n---\na street", suffix=".prompt"),)
    INVALID = (
        Case(
            "---\nmodel: flux-dev\nnegative: people\n---\na street", "negative", suffix=".prompt"
        ),
    )
