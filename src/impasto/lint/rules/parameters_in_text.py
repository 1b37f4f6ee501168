"""Parameters of a program inside the text of a prompt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._text import place

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Text

_OPTION: Final = (
    r"(?<!\S)(?:--|—)(?:ar|aspect|version|v|niji|no|quality|q|stylize|s|chaos|c|seed|iw|tile|style"
    r"|weird|stop|video|repeat|sref|cref|cw|sw|oref|ow|sv|hd|raw|profile|exp|draft|turbo|fast"
    r"|relax)(?![\w-])"
)
_INFOTEXT: Final = r"(?m)^[ \t]*Negative prompt:|(?<![^\n])[ \t]*Steps: [0-9]+, (?=[A-Z])"
_COMMAND: Final = r"\A\s*/imagine\b(?:[ ]+prompt:?)?"


class ParametersInText(Rule):
    """Parameters of a program inside the text of a prompt.

    ## What it does

    Reports Midjourney's parameters (`--ar 16:9 --v 7`), its `/imagine`, and the lines that A1111
    writes below a prompt (`Negative prompt: …`, `Steps: 20, Sampler: …`).

    ## Why is this bad?

    All of it is text here, for every model. Encoders read it, and even for Midjourney the two
    dashes are taken apart, so that no value of a template can pass for a parameter. What a request
    should have besides its text stands in the front matter, or on the command line, where it is
    also checked against what the model takes.

    ## Example

    ```
    a fox in the snow --ar 16:9
    ```

    ## Use instead

    ```
    ---
    parameters: {aspect_ratio: "16:9"}
    ---
    a fox in the snow
    ```

    A file of prompts for Midjourney can stay as it is: lint it with `--dialect midjourney-6`.
    """

    code = "IMP124"
    name = "parameters-in-text"
    VALID = (
        "a fox in the snow",
        "steps: 20 stone ones",
        "a fox -- v for victory",
        "a tool --version-like",
        "a long negative prompt: none",
    )
    INVALID = (
        Case("a fox --ar 16:9 --v 7", "--ar 16:9 --v 7"),
        Case("a fox —no people", "—no people"),
        Case("/imagine prompt: a fox", "/imagine prompt:"),
        Case("a fox\nNegative prompt: people", "Negative prompt:"),
        Case("a fox\nSteps: 20, Sampler: Euler a", "Steps: 20,"),
    )

    def visit_text(self, node: Text, check: Check) -> None:
        """Look for parameters."""
        text = node.value
        if "--" in text or "—" in text:
            found = re.search(_OPTION, text)
            if found:
                end = node.start + len(text.rstrip())
                what = f'"{found[0]}" is a parameter of Midjourney'
                self._report(node.start + found.start(), end, what, check)
        if "/imagine" in text and (found := re.match(_COMMAND, text)) and node.start == 0:
            start = len(text) - len(text.lstrip())
            self._report(start, found.end(), "/imagine is a command of Midjourney", check)
        if ("prompt:" in text or "Steps:" in text) and (found := re.search(_INFOTEXT, text)):
            start = node.start + found.end() - len(found[0].lstrip())
            end = start + len(found[0].strip())
            self._report(start, end, "this line is what A1111 writes below a prompt", check)

    def _report(self, start: int, end: int, what: str, check: Check) -> None:
        hint = (
            "give parameters and the negative prompt beside the text: in the front matter, with -p"
        )
        check.report(self, place(check, start, end), f"{what}, and text here", hint=hint)
