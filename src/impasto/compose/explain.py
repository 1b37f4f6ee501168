"""`explain`: every word of a composition, with the file, the line and the rule that put it there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from impasto.compose.trace import Stretch, Tracer
from impasto.source import Source, Span
from impasto.styles.layer import variants
from impasto.syntax.prompt import Prompt
from impasto.syntax.runs import TEXT
from impasto.syntax.weights import number_json
from impasto.templates.origins import RenderedSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from impasto.compose.composition import Composition
    from impasto.styles.layer import Target
    from impasto.styles.library import Style
    from impasto.syntax.phrases import Phrase
    from impasto.syntax.runs import Run
    from impasto.templates.promptfile import PromptFile

Rule = Literal[
    "text", "template", "include", "extends", "value", "draw", "style", "variant", "squash"
]
RULES: dict[Rule, str] = {
    "text": "the prompt, as it was given",
    "template": "text of the template",
    "include": "text of a file that the template includes or imports",
    "extends": "text of the file or style that is extended",
    "value": "a value, which {{ … }} put in",
    "draw": "drawn from a choice or a word list",
    "style": "text of a style",
    "variant": "what the style says to this model alone",
    "squash": "put between phrases where they meet",
}
"""What brings a word into a prompt."""

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


class Piece(NamedTuple):
    """Some words of a prompt that one line of one file brought in by one rule.

    `text` is without escapes; `style` is the style it belongs to, `expression` the one that gave a
    value; `folded` says where the same phrase stood again.
    """

    text: str
    weight: float
    rule: Rule
    span: Span | None = None
    style: str = ""
    expression: str = ""
    folded: tuple[Span, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return the piece as a JSON-ready object."""
        return {
            "text": self.text,
            "weight": number_json(self.weight),
            "rule": self.rule,
            "span": self.span.to_json() if self.span else None,
            "style": self.style or None,
            "expression": self.expression or None,
            "folded": [span.to_json() for span in self.folded],
        }


class Setting(NamedTuple):
    """A parameter and who asks for it: a style, the file (`span`), or the call."""

    name: str
    value: object
    style: str = ""
    span: Span | None = None

    def to_json(self) -> dict[str, object]:
        """Return the parameter as a JSON-ready object."""
        return {
            "name": self.name,
            "value": self.value,
            "style": self.style or None,
            "span": self.span.to_json() if self.span else None,
        }


class Explanation(NamedTuple):
    """A composition, word by word: the texts of `prompt` put together are the prompt."""

    composition: Composition
    prompt: tuple[Piece, ...]
    negative: tuple[Piece, ...]
    settings: tuple[Setting, ...]

    def to_json(self) -> dict[str, object]:
        """Return the explanation as a JSON-ready object, format 1."""
        found = self.composition
        return {
            "format": 1,
            "model": found.target.id or None,
            "seed": found.seed,
            "prompt": found.text,
            "negative_prompt": str(found.negative_prompt),
            "pieces": [piece.to_json() for piece in self.prompt],
            "negative_pieces": [piece.to_json() for piece in self.negative],
            "parameters": [setting.to_json() for setting in self.settings],
            "diagnostics": [finding.to_json() for finding in found.diagnostics],
        }


def explain(composition: Composition, file: PromptFile | None = None) -> Explanation:
    """Return where every word of `composition` comes from; `file` is the one it was made of."""
    explainer = _Explainer(composition, file)
    return Explanation(
        composition,
        tuple(explainer.prompt()),
        tuple(explainer.pieces(composition.negative)),
        tuple(_settings(composition, file)),
    )


