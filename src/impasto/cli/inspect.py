"""`impasto inspect`: what images say of how they were made."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from impasto.cli.options import format_option

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from impasto.cli.terminal import Terminal
    from impasto.errors import ImpastoError
    from impasto.images.generation import Generation
    from impasto.images.inspection import Inspection

EXAMPLES = """\b
Examples:
  impasto inspect fox.png
  impasto inspect pictures/ downloads/*.webp
  impasto inspect fox.png --format json
  impasto inspect pictures/ --json | grep '"tool": "comfyui"'

\b
Exit codes: 0 every image tells how it was made; 1 some say nothing of it;
2 some cannot be read."""

SILENT, FAILED = 1, 2
_MOST = 200


@click.command(epilog=EXAMPLES, short_help="Show what images say of how they were made.")
@click.argument("images", nargs=-1, required=True, type=click.Path(), metavar="IMAGE|FOLDER …")
@click.option("--json", "lines", is_flag=True, help="The same as --format jsonl.")
@format_option("json", "jsonl")
def inspect(images: Sequence[str], lines: bool, form: str) -> int:
    """Show prompt, parameters, model and tool of images, whichever tool wrote them.

    It reads what A1111, Forge, SD.Next, ComfyUI, InvokeAI, NovelAI, Fooocus, SwarmUI, Draw Things,
    Easy Diffusion, stable-diffusion.cpp, Midjourney, BFL and impasto write, and texts hidden in
    pixels. PNG, JPEG, WebP, AVIF, GIF.
    """
    from impasto.cli.imagefiles import found_in

    if lines and form == "json":
        raise click.UsageError("--json writes a line for each image, --format json one document")
    found = _looks(found_in(images))
    if lines or form == "jsonl":
        return _as_lines(found)
    return _as_json(found) if form == "json" else _as_text(found)


Look = tuple["Path", "Inspection | ImpastoError"]


def _looks(paths: Iterator[Path]) -> Iterator[Look]:
    """Yield every file with what it says, or with why it cannot be read."""
    from impasto.cli.imagefiles import look
    from impasto.errors import ImpastoError

    for path in paths:
        try:
            yield path, look(path)
        except ImpastoError as error:
            yield path, error


def _code(found: Inspection | ImpastoError) -> int:
    if isinstance(found, Exception):
        return FAILED
    return 0 if found.generation else SILENT


def _object(path: Path, found: Inspection | ImpastoError) -> dict[str, Any]:
    if not isinstance(found, Exception):
        told = found.to_json()
        return {"format": told.pop("format"), "file": str(path), **told}
    error = {"type": type(found).__name__, "message": str(found)}
    return {"format": 1, "file": str(path), "error": error}


def _as_lines(looks: Iterator[Look]) -> int:
    from impasto.cli.lines import line_writer

    write, code = line_writer(), 0
    for path, found in looks:
        write(_object(path, found))
        code = max(code, _code(found))
    return code


def _as_json(looks: Iterator[Look]) -> int:
    from impasto.cli.terminal import write_json

    every = list(looks)
    write_json({"format": 1, "images": [_object(*one) for one in every]})
    return max(_code(found) for _, found in every)


def _as_text(looks: Iterator[Look]) -> int:
    from impasto.cli.terminal import Terminal

    terminal, code = Terminal(), 0
    for number, (path, found) in enumerate(looks):
        code = max(code, _code(found))
        if isinstance(found, Exception):
            Terminal(sys.stderr).error(found)
            continue
        if number:
            terminal.line()
        _show(path, found, terminal)
    return code


def _show(path: Path, found: Inspection, terminal: Terminal) -> None:
    from impasto.cli.show import text_row
    from impasto.cli.terminal import clean

    made = found.generation
    who = f"by {made.software or made.tool}" if made else "says nothing of how it was made"
    head = terminal.paint(clean(str(path)), "bold", "cyan")
    terminal.line(f"{head}  {found.kind.upper()}, {clean(who)}")
    if made:
        if found.hidden:
            text_row(terminal, "hidden", "this was hidden in the pixels")
        _show_generation(made, terminal)
    if found.provenance:
        text_row(terminal, "provenance", found.provenance.sentence())
    for sentence in found.unread:
        terminal.wrapped(sentence, indent=13, first=f"  {terminal.paint('careful', 'yellow')}")


def _show_generation(made: Generation, terminal: Terminal) -> None:
    from impasto.cli.show import text_row

    text_row(terminal, "prompt", made.prompt or "(nothing)")
    rows = {
        "negative": made.negative_prompt,
        "syntax": _syntax(made),
        "parameters": ", ".join(_parameters(made)),
        "model": made.model,
        "LoRAs": ", ".join(f"{lora.name} ({lora.weight:g})" for lora in made.loras),
        "template": _template(made),
        "also": ", ".join(f"{name} {_short(value)}" for name, value in made.others.items()),
    }
    for name, text in rows.items():
        if text:
            text_row(terminal, name, text)


def _syntax(made: Generation) -> str:
    from impasto.cli.show import title_of

    return f"{made.dialect}{title_of(made.dialect)}"


def _parameters(made: Generation) -> Iterator[str]:
    facts = {"seed": made.seed, "steps": made.steps, "cfg": made.cfg, "sampler": made.sampler}
    for name, value in {**facts, "scheduler": made.scheduler}.items():
        if value not in (None, ""):
            yield f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"
    if made.width and made.height:
        yield f"size {made.width}x{made.height}"


def _template(made: Generation) -> str:
    template = (made.record or {}).get("template")
    return str(template.get("name")) if isinstance(template, dict) else ""


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _MOST else f"{text[: _MOST - 1]}…"
