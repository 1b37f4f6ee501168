"""`impasto models`: which models are known, and what each of them takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from impasto.cli.modelfacts import facts, takes
from impasto.cli.options import format_option

if TYPE_CHECKING:
    from impasto.cli.terminal import Colour, Terminal
    from impasto.models.card import ModelCard


@click.group(invoke_without_command=True, short_help="List models and show what they take.")
@click.pass_context
def models(ctx: click.Context) -> None:
    """List models and show what they take."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_models)


@models.command("list")
@format_option("json")
def list_models(form: str = "text") -> None:
    """List the models that are known."""
    from impasto.cli.terminal import Terminal, write_json
    from impasto.models.registry import all_models

    own_cards()
    cards = all_models()
    if form == "json":
        return write_json({"format": 1, "models": [_brief(card) for card in cards]})
    terminal = Terminal()
    rows = [_row(card, terminal) for card in cards]
    terminal.table(rows, head=("model", "status", "negative", "price", "what it is"))
    terminal.line()
    hint = "impasto models show MODEL tells more, impasto models compare MODEL MODEL sets them side by side"
    terminal.wrapped(hint, "dim")
    return None


def _brief(card: ModelCard) -> dict[str, object]:
    return {
        "id": card.id,
        "aliases": list(card.aliases),
        "title": card.title,
        "vendor": card.vendor,
        "family": card.family,
        "status": card.status,
        "shutdown": card.shutdown,
        "replaced_by": list(card.replaced_by),
        "price_usd": card.price_usd,
        "price_per": card.price_per,
        "origin": card.origin,
        "writing": card.writing,
        "dialect": card.dialect,
        "negative": card.negative,
        "backends": list(card.backends),
    }


def _row(card: ModelCard, terminal: Terminal) -> tuple[str, ...]:
    negative = {"field": "yes", "syntax": "in the text", "none": "no"}[card.negative]
    status = terminal.paint(card.status, _STATUS[card.status])
    unit = "/MP" if card.price_per == "megapixel" else ""
    price = f"${card.price_usd:g}{unit}" if card.price_usd else ""
    own = " (your card)" if card.origin else ""
    return (card.id, status, negative, price, f"{card.title}, {card.vendor}{own}")


def _short(said: str, default: str, note: str) -> tuple[str, str, str]:
    """Return the cells of a parameter, a long list of choices in the last one, which is wrapped."""
    if len(said) <= _LONGEST:
        return said, default, note
    return "one of", default, f"{said}; {note}" if note else said


_LONGEST = 32
_STATUS: dict[str, Colour] = {
    "active": "green",
    "legacy": "yellow",
    "retiring": "red",
    "retired": "red",
}


def own_cards() -> None:
    """Let the cards of the user's count.

    Raises:
        FileError: the settings are broken, or name a folder that is not there.
    """
    from impasto import config

    config.load()


@models.command("compare")
@click.argument("names", nargs=-1, required=True, metavar="MODEL MODEL…")
@click.option("--backend", help="As they are at this backend, where their cards know it.")
@format_option("json")
def compare_models(names: tuple[str, ...], backend: str | None, form: str) -> None:
    """Set models side by side: sizes, parameters, negative prompt, weights, tokens, price, status."""
    from impasto.cli.modelcompare import compared, write
    from impasto.cli.terminal import Terminal, write_json
    from impasto.models.registry import load_model

    own_cards()
    cards = list(dict.fromkeys(load_model(name) for name in names))
    if len(cards) < 2:
        raise click.UsageError("two models or more are needed for a comparison")
    served = [card.for_backend(backend) for card in cards]
    if form == "json":
        return write_json({"format": 1, **compared(served)})
    write(served, Terminal())
    return None


@models.command("show")
@click.argument("model")
@click.option("--backend", help="As it is at this backend, not at its maker's.")
@format_option("json")
def show_model(model: str, backend: str | None, form: str) -> None:
    """Show what MODEL takes: prompt, parameters, sizes, and where that is known from."""
    from impasto.cli.terminal import Terminal, write_json
    from impasto.errors import UnknownNameError
    from impasto.models.registry import load_model

    own_cards()
    card = load_model(model)
    if backend and backend not in card.backends:
        known = tuple(card.backends)
        hint = f"its card knows {', '.join(known)}" if known else "its card knows none"
        raise UnknownNameError(f"backend for {card.id}", backend, known, hint)
    served = card.for_backend(backend)
    if form == "json":
        return write_json({"format": 1, **served.to_json()})
    _show(served, card, Terminal())
    return None


def _show(card: ModelCard, maker: ModelCard, terminal: Terminal) -> None:
    where = f" at {card.backend}" if card.backend else ""
    name = terminal.paint(f"{card.id}{where}", "bold", "cyan")
    terminal.line(f"{name}  {terminal.paint(f'{card.title}, {card.vendor}', 'dim')}")
    backends = "" if card.backend else ", ".join(maker.backends)
    for label, text in [*facts(card), ("backends", backends), ("card from", card.origin)]:
        if text:
            terminal.wrapped(text, indent=15, first=f"  {terminal.paint(label, 'dim')}")
    terminal.line()
    rows = [(name, *_short(*takes(spec))) for name, spec in card.parameters.items()]
    rows += [(name, "no", "", why) for name, why in card.lacks.items()]
    terminal.table(rows, head=("parameter", "takes", "default", ""))
    _say(terminal, "the guide", _guide(card))
    _say(terminal, "notes", card.notes)
    _say(terminal, "not known", card.unknown)
    _say(terminal, "sources", card.sources)


def _guide(card: ModelCard) -> tuple[str, ...]:
    guide = card.guide
    if not guide:
        return ()
    sizes = f"up to {guide.max_size}" if guide.max_size else ", ".join(map(str, guide.sizes))
    lines = [
        f"{guide.name}, about {guide.seconds} s: {guide.summary}",
        f"features: {', '.join(guide.features)}" if guide.features else "",
        f"sizes: {sizes}" if sizes else "",
        guide.size_note,
        *_mistakes(card),
    ]
    return tuple(filter(None, lines))


def _mistakes(card: ModelCard) -> list[str]:
    """Return where the guide promises for every model what this one's maker does not have."""
    from impasto.models.registry import load_model

    maker = load_model(card.id)
    promised = {name for data in maker.backends.values() for name in data.get("documents", ())}
    wrong = [
        f"not so: it documents {name}, which {maker.id} does not have ({why})"
        for name, why in maker.lacks.items()
        if name in promised
    ]
    if "negative_prompt" in promised and maker.negative == "none":
        wrong.insert(0, f"not so: it documents negative_prompt, and {maker.id} has none")
    return wrong


def _say(terminal: Terminal, title: str, lines: tuple[str, ...]) -> None:
    if lines:
        terminal.line()
        terminal.line(terminal.paint(title, "bold"))
        for line in lines:
            terminal.wrapped(line, indent=4, first="  -")
