"""`impasto build`: all images of a recipe, composed and translated, as JSON Lines."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from impasto.cli.terminal import Terminal
    from impasto.recipes.images import Image, ImageSet
    from impasto.recipes.probe import Probe

FAILED = 2
_PROBES = 64

EXAMPLES = """\b
Examples:
  impasto build foxes.yaml
  impasto build foxes.yaml --count
  impasto build foxes.yaml --check
  impasto build foxes.yaml --index 123456
  impasto build foxes.yaml --model sdxl --limit 10 --format text
  impasto build foxes.yaml -o foxes.jsonl --start 5000    (goes on at the end of the file)

\b
Exit codes: 0 every image is there; 1 --check found an image that its model would refuse;
2 the recipe is broken, or an image could not be composed."""


@click.command(epilog=EXAMPLES, short_help="Compose and translate all images of a recipe.")
@click.argument("recipe", type=click.Path())
@click.option("-m", "--model", "models", multiple=True, help="For this model only; repeatable.")
@click.option("--index", type=click.IntRange(min=0), help="Only this image, counted from 0.")
@click.option("--start", type=click.IntRange(min=0), help="From this image on.")
@click.option("--limit", type=click.IntRange(min=0), help="At most so many.")
@click.option("--count", is_flag=True, help="Print only how many there are, exactly.")
@click.option("--check", is_flag=True, help="Compose some of them and say what was found.")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write to this file.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "text"]),
    default="jsonl",
    show_default=True,
    help="jsonl: an object in each line; text for people.",
)
def build(
    recipe: str,
    models: tuple[str, ...],
    index: int | None,
    start: int | None,
    limit: int | None,
    count: bool,
    check: bool,
    output: str | None,
    form: str,
) -> int:
    """Compose and translate the images of RECIPE, a YAML or TOML file.

    They are numbered from 0; the count is exact before the first is made, and each can be had by
    its number. Without models in the recipe it is the configured one.
    """
    if index is not None and (start is not None or limit is not None):
        raise click.UsageError("--index is one image, --start and --limit are several")
    images = _images(recipe, models)
    if count:
        click.echo(str(images.count))
        return 0
    if check:
        return _check(images)
    first = index if index is not None else start or 0
    if first > images.count or index == images.count:  # to go on at the end is to be done
        raise click.UsageError(f"there is no image {first:,}: they are {_numbered(images.count)}")
    last = images.count if index is None else first + 1
    if limit is not None:
        last = min(last, first + limit)
    return _Run(images, form).write(range(first, last), output, goes_on=start is not None)


def _numbered(count: int) -> str:
    return f"0 to {count - 1:,}" if count else "none"


def _images(path: str, models: tuple[str, ...]) -> ImageSet:
    """Return the images of the recipe at `path`."""
    from impasto import config as settings
    from impasto.cli.batchrecipe import images_of

    return images_of(path, settings.load(), models)


class _Run:
    """Writes images, one after the other; one that cannot be made does not stop the others."""

    def __init__(self, images: ImageSet, form: str) -> None:
        self.images = images
        self.form = form
        self.next = 0
        self.failures = 0

    def write(self, numbers: range, output: str | None, *, goes_on: bool) -> int:
        """Write the images `numbers`; return 0, or 2 where some could not be made."""
        from impasto.cli.terminal import Terminal

        notes = Terminal(sys.stderr)
        self.next = numbers.start
        with _opened(output, goes_on=goes_on) as stream, _between_lines() as stop:
            try:
                self._lines(numbers, stream, stop)
            except KeyboardInterrupt:
                stream.flush()
                click.echo(f"\nstopped; go on with --start {self.next}", err=True)
                raise
        if self.failures:
            notes.line(f"{self.failures:,} of {len(numbers):,} images could not be composed")
        return FAILED if self.failures else 0

    def _lines(self, numbers: range, stream: TextIO, stop: Callable[[], None]) -> None:
        from impasto.cli.lines import line_writer
        from impasto.cli.terminal import Terminal
        from impasto.errors import ImpastoError

        write = line_writer(stream)
        people = Terminal(stream)
        for number in numbers:
            try:
                found: Image | ImpastoError = self.images.pick(number)
            except ImpastoError as error:
                self.failures += 1
                found = error
            if self.form == "jsonl":
                write(_json(number, found))
            else:
                _show(number, found, people)
            self.next = number + 1
            stop()


@contextmanager
def _between_lines() -> Iterator[Callable[[], None]]:
    """Hold Ctrl-C back until the function that is given is called; the second one acts at once."""
    caught: list[int] = []

    def note(number: int, _frame: object) -> None:
        caught.append(number)
        signal.signal(signal.SIGINT, before)

    def stop() -> None:
        if caught:
            raise KeyboardInterrupt

    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    signal.signal(signal.SIGINT, note)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _opened(output: str | None, *, goes_on: bool) -> Iterator[TextIO]:
    """Open the file to write to; with `goes_on` what is there stays."""
    from impasto.errors import FileError

    if output is None or output == "-":
        yield sys.stdout
        return
    try:
        stream = Path(output).open("a" if goes_on else "w", encoding="utf-8")  # noqa: SIM115
    except OSError as error:
        raise FileError(f"cannot write {output}: {error.strerror or error}") from error
    with stream:
        yield stream


def _json(number: int, found: Image | Exception) -> dict[str, object]:
    if not isinstance(found, Exception):
        return found.to_json()
    return {
        "format": 1,
        "number": number,
        "error": {"type": type(found).__name__, "message": str(found)},
    }


def _show(number: int, found: Image | Exception, terminal: Terminal) -> None:
    from impasto.cli.show import finding_rows, loss_rows, parameters_text, text_row

    if isinstance(found, Exception):
        terminal.line(terminal.paint(f"{number}", "bold", "cyan"))
        terminal.finding(f"error: {found}")
        return
    heard = found.translation
    terminal.line(f"{terminal.paint(str(number), 'bold', 'cyan')} {found.output} ({heard.model})")
    text_row(terminal, "hears", heard.prompt or "(nothing)")
    if heard.negative_prompt:
        text_row(terminal, "negative", heard.negative_prompt)
    if heard.parameters:
        text_row(terminal, "parameters", parameters_text(heard.parameters))
    loss_rows(terminal, heard.losses)
    finding_rows(terminal, heard.limits)
    terminal.line()


def _check(images: ImageSet) -> int:
    """Compose some images and say what was found; return the exit code."""
    from impasto.cli.terminal import Terminal
    from impasto.recipes.probe import probe

    terminal = Terminal()
    terminal.line(_shape(images))
    found = probe(images, _PROBES)
    failures: dict[str, list[int]] = {}
    for number, error in found.failed.items():
        failures.setdefault(str(error), []).append(number)
    for said, numbers in failures.items():
        more = f" and {len(numbers) - 1} more" if len(numbers) > 1 else ""
        terminal.finding(f"error: image {numbers[0]}{more}: {said}")
    severe = _tell(found, terminal)
    looked = len(found.made) + len(found.failed)
    of_all = "all of them" if looked == images.count else f"{looked} of them"
    terminal.line(f"composed {of_all}, {len(found.failed)} failed")
    if found.failed:
        return FAILED
    return 1 if severe else 0


def _tell(found: Probe, terminal: Terminal) -> bool:
    """Write every loss and finding once, with how many images have it; say if one is severe."""
    seen: dict[tuple[str, str, str], list[int]] = {}
    for image in found.made:
        told = [
            (one.severity, image.translation.model, one.message) for one in image.translation.limits
        ]
        lost = [
            (one.severity, image.translation.model, f"loses {one.kind}: {one.message}")
            for one in image.translation.losses
        ]
        for key in dict.fromkeys((*told, *lost)):
            seen.setdefault(key, []).append(image.combination.number)
    for (severity, model, message), numbers in seen.items():
        times = f"image {numbers[0]}" if len(numbers) == 1 else f"{len(numbers)} images"
        terminal.finding(f"{severity}: {model}: {message} ({times})")
    return any(severity == "error" for severity, _, _ in seen)


def _shape(images: ImageSet) -> str:
    """Return how many images there are and why so many."""
    made = images.combinations
    base = made.blocks[0]
    sizes = [(axis.size, axis.name) for axis in base.axes]
    product = " × ".join(f"{size:,} {name}" for size, name in sizes)
    whole = 1
    for size, _ in sizes:
        whole *= size
    taken = whole - base.grid.count
    added = sum(block.grid.count for block in made.blocks[1:])
    notes = [f"{taken:,} excluded"] * (taken > 0) + [f"{added:,} included"] * (added > 0)
    if made.recipe.model.sample:
        notes.append(f"a sample of {made.total:,}")
    noun = "image" if images.count == 1 else "images"
    return f"{images.count:,} {noun}: {', '.join([product, *notes])}"
