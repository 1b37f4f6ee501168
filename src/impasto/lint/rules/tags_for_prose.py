"""A list of tags for a model that was trained on sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._writing import is_tag_list

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.lint.views import TargetView

_MANY: Final = 6
_LONG: Final = 8


class TagsForProse(Rule):
    """A list of tags for a model that was trained on sentences.

    ## What it does

    Notes a prompt that is a list of at least six tags, of at most four words in the median, at most
    eight in the longest, and without the end of a sentence, for a target whose card says that it
    is best written in prose.

    ## Why is this bad?

    It is a note. FLUX and DALL·E learnt from sentences. In a list of tags nothing says what
    belongs to what: which of two figures has the red hair, what stands on the table.

    ## Example

    ```
    1girl, red hair, black cat, table, window, rain, night          for flux-dev
    ```

    ## Use instead

    ```
    A girl with red hair sits at a table by the window, a black cat beside her. It rains outside.
    ```
    """

    code = "IMP702"
    name = "tags-for-prose"
    severity = "info"
    VALID = (
        Case("1girl, red hair, cat, table, window, rain", target="stable-diffusion-xl"),
        Case("a girl with red hair, a cat, a table by the window", target="flux-dev"),
        Case("A girl sits by the window. Rain, night, a cat, a lamp, a book", target="flux-dev"),
        Case(
            "a girl with red hair sits at a table by the window, rain, night, film, grain, blue",
            target="flux-dev",
        ),
    )
    INVALID = (
        Case(
            "1girl, red hair, black cat, table, window, rain",
            "1girl, red hair, black cat, table, window, rain",
            target="flux-dev",
        ),
    )

    def visit_target(self, view: TargetView, check: Check) -> None:
        """Look at the phrases for a model that reads prose."""
        phrases = [phrase for phrase in view.phrases if not phrase.is_break]
        if view.card.writing != "prose" or len(phrases) < _MANY or not is_tag_list(phrases):
            return
        if any(len(phrase.text.split()) > _LONG for phrase in phrases):
            return  # a description with a few words about style behind it
        first, last = phrases[0].span, phrases[-1].span
        one_text = first.source is last.source and last.end > first.start
        check.report(
            self,
            first.source.span(first.start, last.end if one_text else first.end),
            f"{view.card.id} reads sentences best; this is a list of {len(phrases)} tags",
            hint="say in a sentence or two who is where, and what belongs to whom",
        )
