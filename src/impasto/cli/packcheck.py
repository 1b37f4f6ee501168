"""Every style of a pack, composed and translated for every model: what is wrong, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from impasto.diagnostics import Diagnostic
from impasto.errors import FileError, ImpastoError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from impasto.models.card import ModelCard
    from impasto.source import Span
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

    yield from _in_vain(style)
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
            yield replace(one, span=_place(style))


def _place(style: Style, *path: str) -> Span:
    """Return where the style, or its variant at `path`, speaks of parameters."""
    return style.pack.document.key_span(("styles", style.short_name, *path, "parameters"))


def _in_vain(style: Style) -> Iterator[Diagnostic]:
    """Yield the values that every model refuses that the style or its variant speaks to.

    Those that only some refuse give way there, which a translation tells.
    """
    from impasto.models.registry import all_models

    for name in (None, *style.model.variants):
        cards = [c for c in all_models() if name in (None, c.id, c.family, c.writing)]
        path = () if name is None else ("variants", name)
        given = style.model if name is None else style.model.variants[name]
        for finding in _refused_by_all(given.parameters, cards):
            yield replace(finding, span=_place(style, *path))


def _refused_by_all(
    given: Mapping[str, object], cards: Iterable[ModelCard]
) -> Iterable[Diagnostic]:
    """Return, by parameter, the first finding about a value that no model takes."""
    from impasto.models.limits import check

    refused: dict[str, Diagnostic] = {}
    taken: set[str] = set()
    for card in cards if given else ():
        checked = check(card, None, given)
        wrong = {d.parameter: d for d in checked.diagnostics if d.severity == "error"}
        refused = {**wrong, **refused}
        taken |= checked.parameters.keys() - wrong.keys()
    return [finding for name, finding in refused.items() if name not in taken]
