"""A weight in the syntax of another program, which is text here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._text import place, text_of

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Group, Text

_BEHIND_GROUP: Final = r"(?:([0-9]*\.[0-9]+)|\+{1,9}|-{2,9})(?=[\s,;.)\]]|\Z)"
_FIRST: Final = frozenset("0123456789.+-")
_SIGNS: Final = r"(?<![\w+#-])([a-z]{4,})(\+{2,9}(?=[,)\]\s]|\Z)|-{2,9}(?=[,)\]]))"
_NOVELAI: Final = r"(?<![\w:.])-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)::(?=\s*[^\s:0-9])"
_MIDJOURNEY: Final = r"(?<=[A-Za-z)])[ ]?::-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?=[\s,]|\Z)"
_NAMES: Final = frozenset(("notepad", "libstdc"))


class BorrowedWeight(Rule):
    """A weight in the syntax of another program, which is text here.

    ## What it does

    Reports the weights of compel, `(a fox)1.2`, `(a fox)++`, `detailed++`; of NovelAI,
    `1.2::a fox::`; and of Midjourney, `a fox::2`.

    ## Why is this bad?

    The signs and numbers are text here: the encoder reads them, and nothing is stronger or weaker.
    `(a fox)1.2` weighs the fox with 1.1 besides, for round brackets alone do that.

    ## Example

    ```
    (a fox)1.2 in the snow
    ```

    ## Use instead

    ```
    (a fox:1.2) in the snow
    ```

    A prompt that was written for another program can stay as it is: say which one with
    `--dialect compel`.

    ## Fix safety

    Behind brackets the fix writes the weight as it was meant, so **it takes effect**, which it did
    not before.
    """

    code = "IMP116"
    name = "borrowed-weight"
    changes_weights = True
    VALID = (
        "(a fox:1.2)",
        "(a fox) 1.2",
        "(MDF)-based",
        "C++ and notepad++",
        "fe80::1, a :: b",
        "at 16:9",
        "{2::a|1::b}",
        "wait-- what",
        "a+, b++ c",
    )
    INVALID = (
        Case("(a fox)1.2 in snow", "(a fox)1.2", fix="(a fox:1.2) in snow"),
        Case("(photo)+++. grey", "(photo)+++", fix="(photo:1.331). grey"),
        Case("(people)--, street", "(people)--", fix="(people:0.81), street"),
        Case("a fox, detailed++", "detailed++"),
        Case("1.2::a fox::, snow", "1.2::"),
        Case("hot fox::2 snow", "::2"),
    )

    def visit_group(self, node: Group, check: Check) -> None:
        """Look at what stands behind round brackets."""
        if node.kind != "round" or node.mark:
            return
        if text_of(check)[node.end : node.end + 1] not in _FIRST:
            return
        found = re.compile(_BEHIND_GROUP).match(text_of(check), node.end)
        if not found:
            return
        from impasto.syntax.runs import number  # noqa: PLC0415 - only findings need it

        meant = found[1] or number((1.1 if found[0][0] == "+" else 0.9) ** len(found[0]))
        check.report(
            self,
            place(check, node.start, found.end()),
            f'"{found[0]}" is a weight in compel; here it is text behind a weight of 1.1',
            hint=f"write (…:{meant}), or lint with --dialect compel",
            title="write the weight in the brackets",
            edits=[check.edit(node.end - 1, found.end(), f":{meant})")],
        )

    def visit_text(self, node: Text, check: Check) -> None:
        """Look for weights without brackets."""
        text = node.value
        if "++" in text or "--" in text:
            for found in re.finditer(_SIGNS, text):
                if found[1] not in _NAMES:
                    self._report(found, found[0], "compel", node, check)
        if "::" in text:
            for found in re.finditer(_NOVELAI, text):
                self._report(found, found[0], "novelai-4", node, check)
            for found in re.finditer(_MIDJOURNEY, text):
                self._report(found, found[0].strip(), "midjourney-6", node, check)

    def _report(
        self, found: re.Match[str], sign: str, dialect: str, node: Text, check: Check
    ) -> None:
        end = node.start + found.end()
        program = {"compel": "compel", "novelai-4": "NovelAI", "midjourney-6": "Midjourney"}[
            dialect
        ]
        check.report(
            self,
            place(check, end - len(sign), end),
            f'"{sign}" is a weight in {program}; here it is text',
            hint=f"write (…:1.2), or lint with --dialect {dialect}",
        )
