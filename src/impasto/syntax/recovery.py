"""Recovery: what the strict parser refuses becomes text, and is said well."""

from __future__ import annotations

from impasto.errors import PromptSyntaxError
from impasto.source import Source
from impasto.syntax.machine import MESSAGES, Machine, Problem, holds_choice, scanner
from impasto.syntax.prompt import Prompt

_CLOSER = {"(": ")", "[": "]", "{": "}"}
_OPENER = {closer: opener for opener, closer in _CLOSER.items()}


def recovered_prompt(text: str, name: str, origin: Source | None, *, strict: bool) -> Prompt:
    """Parse any text; with `strict`, raise its first problem."""
    problems = _unmatched(text)
    as_text = frozenset(p.start for p in problems)
    parts = Machine(text, as_text, problems).run()
    source = origin or Source(text, name)
    if strict and problems:
        raise _error(min(problems), source)
    found = tuple(_error(problem, source).diagnostic for problem in sorted(problems))
    return Prompt(parts, text, name, diagnostics=found, origin=origin)


def _error(problem: Problem, source: Source) -> PromptSyntaxError:
    start, end, message, expected, hint = problem
    return PromptSyntaxError(message, source.span(start, end), expected=expected, hint=hint)


def _unmatched(text: str) -> list[Problem]:
    """Return a problem for every bracket without a partner, and for misplaced references.

    A closer that matches a deeper opener leaves the openers between without one.
    """
    problems: list[Problem] = []
    opened: list[tuple[str, int]] = []
    open_kinds = dict.fromkeys(_CLOSER, 0)
    pos = 0
    for groups in scanner()(text):
        sign, token = groups[-1], "".join(groups)
        pos += len(token) + 2 * bool(groups[3] or groups[5])
        at = pos - len(sign)
        if groups[-2] and holds_choice(groups[-2]):
            problems.append(Problem(pos - len(groups[-2]), pos, *MESSAGES["REF"]))
        if sign in _CLOSER:
            opened.append((sign, at))
            open_kinds[sign] += 1
        elif sign in _OPENER:
            opener = _OPENER[sign]
            if not open_kinds[opener]:
                problems.append(_never_opened(sign, at))
                continue
            while True:
                last, where = opened.pop()
                open_kinds[last] -= 1
                if last == opener:
                    break
                problems.append(_never_closed(last, where))
    return problems + [_never_closed(sign, at) for sign, at in opened]


def _never_closed(sign: str, at: int) -> Problem:
    closer = _CLOSER[sign]
    hint = f"add '{closer}', or write \\{sign} for the character itself"
    return Problem(at, at + 1, f"'{sign}' is never closed", (f"'{closer}'",), hint)


def _never_opened(sign: str, at: int) -> Problem:
    hint = f"write \\{sign} for the character itself"
    return Problem(at, at + 1, f"'{sign}' was never opened", (), hint)
