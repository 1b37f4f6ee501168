"""A model that no card describes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.errors import UnknownNameError
from impasto.lint.rule import Case, Rule
from impasto.models.registry import load_model

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.lint.views import FileView


class UnknownModel(Rule):
    """A model that no card describes.

    ## What it does

    Looks up the model of the front matter.

    ## Why is this bad?

    Composing fails, and none of the limits of the model can be checked.

    ## Example

    ```
    ---
    model: flux-devv
    ---
    a fox
    ```

    ## Use instead

    ```
    ---
    model: flux-dev
    ---
    a fox
    ```
    """

    code = "IMP414"
    name = "unknown-model"
    severity = "error"
    VALID = (Case("---\nmodel: flux-dev\n---\na fox", suffix=".prompt"),)
    INVALID = (Case("---\nmodel: flux-devv\n---\na fox", "flux-devv", suffix=".prompt"),)

    def visit_file(self, view: FileView, check: Check) -> None:
        """Look up the model."""
        wanted = view.file.front.model
        if not wanted:
            return
        try:
            load_model(wanted)
        except UnknownNameError as error:
            message = f'unknown model "{wanted}"'
            check.report(self, view.file.span("model"), message, hint=error.hint)
