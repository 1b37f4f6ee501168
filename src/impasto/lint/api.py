"""`lint`: findings as data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from impasto.lint.engine import Linter
from impasto.lint.files import find_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from impasto.diagnostics import Diagnostic
    from impasto.styles.library import Library


def lint(
    source: str | Path,
    *,
    targets: Sequence[str] = (),
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    library: Library | None = None,
) -> list[Diagnostic]:
    """Return what the rules find in a prompt, a file or a folder.

    Args:
        source: text is one prompt in the canonical syntax; a `pathlib.Path` is a file (`.txt`
            with one prompt a line, `.prompt`, `.j2`, a style pack in `.yaml`) or a folder.
        targets: models to check for, "flux-dev" or with a backend "flux-dev@gateway".
        select: codes ("IMP101"), beginnings of codes ("IMP1") or names; all rules if empty.
            Errors (IMP0…) are found whatever is selected.
        ignore: the same, to leave out.
        library: where styles are looked up; the built-in packs by default.

    Mistakes in what is checked are findings, never exceptions; so is a file that cannot be read.

    Raises:
        UnknownNameError: a model, backend or rule that nobody defines.
        FileError: a folder in which there is nothing to check.
    """
    linter = Linter(targets, select, ignore, library)
    if isinstance(source, Path):
        return [
            found for path in find_files([source]) for found in linter.check_path(path).findings
        ]
    return list(linter.check(source).findings)
