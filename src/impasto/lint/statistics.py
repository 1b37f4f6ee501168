"""How many findings each rule has: what --statistics shows."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from impasto.lint.report import Run


def write(run: Run) -> str:
    """Return one line for each rule, the most frequent first, and a line with the totals."""
    counts = Counter((found.code, found.rule, found.severity) for found in run.findings)
    fixes = Counter(found.code for found in run.findings if found.fix)
    width = len(str(max(counts.values(), default=0)))
    longest = max((len(rule) for _, rule, _ in counts), default=0)
    lines = []
    for (code, rule, severity), count in sorted(counts.items(), key=lambda c: (-c[1], c[0])):
        fixable = f"  {fixes[code]} fixable" if fixes[code] else ""
        lines.append(
            f"{count:>{width}}  {code}  {rule:<{longest}}  {severity:<7}{fixable}".rstrip()
        )
    fixed = f", {run.fixed} fixed" if run.fixed else ""
    failed = f", {len(run.failed)} could not be checked" if run.failed else ""
    total = len(run.findings)
    files = f"{run.files} file{'' if run.files == 1 else 's'}"
    lines.append(f"{total} finding{'' if total == 1 else 's'} in {files}{fixed}{failed}")
    return "\n".join(lines) + "\n"
