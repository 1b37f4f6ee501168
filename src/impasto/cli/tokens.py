"""`impasto tokens`: what text encoders read of a prompt, where chunks break, what falls off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from impasto.cli.options import format_option, given_prompt, prompt_options

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from impasto.cli.terminal import Terminal
    from impasto.tokens.token import Token
    from impasto.translate.budget import Budget, Reading

EXAMPLES = """\b
Examples:
  impasto tokens "a red fox, (golden light:1.2)" --for flux-dev,sdxl
  impasto tokens -f portrait.prompt --for sdxl --backend huggingface
  impasto tokens - --from a1111 --for comfyui --format json < prompt.txt"""

EDGE = "·"
"""What stands where a token begins without a space before it."""


@click.command(epilog=EXAMPLES, short_help="Count tokens; show chunks and what falls off.")
@prompt_options
@click.option(
    "-t",
    "--for",
    "targets",
    multiple=True,
    metavar="MODEL,…",
    help="For these models, or dialects whose hosts run CLIP; may be repeated.",
)
@click.option(
    "--from",
    "origin",
    metavar="D|auto",
    help="TEXT is in this dialect; auto: in the one it was probably written for.",
)
@click.option("--backend", help="Where the models are reached, which may change what they read.")
@format_option("json", "jsonl")
def tokens(
    targets: tuple[str, ...],
    origin: str | None,
    backend: str | None,
    form: str,
    **options: Any,
) -> None:
    """Show the tokens that each model's text encoders read of TEXT or of a file.

    What is counted is what the encoders hear: weights and brackets are no tokens where the model
    reads them as syntax. Without --for it is the model that the file or the settings name, else
    all of them.
    """
    from impasto import config as settings
    from impasto.cli.inputs import job
    from impasto.cli.places import checked_backend
    from impasto.cli.targets import targets_of
    from impasto.cli.translate import translations
    from impasto.translate.budget import budget

    config = settings.load().with_flags(backend=backend)
    place = checked_backend(config, config["backend"])
    work = job(given_prompt(options), config, origin)
    wanted = targets_of(work.model(), targets, everyone=False)
    _write([budget(one) for one in translations(work, wanted, place)], form)


def _write(found: list[Budget], form: str) -> None:
    from impasto.cli.terminal import Terminal, write_json

    if form == "json":
        write_json({"format": 1, "budgets": [one.to_json() for one in found]})
    elif form == "jsonl":
        for one in found:
            write_json(one.to_json(), indent=None)
    else:
        terminal = Terminal()
        for number, group in enumerate(_alike(found)):
            if number:
                terminal.line()
            _show(group, terminal)


def _alike(found: list[Budget]) -> list[list[Budget]]:
    """Return the budgets, those together whose encoders read the same."""
    groups: dict[str, list[Budget]] = {}
    for one in found:
        told = {**one.to_json(), "model": ""} if one.readings else one.model
        groups.setdefault(str(told), []).append(one)
    return list(groups.values())


def _show(group: list[Budget], terminal: Terminal) -> None:
    found = group[0]
    names = ", ".join(one.model or one.dialect for one in group)
    at = f" at {found.backend}" if found.backend else ""
    terminal.line(terminal.paint(names, "bold", "cyan") + at)
    if not found.readings:
        _row(terminal, "prompt", _characters(found))
    for reading in found.readings:
        _reading(reading, terminal, told=_is_told(reading, found.main))
    for reading in found.negative:
        _reading(reading, terminal, "negative, ", told=_is_told(reading, found.main_negative))


def _characters(found: Budget) -> str:
    if not found.characters:
        return "it is empty"
    most = found.max_characters
    limit = f" of {most}" if most else ""
    return f"{found.characters}{limit} characters; how it counts tokens is not known"


def _is_told(reading: Reading, main: Reading | None) -> bool:
    """Whether the tokens are shown: those of the encoder that decides."""
    return reading is main


def _reading(reading: Reading, terminal: Terminal, field: str = "", *, told: bool) -> None:
    """Write how many tokens encoders read, which, and what falls off."""
    names = ", ".join(reading.names)
    _row(terminal, "encoder", f"{field}{names}: {_count(reading)}")
    if not told:
        return
    several = len(reading.chunks) > 1
    for number, chunk in enumerate(reading.chunks[: reading.read], 1):
        name = f"chunk {number}" if several and reading.read > 1 else "tokens"
        count = f"({len(chunk)}) " if several and reading.read > 1 else ""
        _row(terminal, name, f"{count}{marked(reading.text, chunk)}")
    for piece in reading.lost_pieces:
        place = f" ({piece.span})" if piece.span else ""
        _row(terminal, terminal.paint("falls off", "red"), f"{piece.text}{place}")


def _count(reading: Reading) -> str:
    """Return how many tokens there are, and how many of them are read."""
    about = "" if reading.exact else "about "
    many = f"{about}{reading.count} of {reading.limit} tokens"
    if reading.read > 1:
        return f"{about}{reading.count} tokens in {reading.read} chunks of at most {reading.limit}"
    if reading.lost:
        count = f"{about}{reading.count} tokens where {reading.limit} are read"
        return f"{count}: {len(reading.lost)} fall off{_only_pooled(reading)}"
    return f"{many}{_only_pooled(reading)}"


def _only_pooled(reading: Reading) -> str:
    from impasto.translate.budget import POOLED

    return ", for the prompt as a whole" if reading.role == POOLED else ""


def marked(text: str, tokens: Sequence[Token]) -> str:
    """Return the text of tokens, with a sign where one begins without a space before it."""
    return "".join(_marked(text, tokens)).strip()


def _marked(text: str, tokens: Sequence[Token]) -> Iterable[str]:
    at = tokens[0].start if tokens else 0
    for token in tokens:
        piece = text[max(at, token.start) : token.end]
        between = text[at : token.start]
        apart = between or piece[:1].isspace() or token is tokens[0]
        yield " " if apart else EDGE
        yield " ".join(piece.split())
        at = max(at, token.end)


def _row(terminal: Terminal, name: str, text: str) -> None:
    from impasto.cli.show import text_row

    text_row(terminal, name, text)
