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
    from impasto.diagnostics import Diagnostic
    from impasto.source import Source

_COMMENT = re.compile(
    r"^(?P<before>[^\n]*?)(?:#[ \t]|\{#-?)[ \t]*impasto:[ \t]*(?P<what>ignore(?:-file)?)"
    r"(?![\w-])(?:\[(?P<codes>[^\]\n]*)\])?",
    re.MULTILINE,
)
_ALL = ("",)
_WITH_YAML = (".yaml", ".yml", ".prompt", ".j2", ".jinja")


class Suppressions:
    """What the comments of one file switch off."""

    def __init__(self, source: Source) -> None:
        self.file: tuple[str, ...] = ()
        self.lines: dict[int, tuple[str, ...]] = {}
        if "impasto:" not in source.text:
            return
        in_line = source.name.endswith(_WITH_YAML)
        pending: list[tuple[int, tuple[str, ...]]] = []
        for found in _COMMENT.finditer(source.text):
            line = source.position(found.start("what"))[0]
            codes = _codes(found["codes"])
            if found["before"].strip():
                if in_line and found["what"] == "ignore":
                    self._off(line, codes)
            elif found["what"] == "ignore-file":
                self.file += codes
            else:
                pending.append((line, codes))
        alone = {line for line, _ in pending}
        for line, codes in reversed(pending):
            target = line + 1
            while target in alone:
                target += 1
            self._off(target, codes)

    def _off(self, line: int, codes: tuple[str, ...]) -> None:
        self.lines[line] = (*self.lines.get(line, ()), *codes)

    def hides(self, finding: Diagnostic, line: int) -> bool:
        """Whether `finding`, which is in `line`, is switched off."""
        return any(
            matches(selector, finding.code, finding.rule)
            for selector in (*self.file, *self.lines.get(line, ()))
        )


def _codes(written: str | None) -> tuple[str, ...]:
    if written is None:
        return _ALL
    return tuple(code.strip() for code in written.split(",") if code.strip())
