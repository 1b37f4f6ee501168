"""A "no" for a model that paints what it is told of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._phrases import span_in

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.lint.views import TargetView

_NO: Final = (
    r"(?i)\b(?:no|without(?: an?| any)?)\s+(?!one\b|longer\b|doubt\b|matter\b|man'?s\b|less\b|fewer\b"
    r"|more than\b|limits?\b|end\b|problem\b|effort\b|nonsense\b)[a-z]+"
)


class Negation(Rule):
    """A "no" for a model that paints what it is told of.

    ## What it does

    Notes `no people`, `without a hat` and the like in prompts for the FLUX models.

    ## Why is this bad?

    FLUX has no negative prompt, and what a prompt names tends to appear, "no" or not. Black Forest
    Labs advises to say what should be there instead. Models that follow instructions (GPT-image)
    understand it, and for those with a negative prompt it is better said there.

    ## Example

    ```
    a beach with no people          for flux-dev
    ```

    ## Use instead

    ```
    a deserted beach
    ```
    """

    code = "IMP709"
    name = "negation"
    severity = "info"
    VALID = (
        Case("a deserted beach", target="flux-dev"),
        Case("no doubt a beach, no man's land", target="flux-dev"),
        Case("a beach with no people", target="stable-diffusion-xl"),
    )
    INVALID = (
        Case("a beach with no people", "no people", target="flux-dev"),
        Case("a man without any hat, rain", "without any hat", target="flux-schnell"),
        Case("a man without a hat", "without a hat", target="flux-dev"),
    )

    def visit_target(self, view: TargetView, check: Check) -> None:
        """Look at the phrases for a FLUX model."""
        if view.card.negative != "none" or not view.card.family.startswith("flux"):
            return
        for phrase in view.phrases:
            found = re.search(_NO, phrase.text)
            if found:
                check.report(
                    self,
                    span_in(phrase, found[0]),
                    f'{view.card.id} may paint what it is told to leave out: "{found[0]}"',
                    hint="say what is there instead: deserted, bare-headed, a plain wall",
                )
