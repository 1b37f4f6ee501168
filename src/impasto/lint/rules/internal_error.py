"""A rule or a reader that failed."""

from __future__ import annotations

from impasto.lint.rule import Rule


class InternalErrors(Rule):
    """A rule that failed: the file could not be checked, or not wholly.

    ## What it does

    Reports that a rule, or the linter itself, broke down over a file. The other rules are asked
    all the same. It is no mistake of yours; `IMPASTO_DEBUG=1` shows the whole trace.

    ## Why is this bad?

    What a rule could not look at is not checked, so such a run never counts as clean: it exits
    with 2.
    """

    code = "IMP008"
    name = "internal-error"
    severity = "error"
