"""An error of a plug-in that has no rule of its own."""

from __future__ import annotations

from impasto.lint.rule import Rule


class PluginErrors(Rule):
    """An error of a plug-in that has no rule of its own.

    ## What it does

    Reports an error with a place in a text that no room of impasto raised: a dialect or a format
    of somebody else's did, without saying which rule it broke.

    ## Why is this bad?

    The text could not be read. The message says why, as far as the plug-in knows.
    """

    code = "IMP000"
    name = "error"
    severity = "error"
