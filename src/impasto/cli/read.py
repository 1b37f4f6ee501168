"""`impasto read`: what a prompt really means in the dialect it was written for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from impasto.cli.lines import Record, answer, jsonl_option
from impasto.cli.options import format_option, steps_option

if TYPE_CHECKING:
    from impasto.cli.heat import Runs
    from impasto.cli.readings import Heard
    from impasto.cli.terminal import Terminal

EXAMPLES = """\b
Examples:
  impasto read "((a fox)), [fog:0.5], (light:1.3)" --dialect a1111
  impasto read "1.3::golden light ::, a fox"
  pbpaste | impasto read --format json
  impasto read --jsonl -f prompts.jsonl --dialect comfyui > read.jsonl

\b
Exit codes: 0 it can be read; 1 the real parser would stumble over it; 2 it could not
be done, or a line of --jsonl could not be used."""

_MOST_TABLES = 12


@click.command(epilog=EXAMPLES, short_help="Show what a prompt means in its dialect.")
@click.argument("text", required=False)
@click.option("-f", "--file", type=click.Path(), help="Read the prompt from a text file.")
@click.option(
    "-d",
    "--dialect",
    default="auto",
    metavar="D|auto",
    help="Read it in this dialect; auto: in the one it was probably written for.",
)
@steps_option
@jsonl_option
@format_option("json", "jsonl")
def read(
    text: str | None, file: str | None, dialect: str, steps: int, jsonl: bool, form: str
) -> int:
    """Show the effective weights of TEXT, a file or standard input, as its dialect reads it.

    With schedules there is a table for every stretch of steps.
    """
    from impasto.cli.readings import AUTO, checked, hear

    if dialect != AUTO:
        checked(dialect)
    if jsonl:
        return answer(text, file, form, lambda record: _line(record, dialect, steps))
    from impasto.cli.given import given_text

    heard = hear(given_text(text, file), dialect, steps, why=True)
    if form == "text":
        _show(heard, steps)
    else:
        from impasto.cli.terminal import write_json

        write_json(heard.to_json(), indent=2 if form == "json" else None)
    return int(any(finding.severity == "error" for finding in heard.diagnostics))


def _line(record: Record, dialect: str, steps: int) -> dict[str, object]:
    from impasto.cli.readings import hear

    heard = hear(record.prompt, dialect, steps)
    found = {"format": 1, "line": record.line, **heard.to_json()}
    if record.negative:
        found["negative"] = hear(record.negative, heard.prompt.dialect, steps).to_json()
    return found


def _show(heard: Heard, steps: int) -> None:
    from impasto.cli.terminal import Terminal
    from impasto.diagnostics import render

    terminal = Terminal()
    _head(heard, terminal)
    if heard.schedule is None:
        verb = f"impasto expand --dialect {heard.prompt.dialect}"
        terminal.line(f"it has choices; {verb} lists the prompts that it stands for")
    else:
        _tables(heard.schedule, steps, terminal)
    for finding in heard.diagnostics:
        terminal.line()
        terminal.finding(render(finding, with_code=False))


def _head(heard: Heard, terminal: Terminal) -> None:
    """Write the dialect, and why it is that one where nobody said so."""
    from impasto.cli.show import title_of

    name = heard.prompt.dialect
    terminal.line(terminal.paint(name, "bold", "cyan") + title_of(name))
    taken = next((guess for guess in heard.guesses if guess.dialect == name), None)
    if taken is not None:
        for reason in taken.reasons:
            terminal.wrapped(reason, "dim", indent=4, first="  - ")
        terminal.line(terminal.paint("  another one: --dialect NAME; all: impasto compare", "dim"))
    terminal.line()


def _tables(schedule: list[tuple[float, int, Runs]], steps: int, terminal: Terminal) -> None:
    from impasto.cli.heat import stretches, title

    every = stretches(schedule)
    for number, stretch in enumerate(every[:_MOST_TABLES]):
        name = title(stretch, every, steps)
        if number:
            terminal.line()
        if name:
            terminal.line(terminal.paint(name, "bold"))
        _table(stretch.runs, terminal)
    left = len(every) - _MOST_TABLES
    if left > 0:
        terminal.line(f"\n… and {left} more; --format json has all")


def _table(runs: Runs, terminal: Terminal) -> None:
    from impasto.cli.heat import amount, colours, heat, is_break
    from impasto.cli.terminal import clean

    rows = []
    for run in runs:
        text, weight = run
        if is_break(run):
            rows.append(["", "", terminal.paint("BREAK: a new chunk", "dim")])
        elif text.strip():
            paint = colours(weight)
            cells = (amount(weight), heat(weight), clean(text.strip()))
            rows.append([terminal.paint(cell, *paint) for cell in cells])
    if rows:
        terminal.table(rows, head=("weight", "heat", "text"))
    else:
        terminal.line("(nothing)")
