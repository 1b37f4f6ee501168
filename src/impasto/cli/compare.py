"""`impasto compare`: one text, and what every dialect makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import click

from impasto.cli.lines import answer, jsonl_option
from impasto.cli.options import format_option, steps_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from impasto.cli.readings import Heard
    from impasto.cli.terminal import Terminal
    from impasto.dialects.detect import Guess, Reading

EXAMPLES = """\b
Examples:
  impasto compare "((a (b:1.2)), [c:0.8], C++ (at 5:30)"
  impasto compare "(golden light:1.2)" --dialects a1111,comfyui,compel
  impasto compare -f prompt.txt --format json
  impasto compare --jsonl -f prompts.jsonl -d a1111,comfyui > compared.jsonl"""

_MOST_STRETCHES = 3
_MOST_FINDINGS = 3
_POINTS = ",.;"


@click.command(epilog=EXAMPLES, short_help="Show what each dialect makes of one text.")
@click.argument("text", required=False)
@click.option("-f", "--file", type=click.Path(), help="Read the prompt from a text file.")
@click.option(
    "-d",
    "--dialects",
    multiple=True,
    metavar="D,…",
    help="Only these dialects; may be repeated. All that can be read without it.",
)
@steps_option
@jsonl_option
@format_option("json", "jsonl")
def compare(
    text: str | None,
    file: str | None,
    dialects: tuple[str, ...],
    steps: int,
    jsonl: bool,
    form: str,
) -> int:
    """Show what each dialect makes of TEXT, a file or standard input.

    Dialects that hear the same share a row; spaces are no difference. What is marked with ≠ is
    not as in the first row.
    """
    from impasto.cli.given import given_text

    names = _chosen(dialects)
    if jsonl:
        return answer(
            text,
            file,
            form,
            lambda record: {
                "format": 1,
                "line": record.line,
                **_compared(record.prompt, names, steps).to_json(),
            },
        )
    found = _compared(given_text(text, file), names, steps)
    if form == "text":
        _show(found, steps)
    else:
        _write(found, form)
    return 0


def _compared(text: str, dialects: list[str], steps: int) -> _Comparison:
    from impasto.cli.readings import hear
    from impasto.dialects.detect import rank

    heard = [hear(text, name, steps) for name in dialects]
    guesses = [guess for guess in rank(text) if guess.score]
    return _Comparison(text, guesses, _grouped(heard, guesses))


def _chosen(given: tuple[str, ...]) -> list[str]:
    """Return the names of the dialects to compare, each once."""
    from impasto.cli.readings import checked
    from impasto.dialects.detect import readable

    asked = [name.strip() for text in given for name in text.split(",") if name.strip()]
    return list(dict.fromkeys(checked(name) for name in asked)) if asked else list(readable())


class _Group(NamedTuple):
    """Dialects that hear the same."""

    heard: list[Heard]

    @property
    def names(self) -> list[str]:
        return [one.prompt.dialect for one in self.heard]

    def to_json(self) -> dict[str, object]:
        left_out = ("format", "dialect", "text")
        told = self.heard[0].to_json()
        return {
            "dialects": self.names,
            **{name: value for name, value in told.items() if name not in left_out},
        }


class _Comparison(NamedTuple):
    """A text, for which dialects it was probably written, and who hears what."""

    text: str
    guesses: list[Guess]
    groups: list[_Group]

    def to_json(self) -> dict[str, object]:
        from impasto.cli.readings import guess_json

        return {
            "text": self.text,
            "guesses": [guess_json(guess) for guess in self.guesses],
            "groups": [group.to_json() for group in self.groups],
        }


def _grouped(heard: list[Heard], guesses: list[Guess]) -> list[_Group]:
    """Return the dialects in groups, the one that the text was probably written for first."""
    from impasto.dialects.detect import comparable

    found: dict[Reading | None, _Group] = {}
    for one in heard:
        key = None if one.schedule is None else comparable(one.schedule)
        found.setdefault(key, _Group([])).heard.append(one)
    places = {guess.dialect: place for place, guess in enumerate(guesses)}
    last = len(places)
    return sorted(
        found.values(), key=lambda group: min(places.get(name, last) for name in group.names)
    )


def _write(found: _Comparison, form: str) -> None:
    from impasto.cli.terminal import write_json

    if form == "json":
        write_json({"format": 1, **found.to_json()})
        return
    for group in found.groups:
        write_json({"format": 1, **group.to_json()}, indent=None)


def _show(found: _Comparison, steps: int) -> None:
    from impasto.cli.heat import DIFFERENT, LEGEND
    from impasto.cli.terminal import Terminal

    terminal = Terminal()
    groups = found.groups
    side = max(len(name) for group in groups for name in (*group.names, "dialects")) + 2
    terminal.line(terminal.paint(f"{'dialects':<{side}}what they hear, its weight under it", "dim"))
    first: Heard | None = None
    for group in groups:
        terminal.line(terminal.paint("─" * min(terminal.width, 80), "dim"))
        lines = _reading(terminal, group, first, steps, terminal.width - side)
        _beside(terminal, group.names, lines, side)
        first = first or group.heard[0]
    terminal.line(terminal.paint("─" * min(terminal.width, 80), "dim"))
    if len(groups) > 1:
        terminal.wrapped(f"{DIFFERENT} not as in the first row; {LEGEND}", "dim")
    else:
        terminal.wrapped(LEGEND, "dim")
    _verdict(terminal, groups, found.guesses)


def _beside(terminal: Terminal, names: list[str], lines: list[str], side: int) -> None:
    """Write names in the first column, lines in the second."""
    for at in range(max(len(names), len(lines))):
        name = names[at] if at < len(names) else ""
        line = lines[at] if at < len(lines) else ""
        pad = " " * (side - len(name))
        terminal.line(f"{terminal.paint(name, 'bold', 'cyan')}{pad}{line}".rstrip())


def _reading(
    terminal: Terminal, group: _Group, first: Heard | None, steps: int, room: int
) -> list[str]:
    """Return the lines of a group: what it hears in each stretch of steps, and its traps."""
    from impasto.cli.heat import stretches, strip, title

    heard = group.heard[0]
    if heard.schedule is None:
        verb = f"impasto expand --dialect {group.names[0]}"
        return [f"choices: {verb}", *_findings(terminal, heard, room)]
    every = stretches(heard.schedule)
    is_new = _marker(first)
    lines: list[str] = []
    for stretch in every[:_MOST_STRETCHES]:
        name = title(stretch, every, steps)
        lines += [terminal.paint(f"{name}:", "bold")] if name else []
        lines += strip(terminal, stretch.runs, room, is_new)
    left = len(every) - _MOST_STRETCHES
    if left > 0:
        lines.append(f"… {left} more: impasto read --dialect {group.names[0]}")
    return [*lines, *_findings(terminal, heard, room)]


def _marker(first: Heard | None) -> Callable[[str, float], bool]:
    """Return a function that says whether `first` never has a word at a weight."""
    if first is None or first.schedule is None:
        return lambda _word, _weight: False
    known = {
        _pair(word, weight)
        for _, _, runs in first.schedule
        for text, weight in runs
        for word in text.split()
    }
    return lambda word, weight: _pair(word, weight) not in known and bool(word.strip(_POINTS))


def _pair(word: str, weight: float) -> tuple[str, str]:
    return word.strip(_POINTS), f"{weight:.4f}"


def _findings(terminal: Terminal, heard: Heard, room: int) -> list[str]:
    """Return what the real parser stumbles over, in short."""
    from impasto.cli.terminal import SEVERITY, clean, wrap

    lines = []
    for finding in heard.diagnostics[:_MOST_FINDINGS]:
        place = f" (column {finding.span.column})" if finding.span else ""
        text = clean(f"{finding.message}{place}")
        colour = SEVERITY[finding.severity]
        lines += [terminal.paint(line, colour) for line in wrap(f"! {text}", room)]
    left = len(heard.diagnostics) - _MOST_FINDINGS
    return [*lines, f"! {left} more"] if left > 0 else lines


def _verdict(terminal: Terminal, groups: list[_Group], guesses: list[Guess]) -> None:
    from impasto.cli.show import count

    number = sum(len(group.names) for group in groups)
    readings = "all hear the same" if len(groups) == 1 else f"{len(groups)} ways to hear it"
    terminal.line(f"{count(number, 'dialect')}, {readings}")
    best = guesses[0]
    reasons = "; ".join(best.reasons[:2])
    terminal.wrapped(f"probably written for {best.dialect}: {reasons}")
