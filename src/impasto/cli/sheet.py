"""`impasto sheet`: a contact sheet of a run, as one page or as pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from impasto.sheet.frames import Frame

DEFAULT = "sheet.html"

EXAMPLES = """\b
Examples:
  impasto sheet foxes/                          (writes sheet.html)
  impasto sheet foxes/ -o foxes/sheet.html --linked
  impasto sheet foxes/ -o foxes.png"""


@click.command(epilog=EXAMPLES, short_help="Make a contact sheet of a run.")
@click.argument("run", type=click.Path(exists=True), metavar="RUN")
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help=f"A page (.html) or a picture (.png); repeatable. By default {DEFAULT}.",
)
@click.option("--title", metavar="TEXT", help="The heading; by default the folder's name.")
@click.option(
    "--linked", is_flag=True, help="The page shows the images from beside it, not from inside."
)
@click.option(
    "--journal", type=click.Path(exists=True, dir_okay=False), help="Where it is not in the folder."
)
@click.option("--force", is_flag=True, help="Replace FILE even where it is no contact sheet.")
def sheet(
    run: str,
    outputs: tuple[str, ...],
    title: str | None,
    linked: bool,
    journal: str | None,
    force: bool,
) -> None:
    """Show the images of RUN, a folder or the journal of a batch, with what made them.

    The page needs no server and no network. It can be searched, and shows what failed and why.
    """
    from impasto.sheet.frames import frames_of

    checked_sheets(outputs or (DEFAULT,), force=force)
    place = Path(run)
    frames = frames_of(place, Path(journal) if journal else None)
    folder = place if place.is_dir() else place.parent
    write_sheets(
        frames,
        outputs or (DEFAULT,),
        title or folder.resolve().name or "Images",
        linked=linked,
        force=force,
    )


def checked_sheets(files: Sequence[str], *, force: bool = False) -> None:
    """Refuse files that no sheet can be written to, before anything is made.

    Raises:
        FileError: as said.
    """
    from impasto.sheet.api import check

    for file in files:
        check(Path(file), force=force)


def write_sheets(
    frames: Sequence[Frame],
    files: Sequence[str],
    title: str,
    *,
    linked: bool = False,
    force: bool = False,
) -> None:
    """Write sheets and say where they are."""
    from impasto.sheet.api import write

    for file in files:
        for path in write(frames, Path(file), title, linked=linked, force=force):
            click.echo(f"{path}: {told(frames)}, {path.stat().st_size / 1e6:.2f} MB", err=True)


def told(frames: Sequence[Frame]) -> str:
    """Return how many images there are and how many are missing, in words."""
    from impasto.cli.show import count

    missing = sum(frame.state != "there" for frame in frames)
    there = count(len(frames) - missing, "image")
    return f"{there}, {missing:,} missing" if missing else there
