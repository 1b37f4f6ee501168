"""`PromptBuilder`: prompts put together by code, without templates.

Everything that is handed in is data: it reads as the text it is and starts no syntax, whatever it
holds. `raw` is the way in for text that is meant to be read as a prompt.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from impasto.errors import BadValueError
from impasto.syntax.nodes import Choice, Comment, Group, Option, Part, Schedule, Text, Value
from impasto.syntax.parser import parse
from impasto.syntax.printer import print_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from impasto.compose.composition import Composition
    from impasto.styles.library import Library
    from impasto.syntax.nodes import Node
    from impasto.syntax.prompt import Prompt
    from impasto.translate.api import OnLoss
    from impasto.translate.translation import Translation

_DIGITS = 6
_LARGEST = 1e6
_SEPARATOR = Text(", ")

Phrases = tuple[tuple["Node", ...], ...]


class _Made(NamedTuple):
    """What a builder holds."""

    phrases: Phrases = ()
    negative: Phrases = ()
    styles: tuple[str, ...] = ()
    parameters: tuple[tuple[str, object], ...] = ()
    model: str | None = None
    seed: int | None = None


class PromptBuilder:
    """A prompt in the making. Every method returns a new builder and leaves this one as it is.

        PromptBuilder("a fox").style("noir", weight=0.7).add("golden light", weight=1.2)

    Phrases follow each other, parted by commas; a text without words adds none. Texts are data:
    brackets, AND or `__list__` in them are characters. A weight is a factor, 1 is neutral.
    """

    __slots__ = ("_made",)

    def __init__(self, text: str = "", *, weight: float = 1.0) -> None:
        self._made = _Made(_phrase(text, weight))

    def __repr__(self) -> str:
        return f"PromptBuilder({_printed(self._made.phrases)!r})"

    def __eq__(self, other: object) -> bool:
        return self._made == other._made if isinstance(other, PromptBuilder) else NotImplemented

    def __hash__(self) -> int:
        return hash((_printed(self._made.phrases), self._made.styles, self._made.model))

    def add(self, text: str, *, weight: float = 1.0) -> PromptBuilder:
        """Add a phrase.

        Raises:
            BadValueError: the weight is no number that a prompt can hold.
        """
        return self._with(_phrase(text, weight))

    def raw(self, text: str, *, weight: float = 1.0) -> PromptBuilder:
        """Add a text in the canonical syntax: `(golden light:1.2)`, `{red|white}`, `<lora:…>`.

        Comments in it are left out.

        Raises:
            PromptSyntaxError: it is no prompt.
            BadValueError: it is composed of several with AND, or the weight is no number.
        """
        parts = parse(text.strip(), name="raw text").parts
        if len(parts) > 1:
            hint = "AND composes whole prompts; build one of them at a time"
            raise BadValueError("a part of a prompt has no AND", hint=hint)
        nodes = tuple(node for node in parts[0].children if not isinstance(node, Comment))
        return self._with((_weighted(nodes, weight),) if text.strip() else ())

    def choose(
        self, options: Iterable[str] | Mapping[str, float], *, weight: float = 1.0
    ) -> PromptBuilder:
        """Add a choice, which a seed or an index closes; a mapping gives each option its odds.

        Raises:
            BadValueError: there is nothing to choose from, or odds or weight are no numbers.
        """
        odds = options if isinstance(options, Mapping) else dict.fromkeys(options, 1.0)
        if not odds:
            raise BadValueError("there is nothing to choose from", hint="give at least one option")
        fields = tuple(
            Option((Value(text),), "" if odd == 1 else f"{_number(odd, 'odds', least=0)}::")
            for text, odd in odds.items()
        )
        return self._with((_weighted((Choice(fields),), weight),))

    def schedule(self, before: str, after: str, at: float, *, weight: float = 1.0) -> PromptBuilder:
        """Add what changes while the picture is made: `before` until `at`, then `after`.

        Args:
            before: shown first; may be empty.
            after: shown then; may be empty.
            at: a step where it is an int, else the part of all steps, from 0.0 to 1.0.
            weight: of both.

        Raises:
            BadValueError: `at` is neither, or the weight is no number.
        """
        if isinstance(at, bool) or at < 0 or (isinstance(at, float) and not at <= 1):
            hint = "0.5 is half of the steps, 12 is the twelfth"
            raise BadValueError(f"at: {at} is no step and no part of the steps", hint=hint)
        mark = f":{at}" if isinstance(at, int) else f":{_number(at, 'at')}"
        mark += ".0" * (isinstance(at, float) and "." not in mark)
        node = Schedule(_value(before), _value(after), mark)
        return self._with((_weighted((node,), weight),))

    def negative(self, text: str, *, weight: float = 1.0) -> PromptBuilder:
        """Add a phrase of what should not be in the picture.

        Raises:
            BadValueError: the weight is no number that a prompt can hold.
        """
        more = _phrase(text, weight)
        return _of(self._made._replace(negative=self._made.negative + more))

    def style(self, name: str, *, weight: float | None = None, **options: object) -> PromptBuilder:
        """Put a style around the prompt; `options` are those of the style.

        Raises:
            BadValueError: the weight is no number that a prompt can hold.
        """
        if options:
            from impasto.styles.reference import write_reference  # noqa: PLC0415 - few have options

            name = write_reference(name, options)
        use = name if weight is None else f"{name}:{_number(weight, 'weight')}"
        return _of(self._made._replace(styles=(*self._made.styles, use)))

    def parameters(self, **given: object) -> PromptBuilder:
        """Add parameters of the request, such as `steps=30` or `size="1024x768"`."""
        return _of(self._made._replace(parameters=(*self._made.parameters, *given.items())))

    def model(self, name: str) -> PromptBuilder:
        """Say which model the prompt is for."""
        return _of(self._made._replace(model=name))

    def seed(self, number: int) -> PromptBuilder:
        """Say what draws from the choices."""
        return _of(self._made._replace(seed=number))

    def prompt(self) -> Prompt:
        """Return the prompt as a tree, without the styles."""
        return parse(_printed(self._made.phrases), name="built prompt")

    def compose(
        self,
        model: str | None = None,
        *,
        index: int | None = None,
        library: Library | None = None,
        wildcards: Sequence[Path] = (),
    ) -> Composition:
        """Compose prompt and styles, for `model` or the builder's own.

        Raises:
            SourceError: a style is broken, or a parameter is none.
            UnknownNameError: a style or model that nobody defines.
            OpenPromptError: the prompt has choices and there is neither seed nor `index`.
        """
        from impasto.compose.api import compose  # noqa: PLC0415 - building needs no styles

        made = self._made
        return compose(
            self.prompt(),
            styles=made.styles,
            negative=_printed(made.negative) or None,
            parameters=dict(made.parameters),
            model=model or made.model,
            seed=made.seed,
            index=index,
            library=library,
            wildcards=wildcards,
        )

    def translate(
        self, model: str | None = None, backend: str | None = None, on_loss: OnLoss = "report"
    ) -> Translation:
        """Return what a model hears, the builder's own if none is given.

        Raises:
            SourceError, UnknownNameError, OpenPromptError: as `compose`.
            LossError: something was lost and `on_loss` is "raise".
            TypeError: there is no model.
        """
        from impasto.translate.api import translate  # noqa: PLC0415

        return translate(self.compose(model), model, backend, on_loss)

    def _with(self, phrases: Phrases) -> PromptBuilder:
        return _of(self._made._replace(phrases=self._made.phrases + phrases))


def _of(made: _Made) -> PromptBuilder:
    found = PromptBuilder()
    found._made = made  # noqa: SLF001 - its own constructor takes less
    return found


def _phrase(text: str, weight: float) -> Phrases:
    nodes = _weighted((Value(text),), weight)
    return (nodes,) if text.strip() else ()


def _value(text: str) -> tuple[Node, ...]:
    return (Value(text),) if text else ()


def _weighted(nodes: tuple[Node, ...], weight: float) -> tuple[Node, ...]:
    written = _number(weight, "weight")
    return nodes if weight == 1 else (Group("round", nodes, f":{written}"),)


def _number(value: float, name: str, *, least: float = -_LARGEST) -> str:
    """Return a number as prompts write it, without an exponent."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadValueError(f"{name}: {value!r} is no number")
    if not math.isfinite(value) or not least <= value <= _LARGEST:
        raise BadValueError(f"{name}: {value} is no number that a prompt can hold")
    return f"{value:.{_DIGITS}f}".rstrip("0").rstrip(".")


def _printed(phrases: Phrases) -> str:
    """Return the text of phrases; values get the escapes that keep them text."""
    nodes: list[Node] = []
    for at, phrase in enumerate(phrases):
        nodes += [_SEPARATOR] * (at > 0) + list(phrase)
    return print_parts((Part(tuple(nodes)),))
