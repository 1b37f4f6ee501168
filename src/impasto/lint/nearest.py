"""The fix of a value that the model refuses: the nearest one that it takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from impasto.diagnostics import Diagnostic, Edit, Fix

if TYPE_CHECKING:
    from impasto.source import Span

_VALUE: Final = re.compile(r"[ \t]*:[ \t]+(['\"]?)([\w.+:*×-]+)\1(?=[ \t]*(?:[,}\n]|[ \t]#|\Z))")
"""A YAML scalar behind its key, in the same line."""
_SIZE: Final = re.compile(r"[0-9]+([x*×])[0-9]+\Z", re.IGNORECASE)
_NEAREST: Final = ("parameter-range", "size-invalid")


def with_nearest(finding: Diagnostic) -> Diagnostic:
    """Return a finding about the request with its fix, if there is one."""
    fix = _nearest_fix(finding, finding.span) if finding.expected and finding.span else None
    if fix is None:
        return finding
    return Diagnostic(
        finding.code,
        finding.rule,
        finding.severity,
        finding.message,
        finding.span,
        finding.expected,
        finding.hint,
        fix,
        finding.parameter,
    )


def _nearest_fix(finding: Diagnostic, key: Span) -> Fix | None:
    """Return the fix that writes the nearest valid value where `key` gives another one.

    A size has a fix where it is one value, such as 1000x1000.
    """
    if finding.rule not in _NEAREST or len(finding.expected) != 1:
        return None
    found = _VALUE.match(key.source.text, key.end)
    if not found:
        return None
    near, size = finding.expected[0], _SIZE.match(found[2])
    if finding.rule == "size-invalid":
        if not size:
            return None
        near = near.replace("x", size[1])
    edit = Edit(key.source.span(found.start(2), found.end(2)), near)
    return Fix(f"write {near}", (edit,))
