"""`impasto format`: prompts, templates and style packs in their canonical layout."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from impasto.errors import ImpastoError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.formatting.api import Kind

STDIN = "-"
FINDINGS = 1
FAILED = 2

_EPILOG = """\b
Exit codes: 0 done, or nothing to do; 1 with --check or --diff, when something would change;
2 something could not be formatted. Such a file is left as it is.

A .txt file holds one prompt in each line; .prompt and .j2 files are templates; .yaml files are
style packs. What a prompt means never changes."""


@click.command("format", epilog=_EPILOG)
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--check", is_flag=True, help="Change nothing; say which files would change.")
@click.option("--diff", is_flag=True, help="Change nothing; show what would change.")
@click.option(
    "--dialect",
    default="impasto",
    metavar="NAME",
    help="The prompts in .txt files and standard input are in this dialect: a1111, comfyui …",
)
@click.option(
    "--stdin-name",
    default="standard input.txt",
    metavar="NAME",
    help='What the text of "-" is called; its ending says what it is.',
)
def format_(paths: tuple[str, ...], check: bool, diff: bool, dialect: str, stdin_name: str) -> int:
    """Bring prompts, templates and style packs into their canonical layout.

    PATHS are files and folders, "-" is the standard input; this folder if there are none.
    """
    from impasto.dialects import dialect as load_dialect

    if dialect != "impasto":
        load_dialect(dialect)
    job = _Job(dialect, stdin_name, write=not (check or diff), diff=diff)
    for path in paths or (".",):
        job.do(path)
    if STDIN not in paths or not job.write:
        job.summarize()
    if job.failed:
        return FAILED
    return FINDINGS if job.changed and not job.write else 0


class _Formatted(NamedTuple):
    """A document before and after."""

    name: str
    before: str
    after: str


class _Job:
    """Formats documents one by one, and counts."""

    def __init__(self, dialect: str, stdin_name: str, *, write: bool, diff: bool) -> None:
        self.dialect = dialect
        self.stdin_name = stdin_name
        self.write = write
        self.diff = diff
        self.changed = 0
        self.same = 0
        self.failed = 0

    def do(self, path: str) -> None:
        """Format what `path` means; what goes wrong is said at once, and the rest goes on."""
        from impasto.formatting import files

        if path == STDIN:
            with self._told():
                self._stdin()
            return
        found: list[Path] = []
        with self._told():
            found += files.find(Path(path))
        for file in found:
            with self._told():
                self._file(file)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell of an error instead of ending at it."""
        from impasto.cli.terminal import Terminal

        try:
            yield
        except ImpastoError as error:
            self.failed += 1
            Terminal(sys.stderr).error(error)

    def _file(self, path: Path) -> None:
        from impasto.formatting import files

        kind = files.kind_of(path)
        text = files.read(path)
        done = self._formatted(text, kind, str(path))
        if self.write and done.after != text:
            files.write(path, done.after)
        self._tell(done)

    def _stdin(self) -> None:
        from impasto.formatting import files

        kind = files.kind_of(Path(self.stdin_name))
        text = files.decoded(sys.stdin.buffer.read(), self.stdin_name)
        done = self._formatted(text, kind, self.stdin_name)
        if self.write:
            sys.stdout.buffer.write(done.after.encode())
            sys.stdout.flush()
        else:
            self._tell(done)

    def _formatted(self, text: str, kind: Kind, name: str) -> _Formatted:
        from impasto.formatting.api import format as formatted

        after = formatted(text, kind, dialect=self.dialect, name=name)
        self.changed += after != text
        self.same += after == text
        return _Formatted(name, text, after)

    def _tell(self, done: _Formatted) -> None:
        """Show the difference, or say in a line that there is one."""
        if done.before == done.after:
            return
        if self.diff:
            click.echo(_difference(done), nl=False)
        else:
            click.echo(f"{'formatted' if self.write else 'would format'} {done.name}")

    def summarize(self) -> None:
        """Say how many files there were."""
        verb = "formatted" if self.write else "would be formatted"
        counted = (
            (self.changed, verb),
            (self.same, "left as it is" if self.same == 1 else "left as they are"),
            (self.failed, "failed"),
        )
        told = [f"{_files(count)} {what}" for count, what in counted if count]
        click.echo(f"{', '.join(told)}.", err=True)


def _files(count: int) -> str:
    return f"{count} file" if count == 1 else f"{count} files"


def _difference(done: _Formatted) -> str:
    from difflib import unified_diff

    before = done.before.splitlines(keepends=True)
    after = done.after.splitlines(keepends=True)
    lines = unified_diff(before, after, done.name, done.name)
    return "".join([_ended(line) for line in lines])


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
