"""Entries of a baseline that are found no more."""

from __future__ import annotations

from impasto.lint.rule import Rule


class StaleBaseline(Rule):
    """A finding of the baseline that is gone.

    ## What it does

    Reports the entries of a baseline file that no finding of the checked files fits any more.

    ## Why is this bad?

    It is good: somebody mended it. But while the entry stays, the same mistake may come back
    unseen. `--write-baseline` writes the baseline anew, without it.
    """

    code = "IMP891"
    name = "stale-baseline"
    severity = "info"
