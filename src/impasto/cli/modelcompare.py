"""`impasto models compare`: the facts of several models, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.cli.modelfacts import NEGATIVE, length, price, sizes, status, takes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from impasto.cli.terminal import Terminal
    from impasto.models.card import ModelCard

_NARROWEST = 16


def compared(cards: Sequence[ModelCard]) -> dict[str, object]:
    """Return the comparison as a JSON-ready object; a fact that is not known is an empty text."""
    names = [card.id for card in cards]
    return {
        "models": names,
        "backends": [card.backend for card in cards],
        "facts": {label: dict(zip(names, cells, strict=True)) for label, cells in rows(cards)},
    }


def rows(cards: Sequence[ModelCard]) -> list[tuple[str, list[str]]]:
    """Return the facts by their labels, for each card one; parameters come last."""
    facts: dict[str, Callable[[ModelCard], str]] = {
        "status": status,
        "written": lambda card: card.writing,
        "weights": lambda card: f"{card.dialect}: {card.weights_note}",
        "negative": lambda card: NEGATIVE[card.negative],
        "sizes": sizes,
        "prompt": length,
        "seed repeats": lambda card: _SEEDS[card.seed_effect],
        "price": price,
        "licence": lambda card: card.licence,
    }
    names = dict.fromkeys(name for card in cards for name in (*card.parameters, *card.lacks))
    return [
        *((label, [said(card) for card in cards]) for label, said in facts.items()),
        *((name, [_parameter(card, name) for card in cards]) for name in names),
    ]


_SEEDS = {"fixed": "yes", "partial": "not always", "none": "no"}


def _parameter(card: ModelCard, name: str) -> str:
    spec = card.parameters.get(name)
    if spec is None:
        return "no"
    said, default, _ = takes(spec)
    return f"{said} ({default})" if default else said


def write(cards: Sequence[ModelCard], terminal: Terminal) -> None:
    """Write the comparison: a column for each model, or where there is no room one below the other."""
    found = rows(cards)
    heads = [f"{card.id} at {card.backend}" if card.backend else card.id for card in cards]
    label = max(len(name) for name, _ in found)
    room = (terminal.width - label) // len(cards) - 2
    if room >= _NARROWEST:
        _side_by_side(found, heads, label, room, terminal)
    else:
        _stacked(found, heads, terminal)


def _side_by_side(
    found: list[tuple[str, list[str]]], heads: list[str], label: int, room: int, terminal: Terminal
) -> None:
    _line("", heads, label, room, terminal, bold=True)
    for name, cells in found:
        alike = len(set(cells)) == 1
        _line(name, cells, label, room, terminal, dim=alike)


def _line(
    name: str,
    cells: list[str],
    label: int,
    room: int,
    terminal: Terminal,
    *,
    bold: bool = False,
    dim: bool = False,
) -> None:
    from impasto.cli.terminal import width, wrap

    columns = [wrap(cell or "not known", room) for cell in cells]
    for number in range(max(map(len, columns))):
        parts = [column[number] if number < len(column) else "" for column in columns]
        text = "  ".join(part + " " * (room - width(part)) for part in parts).rstrip()
        colours = ("bold", "cyan") if bold else ("dim",) if dim else ()
        start = terminal.paint(f"{name if number == 0 else '':{label}}", "dim")
        terminal.line(f"{start}  {terminal.paint(text, *colours)}".rstrip())


def _stacked(found: list[tuple[str, list[str]]], heads: list[str], terminal: Terminal) -> None:
    for name, cells in found:
        terminal.line(terminal.paint(name, "bold"))
        for head, cell in zip(heads, cells, strict=True):
            terminal.line(f"  {terminal.paint(head, 'cyan')}")
            terminal.wrapped(cell or "not known", indent=4)
