"""Every style of a pack, composed and translated for every model: what is wrong, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.diagnostics import Diagnostic
from impasto.errors import FileError, ImpastoError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from impasto.styles.library import Library, Pack, Style

SUBJECT = "a lighthouse"


def check(
    reach: Callable[[], Library], files: tuple[Path, ...]
) -> tuple[int, tuple[Diagnostic, ...]]:
    """Return how many styles were checked and what was found in them.

    Without `files` all packs of the library are checked.

    Raises:
        FileError: a file cannot be read.
    """
    from impasto.styles.sharing.project import unmet_by

    library = reach()
    found: list[Diagnostic] = []
    packs: list[Pack] = []
    for path in files or tuple(library.files.values()):
        if files and not path.is_file():
            raise FileError(f"there is no file {path}")
        try:
            packs.append(_pinned(path) if files else library.pack(path.stem))
        except SourceError as error:
            found.append(error.diagnostic)
    for pack in packs if files else ():
        library = library.with_pack(pack)
    found += unmet_by(packs, library)
    every = [style for pack in packs for style in pack.styles.values()]
    found += [finding for style in every for finding in _check_style(style, library)]
    return len(every), tuple({_key(finding): finding for finding in found}.values())


def _pinned(path: Path) -> Pack:
    """Return the pack at `path`, which is what the lock pins, if one does."""
    from impasto.styles.library import load_pack
    from impasto.styles.reach import lock_of

    lock = lock_of(path.absolute().parent)
    if lock:
        lock.verify(path)
    return load_pack(path)


def _key(finding: Diagnostic) -> tuple[str, str, str]:
    return finding.code, finding.message, str(finding.span)


def _check_style(style: Style, library: Library) -> Iterator[Diagnostic]:
    from impasto.models.registry import all_models

    for card in (None, *all_models()):
        try:
            yield from _findings(style, card.id if card else None, library)
        except SourceError as error:
            yield error.diagnostic
        except ImpastoError as error:
            yield Diagnostic("IMP006", "style-pack-error", "error", str(error), style.span)


def _findings(style: Style, model: str | None, library: Library) -> Iterator[Diagnostic]:
    """Compose the style and translate it; contradictions and refused parameters are findings."""
    from impasto.compose.api import compose
    from impasto.translate.api import translate

    found = compose(SUBJECT, styles=(style.name,), model=model, library=library)
    yield from (d for d in found.diagnostics if d.severity != "info")
    for one in translate(found, model).limits if model else ():
        if one.severity == "error":
            yield Diagnostic(
                one.code,
                one.rule,
                one.severity,
                one.message,
                style.span,
                hint=one.hint,
                parameter=one.parameter,
            )
