"""A living artist's name for a model that refuses the style of such."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._phrases import span_in

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.lint.views import TargetView

_DATA: Final = Path(__file__).parents[1] / "data" / "artists.txt"
DECLINES: Final = "living artists"
"""What the card of a model says that it declines."""


@cache
def _names() -> re.Pattern[str]:
    """Return what matches the name of an artist in a folded text."""
    lines = _DATA.read_text(encoding="utf-8").splitlines()
    rows = (line.split("|") for line in lines if line and not line.startswith("#"))
    names = {_folded(name.strip()) for row in rows for name in row[:2] if name.strip()}
    choices = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{choices})(?![\w-])")


def _folded(text: str) -> str:
    """Return a text of the same length in small letters, without accents and underscores."""
    return "".join(
        (unicodedata.normalize("NFD", sign)[0] if ord(sign) > 127 else sign).lower()[:1] or sign
        for sign in text.replace("_", " ")
    )


class LivingArtist(Rule):
    """A living artist's name for a model that refuses the style of such.

    ## What it does

    For models whose card says that they decline it (DALL·E 3): reports the names of living artists
    that occur in public prompts. The list of thirty names is short on purpose, holds none that
    mean anything else, and cannot know who has died since it was made.

    ## Why is this bad?

    The request is refused, with an error that names nothing, or the name is rewritten into
    something milder before the picture is painted; `revised_prompt` tells. OpenAI says so of the
    style of living artists, and of public figures by name.

    ## Example

    ```
    a harbour in fog by Simon Stålenhag         for dall-e-3
    ```

    ## Use instead

    ```
    a harbour in fog, rural retro-futurism, muted realism, small figures before huge machines
    ```
    """

    code = "IMP704"
    name = "living-artist"
    VALID = (
        Case("a harbour by Simon Stålenhag", target="flux-dev"),
        Case("a harbour by Vincent van Gogh", target="dall-e-3"),
        Case("a wlop-like rabbit, tim burtons in a tree", target="dall-e-3"),
    )
    INVALID = (
        Case("a harbour by Simon Stålenhag", "Simon Stålenhag", target="dall-e-3"),
        Case("concept art by simon stalenhag, fog", "simon stalenhag", target="dall-e-3"),
        Case("fog, (Greg_Rutkowski:1.2)", "Greg_Rutkowski", target="dall-e-3"),
    )

    def visit_target(self, view: TargetView, check: Check) -> None:
        """Look for names in every phrase."""
        if DECLINES not in view.card.declines:
            return
        for phrase in view.phrases:
            for found in _names().finditer(_folded(phrase.text)):
                name = phrase.text[found.start() : found.end()]
                check.report(
                    self,
                    span_in(phrase, name),
                    f"{view.card.id} declines the style of living artists, such as {name}",
                    hint="describe what is typical: the movement, the medium, light and colours",
                )
