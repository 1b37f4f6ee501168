"""AND or BREAK in a text in capitals, which cuts the prompt in two."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._text import place, text_of

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Break, Part

_BEFORE: Final = r"(?<![\w-])[A-Z][A-Z'’-]+[ ]+\Z"
_AFTER: Final = r"[ ]+[A-Z][A-Z'’-]+(?![\w-])"
_QUOTES: Final = str.maketrans("“”„", '"""')
_REACH: Final = 40


class AccidentalKeyword(Rule):
    r"""AND or BREAK in a text in capitals, which cuts the prompt in two.

    ## What it does

    Reports the words AND and BREAK inside quotation marks, AND between two words in capitals, and
    BREAK behind one: `a sign that says "SALT AND PEPPER"`, `COFFEE BREAK`.

    ## Why is this bad?

    In capitals the two are commands. `AND` composes two whole prompts, so the sign says only SALT,
    and the pepper is another picture mixed in; `BREAK` starts a new chunk of the text encoder, and
    the word itself is gone.

    ## Example

    ```
    a sign that says "SALT AND PEPPER"
    ```

    ## Use instead

    ```
    a sign that says "SALT \AND PEPPER"
    ```

    ## Fix safety

    Inside quotation marks the fix puts a backslash before the word, so **it becomes text**.
    """

    code = "IMP117"
    name = "accidental-keyword"
    changes_weights = True
    VALID = (
        "a castle AND a storm",
        "a castle BREAK a storm",
        r'"SALT \AND PEPPER"',
        "SALT and PEPPER",
        '"salt", a castle AND "pepper"',
        "RAW photo, 8K BREAK a storm",
    )
    INVALID = (
        Case('sign "SALT AND PEPPER"', "AND", fix=r'sign "SALT \AND PEPPER"'),
        Case("SALT AND PEPPER mills", "AND"),
        Case("poster “COFFEE BREAK!”", "BREAK", fix=r"poster “COFFEE \BREAK!”"),
        Case("PRISON BREAK poster", "BREAK"),
    )

    def visit_break(self, node: Break, check: Check) -> None:
        """Look at a BREAK."""
        before = text_of(check)[max(0, node.start - _REACH) : node.start]
        self._look(node.start, node.end, check, in_capitals=bool(re.search(_BEFORE, before)))

    def visit_part(self, part: Part, check: Check) -> None:
        """Look at the AND before a part."""
        text = text_of(check)
        start = part.start - len("AND")
        if part.start < len("AND") or text[start : part.start] != "AND":
            return
        before = re.search(_BEFORE, text[max(0, start - _REACH) : start])
        self._look(
            start,
            part.start,
            check,
            in_capitals=bool(before and re.compile(_AFTER).match(text, part.start)),
        )

    def _look(self, start: int, end: int, check: Check, *, in_capitals: bool) -> None:
        text = text_of(check)
        quoted = _is_quoted(text, start, end)
        if not quoted and not in_capitals:
            return
        word = text[start:end]
        does = "composes two prompts" if word == "AND" else "starts a new chunk"
        check.report(
            self,
            place(check, start, end),
            f'{word} in capitals {does}; the text around it reads as if "{word.lower()}" was meant',
            hint=f"write \\{word} for the word, or small letters",
            title="make it a word" if quoted else "",
            edits=[check.edit(start, start, "\\")],
        )


def _is_quoted(text: str, start: int, end: int) -> bool:
    """Whether [start, end) stands between quotation marks in its line, not far from them."""
    left = text[max(0, start - _REACH) : start].rpartition("\n")[2].translate(_QUOTES)
    right = text[end : end + _REACH].partition("\n")[0].translate(_QUOTES)
    if '"' not in left or '"' not in right:
        return False
    lines, quotes = _marks(text)
    line = lines[bisect_right(lines, start) - 1]
    return (bisect_right(quotes, start) - bisect_right(quotes, line)) % 2 == 1


@lru_cache(maxsize=4)
def _marks(text: str) -> tuple[list[int], list[int]]:
    """Return before which places of a text lines begin, and where quotation marks are."""
    signs = list(re.finditer(r'[\n"“”„]', text))
    lines = [-1, *(found.start() for found in signs if found[0] == "\n")]
    return lines, [found.start() for found in signs if found[0] != "\n"]
