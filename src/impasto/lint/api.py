"""`lint`: findings as data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from impasto.lint.engine import Linter
from impasto.lint.files import find_files
from impasto.lint.settings import CANONICAL, COLUMNS, Settings

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
    dialect: str = CANONICAL,
    columns: Sequence[str] = COLUMNS,
) -> list[Diagnostic]:
    """Return what the rules find in a prompt, a file or a folder.

    Args:
        source: text is one prompt; a `pathlib.Path` is a file (`.txt` with one prompt a line,
            `.prompt`, `.j2`, a style pack in `.yaml`, a table in `.csv` or `.jsonl`, a word list,
            an image) or a folder.
        targets: models to check for, "flux-dev" or with a backend "flux-dev@gateway".
        select: codes ("IMP101"), beginnings of codes ("IMP1") or names; all rules if empty.
            Errors (IMP0…) are found whatever is selected.
        ignore: the same, to leave out.
        library: where styles are looked up; the built-in packs by default.
        dialect: what texts are written in: "impasto", "a1111" … Templates and style packs are
            always in the canonical syntax.
        columns: the columns of tables that hold prompts.

    Settings files are not read. Mistakes in what is checked are findings, never exceptions; so is
    a file that cannot be read.

    Raises:
        UnknownNameError: a model, backend, rule or dialect that nobody defines.
        FileError: a folder in which there is nothing to check.
    """
    settings = Settings(
        tuple(targets),
        tuple(select),
        ignore=tuple(ignore),
        dialect=dialect,
        columns=tuple(columns),
    )
    linter = Linter(library=library, settings=settings)
    if isinstance(source, Path):
        files = find_files([source], columns=settings.columns)
        return [found for path in files for found in linter.check_path(path).findings]
    return list(linter.check(source).findings)
