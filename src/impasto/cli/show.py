"""What compose, translate and styles show in the same way: texts, parameters, findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.cli.terminal import SEVERITY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from impasto.cli.terminal import Terminal
    from impasto.diagnostics import Diagnostic, Loss

INDENT = 13


def title_of(dialect: str) -> str:
    """Return ": " and what a dialect is, "" where it does not say."""
    from impasto.dialects import dialect as load_dialect
    from impasto.dialects.api import CANONICAL

    title = "the canonical syntax" if dialect == CANONICAL else load_dialect(dialect).title
    return f": {title}" if title else ""


def text_row(terminal: Terminal, name: str, text: str) -> None:
    """Write a named text: the name in the first column, the text beside it in lines."""
    terminal.wrapped(text, indent=INDENT, first=f"  {terminal.paint(name, 'dim')}")


def parameters_text(parameters: Mapping[str, object]) -> str:
    """Return parameters in one line."""
    return ", ".join(f"{name} {_shown(value)}" for name, value in parameters.items())


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def finding_rows(terminal: Terminal, findings: Iterable[Diagnostic]) -> None:
    """Write findings, each with its place and its hint."""
    rows = []
    for found in findings:
        place = f" ({found.span})" if found.span else ""
        mark = terminal.paint(_WORDS[found.severity], SEVERITY[found.severity])
        rows.append((mark, f"{found.message}{place}", found.hint))
    _write_rows(terminal, rows)


_WORDS = {"error": "error", "warning": "careful", "info": "note"}


def loss_rows(terminal: Terminal, losses: Iterable[Loss]) -> None:
    """Write losses in the order of the text: what, where, what was done, what could be done."""
    rows = []
    for loss in sorted(losses, key=_position):
        mark = terminal.paint("lost", SEVERITY[loss.severity])
        what = f'"{_short(loss.text)}" ({loss.span}): ' if loss.span else ""
        instead = f"; {loss.instead}" if loss.instead else ""
        rows.append((mark, f"{what}{loss.message}{instead}", loss.hint))
    _write_rows(terminal, rows)


def _position(loss: Loss) -> tuple[str, int, int]:
    span = loss.span
    return (span.file, span.line, span.column) if span else ("\U0010ffff", 0, 0)


def _short(text: str, most: int = 40) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _write_rows(terminal: Terminal, rows: list[tuple[str, str, str]]) -> None:
    """Write rows of mark, text and hint; a hint that several share stands under the last."""
    for number, (mark, text, hint) in enumerate(rows):
        terminal.wrapped(text, indent=INDENT, first=f"  {mark}")
        if hint and hint not in [later[2] for later in rows[number + 1 :]]:
            terminal.wrapped(f"→ {hint}", "dim", indent=INDENT)


def count(number: int, one: str, many: str = "") -> str:
    """Return "1 image", "2 images"."""
    return f"{number} {one if number == 1 else many or one + 's'}"
