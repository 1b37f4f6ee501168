"""Fixing documents: written back as they were, or shown as a difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import click

from impasto.errors import FileError

if TYPE_CHECKING:
    from pathlib import Path

    from impasto.diagnostics import Diagnostic
    from impasto.lint.engine import Checked, Linter


class Done(NamedTuple):
    """One document after the work on it."""

    name: str
    checked: Checked
    fixed: int = 0
    diff: str = ""


class Fixing:
    """Applies fixes, the `unsafe` ones too if told so; writes, or shows a difference."""

    def __init__(self, linter: Linter, *, write: bool, unsafe: bool) -> None:
        self.linter = linter
        self.write = write
        self.unsafe = unsafe

    def file(self, path: Path, checked: Checked) -> Done:
        """Fix the file at `path`, in which `checked` was found."""
        from impasto.lint.fix import with_line_ends
        from impasto.lint.kinds import read

        name = str(path)
        if checked.failed or not self._can_fix(checked):
            return Done(name, checked)
        text, raw = read(path)
        after, left, count = self._fixed(text, name, self.linter.kind_of(path), path.parent)
        if self.write and after != text:
            mark = "\ufeff" if raw.startswith("\ufeff") else ""
            data = (mark + with_line_ends(after, raw.removeprefix(mark))).encode()
            try:
                path.write_bytes(data)
            except OSError as error:
                problem = FileError(f"cannot write {path}: {error.strerror or error}")
                return Done(name, self.linter.failed(name, problem))
        return Done(name, left if self.write else checked, count, _diff(text, after, name))

    def text(self, text: str, name: str, kind: str, checked: Checked) -> Done:
        """Fix the standard input and write it to the standard output."""
        from pathlib import Path

        after, left, count = self._fixed(text, name, kind, Path(name).parent)
        if self.write:
            click.echo(after, nl=False)
        return Done(name, left if self.write else checked, count, _diff(text, after, name))

    def _can_fix(self, checked: Checked) -> bool:
        from impasto.lint.fix import applies

        return any(applies(finding, unsafe=self.unsafe) for finding in checked.findings)

    def _fixed(self, text: str, name: str, kind: str, folder: Path) -> tuple[str, Checked, int]:
        """Return the text after the fixes, what is left to find in it, how many fixes it took."""
        from impasto.lint.fix import fixed

        def check(text: str) -> list[Diagnostic]:
            return list(self.linter.check(text, name, kind, folder).findings)

        after, count = fixed(text, check, unsafe=self.unsafe)
        return after, self.linter.check(after, name, kind, folder), count


def _diff(before: str, after: str, name: str) -> str:
    if before == after:
        return ""
    from difflib import unified_diff

    lines = unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), name, name
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
