"""Quality tags for a model that was not trained on tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from impasto.lint.rule import Case, Rule

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.lint.views import TargetView

TAGS: Final = frozenset(
    (
        "masterpiece",
        "best quality",
        "high quality",
        "highest quality",
        "amazing quality",
        "great quality",
        "top quality",
        "ultra quality",
        "ultra detailed",
        "extremely detailed",
        "highly detailed",
        "highres",
        "absurdres",
        "very aesthetic",
        "8k",
        "8k quality",
        "4k",
        "uhd",
        "score 9",
        "score 8 up",
        "score 7 up",
        "trending on artstation",
        "award winning",
    )
)
"""Phrases, as `Phrase.key` folds them, that tag-trained models learnt as labels of quality."""


class QualityTagsUseless(Rule):
    """Quality tags for a model that was not trained on tags.

    ## What it does

    For targets that read prose (FLUX, DALL·E): reports phrases such as `masterpiece`, `best
    quality`, `8k`.

    ## Why is this bad?

    They are labels of the sites that tag-trained models learnt from. A model that learnt from
    sentences never saw them as praise; the FLUX.3 guide of Black Forest Labs advises against
    stacking them. They cost tokens and say nothing.

    ## Example

    ```
    a harbour at dawn, masterpiece, best quality        for flux-dev
    ```

    ## Use instead

    ```
    a harbour at dawn, every rope and ripple in sharp focus
    ```
    """

    code = "IMP111"
    name = "quality-tags-useless"
    severity = "info"
    VALID = (
        Case("a harbour, masterpiece", target="stable-diffusion-xl"),
        Case("a masterpiece of carpentry", target="flux-dev"),
    )
    INVALID = (
        Case("a harbour, masterpiece", "masterpiece", target="flux-dev"),
        Case("a harbour, (Best_Quality:1.2)", "Best_Quality", target="flux-dev"),
    )

    def visit_target(self, view: TargetView, check: Check) -> None:
        """Look at the phrases for a model that reads prose."""
        if view.card.writing != "prose":
            return
        for phrase in view.phrases:
            if phrase.key in TAGS:
                check.report(
                    self,
                    phrase.span,
                    f'{view.card.id} was not trained on tags; "{phrase.text}" says nothing to it',
                    hint="leave it out, or say in words what should be seen",
                )
