r"""stable-diffusion.cpp: reading in `sdcpp_reader`, writing here.

Only `\(` can be escaped. So outside groups `)` and `]` stand as they are; a `)` in a group and a
`[` anywhere are left out, unless a backslash before them makes them text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from impasto.dialects.sdcpp import reader as sdcpp_reader
from impasto.dialects.strict import Strict

if TYPE_CHECKING:
    from impasto.diagnostics import Loss
    from impasto.dialects.a1111.emphasis import ReadError, Run
    from impasto.syntax.runs import Run as Written

_SIGN = re.compile(r"(?<!\\)(\\*+)([()\[])|(:[+-]?[.0-9]++)(?=\))")
_LOOSE_END = re.compile(r"(?<!\\)(?:\\\\)*+\\\Z")


class Sdcpp(Strict):
    """stable-diffusion.cpp."""

    name = "sdcpp"
    title = "stable-diffusion.cpp"
    program: ClassVar[str] = "stable-diffusion.cpp"
    chunk: ClassVar[str] = " BREAK "
    keyword: ClassVar[re.Pattern[str]] = re.compile(sdcpp_reader.BREAK)
    tags: ClassVar[str] = (
        "only the command sd loads what a tag names; its server reads the tag as text"
    )

    def scan(self, text: str, problems: list[ReadError]) -> list[Run]:
        """Return the runs of a text, weights with the nine digits of a 32-bit float."""
        runs = sdcpp_reader.runs_of(text, problems)
        return [run._replace(weight=float(f"{run.weight:.9g}")) for run in runs]

    def text_run(self, text: str, run: Written, *, last: bool, losses: list[Loss]) -> str:
        """Return a text with its weight, what cannot stand in it left out or set apart."""
        grouped = run.weight != 1
        written = _written(text, grouped=grouped)
        if not grouped and not last and _LOOSE_END.search(written):
            written += " "
        if written.replace("\\(", "(") != text:
            losses.append(
                self.unsafe(
                    run,
                    r"has no escape for brackets but \(",
                    "brackets were left out or set apart by a space",
                    "leave out square brackets, and round ones in weighted text",
                )
            )
        return self.weighed(written, run, losses, bare=not grouped)


def _written(text: str, *, grouped: bool) -> str:
    def sign(found: re.Match[str]) -> str:
        if found[3]:
            return found[0] if grouped else found[0] + " "
        slashes, bracket = found[1], found[2]
        odd = len(slashes) % 2 == 1
        if bracket == "(":
            return slashes + (" \\(" if odd else "\\(")
        if odd or (bracket == ")" and not grouped):
            return found[0]
        return slashes

    return _SIGN.sub(sign, text)
