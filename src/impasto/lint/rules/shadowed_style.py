"""A style that hides another of its name, or whose pack hides another pack."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from impasto.errors import SourceError, UnknownNameError
from impasto.lint.rule import Rule

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.lint.views import FileView


class ShadowedStyle(Rule):
    """A style that hides another of its name, or whose pack hides another pack.

    ## What it does

    Says that two packs have the name of the one that the front matter asks for, which of them is
    used, and which is not. The project's packs come first, then the user's, those of installed
    packages, the built-in ones. A style that is named without its pack is looked for in the same
    order; where a pack further away has the name, too, both are told.

    ## Why is this bad?

    It is a note: a pack or a style may replace another one on purpose. If it is not, the prompt
    means other styles here than elsewhere. Rename one of the packs, or write `pack/style`.
    """

    code = "IMP308"
    name = "shadowed-style"
    severity = "info"

    def visit_file(self, view: FileView, check: Check) -> None:
        """Look up the pack of every style."""
        for at, use in enumerate(view.file.front.styles):
            try:
                pack = view.library.find(use)[0].pack
            except (UnknownNameError, SourceError):  # other rules say it
                continue
            hidden = view.library.shadowed.get(pack.name)
            if hidden:
                used = pack.document.source.name
                others = " and ".join(_called(path) for path in hidden)
                message = f'the pack "{pack.name}" is {used}, which hides {others}'
                check.report(self, view.file.span("styles", at), message)


def _called(path: Path) -> str:
    from impasto._data import data_dir  # noqa: PLC0415

    if path.parent == data_dir("style_packs"):
        return "the built-in pack of that name"
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
