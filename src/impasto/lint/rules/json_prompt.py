"""A prompt in JSON, whose brackets are syntax here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._text import JSON_KEY, place, whole_text

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Part

_OPENING: Final = rf"[{{\[]\s*(?={JSON_KEY})"


class JsonPrompt(Rule):
    r"""A prompt in JSON, whose brackets are syntax here.

    ## What it does

    Reports a prompt that holds a JSON object, once.

    ## Why is this bad?

    Some models take prompts in JSON (FLUX.2, Ideogram 4). Here `{…}` is a choice and `[…]` a
    weight, so both vanish, and a comma or a bar inside is read as one between options. A prompt in
    JSON is text without any syntax of ours.

    ## Example

    ```
    {"subject": "a fox", "style": "ink drawing"}
    ```

    ## Use instead

    ```
    impasto lint --dialect plain prompts.txt
    \{"subject": "a fox", "style": "ink drawing"\}
    ```
    """

    code = "IMP206"
    name = "json-prompt"
    VALID = (
        '{red|blue} "fox": here',
        r'\{"subject": "a fox"\}',
        'a sign "Open": red',
        Case('{"subject": "a fox"}', dialect="plain"),
    )
    INVALID = (
        Case('{"subject": "a fox", "style": "ink"}', '{"subject":'),
        Case('paint this:\n[{\n  "x": 1\n}, {"x": 2}]', '{\n  "x":'),
    )

    def visit_part(self, part: Part, check: Check) -> None:
        """Look for a JSON object in the text as it stands."""
        text = whole_text(part, check)
        if '"' not in text or "{" not in text:
            return
        for found in re.finditer(_OPENING, text):
            if text[found.start() - 1 : found.start()] != "\\":
                end = text.index(":", found.end()) + 1
                check.report(
                    self,
                    place(check, found.start(), end),
                    "this is JSON, and its brackets are syntax here: they choose and weigh",
                    hint=r"lint with --dialect plain, or write \{ and \[",
                )
                return
