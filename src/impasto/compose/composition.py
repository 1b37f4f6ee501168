"""The result of composing: phrases with their origins, parameters, and what was noticed."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from impasto.diagnostics import Diagnostic
from impasto.syntax.parser import parse
from impasto.syntax.phrases import Phrase, print_phrases
from impasto.syntax.weights import number_json

if TYPE_CHECKING:
    from impasto.compose.merge import Fold, Merged
    from impasto.compose.recipe import Recipe
    from impasto.source import Span
    from impasto.styles.layer import Target
    from impasto.syntax.prompt import Prompt
    from impasto.syntax.runs import Run


class ComposedPart(NamedTuple):
    """One of the prompts that AND composes, as phrases; `mark` is its weight as written."""

    phrases: tuple[Phrase, ...]
    mark: str = ""

    @property
    def weight(self) -> float:
        """The factor on the whole part."""
        return float(self.mark[1:]) if self.mark else 1.0


class Fragment(NamedTuple):
    """One phrase of the result and where it was written."""

    text: str
    weight: float
    role: str
    span: Span

    def to_json(self) -> dict[str, object]:
        """Return the fragment as a JSON-ready object."""
        return {
            "text": self.text,
            "weight": number_json(self.weight),
            "role": self.role,
            "span": self.span.to_json(),
        }


class Composition:
    """A composed prompt for one model, or for none in particular.

    `parts` and `negative` are phrases; `prompt` and `negative_prompt` are the trees. The
    parameters have canonical names. `target` is the model it was composed for, `merged` says what
    happened where phrases and styles met.
    """

    def __init__(
        self,
        recipe: Recipe,
        target: Target,
        parts: tuple[ComposedPart, ...],
        negative: tuple[Phrase, ...],
        parameters: dict[str, object],
        merged: Merged,
    ) -> None:
        self.recipe = recipe
        self.target = target
        self.parts = parts
        self.negative = negative
        self.parameters = parameters
        self.merged = merged

    def __repr__(self) -> str:
        return f"Composition({self.text!r})"

    def __str__(self) -> str:
        return self.text

    @cached_property
    def text(self) -> str:
        """The prompt in the canonical syntax."""
        return " AND ".join(print_phrases(p.phrases) + p.mark.rstrip() for p in self.parts)

    @cached_property
    def prompt(self) -> Prompt:
        """The positive prompt."""
        return parse(self.text, name="composed prompt")

    @cached_property
    def negative_prompt(self) -> Prompt:
        """The negative prompt."""
        return parse(print_phrases(self.negative), name="composed negative prompt")

    @property
    def styles(self) -> tuple[str, ...]:
        """The styles that were asked for."""
        return self.recipe.styles

    @property
    def seed(self) -> int | None:
        """The seed that closed the choices."""
        return self.recipe.seed

    @property
    def parameter_styles(self) -> dict[str, str]:
        """The style that asks for each parameter that neither the file nor the call gives."""
        asked_for, styles = self.recipe.parameters, self.merged.styles.parameter_styles
        return {
            name: styles[name]
            for name in self.parameters
            if name in styles and name not in asked_for
        }

    @property
    def fragments(self) -> tuple[Fragment, ...]:
        """Every phrase of the result, positive then negative, with its file and line.

        A phrase that several texts have written, such as a style's "portrait of" and the prompt
        behind it, is several fragments.
        """
        positive = [(phrase, "prompt") for part in self.parts for phrase in part.phrases]
        negative = [(phrase, "negative prompt") for phrase in self.negative]
        return tuple(
            Fragment(piece.text.strip(), piece.weight, role, piece.span)
            for phrase, role in (*positive, *negative)
            for piece in _by_source(phrase)
        )

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What composing noticed: folded phrases, conflicts, parameters that disagree."""
        folds, conflicts, styles = self.merged
        asked_for = self.recipe.parameters
        return (
            *(_fold_note(fold) for fold in folds),
            *(_conflict(pair) for pair in conflicts),
            *(_override(*args) for args in styles.overridden if args[0] not in asked_for),
            *(_repeat(*args) for args in styles.repeated),
            *(_variety(*args) for args in styles.varied),
            *(_namesake(*args) for args in styles.namesakes),
        )


def _by_source(phrase: Phrase) -> list[Phrase]:
    """Return the phrase in pieces, each written in one text."""
    pieces: list[list[Run]] = []
    for run in phrase.runs:
        if pieces and pieces[-1][-1].span.source is run.span.source:
            pieces[-1].append(run)
        elif run.text.strip():
            pieces.append([run])
    return [Phrase(tuple(runs)) for runs in pieces]


@lru_cache(maxsize=64)
def _fold_note(fold: Fold) -> Diagnostic:
    return Diagnostic(
        "IMP301",
        "folded-phrase",
        "info",
        f'"{fold.dropped.text}" is there twice; one stays, with weight {fold.kept.weight:g}',
        fold.dropped.span,
        hint=f"the other one is at {fold.kept.span}",
    )


def _conflict(pair: Fold) -> Diagnostic:
    return Diagnostic(
        "IMP302",
        "style-conflict",
        "warning",
        f'"{pair.dropped.text}" is wanted and unwanted at once',
        pair.dropped.span,
        hint=f"it is wanted at {pair.kept.span}",
    )


def _override(name: str, value: object, loser: str, winner: str) -> Diagnostic:
    return Diagnostic(
        "IMP303",
        "parameter-override",
        "info",
        f"{winner} replaces {name} {value} of {loser}",
        parameter=name,
    )


def _repeat(name: str, kept: float, dropped: float) -> Diagnostic:
    return Diagnostic(
        "IMP306",
        "repeated-style",
        "info",
        f"the style {name} is there twice; weight {kept:g} stays, {dropped:g} does not count",
        hint="name it once, with the weight it should have",
    )


def _variety(first: str, second: str) -> Diagnostic:
    return Diagnostic(
        "IMP306",
        "repeated-style",
        "info",
        f"{first} and {second} are one style with different options; both count",
        hint="name it once, with the options it should have",
    )


def _namesake(name: str, others: tuple[str, ...]) -> Diagnostic:
    short = name.partition("/")[2]
    return Diagnostic(
        "IMP308",
        "shadowed-style",
        "info",
        f'"{short}" is {name} here, which comes before {" and ".join(others)}',
        hint="write the pack, too, and it is the same style everywhere",
    )
