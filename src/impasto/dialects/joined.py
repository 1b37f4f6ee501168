"""Settled runs as texts: for the writers of one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.syntax.runs import COMMA, TEXT, Run, merged

if TYPE_CHECKING:
    from collections.abc import Iterable


_NEAR = 5e-7
"""Half of the last decimal that is written."""


def joined(runs: Iterable[Run]) -> list[Run]:
    """Return runs with commas as text, no space before one and none at either end.

    A weight that would be written as 1 is exactly 1, so that its text joins its neighbours. Runs
    of other kinds stay as they are.
    """
    found: list[Run] = []
    waiting: Run | None = None
    for run in runs:
        if run.kind == COMMA:
            _strip_end(found)
            waiting = run if found else None
        elif run.kind != TEXT:
            found.append(run)
        elif waiting is None:
            found.append(_exact(run, run.text))
        elif run.text.strip():
            found += [_exact(waiting, waiting.text), _exact(run, run.text.lstrip())]
            waiting = None
    return merged(found)


def _strip_end(runs: list[Run]) -> None:
    """Take the spaces off the end of the texts."""
    while runs and runs[-1].kind == TEXT:
        run = runs.pop()
        text = run.text.rstrip()
        if text:
            runs.append(_exact(run, text))
            return


def _exact(run: Run, text: str) -> Run:
    weight = 1.0 if abs(run.weight - 1) < _NEAR else run.weight
    if run.kind == TEXT and weight == run.weight and text is run.text:
        return run
    return Run(TEXT, text, weight, run.span)
