"""One finding type for the parser, the dialects, translation and the linter."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from impasto.source import Span, excerpt

Severity = Literal["error", "warning", "info"]


class Edit(Struct, frozen=True):
    """Replace the text of `span` by `text`."""

    span: Span
    text: str


class Fix(Struct, frozen=True):
    """A change that mends a finding; a safe one keeps what the prompt means."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool = True


class Diagnostic(Struct, frozen=True):
    """A finding: what is wrong, where, and what to do.

    `code` and `rule` name the rule that found it. A finding that has no place in a text (a
    parameter of a request) has no span.
    """

    code: str
    rule: str
    severity: Severity
    message: str
    span: Span | None = None
    expected: tuple[str, ...] = ()
    hint: str = ""
    fix: Fix | None = None
    parameter: str = ""

    def __str__(self) -> str:
        return render(self)

    def to_json(self) -> dict[str, object]:
        """Return the finding as a JSON-ready object."""
        found: dict[str, object] = {
            "code": self.code,
            "rule": self.rule,
            "severity": self.severity,
            "message": self.message,
            "span": self.span.to_json() if self.span else None,
        }
        if self.expected:
            found["expected"] = list(self.expected)
        if self.hint:
            found["hint"] = self.hint
        if self.parameter:
            found["parameter"] = self.parameter
        if self.fix:
            found["fix"] = {
                "title": self.fix.title,
                "safe": self.fix.safe,
                "edits": [{**e.span.to_json(), "text": e.text} for e in self.fix.edits],
            }
        return found


class Loss(Struct, frozen=True):
    """One thing that a target cannot express.

    `kind` names the concept (weight, negative, schedule, escape …), `text` is what was written,
    `span` where. `instead` says what was done, `hint` what the author could do. `severity` is
    "info" where the picture should not change, "warning" where it may, "error" where it will.
    """

    kind: str
    message: str
    text: str = ""
    span: Span | None = None
    severity: Severity = "warning"
    instead: str = ""
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.span}: " if self.span else ""
        instead = f"; {self.instead}" if self.instead else ""
        hint = f"\n  hint: {self.hint}" if self.hint else ""
        return f"{place}{self.kind}: {self.message}{instead}{hint}"

    def to_json(self) -> dict[str, object]:
        """Return the loss as a JSON-ready object."""
        return {
            "kind": self.kind,
            "message": self.message,
            "text": self.text,
            "span": self.span.to_json() if self.span else None,
            "severity": self.severity,
            "instead": self.instead,
            "hint": self.hint,
        }


def render(finding: Diagnostic, *, with_code: bool = True) -> str:
    """Return the finding for people: place, message, excerpt with an underline, hint."""
    code = f"{finding.code} " if with_code and finding.code else ""
    head = f"{code}{finding.severity}: {finding.message}"
    expected = f"expected {_either(finding.expected)}" if finding.expected else ""
    lines = [f"{finding.span}: {head}" if finding.span else head]
    if finding.span:
        lines.append(excerpt(finding.span, expected))
    elif expected:
        lines.append(f"  {expected}")
    if finding.hint:
        lines.append(f"  hint: {finding.hint}")
    return "\n".join(lines)


def _either(names: tuple[str, ...]) -> str:
    """Return "a", "a or b", "a, b or c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def did_you_mean(name: str, known: tuple[str, ...] | list[str]) -> str:
    """Return 'did you mean "x"?' for the known name nearest to `name`, or an empty string."""
    from difflib import get_close_matches  # noqa: PLC0415 - only errors need it

    folded = {k.lower(): k for k in known}
    near = get_close_matches(name.lower(), folded, n=1, cutoff=0.6)
    return f'did you mean "{folded[near[0]]}"?' if near else ""
