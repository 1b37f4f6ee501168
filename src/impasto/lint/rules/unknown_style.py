"""A style that nobody defines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.errors import SourceError, UnknownNameError
from impasto.lint.rule import Case, Rule

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.lint.views import FileView


class UnknownStyle(Rule):
    """A style that nobody defines.

    ## What it does

    Looks up the styles of the front matter, in the project's packs and the built-in ones.

    ## Why is this bad?

    Composing fails.

    ## Example

    ```
    ---
    styles: [anime/modern-tvv]
    ---
    a fox
    ```

    ## Use instead

    ```
    ---
    styles: [anime/modern-tv]
    ---
    a fox
    ```
    """

    code = "IMP304"
    name = "unknown-style"
    severity = "error"
    VALID = (Case("---\nstyles: [anime/modern-tv]\n---\na fox", suffix=".prompt"),)
    INVALID = (
        Case("---\nstyles: [anime/modern-tvv]\n---\na fox", "anime/modern-tvv", suffix=".prompt"),
        Case("---\nstyles: ['no-such:0.7']\n---\na fox", "'no-such:0.7'", suffix=".prompt"),
    )

    def visit_file(self, view: FileView, check: Check) -> None:
        """Look up every style."""
        for at, use in enumerate(view.file.front.styles):
            try:
                view.library.find(use)
            except UnknownNameError as error:
                message = f'unknown {error.kind} "{error.name}"'
                check.report(self, view.file.span("styles", at), message, hint=error.hint)
            except SourceError:  # a broken pack or an ambiguous name, reported where it is used
                continue
