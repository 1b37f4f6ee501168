"""What compose, translate and styles show in the same way: texts, parameters, findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.cli.terminal import SEVERITY, clean, strip, width

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from impasto.cli.terminal import Terminal
    from impasto.diagnostics import Diagnostic, Loss

INDENT = 13


def text_row(terminal: Terminal, name: str, text: str, *, quiet: bool = False) -> None:
    """Write a named text: the name in the first column, the text beside it in lines."""
    head = f"  {terminal.paint(name, 'dim')}"
    if quiet:
        terminal.wrapped(text, "dim", indent=INDENT, first=head)
    else:
        terminal.wrapped(text, indent=INDENT, first=head)


def parameters_text(parameters: Mapping[str, object]) -> str:
    """Return parameters in one line."""
    return ", ".join(f"{name} {_shown(value)}" for name, value in parameters.items())


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def finding_rows(terminal: Terminal, findings: Iterable[Diagnostic]) -> None:
    """Write findings, each with its place and its hint."""
    for found in findings:
        place = f" ({found.span})" if found.span else ""
        mark = terminal.paint(_WORDS[found.severity], SEVERITY[found.severity])
        _row(terminal, mark, f"{found.message}{place}", found.hint)


_WORDS = {"error": "error", "warning": "careful", "info": "note"}


def loss_rows(terminal: Terminal, losses: Iterable[Loss]) -> None:
    """Write losses: what, where, what was done instead, what the author can do."""
    for loss in losses:
        place = f" ({loss.span})" if loss.span else ""
        mark = terminal.paint("lost", SEVERITY[loss.severity] if loss.severity != "info" else "dim")
        instead = f"; {loss.instead}" if loss.instead else ""
        _row(terminal, mark, f"{loss.message}{instead}{place}", loss.hint)


def _row(terminal: Terminal, mark: str, text: str, hint: str) -> None:
    terminal.wrapped(text, indent=INDENT, first=f"  {mark}")
    if hint:
        terminal.wrapped(f"→ {hint}", "dim", indent=INDENT)


def columns(rows: Iterable[tuple[str, str]]) -> list[str]:
    """Return lines of two columns."""
    pairs = [(clean(left), clean(right)) for left, right in rows]
    wide = max((width(strip(left)) for left, _ in pairs), default=0)
    return [f"{left}{' ' * (wide - width(strip(left)))}  {right}".rstrip() for left, right in pairs]


def count(number: int, one: str, many: str = "") -> str:
    """Return "1 image", "2 images"."""
    return f"{number} {one if number == 1 else many or one + 's'}"
