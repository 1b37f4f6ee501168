"""`impasto styles gallery`: every style on one page, with its proof and what each model hears."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

import click

EXAMPLES = """\b
Examples:
  impasto styles gallery
  impasto styles gallery --pack mine --subject "a bottle of perfume" -o mine.html"""

DEFAULT = "style-gallery.html"


@click.command(epilog=EXAMPLES, short_help="Make a page of all styles, to look through.")
@click.option(
    "-o",
    "--output",
    type=click.Path(),
    default=DEFAULT,
    show_default=True,
    metavar="FILE",
    help="Where to save; - for standard output.",
)
@click.option(
    "--pack", "packs", multiple=True, metavar="NAME", help="Only this pack; several work."
)
@click.option("--subject", metavar="TEXT", help="Show every style with this, not its preview.")
@click.option("--force", is_flag=True, help="Replace FILE even where it is no gallery.")
def gallery(output: str, packs: tuple[str, ...], subject: str | None, force: bool) -> None:
    """Write one HTML file with all styles in reach: their proofs and what each model hears.

    It needs no server and no network, can be searched, and shows the texts without scripts, too.
    """
    from impasto import config as settings
    from impasto.cli.show import count
    from impasto.client.progress import bar
    from impasto.gallery.api import gallery as page_of
    from impasto.gallery.api import styles_of

    path = None if output == "-" else Path(output)
    if path and not force:
        _refuse_others(path)
    library = settings.library(settings.load())
    styles = styles_of(library, packs)
    with bar(len(styles), label="styles") as advance:
        page = page_of(library, packs=packs, subject=subject or "", progress=advance)
    data = page.encode("utf-8", "replace")
    if path is None:
        sys.stdout.buffer.write(data)
        return
    _write(path, data)
    click.echo(f"{path}: {count(len(styles), 'style')}, {len(data) / 1e6:.2f} MB")


def _refuse_others(path: Path) -> None:
    """Leave a file alone that is no gallery.

    Raises:
        FileError: there is such a file.
    """
    from impasto.errors import FileError
    from impasto.gallery.page import MARK

    if not path.exists():
        return
    try:
        with path.open("rb") as file:
            is_ours = MARK.encode() in file.read(1024)
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror or error}") from error
    if not is_ours:
        raise FileError(
            f"{path} is there and is no style gallery",
            hint="choose another name with -o, or replace it with --force",
        )


def _write(path: Path, data: bytes) -> None:
    """Write `data` in one step: a reader sees the old page or the new one.

    Raises:
        FileError: it cannot be written.
    """
    from impasto.errors import FileError

    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        raise FileError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            part.unlink()
