"""Comments that switch rules off: for the next line, or for the whole file.

    # impasto: ignore[IMP101, weight-out-of-range]     the next line that is no such comment
    # impasto: ignore                                  the same, all rules
    # impasto: ignore-file                             the file; [IMP101] behind it for one rule

In a template the comment may be Jinja's, `{# impasto: ignore[IMP101] #}`; in YAML it may stand
behind a value, and then means its own line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from impasto.lint.registry import matches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.diagnostics import Diagnostic
    from impasto.source import Source

# Patterns as texts: few files have such a comment, and compiling them takes longer than a file.
_COMMENT = (
    r"^(?P<before>[^\n]*?)(?P<sign>#[ \t]|\{#-?)[ \t]*impasto:[ \t]*(?P<what>ignore(?:-file)?)"
    r"(?![\w-])(?:\[(?P<codes>[^\]\n]*)\]|(?!\[))"
)
_CODE = r"[^,\s](?:[^,]*[^,\s])?"
_ALL = ""
_WITH_YAML = (".yaml", ".yml", ".prompt", ".j2", ".jinja")


class Switch:
    """One selector of a comment at [start, end) of the file; `used` once it has hidden something.

    `line` is the line that it counts for, None for the whole file. An empty selector means all
    rules.
    """

    __slots__ = ("comment", "end", "line", "selector", "start", "used")

    def __init__(
        self, selector: str, line: int | None, start: int, end: int, comment: Comment
    ) -> None:
        self.selector = selector
        self.line = line
        self.start = start
        self.end = end
        self.comment = comment
        self.used = False


class Comment:
    """A comment at [start, end); one that stands `alone` in its line takes the line along."""

    __slots__ = ("alone", "end", "start", "switches")

    def __init__(self, start: int, end: int, *, alone: bool) -> None:
        self.start = start
        self.end = end
        self.alone = alone
        self.switches: list[Switch] = []


class Suppressions:
    """What the comments of one file switch off."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.comments: list[Comment] = []
        self._file: list[Switch] = []
        self._lines: dict[int, list[Switch]] = {}
        if "impasto:" in source.text:
            self._read()

    def _read(self) -> None:
        source = self.source
        in_line = source.name.endswith(_WITH_YAML)
        pending: list[tuple[int, re.Match[str]]] = []
        for found in re.finditer(_COMMENT, source.text, re.MULTILINE):
            line = source.position(found.start("what"))[0]
            if found["before"].strip():
                if in_line and found["what"] == "ignore":
                    self._add(found, line, alone=False)
            elif found["what"] == "ignore-file":
                self._add(found, None)
            else:
                pending.append((line, found))
        following = _targets([line for line, _ in pending])
        for line, found in pending:
            self._add(found, following[line])

    def _add(self, found: re.Match[str], line: int | None, *, alone: bool = True) -> None:
        """Take in a comment that counts for `line`."""
        start, end = _extent(found, self.source.text, alone=alone)
        comment = Comment(start, end, alone=alone)
        self.comments.append(comment)
        at = found.start("codes")
        places = (
            [(_ALL, found.start("what"), found.end("what"))]
            if at < 0
            else [
                (code[0], at + code.start(), at + code.end())
                for code in re.finditer(_CODE, found["codes"])
            ]
        )
        comment.switches = [Switch(code, line, s, e, comment) for code, s, e in places]
        where = self._file if line is None else self._lines.setdefault(line, [])
        where += comment.switches

    def hides(self, finding: Diagnostic, line: int) -> bool:
        """Whether `finding`, which is in `line`, is switched off; what does so counts as used."""
        hiding = [
            switch
            for switch in (*self._file, *self._lines.get(line, ()))
            if matches(switch.selector, finding.code, finding.rule)
        ]
        for switch in hiding:
            switch.used = True
        return bool(hiding)

    def unused(self) -> Iterator[tuple[Comment, list[Switch]]]:
        """Yield the comments with switches that have hidden nothing, and these."""
        for comment in self.comments:
            idle = [switch for switch in comment.switches if not switch.used]
            if idle or not comment.switches:
                yield comment, idle


def _targets(lines: list[int]) -> dict[int, int]:
    """Return for the lines of comments which line each counts for: the next that is none."""
    alone = set(lines)
    found: dict[int, int] = {}
    for line in sorted(alone, reverse=True):
        found[line] = found[line + 1] if line + 1 in alone else line + 1
    return found


def _extent(found: re.Match[str], text: str, *, alone: bool) -> tuple[int, int]:
    """Return where the comment begins and ends, with its line or the spaces before it."""
    end = text.find("\n", found.end())
    end = len(text) if end < 0 else end
    start = found.start("sign")
    if "{#" in found["before"]:
        return start, found.end()  # it is part of another comment
    if found["sign"].startswith("{"):
        close = text.find("#}", found.end(), end)
        if close < 0:
            return found.end("sign"), found.end()  # it goes on in the next line
        if not alone or text[close + 2 : end].strip():
            return start, close + 2
    if alone:
        return found.start(), min(end + 1, len(text))
    return start - (len(found["before"]) - len(found["before"].rstrip())), end
