"""What the card of a model says, in words for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from impasto.models.card import ModelCard, ParameterSpec

NEGATIVE = {
    "field": "a field of its own",
    "syntax": "in the text, as --no",
    "none": "none",
}


def facts(card: ModelCard) -> list[tuple[str, str]]:
    """Return what there is to say of a model, each with its label; a text may be empty."""
    negative = NEGATIVE[card.negative]
    return [
        ("status", status(card)),
        ("also called", ", ".join(card.aliases)),
        ("best written", _WRITING[card.writing]),
        ("weights", card.weights_note),
        ("negative", ": ".join(filter(None, [negative, card.negative_note]))),
        ("sizes", sizes(card)),
        ("prompt", length(card)),
        ("seed", card.seed_note),
        ("price", price(card)),
        ("preview", preview(card)),
        ("access", card.access),
        ("licence", card.licence),
    ]


def status(card: ModelCard) -> str:
    """Return whether the model is served, until when, and what follows it."""
    ended = "shut down" if card.status == "retired" else "ends on"
    ending = f", {ended} {card.shutdown}" if card.shutdown else ""
    instead = f"; use {' or '.join(card.replaced_by)}" if card.replaced_by else ""
    return ": ".join(filter(None, [card.status, card.status_note])) + ending + instead


def price(card: ModelCard) -> str:
    """Return the list price."""
    said = f"${card.price_usd:g} for each {card.price_per}" if card.price_usd else ""
    if card.price_by_quality:
        said = ", ".join(f"${usd:g} at {name}" for name, usd in card.price_by_quality.items())
        said += " quality"
    elif said and card.price_further_usd not in (None, card.price_usd):
        said = f"${card.price_usd:g} for the first megapixel, ${card.price_further_usd:g} for each further one"
    return "; ".join(filter(None, [said, card.price_note]))


def preview(card: ModelCard) -> str:
    """Return what `--preview` does."""
    own = card.preview
    ways = [f"{name} {value}" for name, value in own.parameters.items()]
    ways += [f"{own.area:.0%} of the pixels"] if own.area else []
    siblings = f"painted by {' or '.join(own.models)}" if own.models else ""
    done = ", else ".join(filter(None, [siblings, ", ".join(ways)])) or "none"
    return f"{done} ({own.note})" if own.note else done


_WRITING = {
    "tags": "as a list of tags",
    "prose": "in sentences",
    "phrases": "in short phrases",
}


def sizes(card: ModelCard) -> str:
    """Return which sizes a model paints."""
    own = card.sizes
    if own.mode == "fixed":
        said = f"only {', '.join(map(str, own.fixed))}"
    elif own.mode == "ratio":
        said = f"a ratio: {', '.join(own.ratios) or 'any'}"
        said += f"; resolution {', '.join(own.tiers)}" if own.tiers else ""
    else:
        limits = [
            f"{own.min} to {own.max} for each side" if own.min and own.max else "",
            f"multiples of {own.multiple}" if own.multiple > 1 else "",
            "" if own.min or not own.max else f"at most {own.max} for each side",
            f"at least {own.min_pixels:,} pixels" if own.min_pixels else "",
            f"at most {own.max_pixels:,} pixels" if own.max_pixels else "",
            f"a ratio of at most {own.max_ratio:g}:1" if own.max_ratio else "",
        ]
        said = ", ".join(filter(None, limits)) or "any"
    default = f"; {own.default} unless given" if own.default else ""
    note = f" ({own.note})" if own.note else ""
    return said + default + note


def length(card: ModelCard) -> str:
    """Return how long a prompt may be, and how much of it is read."""
    encoders = [f"{e.name} reads {e.tokens} tokens" for e in card.encoders]
    limit = [f"at most {card.max_chars:,} characters"] if card.max_chars else []
    return ", ".join([*limit, *encoders])


def takes(spec: ParameterSpec) -> tuple[str, str, str]:
    """Return what a parameter takes, its default and what else there is to say."""
    if spec.choices:
        said = " | ".join(spec.choices)
    elif spec.min is not None and spec.max is not None:
        said = f"{spec.min} to {spec.max}" if spec.min != spec.max else f"only {spec.min}"
    elif spec.min is not None:
        said = f"from {spec.min}"
    else:
        said = {
            "integer": "a whole number",
            "number": "a number",
            "text": "a text",
            "boolean": "true | false",
        }[spec.type]
    usual = [f"best {spec.recommended[0]:g} to {spec.recommended[1]:g}"] if spec.recommended else []
    sent = [f"sent as {spec.sent_as}"] if spec.sent_as else []
    notes = "; ".join(filter(None, [*usual, *sent, spec.note]))
    return said, _shown(spec.default), notes


def _shown(default: object) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    return "" if default is None else str(default)