class _Explainer:
    """What is known of a composition's sources."""

    def __init__(self, composition: Composition, file: PromptFile | None) -> None:
        self._composition = composition
        self._tracers: dict[int, Tracer] = {}
        self._homes = _Homes(composition, file)
        self._values = dict(_values(composition))
        self._folded: dict[int, tuple[Span, ...]] = {}
        for fold in composition.merged.folds:
            spans = self._folded.get(id(fold.kept), ())
            self._folded[id(fold.kept)] = (*spans, fold.dropped.span)

    def prompt(self) -> Iterator[Piece]:
        """Yield the pieces of all parts."""
        for at, part in enumerate(self._composition.parts):
            if at:
                yield Piece(" AND ", 1.0, "squash")
            yield from self.pieces(part.phrases)

    def pieces(self, phrases: Iterable[Phrase]) -> Iterator[Piece]:
        """Yield the pieces of phrases, with what joins them."""
        before: Phrase | None = None
        for phrase in phrases:
            if before is not None:
                tight = before.is_break or phrase.is_break
                yield Piece(" " if tight else ", ", 1.0, "squash")
            for run in phrase.runs:
                yield from self._run(run, self._folded.get(id(phrase), ()))
            before = phrase

    def _run(self, run: Run, folded: tuple[Span, ...]) -> Iterator[Piece]:
        source = run.span.source
        if run.kind != TEXT:
            stretches = [Stretch(run.text, run.span.start, run.span.end)]
        else:
            stretches = self._tracer(source).stretches(run)
        for stretch in stretches:
            for text, span in _lines(stretch, source):
                rule, style = self._homes.rule(stretch, span)
                expression = span.text if rule == "value" else ""
                yield Piece(text, run.weight, rule, span, style, expression, folded)

    def _tracer(self, source: Source) -> Tracer:
        found = self._tracers.get(id(source))
        if found is None:
            values = self._values.get((source.name, source.text))
            recipe = self._composition.recipe
            found = self._tracers[id(source)] = Tracer(source, values, recipe)
        return found


def _values(composition: Composition) -> Iterator[tuple[tuple[str, str], list[str]]]:
    """Yield the values of each template, by the name and text of what it wrote."""
    recipe = composition.recipe
    for template in (recipe.positive, recipe.negative, *recipe.unwanted):
        if template is not None and not isinstance(template, Prompt):
            given = {"model": composition.target, **recipe.values}
            skeleton, values = template.render(given, recipe.seed)
            yield (skeleton.source.name, skeleton.text), values


def _lines(stretch: Stretch, source: Source) -> Iterator[tuple[str, Span]]:
    """Yield the text of a stretch and its place, cut where it goes on in another line."""
    if stretch.is_value and isinstance(source, RenderedSource):
        yield stretch.text, source.written(stretch.start)
        return
    span = Span(source, stretch.start, stretch.end)
    if "\n" not in span.text or len(stretch.text) != stretch.end - stretch.start:
        yield stretch.text, span
        return
    at = 0
    for line in _LINE.finditer(span.text):
        size = len(line[0])
        start = stretch.start + line.start()
        yield stretch.text[at : at + size], Span(source, start, start + len(line[0].rstrip()))
        at += size


class _Homes:
    """Knows by which rule a text of a file comes into the prompt."""

    def __init__(self, composition: Composition, file: PromptFile | None) -> None:
        self._library = composition.recipe.library
        self._target = composition.target
        self._asked = {self._library.find(use)[0].name for use in composition.styles}
        self._files = file.files if file else ()

    def rule(self, stretch: Stretch, span: Span) -> tuple[Rule, str]:
        """Return the rule and the style that bring in what stands at `span`."""
        style = self._library.style_at(span)
        name = style.name if style else ""
        if stretch.is_value:
            return "value", name
        if style is not None:
            return self._of_style(style, span), name
        if stretch.is_drawn:
            return "draw", ""
        return self._of_file(span), ""

    def _of_style(self, style: Style, span: Span) -> Rule:
        if style.name not in self._asked:
            return "extends"
        return "variant" if _is_in_variant(style, span, self._target) else "style"

    def _of_file(self, span: Span) -> Rule:
        if not isinstance(span.source, RenderedSource):
            return "text"
        written_in = span.file
        if self._files and written_in in self._files[1:]:
            return "extends"
        name = self._files[0] if self._files else span.source.name
        return "template" if written_in == name else "include"


def _is_in_variant(style: Style, span: Span, target: Target) -> bool:
    """Whether `span` lies in a text that a variant of the style has."""
    line = span.line
    for name in variants(style, target):
        for key in ("text", "negative"):
            if getattr(style.model.variants[name], key):
                text = style.text_at("variants", name, key)
                first, last = (text.position(at)[0] for at in (0, len(text.text)))
                if first <= line <= last:
                    return True
    return False


def _settings(composition: Composition, file: PromptFile | None) -> Iterator[Setting]:
    """Yield the parameters and who asks for them."""
    styles = composition.parameter_styles
    for name, value in composition.parameters.items():
        if name in styles:
            yield Setting(name, value, styles[name])
        elif file and file.parameters.get(name) == value:
            yield Setting(name, value, span=file.parameter_span(name))
        else:
            yield Setting(name, value)
