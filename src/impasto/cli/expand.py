"""`impasto expand`: the prompts that choices and word lists stand for."""

from __future__ import annotations

import sys
from itertools import count as count_from
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from impasto.cli.options import format_option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.compose.expansion import Expansion

EXAMPLES = """\b
Examples:
  impasto expand "a {red|white|{dark|light} brown} fox"
  impasto expand "a {red|white} fox in {2$$ and $$rain|wind|fog}" --all
  impasto expand "__animals__, {day|night}" --wildcards lists/ --count
  impasto expand "__animals__, {day|night}" --seed 7 --limit 3
  impasto expand -f template.txt --all --index 100000 --limit 10   (go on from there)"""

_FEW = 5


@click.command(epilog=EXAMPLES, short_help="List the prompts that choices stand for.")
@click.argument("text", metavar="[TEMPLATE]", required=False)
@click.option("-f", "--file", type=click.Path(), help="Read the template from a text file.")
@click.option(
    "-d",
    "--dialect",
    default="impasto",
    show_default=True,
    metavar="D",
    help="The syntax of the choices, such as dynamicprompts.",
)
@click.option("--count", is_flag=True, help="Print only how many there are, exactly.")
@click.option("--seed", type=click.IntRange(min=0), help="Draw with this seed and those after it.")
@click.option("--index", type=click.IntRange(min=0), help="This one, counted from 0.")
@click.option("--all", "everyone", is_flag=True, help="All, in order, from --index on.")
@click.option("--limit", type=click.IntRange(min=0), help="At most so many.")
@click.option(
    "--wildcards",
    multiple=True,
    type=click.Path(),
    metavar="FOLDER",
    help="Word lists are below this folder; may be repeated.",
)
@format_option("json", "jsonl")
def expand(
    text: str | None,
    file: str | None,
    dialect: str,
    count: bool,
    seed: int | None,
    index: int | None,
    everyone: bool,
    limit: int | None,
    wildcards: tuple[str, ...],
    form: str,
) -> None:
    """List prompts that TEMPLATE, a file or standard input stands for.

    A few drawn ones without --all and --index; a seed draws the same ones everywhere.
    """
    from impasto.cli.given import given_text

    if seed is not None and (everyone or index is not None):
        raise click.UsageError("--seed draws, --all and --index count; give one of them")
    expansion = _expansion(given_text(text, file), dialect, wildcards)
    if count:
        _write_count(expansion, form)
        return
    found = _prompts(expansion, seed, index, everyone=everyone)
    if limit is None and not everyone:
        limit = 1 if index is not None else _FEW
    _write(expansion, islice(found, limit), form)


def _expansion(text: str, dialect: str, wildcards: tuple[str, ...]) -> Expansion:
    """Return what the text stands for, all of its word lists found."""
    from impasto import config as settings
    from impasto.cli.readings import resolved
    from impasto.compose.expansion import expand

    folders = tuple(Path(folder) for folder in wildcards)
    found = folders or settings.folders(settings.load(), "wildcards")
    return expand(text, resolved(text, dialect), wildcards=found)


class _Found(NamedTuple):
    """A prompt and how to get it again: its number, or its seed."""

    prompt: str
    how: str
    number: int

    def to_json(self) -> dict[str, object]:
        return {"format": 1, "prompt": self.prompt, self.how: self.number}


def _prompts(
    expansion: Expansion, seed: int | None, index: int | None, *, everyone: bool
) -> Iterator[_Found]:
    """Yield prompts: in order from `index` on, else drawn; all where they are no more than few."""
    if everyone or index is not None or (seed is None and expansion.count <= _FEW):
        start = index or 0
        found = expansion.iterate(start)
        return (_Found(prompt, "index", at) for at, prompt in enumerate(found, start))
    seeds = count_from(seed or 0)
    return (_Found(expansion.draw(at), "seed", at) for at in seeds)


def _write_count(expansion: Expansion, form: str) -> None:
    from impasto.cli.terminal import write_json

    if form == "text":
        click.echo(_digits(expansion.count))
    else:
        # More digits than a double holds would be read wrongly by most programs.
        data = {"format": 1, "template": expansion.prompt.text, "count": _digits(expansion.count)}
        write_json(data, indent=2 if form == "json" else None)


def _digits(number: int) -> str:
    """Return all digits, of which Python prints only some thousand unless asked."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        return str(number)
    finally:
        sys.set_int_max_str_digits(before)


def _write(expansion: Expansion, found: Iterator[_Found], form: str) -> None:
    from impasto.cli.lines import line_writer
    from impasto.cli.terminal import clean, write_json

    if form == "json":
        prompts = [{k: v for k, v in one.to_json().items() if k != "format"} for one in found]
        write_json(
            {
                "format": 1,
                "template": expansion.prompt.text,
                "count": _digits(expansion.count),
                "prompts": prompts,
            }
        )
        return
    write = line_writer()
    for one in found:
        if form == "jsonl":
            write(one.to_json())
        else:
            sys.stdout.write(f"{clean(one.prompt)}\n")
