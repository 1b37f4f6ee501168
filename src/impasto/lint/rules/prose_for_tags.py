"""Sentences for a model that was trained on tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._writing import MOST_WORDS, sentences, words

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.lint.views import TargetView

_SENTENCES: Final = 3
_STORY: Final = (
    "A young woman stands at the edge of the pier and looks out over the grey sea. Behind her the "
    "fishermen are mending their nets in the rain. Nobody has told them that the storm is coming."
)


class ProseForTags(Rule):
    """Sentences for a model that was trained on tags.

    ## What it does

    Notes a prompt of at least three sentences, with more than four words between two commas in
    the median, for a target whose card says that it is best written in tags.

    ## Why is this bad?

    It is a note. Such models learnt from short captions and lists of tags, through an encoder that
    reads 75 tokens at a time: words that only hold a sentence together take the place of those
    that describe, and what is said late is hardly heard.

    ## Example

    ```
    A young woman stands at the edge of the pier and looks out over the grey sea. Behind her …
    ```

    ## Use instead

    ```
    young woman, edge of a pier, looking out, grey sea, fishermen mending nets, rain
    ```
    """

    code = "IMP701"
    name = "prose-for-tags"
    severity = "info"
    VALID = (
        Case(_STORY, target="flux-dev"),
        Case("A young woman on a pier.", target="stable-diffusion-xl"),
        Case("young woman, pier, grey sea. fishermen, nets. rain.", target="stable-diffusion-xl"),
    )
    INVALID = (Case(_STORY, _STORY.partition(".")[0], target="stable-diffusion-xl"),)

    def visit_target(self, view: TargetView, check: Check) -> None:
        """Look at the phrases for a model that reads tags."""
        phrases = view.phrases
        if view.card.writing != "tags" or not phrases or words(phrases) <= MOST_WORDS:
            return
        if (count := sentences(phrases)) >= _SENTENCES:
            first = phrases[0].span
            end = first.text.find(".") + 1 or len(first.text) + 1
            check.report(
                self,
                first.source.span(first.start, first.start + end - 1),
                f"{view.card.id} reads tags best; these are {count} sentences",
                hint="say what is to be seen in short phrases, the most important first",
            )
