"""`load_style`: one style by name, from the built-in packs or a library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.styles.library import Library, Style

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_shared: list[Library] = []


def default_library() -> Library:
    """Return the library of the built-in packs, shared by all."""
    if not _shared:
        _shared.append(Library())
    return _shared[0]


def load_style(name: str, folders: Sequence[Path] = ()) -> Style:
    """Return the style "pack/style" or "style", from `folders` or the built-in packs.

    Raises:
        UnknownNameError: there is none; the nearest name is proposed.
        StyleError: its pack is broken, or the short name is in several packs.
    """
    library = Library(tuple(folders)) if folders else default_library()
    return library.find(name)[0]
