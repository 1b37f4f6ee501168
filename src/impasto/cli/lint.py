"""`impasto lint`: find mistakes in prompts, templates and style packs, and fix them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from impasto.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from impasto.diagnostics import Diagnostic
    from impasto.lint.engine import Checked, Linter
    from impasto.styles.library import Library

STDIN = "-"

_EPILOG = """\b
Exit codes: 0 clean (notes do not count), 1 findings, 2 something could not be checked.

A .txt file holds one prompt in each line; .prompt and .j2 files are templates; .yaml files are
style packs. `# impasto: ignore[IMP101]` switches a rule off for the next line, `# impasto:
ignore-file` everything for the file."""


@click.command(epilog=_EPILOG)
@click.argument("paths", nargs=-1, type=click.Path())
@click.option(
    "--for",
    "targets",
    multiple=True,
    metavar="MODEL[@BACKEND]",
    help="Check for this model, too; several by commas or repetition.",
)
@click.option("--select", multiple=True, metavar="CODE,…", help="Use these rules instead of all.")
@click.option("--extend-select", multiple=True, metavar="CODE,…", help="Use these rules, too.")
@click.option("--ignore", multiple=True, metavar="CODE,…", help="Leave these rules out.")
@click.option(
    "--styles",
    "style_packs",
    multiple=True,
    metavar="FOLDER",
    help="Look for style packs here, beside those of the project.",
)
@click.option("--format", "form", default="text", metavar="FORMAT", help="text, json or github.")
@click.option("--fix", is_flag=True, help="Apply the safe fixes.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option(
    "--stdin-name",
    default="standard input.txt",
    metavar="NAME",
    help='What the text of "-" is called; its ending says what it is.',
)
def lint(
    paths: tuple[str, ...],
    targets: tuple[str, ...],
    select: tuple[str, ...],
    extend_select: tuple[str, ...],
    ignore: tuple[str, ...],
    style_packs: tuple[str, ...],
    form: str,
    fix: bool,
    diff: bool,
    stdin_name: str,
) -> int:
    """Find mistakes in prompts, templates and style packs.

    PATHS are files and folders, "-" is the standard input; this folder if there are none.
    """
    from impasto.lint.report import Run, load

    report = load(form)
    selected = _split(select) or (("IMP",) if extend_select else ())
    linter = _linter(
        paths, _split(targets), (*selected, *_split(extend_select)), _split(ignore), style_packs
    )
    job = _Job(linter, fix=fix or diff, write=not diff, stdin_name=stdin_name)
    findings: list[Diagnostic] = []
    files, fixed, failed, diffs = 0, 0, [], []
    for done in job.run(paths or (".",)):
        findings += done.checked.findings
        files += not done.checked.failed
        fixed += done.fixed if not diff else 0
        failed += [done.name] if done.checked.failed else []
        diffs.append(done.diff)
    colours = _has_colour()
    run = Run(tuple(findings), files, tuple(failed), fixed, colours=colours and form == "text")
    if diff:
        click.echo("".join(diffs), nl=False)
        click.echo(report(run), nl=False, err=True)
        return 2 if failed else int(any(diffs) or run.exit_code)
    click.echo(report(run), nl=False, err=fix and STDIN in paths, color=colours)
    return run.exit_code


def _split(given: Iterable[str]) -> tuple[str, ...]:
    """Return the items of options that take several by commas or by repetition."""
    return tuple(item.strip() for text in given for item in text.split(",") if item.strip())


def _has_colour() -> bool:
    from impasto.cli.terminal import has_colour

    return has_colour(sys.stdout)


def _linter(
    paths: Sequence[str],
    targets: Sequence[str],
    select: Sequence[str],
    ignore: Sequence[str],
    folders: Sequence[str],
) -> Linter:
    from impasto.lint.engine import Linter

    return Linter(targets, select, ignore, make_library=lambda: _library(paths, folders))


def _library(paths: Sequence[str], folders: Sequence[str]) -> Library:
    """Return the style packs of `folders`, of the projects, and the built-in ones.

    The projects are that of this folder and that of the first path.
    """
    from impasto import config
    from impasto.styles.library import Library

    first = next((Path(path) for path in paths if path != STDIN), Path())
    places = dict.fromkeys((Path(), first if first.is_dir() else first.parent))
    for folder in folders:
        if not Path(folder).is_dir():
            raise FileError(f"--styles: there is no folder {folder}")
    packs = [pack for place in places for pack in config.load(place)["style_packs"]]
    return Library((*map(Path, folders), *packs))


class _Done(NamedTuple):
    """One document after the work on it."""

    name: str
    checked: Checked
    fixed: int = 0
    diff: str = ""


class _Job:
    """Checks documents, fixes them where it should, writes them where it may."""

    def __init__(self, linter: Linter, *, fix: bool, write: bool, stdin_name: str) -> None:
        self.linter = linter
        self.fix = fix
        self.write = write
        self.stdin_name = stdin_name

    def run(self, paths: Sequence[str]) -> Iterable[_Done]:
        """Yield every document that `paths` mean."""
        from impasto.lint.files import find_files

        for path in paths:
            if path == STDIN:
                yield self._stdin()
                continue
            try:
                files = list(find_files([Path(path)]))
            except FileError as error:
                yield _Done(path, self.linter.failed(path, error))
                continue
            for file in files:
                yield self._file(file)

    def _file(self, path: Path) -> _Done:
        checked = self.linter.check_path(path)
        if checked.failed or not self._is_fixable(checked):
            return _Done(str(path), checked)
        from impasto.lint.engine import read, suffix_of
        from impasto.lint.fix import with_line_ends

        text, raw = read(path)
        after, done = self._fixed(text, str(path), suffix_of(path), path.parent)
        if self.write and after.text != text:
            mark = "\ufeff" if raw.startswith("\ufeff") else ""
            data = (mark + with_line_ends(after.text, raw.removeprefix(mark))).encode()
            try:
                path.write_bytes(data)
            except OSError as error:
                problem = FileError(f"cannot write {path}: {error.strerror or error}")
                return _Done(str(path), self.linter.failed(str(path), problem))
        shown = checked if not self.write else after.checked
        return _Done(str(path), shown, done, _diff(text, after.text, str(path)))

    def _stdin(self) -> _Done:
        from impasto.lint.engine import suffix_of

        name = self.stdin_name
        try:
            suffix = suffix_of(Path(name))
            data = sys.stdin.buffer.read()
            text = data.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            problem = FileError(f"{name} is not UTF-8 text: {error.reason}")
            return _Done(name, self.linter.failed(name, problem))
        except FileError as error:
            return _Done(name, self.linter.failed(name, error))
        checked = self.linter.check(text, name, suffix, Path(name).parent)
        if not self.fix:
            return _Done(name, checked)
        after, done = self._fixed(text, name, suffix, Path(name).parent)
        if self.write:
            click.echo(after.text, nl=False)
        shown = checked if not self.write else after.checked
        return _Done(name, shown, done, _diff(text, after.text, name))

    def _is_fixable(self, checked: Checked) -> bool:
        return self.fix and any(f.fix and f.fix.safe for f in checked.findings)

    def _fixed(self, text: str, name: str, suffix: str, folder: Path) -> tuple[_After, int]:
        from impasto.lint.fix import fixed

        def check(text: str) -> list[Diagnostic]:
            return list(self.linter.check(text, name, suffix, folder).findings)

        after, count = fixed(text, check)
        return _After(after, self.linter.check(after, name, suffix, folder)), count


class _After(NamedTuple):
    """A text with its fixes applied, and what is left to find in it."""

    text: str
    checked: Checked


def _diff(before: str, after: str, name: str) -> str:
    if before == after:
        return ""
    from difflib import unified_diff

    lines = unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), name, name
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
