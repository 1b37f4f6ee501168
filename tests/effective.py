"""Comparing what two prompts mean: runs of text and weight, without regard to how they are cut."""

from __future__ import annotations

import math


def joined(runs, *, ends=False):
    """Return runs with equal neighbours joined, and no space beside a chunk break.

    With `ends`, spaces at both ends are left out too.
    """
    found = []
    for text, weight in runs:
        fresh = "BREAK" in (text, found[-1][0] if found else "")
        if text and not fresh and found and near(found[-1][1], weight):
            found[-1] = (found[-1][0] + text, found[-1][1])
        elif text:
            found.append((text, weight))
    while (stripped := [run for run in _stripped(found, ends) if run[0]]) != found:
        found = stripped
    return found


def _stripped(runs, ends):
    for at, (text, weight) in enumerate(runs):
        after = runs[at - 1] == ("BREAK", -1.0) if at else ends
        before = runs[at + 1] == ("BREAK", -1.0) if at + 1 < len(runs) else ends
        shown = text.lstrip() if after else text
        yield (shown.rstrip() if before else shown, weight)


def near(one, other):
    return one == other or math.isclose(one, other, rel_tol=0, abs_tol=1e-4)


def alike(ours, theirs, *, ends=False):
    """Whether two lists of runs say the same."""
    one, other = joined(ours, ends=ends), joined(theirs, ends=ends)
    return [text for text, _ in one] == [text for text, _ in other] and all(
        near(a, b) for (_, a), (_, b) in zip(one, other, strict=True)
    )
