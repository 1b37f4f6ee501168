"""`impasto expand`: the prompts that choices and word lists stand for."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from impasto.cli.options import format_option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.syntax.nodes import Node, Part
    from impasto.syntax.prompt import Prompt
    from impasto.variations.combinations import Space
    from impasto.variations.wordlists import Wordlists

EXAMPLES = """\b
Examples:
  impasto expand "a {red|white|{dark|light} brown} fox"
  impasto expand "a {red|white} fox in {2$$ and $$rain|wind|fog}" --all
  impasto expand "__animals__, {day|night}" --wildcards lists/ --count
  impasto expand "__animals__, {day|night}" --seed 7 --limit 3
  impasto expand -f template.txt --all --index 100000 --limit 10   (go on from there)"""

_FEW = 5


class _Template(NamedTuple):
    """An open prompt over word lists."""

    prompt: Prompt
    lists: Wordlists
    space: Space
    sizes: tuple[int, ...]

    @property
    def total(self) -> int:
        """How many prompts it stands for: those of its parts, multiplied."""
        total = 1
        for size in self.sizes:
            total *= size
        return total

    def pick(self, index: int) -> str:
        """Return the prompt with the number `index`; the last part turns fastest."""
        found: list[tuple[Node, ...]] = []
        for part, size in zip(reversed(self.prompt.parts), reversed(self.sizes), strict=True):
            index, own = divmod(index, size)
            found.append(self.space.pick(part.children, own))
        return self._print(found[::-1])

    def draw(self, seed: int) -> str:
        """Return the prompt that is drawn with `seed`."""
        from impasto.variations.draw import draw

        parts = enumerate(self.prompt.parts)
        return self._print([draw(part.children, seed + at, self.lists) for at, part in parts])

    def _print(self, closed: list[tuple[Node, ...]]) -> str:
        from impasto.syntax.nodes import Part
        from impasto.syntax.printer import print_parts

        pairs = zip(self.prompt.parts, closed, strict=True)
        parts = tuple(Part(children, part.mark) for part, children in pairs)
        return print_parts(parts) if self.prompt.meaning is None else self._foreign(parts)

    def _foreign(self, parts: tuple[Part, ...]) -> str:
        """Return closed parts as the next program is to read them: without escapes of ours."""
        from msgspec.structs import replace

        from impasto.dialects.api import write
        from impasto.syntax.nodes import Group, Schedule
        from impasto.syntax.walk import walk
        from impasto.syntax.weights import runs

        nodes = tuple(node for part in parts for node in part.children)
        if any(isinstance(node, (Group, Schedule)) for node in walk(nodes)):
            return write(replace(self.prompt, parts=parts), self.prompt.dialect).text
        return "".join(text for text, _ in runs(nodes))


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
    from impasto.cli.inputs import given_text

    if seed is not None and (everyone or index is not None):
        raise click.UsageError("--seed draws, --all and --index count; give one of them")
    template = _template(given_text(text, file), dialect, wildcards)
    if count:
        _write_count(template, form)
        return
    found = _prompts(template, seed, index, everyone=everyone)
    if limit is None and not everyone:
        limit = 1 if index is not None else _FEW
    _write(template, islice(found, limit), form)


def _template(text: str, dialect: str, wildcards: tuple[str, ...]) -> _Template:
    """Return the template, all of its word lists found."""
    from impasto import config as settings
    from impasto.cli.readings import read_in
    from impasto.dialects.api import CANONICAL
    from impasto.syntax.parser import parse
    from impasto.variations.combinations import Space
    from impasto.variations.wordlists import Wordlists

    prompt = parse(text) if dialect == CANONICAL else _readable(read_in(text, dialect))
    folders = tuple(Path(folder) for folder in wildcards)
    lists = Wordlists(folders or settings.folders(settings.load(), "wildcards"))
    space = Space(lists)
    sizes = tuple(space.count(part.children) for part in prompt.parts)
    return _Template(prompt, lists, space, sizes)


def _readable(prompt: Prompt) -> Prompt:
    """Return a prompt without errors.

    Raises:
        PromptSyntaxError: its own reader would refuse it.
    """
    from impasto.errors import PromptSyntaxError

    for finding in prompt.diagnostics:
        if finding.severity == "error":
            raise PromptSyntaxError(
                finding.message, finding.span, expected=finding.expected, hint=finding.hint
            )
    return prompt


class _Found(NamedTuple):
    """A prompt and how to get it again: its number, or its seed."""

    prompt: str
    how: str
    number: int

    def to_json(self) -> dict[str, object]:
        return {"format": 1, "prompt": self.prompt, self.how: self.number}


def _prompts(
    template: _Template, seed: int | None, index: int | None, *, everyone: bool
) -> Iterator[_Found]:
    """Yield prompts: in order from `index` on, else drawn; all where they are no more than few."""
    total = template.total
    if index is not None and index >= total:
        from impasto.errors import OpenPromptError

        raise OpenPromptError(f"there is no prompt {index:,}: they are 0 to {total - 1:,}")
    if everyone or index is not None or (seed is None and total <= _FEW):
        at = index or 0
        while at < total:
            yield _Found(template.pick(at), "index", at)
            at += 1
        return
    at = seed or 0
    while True:
        yield _Found(template.draw(at), "seed", at)
        at += 1


def _write_count(template: _Template, form: str) -> None:
    from impasto.cli.terminal import write_json

    if form == "text":
        click.echo(_digits(template.total))
    else:
        # More digits than a double holds would be read wrongly by most programs.
        data = {"format": 1, "template": template.prompt.text, "count": _digits(template.total)}
        write_json(data, indent=2 if form == "json" else None)


def _digits(number: int) -> str:
    """Return all digits, of which Python prints only some thousand unless asked."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        return str(number)
    finally:
        sys.set_int_max_str_digits(before)


def _write(template: _Template, found: Iterator[_Found], form: str) -> None:
    from impasto.cli.lines import line_writer
    from impasto.cli.terminal import clean, write_json

    if form == "json":
        prompts = [{k: v for k, v in one.to_json().items() if k != "format"} for one in found]
        write_json(
            {
                "format": 1,
                "template": template.prompt.text,
                "count": _digits(template.total),
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
