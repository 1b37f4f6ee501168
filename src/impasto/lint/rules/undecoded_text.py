r"""Escapes of JSON or HTML that nobody decoded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._text import holds_json, place, text_of

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Text

_JSON: Final = r"(?<!\\)(?:\\\\)*(\\(?:[nrt](?=\\[nrt]|\s|[A-Z]|-[ ]|\Z)|[\"']|u[0-9A-Fa-f]{4}))"
_HTML: Final = r"&(?:quot|amp|apos|nbsp|lt|gt|#[0-9]{2,6}|#x[0-9A-Fa-f]{2,6});"
_PLAIN: Final = r"[\w\"'&\s]\Z"
_PATH: Final = r"[A-Za-z]:\\"


class UndecodedText(Rule):
    r"""Escapes of JSON or HTML that nobody decoded.

    ## What it does

    Reports `\n`, `\t`, `\"`, `\u00e9`, `&quot;`, `&amp;` and the like in the text of a prompt.

    ## Why is this bad?

    A prompt has no such escapes: the model reads a backslash and an n. They are left over where a
    text was copied out of JSON, source code or a web page without being decoded.

    ## Example

    ```
    a sign that says \"Open\", a fox &amp; a hare
    ```

    ## Use instead

    ```
    a sign that says "Open", a fox & a hare
    ```

    ## Fix safety

    Quotation marks, ampersands, letters and spaces are decoded, so the text changes and no
    weight does. Line breaks, and characters that are syntax, are left to the author.
    """

    code = "IMP122"
    name = "undecoded-text"
    changes_weights = True
    VALID = (
        'a sign that says "Open"',
        r"a fox \(red\)",
        r"C:\new\table",
        "a fox & a hare; snow",
        r"\o/ and \\n",
        r"up\down",
        r'{"text": "one\n two"}',
    )
    INVALID = (
        Case(r"says \"Open", r"\"", fix='says "Open'),
        Case("a fox &amp; a hare", "&amp;", fix="a fox & a hare"),
        Case("a caf\\u00e9", "\\u00e9", fix="a café"),
        Case(r"a fox.\nA hare", r"\n"),
        Case("I &lt;3 you", "&lt;"),
    )

    def visit_text(self, node: Text, check: Check) -> None:
        """Look for escapes of other formats."""
        text = node.value
        if "\\" in text and not re.search(_PATH, text) and not holds_json(text_of(check)):
            for found in re.finditer(_JSON, text):
                self._report(node.start + found.start(1), found[1], _decoded(found[1]), check)
        if "&" in text and ";" in text:
            import html  # noqa: PLC0415 - its table is large, and & is rare

            for found in re.finditer(_HTML, text):
                self._report(node.start + found.start(), found[0], html.unescape(found[0]), check)

    def _report(self, start: int, written: str, meant: str, check: Check) -> None:
        end = start + len(written)
        safe = len(meant) == 1 and re.match(_PLAIN, meant) is not None and not meant.isspace()
        meant = " " if written == "&nbsp;" else meant
        check.report(
            self,
            place(check, start, end),
            f'"{written}" is left over from another format; the model reads its characters',
            hint="decode the text before it becomes a prompt",
            title="decode it" if safe or meant == " " else "",
            edits=[check.edit(start, end, meant)],
        )


def _decoded(escape: str) -> str:
    if escape[1] == "u":
        return chr(int(escape[2:], 16))  # noqa: FURB166 - it is no prefix that int knows
    return {"n": "\n", "r": "\r", "t": "\t"}.get(escape[1], escape[1])
