"""`impasto explain`: every word of a prompt with the file, the line and the rule it comes from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from impasto.cli.options import format_option, given_prompt, prompt_options

if TYPE_CHECKING:
    from impasto.cli.terminal import Terminal
    from impasto.compose.explain import Explanation, Piece, Setting
    from impasto.source import Span

EXAMPLES = """\b
Examples:
  impasto explain portrait.prompt --set who="an old sailor"
  impasto explain "a lighthouse" --style noir/neo-noir --model flux-dev
  impasto explain portrait.prompt --html portrait.html"""

_RULE, _WEIGHT = 10, 7
_PLACE = 7
"""How wide the column of places is at least."""


@click.command(epilog=EXAMPLES, short_help="Show where every word of a prompt comes from.")
@prompt_options
@click.option("-m", "--model", help="Compose for this model: its variants of the styles.")
@click.option("--html", type=click.Path(), metavar="FILE", help="Write a page to look through.")
@format_option("json")
def explain(model: str | None, html: str | None, form: str, **options: Any) -> None:
    """Show every word of the prompt TEXT, or of a file, with its file, line and rule.

    TEXT may be the name of a .prompt file.
    """
    from impasto import config as settings
    from impasto.cli.inputs import job
    from impasto.compose.explain import explain as explained
    from impasto.models.registry import load_model

    work = job(given_prompt(options), settings.load())
    found = explained(work.compose(load_model(model).id if model else work.model()), work.front)
    if form == "json":
        from impasto.cli.terminal import write_json

        write_json(found.to_json())
    elif not html:
        show(found)
    if html:
        title = str(work.source) if work.front else "The prompt"
        _write_page(found, Path(html), title, quiet=form == "json")


def _write_page(found: Explanation, path: Path, title: str, *, quiet: bool) -> None:
    from impasto.compose.explainpage import page
    from impasto.errors import FileError

    try:
        path.write_text(page(found, title), encoding="utf-8", errors="replace")
    except OSError as error:
        raise FileError(f"cannot write {path}: {error.strerror or error}") from error
    if not quiet:
        from impasto.cli.show import count

        click.echo(f"{path}: {count(len(found.prompt) + len(found.negative), 'piece')}")


def show(found: Explanation) -> None:
    """Write an explanation for people."""
    from impasto.cli.show import finding_rows, text_row
    from impasto.cli.terminal import Terminal

    terminal = Terminal()
    composition = found.composition
    if composition.target.id:
        text_row(terminal, "for", composition.target.id)
    text_row(terminal, "prompt", composition.text)
    if composition.negative:
        text_row(terminal, "negative", str(composition.negative_prompt))
    if composition.seed is not None:
        text_row(terminal, "seed", str(composition.seed))
    for title, pieces in (("the prompt", found.prompt), ("the negative prompt", found.negative)):
        _pieces(title, pieces, terminal)
    if found.settings:
        _heading("the parameters", terminal)
        for setting in found.settings:
            text = f"{setting.name} {setting.value}"
            terminal.wrapped(f"{text:<36}{_asked_by(setting)}", indent=4)
    notes = [note for note in composition.diagnostics if note.rule != "folded-phrase"]
    if notes:  # what was folded stands beside what stays
        terminal.line()
        finding_rows(terminal, notes)


def _heading(text: str, terminal: Terminal) -> None:
    terminal.line()
    terminal.line(terminal.paint(text, "bold"))


def _pieces(title: str, pieces: tuple[Piece, ...], terminal: Terminal) -> None:
    """Write the pieces in order, under the file and the style that they come from."""
    if not pieces:
        return
    _heading(f"{title}, word by word", terminal)
    origin = ""
    shown = [(piece.span, piece) for piece in pieces if piece.span and piece.text.strip()]
    width = max([_PLACE, *(len(_place(span)) for span, _ in shown)]) + 1
    for span, piece in shown:
        heading = span.file + (f" (style {piece.style})" if piece.style else "")
        if heading != origin:
            terminal.wrapped(heading, "cyan", indent=2)
            origin = heading
        _piece(piece, _place(span).ljust(width), terminal)


def _place(span: Span) -> str:
    return f"{span.line}:{span.column}"


def _piece(piece: Piece, place: str, terminal: Terminal) -> None:
    weight = "" if piece.weight == 1 else f"{piece.weight:.4g}"
    head = f"    {place}{terminal.paint(f'{piece.rule:<{_RULE}}', 'dim')}{weight:<{_WEIGHT}}"
    source = f"  ← {piece.expression}" if piece.expression else ""
    indent = 4 + len(place) + _RULE + _WEIGHT
    terminal.wrapped(piece.text.strip() + source, indent=indent, first=head)
    for span in piece.folded:
        terminal.wrapped(f"and again at {span}, folded", "dim", indent=indent)


def _asked_by(setting: Setting) -> str:
    if setting.style:
        return f"style {setting.style}"
    return str(setting.span) if setting.span else "the call"
