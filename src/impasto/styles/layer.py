"""A style made ready for one model: phrases, negative phrases and parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from impasto.errors import (
    BadValueError,
    OpenPromptError,
    PromptSyntaxError,
    StyleError,
    UndefinedVariableError,
)
from impasto.models.parameters import normalize
from impasto.source import Span
from impasto.styles.bases import chain
from impasto.syntax.parser import parse
from impasto.syntax.phrases import Phrase, split
from impasto.syntax.runs import TEXT, Run
from impasto.templates.fill import filled
from impasto.templates.marks import SLOT
from impasto.templates.template import Template
from impasto.templates.text import SLOT_VALUE
from impasto.variations.draw import is_open

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.source import Source
    from impasto.styles.library import Library, Style
    from impasto.syntax.prompt import Prompt
    from impasto.templates.template import Rendered, Skeleton

SLOT_RUN = "slot"


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
    """What one style adds at `weight`.

    `slots` has for each of its phrases the run that is the slot, -1 where it has none; with
    `has_slot` they wrap the prompt.
    """

    style: Style
    weight: float
    phrases: tuple[Phrase, ...]
    slots: tuple[int, ...]
    has_slot: bool
    negative: tuple[Phrase, ...]
    parameters: dict[str, object]


def layers(style: Style, weight: float, target: Target, library: Library) -> tuple[Layer, ...]:
    """Return the layers of `style` for `target`, those that it extends first.

    Raises:
        StyleError: a base is missing, styles extend each other, a text is broken.
    """
    key = (style, weight, target.id)
    found: tuple[Layer, ...] | None = library.recall(key)
    if found is None:
        found = tuple(_layer(s, w * weight, target) for s, w in chain(style, library))
        library.remember(key, found)
    return found


def _layer(style: Style, weight: float, target: Target) -> Layer:
    text = _phrases(style, "text", target, with_slot=True)
    negative = _phrases(style, "negative", target, with_slot=False)
    slots = tuple(_slot(phrase) for phrase in text)
    return Layer(
        style,
        weight,
        tuple(_scaled(p, weight) for p in text),
        slots,
        max(slots, default=-1) >= 0,
        tuple(_scaled(p, weight) for p in negative),
        parameters(style, target),
    )


def _slot(phrase: Phrase) -> int:
    return next((at for at, run in enumerate(phrase.runs) if run.kind == SLOT_RUN), -1)


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
    """Return the parameters of `style` for `target`: the specific win over the general.

    Raises:
        StyleError: a size or ratio that is none; file and line are given.
    """
    found = _normal(style, style.model.parameters)
    for name in reversed(variants(style, target)):
        found.update(_normal(style, style.model.variants[name].parameters, "variants", name))
    return found


def _normal(style: Style, given: Mapping[str, object], *path: str) -> dict[str, object]:
    try:
        return normalize(given)
    except BadValueError as error:
        where = style.pack.document.key_span(("styles", style.short_name, *path, "parameters"))
        raise StyleError(error.message, where, hint=error.hint) from error


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
    values: dict[str, object] = {"model": target, **style.options}
    if with_slot:
        values["prompt"] = SLOT_VALUE
    rendered = _rendered(style, path, source, values)
    slots = [at for at, sign in enumerate(rendered.skeleton.text) if sign == SLOT]
    if len(slots) > 1:
        second = rendered.skeleton.source.written(slots[1])
        raise StyleError("a style has one slot for the prompt; this is the second", second)
    prompt = _parsed(rendered.skeleton)
    if any(is_open(part.children) for part in prompt.parts):
        raise _choices(source)
    phrases = filled(split(prompt.parts[0].children, prompt.source), rendered.values)
    found = tuple(_with_slot(phrase) for phrase in phrases)
    if slots and not any(run.kind == SLOT_RUN for p in found for run in p.runs):
        where = rendered.skeleton.source.written(slots[0])
        raise StyleError("the prompt cannot be part of a name", where)
    return found


def _rendered(
    style: Style, path: tuple[str, ...], source: Source, values: Mapping[str, object]
) -> Rendered:
    """Return a text of the style with its options; the pack keeps its template."""
    templates = style.pack.templates
    key = (style.short_name, *path)
    try:
        if key not in templates:
            templates[key] = Template(source)
        return templates[key].render(values, None)
    except OpenPromptError as error:
        raise _choices(source) from error
    except UndefinedVariableError as error:
        hint = error.hint if error.hint.startswith("did you mean") else _known(values)
        raise UndefinedVariableError(error.message, error.span, hint=hint) from error


def _choices(source: Source) -> StyleError:
    hint = "choose in the prompt, make an option of it, or two styles"
    place = source.span(0, len(source.text))
    return StyleError("a style cannot hold choices", place, hint=hint)


def _known(values: Mapping[str, object]) -> str:
    """Return what a text of a style may name."""
    names = ", ".join(f'"{name}"' for name in reversed(list(values)))
    only = "" if "prompt" in values else "; the slot is in the text alone"
    return f"a style knows {names}{only}"


def _parsed(skeleton: Skeleton) -> Prompt:
    """Return the prompt of a style's text.

    Raises:
        StyleError: it is no prompt, or it is several.
    """
    try:
        prompt = parse(skeleton.text, origin=skeleton.source)
    except PromptSyntaxError as error:
        raise StyleError(
            error.message, error.span, expected=error.expected, hint=error.hint
        ) from error
    if len(prompt.parts) > 1:
        at = prompt.parts[0].end
        word = skeleton.text.index("AND", max(at, 0))
        raise StyleError("a style cannot hold AND", prompt.source.span(word, word + 3))
    return prompt


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
        source, start, end = run.span.source, run.span.start, run.span.end
        at = source.text.index(SLOT, start)
        pieces = (
            Run(TEXT, before, run.weight, Span(source, start, at)),
            Run(SLOT_RUN, SLOT, run.weight, Span(source, at, at + 1)),
            Run(TEXT, after, run.weight, Span(source, at + 1, end)),
        )
        runs += [piece for piece in pieces if piece.text]
    return Phrase(tuple(runs))
