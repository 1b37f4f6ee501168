"""Two phrases that cannot both be true of one picture."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._phrases import keys_in, phrases_of
from impasto.lint.rules._text import own_text
from impasto.syntax.phrases import folded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from impasto.lint.check import Check
    from impasto.lint.views import CompositionView
    from impasto.syntax.nodes import Part
    from impasto.syntax.phrases import Phrase

_DATA: Final = Path(__file__).parents[1] / "data" / "opposites.txt"


@cache
def _sides() -> dict[str, tuple[tuple[int, int], ...]]:
    """Return for each phrase the pairs that it belongs to, as (pair, side)."""
    found: dict[str, tuple[tuple[int, int], ...]] = {}
    lines = _DATA.read_text(encoding="utf-8").splitlines()
    for pair, line in enumerate(line for line in lines if line and not line.startswith("#")):
        for side, phrases in enumerate(line.split(" | ")):
            for phrase in map(folded, phrases.split(", ")):
                found[phrase] = (*found.get(phrase, ()), (pair, side))
    return found


@cache
def _rough() -> dict[str, tuple[tuple[int, int], ...]]:
    """Return the same for phrases as `keys_in` gives them."""
    found: dict[str, tuple[tuple[int, int], ...]] = {}
    for phrase, places in _sides().items():
        for key in keys_in(phrase):
            found[key] = (*found.get(key, ()), *places)
    return found


def _may_contradict(text: str) -> bool:
    """Whether both sides of a pair seem to be in a text."""
    known = _rough()
    places = {place for key in keys_in(text) if key in known for place in known[key]}
    return any((pair, 1 - side) in places for pair, side in places)


class Contradiction(Rule):
    """Two phrases that cannot both be true of one picture.

    ## What it does

    Reports whole phrases of one prompt, or of what template and styles compose to, that exclude
    each other: `night` and `broad daylight`, `black and white` and `vivid colors`, `close-up` and
    `wide shot`. It knows some twenty pairs and their synonyms. Phrases in different options of a
    choice, in a schedule, in different parts of `AND` or with a weight of 0 do not count.

    ## Why is this bad?

    The model gives one, the other, or a muddle, and which one changes with the seed. It mostly
    happens where a style meets a prompt, or a list of tags grows.

    ## Example

    ```
    a harbour, night, broad daylight
    ```

    ## Use instead

    ```
    a harbour, night
    [a harbour, night:a harbour, broad daylight:0.5]        for a mixture
    ```
    """

    code = "IMP703"
    name = "contradiction"
    VALID = (
        "a harbour, night",
        "night and day",
        "{night|day}",
        "[night:day:0.5]",
        "night AND day",
        "night, (day:0)",
        "long shot of a woman, a close-up on a screen",
        Case("---\nnegative: day\n---\na harbour, night", suffix=".prompt"),
    )
    INVALID = (
        Case("a harbour, night, (Broad_Daylight:1.2)", "Broad_Daylight"),
        Case("black and white, a fox, vivid colors", "vivid colors"),
        Case(
            "---\nvariables:\n  time: {default: night}\n---\na harbour, {{ time }}, daytime",
            "daytime",
            suffix=".prompt",
        ),
        Case(
            "format: 1\nname: p\nstyles:\n  a: {text: 'wide shot, close-up'}\n",
            "close-up",
            suffix=".yaml",
        ),
    )

    def visit_part(self, part: Part, check: Check) -> None:
        """Look at the phrases of a part."""
        if not check.negative and _may_contradict(own_text(part, check)):
            self._look(phrases_of(part, check), check)

    def visit_composition(self, view: CompositionView, check: Check) -> None:
        """Look at what template and styles come to."""
        for part in view.composition.parts:
            self._look(part.phrases, check)

    def _look(self, phrases: Iterable[Phrase], check: Check) -> None:
        seen: dict[tuple[int, int], Phrase] = {}
        for phrase in phrases:
            if phrase.is_scheduled or phrase.weight <= 0:
                continue
            for pair, side in _sides().get(phrase.key, ()):
                other = seen.get((pair, 1 - side))
                if other is not None:
                    check.report(
                        self,
                        phrase.span,
                        f'"{phrase.text}" contradicts "{other.text}"',
                        hint="keep one of them, or say in a sentence what is where",
                    )
                seen.setdefault((pair, side), phrase)
