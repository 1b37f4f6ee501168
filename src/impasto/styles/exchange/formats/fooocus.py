"""Fooocus, sdxl_prompt_styler, StyleSelectorXL: a list of name, prompt, negative_prompt.

Fooocus puts a prompt before a text without placeholder, the stylers would lose it; so a placeholder is
always written. Facts: sdxl_styles/*.json and modules/sdxl_styles.py of lllyasviel/Fooocus,
sdxl_prompt_styler.py of twri/sdxl_prompt_styler at 5106817.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from impasto.styles.exchange.records import Records

if TYPE_CHECKING:
    from collections.abc import Mapping


class Fooocus(Records):
    """What the stylers of SDXL read."""

    name = "fooocus"
    title = "Fooocus, sdxl_prompt_styler, StyleSelectorXL"
    dialect = "fooocus"
    joint = ", "
    special: ClassVar[Mapping[str, str]] = {
        "Fooocus V2": "Fooocus V2 is a program that adds words, no text",
        "Random Style": "Random Style draws one of the others, and is no text",
    }

    def likeness(self, keys: frozenset[str]) -> float:
        """Return how surely objects with these keys are of this format."""
        return 0.5 if "name" in keys and keys & {"prompt", "negative_prompt"} else 0.0
