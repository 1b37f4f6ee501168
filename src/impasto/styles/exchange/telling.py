"""From the styles of a pack to the presets of another program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from impasto.diagnostics import Loss
from impasto.models.parameters import overridden
from impasto.styles.exchange import texts
from impasto.styles.exchange.base import SLOT, Preset
from impasto.styles.exchange.naming import Names
from impasto.styles.layer import ANYTHING, SLOT_RUN, Layer, Target, layers, variants
from impasto.syntax.phrases import Phrase
from impasto.syntax.runs import TEXT, Run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from impasto.source import Span
    from impasto.styles.exchange.base import Format
    from impasto.styles.library import Library, Style

Phrases = tuple[Phrase, ...]


class Teller:
    """Makes presets of styles for one format, and says what it cannot hold.

    A style is told with what it extends, as it speaks to `target`.
    """

    def __init__(self, form: Format, library: Library, target: Target = ANYTHING) -> None:
        self.form = form
        self.library = library
        self.target = target
        self.losses: list[Loss] = []
        self._names = Names("{} ({})")

    def preset(self, style: Style) -> Preset:
        """Return the preset that says what `style` says.

        Raises:
            StyleError: the style, or one that it extends, is broken.
        """
        span = style.span
        stack = layers(style, 1.0, self.target, self.library)
        wanted = style.model.title or style.short_name
        name = self._names.take(wanted)
        if name != wanted:
            self._lose(
                "name", f'two styles are titled "{wanted}"', wanted, span, f'"{name}" stands'
            )
        positive, lost = texts.tell(_nested(stack, span), self.form, span, self.form.reserved)
        negative, more = texts.tell(tuple(p for x in stack for p in x.negative), self.form, span)
        self.losses += [*lost, *more]
        preset = Preset(
            name,
            positive,
            negative,
            _parameters(stack),
            dict(style.model.metadata.get(self.form.name) or {}),
            style.model.description,
            tuple(style.model.tags),
            span=span,
        )
        self._compare(style, preset)
        return preset

    def _lose(
        self, kind: str, what: str, text: str, span: Span, instead: str = "", severity: Any = "info"
    ) -> None:
        self.losses.append(Loss(kind, what, text, span, severity, instead))

    def _compare(self, style: Style, preset: Preset) -> None:
        """Note what the format has no place for."""
        title, span = self.form.title, preset.span or style.span
        known = set(self.form.parameters.values())
        for name in preset.parameters:
            if name not in known:
                message = f"{title} has no place for the parameter {name}"
                self._lose("parameter", message, name, span, severity="warning")
        heard = variants(style, self.target)[:1] if self.target is not ANYTHING else []
        for name in style.model.variants:
            if name not in heard:
                message = f"{title} has one text for all models"
                self._lose("variant", message, name, span, "the variant is left out", "warning")
        for field in ("description", "tags"):
            if getattr(style.model, field) and field not in self.form.holds:
                self._lose(field, f"{title} has no place for the {field}", "", span)
        for name, facts in style.model.metadata.items():
            if facts and (name != self.form.name or not self.form.keeps_extras):
                self._lose("metadata", f"{title} has no place for the metadata {name}", name, span)


def _parameters(stack: Sequence[Layer]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for layer in stack:
        found = overridden(found, layer.parameters)
    return found


def _nested(stack: Sequence[Layer], span: Span) -> Phrases:
    """Return the phrases of all layers around one slot, none where it stands alone."""
    wrapping = [layer.phrases for layer in stack if layer.has_slot]
    behind = tuple(p for layer in stack if not layer.has_slot for p in layer.phrases)
    if not wrapping:
        return behind
    found: Phrases = (Phrase((Run(SLOT_RUN, SLOT, 1.0, span),)),)
    for outer in wrapping:
        found = tuple(p for phrase in outer for p in _filled(phrase, found))
    return tuple(_plain(phrase) for phrase in (*found, *behind))


def _filled(outer: Phrase, inner: Phrases) -> Iterator[Phrase]:
    """Yield `inner` between what stands before and behind the slot of `outer`."""
    at = next((n for n, run in enumerate(outer.runs) if run.kind == SLOT_RUN), -1)
    if at < 0:
        yield outer
        return
    head, slot, tail = outer.runs[:at], outer.runs[at], outer.runs[at + 1 :]
    last = len(inner) - 1
    for number, phrase in enumerate(inner):
        runs = phrase.scaled(slot.weight).runs
        runs = head + runs if number == 0 else runs
        yield Phrase(runs + tail if number == last else runs)


def _plain(phrase: Phrase) -> Phrase:
    """Return a phrase whose slot is a letter, as the writers of dialects want it."""
    return Phrase(
        tuple(
            Run(TEXT, run.text, run.weight, run.span, run.node) if run.kind == SLOT_RUN else run
            for run in phrase.runs
        )
    )
