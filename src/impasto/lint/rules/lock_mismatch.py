"""A style pack that is not what `impasto.lock` pins."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from impasto.lint.rule import Rule

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.lint.views import PackView


class LockMismatch(Rule):
    """A style pack that is not what `impasto.lock` pins.

    ## What it does

    Compares a pack with the SHA-256 that the lock beside its folder has for it, where it has one.

    ## Why is this bad?

    Somebody changed the pack by hand, or changed the lock. The styles of such a pack cannot be
    used: the next machine would paint other pictures. `impasto styles sync` restores the pack;
    `impasto styles remove NAME --keep` makes it one of the project's own, to be changed at will.
    """

    code = "IMP009"
    name = "lock-mismatch"
    severity = "error"

    def visit_pack(self, view: PackView, check: Check) -> None:
        """Compare the file with its pin."""
        from impasto.errors import LockError  # noqa: PLC0415
        from impasto.styles.reach import lock_of  # noqa: PLC0415

        if check.folder is None:
            return
        path = check.folder / PurePath(check.source.name).name
        try:
            lock = lock_of(check.folder.absolute())
            if lock:
                lock.verify(path)
        except LockError as error:
            where = view.pack.document.key_span(("name",))
            check.report(self, where, error.message, hint=error.hint)
