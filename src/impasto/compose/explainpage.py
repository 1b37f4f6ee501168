"""An explanation as one HTML page that asks nothing of any server and runs no script.

All texts are escaped by the template; a content security policy allows our own style sheet, named
by its SHA-256, and nothing else.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from impasto.compose.explain import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from impasto.compose.explain import Explanation, Piece
    from impasto.source import Source, Span

_FOLDER = Path(__file__).parent
_COLOURS = 12
_AROUND = 2


class Line(NamedTuple):
    """A line of a file; `is_heard` says that the prompt has words of it."""

    number: int
    text: str
    is_heard: bool


class Sheet(NamedTuple):
    """A file that words come from: its number, and its lines around them in stretches."""

    number: int
    name: str
    words: int
    stretches: list[list[Line]]

    @property
    def colour(self) -> int:
        """The number of its colour."""
        return self.number % _COLOURS


class Places:
    """The files of an explanation, numbered as they first appear, and places in them."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._files: dict[str, Source] = {}
        self._lines: dict[str, list[int]] = {}
        for piece in pieces:
            for span in (piece.span, *piece.folded):
                if span is not None:
                    self._note(span)

    def _note(self, span: Span) -> None:
        file, start, end = span.in_file()
        self._files.setdefault(file.name, file)
        first, last = (file.position(at)[0] for at in (start, max(end - 1, start)))
        self._lines.setdefault(file.name, []).extend(range(first, last + 1))

    def number(self, span: Span) -> int:
        """Return the number of the file."""
        return list(self._files).index(span.file)

    def colour(self, span: Span) -> int:
        """Return the number of the colour of the file."""
        return self.number(span) % _COLOURS

    def anchor(self, span: Span) -> str:
        """Return the name of the line on the page."""
        return f"file{self.number(span)}-line{span.line}"

    def sheets(self) -> list[Sheet]:
        """Return the files with the lines that speak and those around them."""
        return [
            Sheet(at, name, len(self._lines[name]), _stretches(file, set(self._lines[name])))
            for at, (name, file) in enumerate(self._files.items())
        ]


def _stretches(file: Source, heard: set[int]) -> list[list[Line]]:
    """Return the lines that are heard and those around them, in unbroken rows."""
    last = len(file.line_starts)
    shown = {near for line in heard for near in range(line - _AROUND, line + _AROUND + 1)}
    found: list[list[Line]] = []
    before = -1
    for number in sorted(shown & set(range(1, last + 1))):
        if number != before + 1:
            found.append([])
        found[-1].append(Line(number, file.line(number), number in heard))
        before = number
    return found


def page(explanation: Explanation, title: str) -> str:
    """Return the HTML page of an explanation."""
    pieces = (*explanation.prompt, *explanation.negative)
    style = Markup((_FOLDER / "explain.css").read_text(encoding="utf-8"))  # noqa: S704 - ours
    digest = b64encode(sha256(style.encode()).digest()).decode("ascii")
    return (
        _environment()
        .get_template("explain.html.jinja")
        .render(
            title=title,
            found=explanation.composition,
            texts=[("Prompt", explanation.prompt), ("Negative prompt", explanation.negative)],
            settings=explanation.settings,
            notes=[d for d in explanation.composition.diagnostics if d.rule != "folded-phrase"],
            places=Places(pieces),
            rules={rule: RULES[rule] for rule in RULES if any(p.rule == rule for p in pieces)},
            policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
            "form-action 'none'",
            style=style,
        )
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
