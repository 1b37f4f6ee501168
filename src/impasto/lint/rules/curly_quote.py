"""A curly apostrophe for an encoder that has learnt the straight one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._phrases import span_in

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.lint.views import TargetView

_CURLY: Final = r"(?<=[A-Za-z])[’ʼ´`](?:s|t|re|ve|m|ll|d)(?![A-Za-z])"


class CurlyQuote(Rule):
    """A curly apostrophe for an encoder that has learnt the straight one.

    ## What it does

    Notes `’s`, `’t`, `’re` and the like in prompts for models whose text is read by CLIP. Other
    quotation marks make no difference that is worth a word, here or to other encoders.

    ## Why is this bad?

    It is a note. CLIP's tokenizer takes `'s` with a straight apostrophe as one token, and a curly
    one apart from its letter. Hosts that clean the text with ftfy straighten it first, the fast
    tokenizer that diffusers uses does not, so one prompt gives different tokens.

    ## Example

    ```
    a fisherman’s hut           for stable-diffusion-xl
    ```

    ## Use instead

    ```
    a fisherman's hut
    ```
    """

    code = "IMP708"
    name = "curly-quote"
    severity = "info"
    VALID = (
        Case("a fisherman's hut", target="stable-diffusion-xl"),
        Case("a sign “Open”", target="stable-diffusion-xl"),
        Case("a fisherman’s hut", target="dall-e-3"),
    )
    INVALID = (Case("a fisherman’s hut, rain", "’s", target="stable-diffusion-xl"),)

    def visit_target(self, view: TargetView, check: Check) -> None:
        """Look at the phrases for a model that CLIP reads for."""
        readers = [e for e in view.card.encoders if "clip" in e.name and e.role != "pooled"]
        if not readers:
            return
        for phrase in view.phrases:
            if not phrase.text.isascii() and (found := re.search(_CURLY, phrase.text)):
                check.report(
                    self,
                    span_in(phrase, found[0]),
                    f"{readers[0].name} has a token for '{found[0][1:]}, and none for {found[0]}",
                    hint="write a straight apostrophe",
                )
