"""A style made ready for one model: phrases, negative phrases and parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from impasto.errors import PromptSyntaxError, StyleError
from impasto.syntax.parser import parse
from impasto.syntax.phrases import Phrase, split
from impasto.syntax.runs import TEXT, Run
from impasto.templates.environment import SLOT_VALUE
from impasto.templates.marks import SLOT
from impasto.templates.template import Template

if TYPE_CHECKING:
    from impasto.styles.library import Library, Style

SLOT_RUN = "slot"
_MAX_DEPTH = 32


class Target(Protocol):
    """What a style may know of the model it is written for."""

    @property
    def id(self) -> str:
        """The model's name."""

    @property
    def family(self) -> str:
        """The family the model belongs to."""

    @property
    def writing(self) -> str:
        """How prompts are best written for it: tags, prose or phrases."""


class Anything(NamedTuple):
    """No model in particular: styles give their own text."""

    id: str = ""
    family: str = ""
    writing: str = ""


ANYTHING = Anything()


class Layer(NamedTuple):
    """What one style adds: `has_slot` says that its phrases wrap the prompt."""

    style: Style
    phrases: tuple[Phrase, ...]
    has_slot: bool
    negative: tuple[Phrase, ...]
    parameters: dict[str, object]


def layers(style: Style, weight: float, target: Target, library: Library) -> tuple[Layer, ...]:
    """Return the layers of `style` for `target`, those that it extends first.

    Raises:
        StyleError: a base is missing, styles extend each other, a text is broken.
    """
    key = (weight, target.id)
    found: tuple[Layer, ...] | None = style.memory.get(key)
    if found is None:
        chain = _chain(style, library, ())
        found = style.memory[key] = tuple(_layer(s, w * weight, target) for s, w in chain)
    return found


def _chain(
    style: Style, library: Library, path: tuple[str, ...], weight: float = 1.0
) -> list[tuple[Style, float]]:
    """Return the bases of `style` and itself, each once."""
    if style.name in path or len(path) > _MAX_DEPTH:
        circle = " -> ".join((*path, style.name))
        raise StyleError(f"styles extend each other in a circle: {circle}", style.span)
    found: list[tuple[Style, float]] = []
    for base in style.model.bases:
        try:
            inner, factor = library.find(base, style.pack)
        except Exception as error:
            where = style.pack.document.span(("styles", style.short_name, "extends"))
            raise StyleError(str(error), where) from error
        for link in _chain(inner, library, (*path, style.name), weight * factor):
            if link[0] not in [s for s, _ in found]:
                found.append(link)
    return [*found, (style, weight)]


def _layer(style: Style, weight: float, target: Target) -> Layer:
    text = _phrases(style, "text", target, with_slot=True)
    negative = _phrases(style, "negative", target, with_slot=False)
    slotted = any(run.kind == SLOT_RUN for phrase in text for run in phrase.runs)
    return Layer(
        style,
        tuple(_scaled(p, weight) for p in text),
        slotted,
        tuple(_scaled(p, weight) for p in negative),
        parameters(style, target),
    )


def _scaled(phrase: Phrase, weight: float) -> Phrase:
    """Scale the style's own words, never the slot."""
    if weight == 1:
        return phrase
    return Phrase(
        tuple(
            run
            if run.kind == SLOT_RUN
            else Run(run.kind, run.text, run.weight * weight, run.span, run.node)
            for run in phrase.runs
        )
    )


def variants(style: Style, target: Target) -> list[str]:
    """Return the names of the variants that speak to `target`, the most specific first."""
    names = dict.fromkeys((target.id, target.family, target.writing))
    return [name for name in names if name in style.model.variants]


def parameters(style: Style, target: Target) -> dict[str, object]:
    """Return the parameters of `style` for `target`: the specific win over the general."""
    found: dict[str, object] = dict(style.model.parameters)
    for name in reversed(variants(style, target)):
        found.update(style.model.variants[name].parameters)
    return found


def _phrases(style: Style, key: str, target: Target, *, with_slot: bool) -> tuple[Phrase, ...]:
    """Return the phrases of one text of the style, its own or a variant's."""
    path: tuple[str, ...] = (key,)
    text: str = getattr(style.model, key)
    for name in variants(style, target):
        special = getattr(style.model.variants[name], key)
        if special is not None:
            path, text = ("variants", name, key), special
            break
    if not text.strip():
        return ()
    source = style.text_at(*path)
    values = {"prompt": SLOT_VALUE, "model": target} if with_slot else {"model": target}
    rendered = Template(source).render(values)
    if rendered.skeleton.text.count(SLOT) > 1:
        raise StyleError("a style has one slot for the prompt", source.span(0, len(text)))
    try:
        prompt = parse(rendered.skeleton.text, origin=rendered.skeleton.source)
    except PromptSyntaxError as error:
        hint = error.hint
        raise StyleError(error.message, error.span, expected=error.expected, hint=hint) from error
    if len(prompt.parts) > 1:
        raise StyleError("a style cannot hold AND", source.span(0, len(text)))
    phrases = split(prompt.parts[0].children, prompt.source)
    values_of = rendered.values
    return tuple(_with_slot(_filled(p, values_of)) for p in phrases)


def _filled(phrase: Phrase, values: list[str]) -> Phrase:
    """Put the values that the style's own template inserted into the phrase."""
    from impasto.templates.fill import fill  # noqa: PLC0415

    return fill(phrase, values)


def _with_slot(phrase: Phrase) -> Phrase:
    """Make the character of the slot a run of its own."""
    if SLOT not in phrase.text:
        return phrase
    runs: list[Run] = []
    for run in phrase.runs:
        if run.kind != TEXT or SLOT not in run.text:
            runs.append(run)
            continue
        before, _, after = run.text.partition(SLOT)
        pieces = ((TEXT, before), (SLOT_RUN, SLOT), (TEXT, after))
        runs += [Run(kind, text, run.weight, run.span) for kind, text in pieces if text]
    return Phrase(tuple(runs))
