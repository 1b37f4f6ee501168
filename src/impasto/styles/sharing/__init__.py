"""Sharing style packs between projects: sources, the lock, what comes in and goes out.

    project = Project(Path("style_packs"))
    add(origin("https://example.com/noir.yaml", Path.cwd(), Path.cwd()), project, fetch)
    sync(project, fetch)

Nothing here speaks HTTP: `fetch` is `impasto.client.fetch.fetch`, or any function like it. Nothing
that comes in is executed, and nothing is written before all of it was checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from impasto.styles.sharing.adding import Added as Added
    from impasto.styles.sharing.adding import Bringing as Bringing
    from impasto.styles.sharing.adding import add as add
    from impasto.styles.sharing.adding import remove as remove
    from impasto.styles.sharing.lock import Lock as Lock
    from impasto.styles.sharing.lock import Pin as Pin
    from impasto.styles.sharing.project import Project as Project
    from impasto.styles.sharing.project import check as check
    from impasto.styles.sharing.sources import Origin as Origin
    from impasto.styles.sharing.sources import origin as origin
    from impasto.styles.sharing.syncing import Compared as Compared
    from impasto.styles.sharing.syncing import Restored as Restored
    from impasto.styles.sharing.syncing import outdated as outdated
    from impasto.styles.sharing.syncing import sync as sync

_WHERE = {
    "Added": "adding",
    "Bringing": "adding",
    "Compared": "syncing",
    "Lock": "lock",
    "Origin": "sources",
    "Pin": "lock",
    "Project": "project",
    "Restored": "syncing",
    "add": "adding",
    "check": "project",
    "origin": "sources",
    "outdated": "syncing",
    "remove": "adding",
    "sync": "syncing",
}

__all__ = [
    "Added",
    "Bringing",
    "Compared",
    "Lock",
    "Origin",
    "Pin",
    "Project",
    "Restored",
    "add",
    "check",
    "origin",
    "outdated",
    "remove",
    "sync",
]


def __getattr__(name: str) -> object:
    if name in _WHERE:
        from importlib import import_module  # noqa: PLC0415

        return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
