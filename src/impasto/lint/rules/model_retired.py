"""A model that its maker has switched off."""

from __future__ import annotations

from impasto.lint.rule import Case, Rule


class ModelRetired(Rule):
    """A model that its maker has switched off.

    ## What it does

    Compares the model of the front matter, and the targets, with what their cards say.

    ## Why is this bad?

    The maker answers requests for it with an error. A gateway may still serve it, or serve another
    model under its name.

    ## Example

    ```
    model: dall-e-3
    ```

    ## Use instead

    ```
    model: flux-dev
    ```
    """

    code = "IMP401"
    name = "model-retired"
    severity = "warning"
    VALID = (
        Case("---\nmodel: flux-dev\n---\na fox", suffix=".prompt"),
        Case("a fox", target="flux-dev"),
    )
    INVALID = (
        Case("---\nmodel: dall-e-3\n---\na fox", "dall-e-3", suffix=".prompt"),
        Case("a fox", "", target="dall-e-3"),
    )
