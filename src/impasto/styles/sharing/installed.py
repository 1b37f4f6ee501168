"""Folders of style packs that installed packages bring: found by their metadata, never imported."""

from __future__ import annotations

from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from impasto.styles.reach import GROUP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.metadata import EntryPoint


def folders() -> dict[Path, str]:
    """Return every folder that an entry point of the group names, with its distribution's name.

    They are in the order of the names of distributions and entry points, so that it does not
    depend on the order of a folder on disk. A folder that is not there is passed over.
    """
    found: dict[Path, str] = {}
    for point in sorted(entry_points(group=GROUP), key=_order):
        for folder in _folders(point):
            found.setdefault(folder, _distribution(point))
    return found


def _order(point: EntryPoint) -> tuple[str, str]:
    return _distribution(point), point.name


def _distribution(point: EntryPoint) -> str:
    return point.dist.name if point.dist else point.value


def _folders(point: EntryPoint) -> Iterator[Path]:
    """Yield the folder "package.folder" means; finding a top package runs none of its code."""
    top, *inner = point.value.split(".")
    try:
        spec = find_spec(top)
    except ValueError:  # no name at all
        return
    for root in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(root, *inner)
        if folder.is_dir():
            yield folder
