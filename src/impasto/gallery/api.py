"""`gallery`: the styles in reach as one self-contained HTML page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.gallery.exhibit import exhibit, picture
from impasto.gallery.page import Print, page

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from impasto.styles.library import Library, Style

SUBJECT = "a lighthouse on a rocky coast"
"""What styles are shown with that have no preview of their own."""


def styles_of(library: Library, packs: Sequence[str] = ()) -> list[Style]:
    """Return the styles of `packs`, or of every pack in reach; the mixins follow all others.

    Raises:
        UnknownNameError: there is no such pack.
        StyleError, FileError: a pack is broken.
    """
    rooms = [library.pack(name) for name in packs] if packs else library.packs()
    found = (style for pack in rooms for style in pack.styles.values())
    return sorted(found, key=lambda style: style.model.mixin)


def gallery(
    library: Library,
    *,
    packs: Sequence[str] = (),
    subject: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> str:
    """Return the gallery page of `packs`, or of every pack in reach; the same each time.

    Every style is composed with `subject`, or else with its own preview, translated for every
    model, and drawn. `progress` is called with (done, failed), as that of a batch is; nothing
    ever fails here.

    Raises:
        UnknownNameError: there is no such pack.
        SourceError: a pack, a style or the subject is broken; file, line and column are given.
        OpenPromptError: the subject holds choices.
    """
    prints = []
    for style in styles_of(library, packs):
        shown = exhibit(style, subject or style.model.preview or SUBJECT, library)
        prints.append(Print(shown, picture(shown)))
        if progress:
            progress(len(prints), 0)
    return page(prints)
