"""`impasto models`: which models are known, and what each of them takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from impasto.cli.options import format_option

if TYPE_CHECKING:
    from impasto.cli.terminal import Colour, Terminal
    from impasto.models.card import ModelCard, ParameterSpec


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

    cards = all_models()
    if form == "json":
        return write_json({"format": 1, "models": [_brief(card) for card in cards]})
    terminal = Terminal()
    rows = [_row(card, terminal) for card in cards]
    terminal.table(rows, head=("model", "status", "negative", "time", "what it is"))
    terminal.line()
    terminal.line(terminal.paint("impasto models show MODEL tells more", "dim"))
    return None


def _brief(card: ModelCard) -> dict[str, object]:
    return {
        "id": card.id,
        "aliases": list(card.aliases),
        "title": card.title,
        "vendor": card.vendor,
        "family": card.family,
        "status": card.status,
        "writing": card.writing,
        "dialect": card.dialect,
        "negative": card.negative,
        "backends": list(card.backends),
    }


def _row(card: ModelCard, terminal: Terminal) -> tuple[str, ...]:
    seconds = f"~{card.guide.seconds} s" if card.guide else ""
    negative = {"field": "yes", "syntax": "in the text", "none": "no"}[card.negative]
    status = terminal.paint(card.status, _STATUS[card.status])
    what = card.guide.summary if card.guide else card.title
    return (card.id, status, negative, seconds, f"{card.title}: {what}")


_STATUS: dict[str, Colour] = {"active": "green", "legacy": "yellow", "retired": "red"}


@models.command("show")
@click.argument("model")
@click.option("--backend", help="As it is at this backend, not at its maker's.")
@format_option("json")
def show_model(model: str, backend: str | None, form: str) -> None:
    """Show what MODEL takes: prompt, parameters, sizes, and where that is known from."""
    from impasto.cli.terminal import Terminal, write_json
    from impasto.errors import UnknownNameError
    from impasto.models.registry import load_model

    card = load_model(model)
    if backend and backend not in card.backends:
        known = tuple(card.backends)
        hint = f"its card knows {', '.join(known)}"
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
    for label, text in _facts(card, maker):
        if text:
            terminal.wrapped(text, indent=15, first=f"  {terminal.paint(label, 'dim')}")
    terminal.line()
    rows = [(name, *_takes(spec)) for name, spec in card.parameters.items()]
    rows += [(name, "no", "", why) for name, why in card.lacks.items()]
    terminal.table(rows, head=("parameter", "takes", "default", ""))
    _say(terminal, "the guide", _guide(card))
    _say(terminal, "notes", card.notes)
    _say(terminal, "sources", card.sources)


def _facts(card: ModelCard, maker: ModelCard) -> list[tuple[str, str]]:
    status = ": ".join(filter(None, [card.status, card.status_note]))
    retired = f", shut down {card.shutdown}" if card.shutdown else ""
    instead = f"; use {' or '.join(card.replaced_by)}" if card.replaced_by else ""
    negative = {
        "field": "a field of its own",
        "syntax": "in the text, as --no",
        "none": "none",
    }[card.negative]
    price = f"${card.price_usd:g} for each {card.price_per}" if card.price_usd else ""
    return [
        ("status", status + retired + instead),
        ("also called", ", ".join(card.aliases)),
        ("best written", _WRITING[card.writing]),
        ("weights", card.weights_note),
        ("negative", ": ".join(filter(None, [negative, card.negative_note]))),
        ("sizes", _sizes(card)),
        ("prompt", _length(card)),
        ("seed", card.seed_note),
        ("price", price),
        ("access", card.access),
        ("licence", card.licence),
        ("backends", "" if card.backend else ", ".join(maker.backends)),
    ]


_WRITING = {
    "tags": "as a list of tags",
    "prose": "in sentences",
    "phrases": "in short phrases",
}


def _sizes(card: ModelCard) -> str:
    sizes = card.sizes
    if sizes.mode == "fixed":
        said = f"only {', '.join(map(str, sizes.fixed))}"
    elif sizes.mode == "ratio":
        said = f"a ratio: {', '.join(sizes.ratios) or 'any'}"
    else:
        limits = [
            f"{sizes.min} to {sizes.max} for each side" if sizes.min and sizes.max else "",
            f"multiples of {sizes.multiple}" if sizes.multiple > 1 else "",
            f"at most {sizes.max_pixels:,} pixels" if sizes.max_pixels else "",
        ]
        said = ", ".join(filter(None, limits)) or "any"
    default = f"; {sizes.default} unless given" if sizes.default else ""
    note = f" ({sizes.note})" if sizes.note else ""
    return said + default + note


def _length(card: ModelCard) -> str:
    encoders = [f"{e.name} reads {e.tokens} tokens" for e in card.encoders]
    limit = [f"at most {card.max_chars:,} characters"] if card.max_chars else []
    return ", ".join([*limit, *encoders])


def _takes(spec: ParameterSpec) -> tuple[str, str, str]:
    if spec.choices:
        said = " | ".join(spec.choices)
    elif spec.min is not None and spec.max is not None:
        said = f"{spec.min} to {spec.max}" if spec.min != spec.max else f"only {spec.min}"
    elif spec.min is not None:
        said = f"from {spec.min}"
    else:
        said = {"integer": "a whole number", "number": "a number", "text": "a text"}[spec.type]
    usual = [f"best {spec.recommended[0]:g} to {spec.recommended[1]:g}"] if spec.recommended else []
    notes = "; ".join(filter(None, [*usual, spec.note]))
    return said, "" if spec.default is None else str(spec.default), notes


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
