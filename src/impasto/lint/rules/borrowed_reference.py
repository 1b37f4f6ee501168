"""A lora, an embedding or a tag of another program, which is text here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._text import place

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Text

_KINDS: Final = {
    "lora": "lora",
    "lyco": "lyco",
    "lycoris": "lyco",
    "hypernet": "hypernet",
    "hypernetwork": "hypernet",
    "embedding": "embedding",
    "embed": "embedding",
    "emb": "embedding",
    "ti": "embedding",
}
_TAG: Final = (
    r"(?i)<[ ]*(lora|lyco(?:ris)?|hypernet(?:work)?|embedding|embed|emb|ti)[ ]*:"
    r"([^<>\n]*)(>?)"
)
_SWARM: Final = (
    r"<(?:(?:random|wildcard|alternate|fromto|setvar|segment|object|region|preset)"
    r"(?:\[[^\]\n]*\])?:[^<>\n]*|break)>"
)
_BARE: Final = r"(?<![\w<:])embedding:([A-Za-z0-9_][\w./\\-]*)"


class BorrowedReference(Rule):
    """A lora, an embedding or a tag of another program, which is text here.

    ## What it does

    Reports references that are misspelled or belong to another program: `<LoRA:ink:0.8>`, a
    `<lora:ink` that is never closed, SwarmUI's `<embed:x>` and `<random:a,b>`, ComfyUI's
    `embedding:x`.

    ## Why is this bad?

    Only `<lora:…>`, `<lyco:…>`, `<hypernet:…>` and `<embedding:…>` load something. The others are
    text, so nothing is loaded and the encoder reads the tag.

    ## Example

    ```
    a fox, <LoRA:ink:0.8>, embedding:soft-light
    ```

    ## Use instead

    ```
    a fox, <lora:ink:0.8>, <embedding:soft-light>
    ```

    ## Fix safety

    The fix writes the reference as it is written here, so **something is loaded** that was not.
    """

    code = "IMP119"
    name = "borrowed-reference"
    changes_weights = True
    VALID = (
        "a fox, <lora:ink:0.8>",
        "<embedding:soft>",
        "I <3 you",
        "word embedding: a vector",
        r"\<lora:ink>",
        "<time: noon>",
    )
    INVALID = (
        Case("a fox, <LoRA:ink:0.8>", "<LoRA:ink:0.8>", fix="a fox, <lora:ink:0.8>"),
        Case("<embed:soft> fox", "<embed:soft>", fix="<embedding:soft> fox"),
        Case("fox <lora:ink:0.8", "<lora:ink:0.8"),
        Case(
            "fox, embedding:soft-light", "embedding:soft-light", fix="fox, <embedding:soft-light>"
        ),
        Case("a <random:red,blue> fox", "<random:red,blue>"),
        Case("a fox <break> snow", "<break>"),
    )

    def visit_text(self, node: Text, check: Check) -> None:
        """Look for what resembles a reference."""
        text = node.value
        if "embedding:" in text:
            for found in re.finditer(_BARE, text):
                self._report(found, f"<embedding:{found[1]}>", "is ComfyUI's", node, check)
        if "<" not in text:
            return
        for found in re.finditer(_TAG, text):
            if text[found.start() - 1 : found.start()] == "\\":
                continue
            new = f"<{_KINDS[found[1].lower()]}:{found[2].strip()}>" if found[3] else ""
            what = "is no reference that is known here" if new else "is never closed"
            self._report(found, new, what, node, check)
        for found in re.finditer(_SWARM, text):
            self._report(found, "", "is SwarmUI's", node, check)

    def _report(self, found: re.Match[str], new: str, what: str, node: Text, check: Check) -> None:
        start, end = node.start + found.start(), node.start + found.end()
        check.report(
            self,
            place(check, start, end),
            f'"{found[0]}" {what}, and therefore text',
            hint=f"write {new}" if new else "references are <lora:name:0.8>, <embedding:name>",
            title="write the reference" if new else "",
            edits=[check.edit(start, end, new)],
        )
