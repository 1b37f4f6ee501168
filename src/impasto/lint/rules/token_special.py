"""A text encoder's own marker, written out in a prompt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from impasto.lint.rule import Case, Rule
from impasto.source import Span

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Text

_MARKER = re.compile(
    r"<\|(?:startoftext|endoftext|im_start|im_end|begin_of_text|eot_id)\|>"
    r"|</s>|<pad>|<unk>|<extra_id_[0-9]{1,2}>",
    re.IGNORECASE,
)


class SpecialToken(Rule):
    """A text encoder's own marker, written out in a prompt.

    ## What it does

    Finds `<|endoftext|>`, `<|startoftext|>` (CLIP), `</s>`, `<pad>`, `<unk>`, `<extra_id_0>` (T5)
    and `<|im_end|>` and the like (Qwen, Llama) in the text.

    ## Why is this bad?

    Tokenizers take it for the marker itself. CLIP looks for the first end marker to know where
    the prompt ends, so what stands behind it does not count in the picture as a whole. It mostly
    comes along when a prompt is copied out of a data set or of a model's answer.

    ## Example

    ```
    a red fox<|endoftext|>, deep snow
    ```

    ## Use instead

    ```
    a red fox, deep snow
    ```
    """

    code = "IMP603"
    name = "special-token"
    VALID = ("a <3 fox", "end of text", "<s>a fox")
    INVALID = (
        Case("a red fox<|endoftext|>, snow", "<|endoftext|>"),
        Case("(a fox</s>:1.2)", "</s>"),
    )

    def visit_text(self, node: Text, check: Check) -> None:
        """Look for markers."""
        if "<" not in node.value or check.prompt is None:
            return
        for found in _MARKER.finditer(node.value):
            start, end = found.span()
            check.report(
                self,
                Span(check.prompt.source, node.start + start, node.start + end),
                f"text encoders take {found[0]} for their own marker",
                hint="leave it out",
            )
