"""The rules of the checks against a model card, with their codes."""

from __future__ import annotations

from impasto.diagnostics import Diagnostic, Severity

CODES = {
    "model-retired": "IMP401",  # the maker has switched the model off, or will
    "parameter-unsupported": "IMP402",  # the model has no such parameter; left out
    "parameter-range": "IMP403",  # a value that the model refuses
    "size-invalid": "IMP404",  # a size or ratio that the model refuses
    "seed-ineffective": "IMP405",  # a seed that does not repeat the image
    "prompt-too-long": "IMP406",  # more characters than the model takes
    "negative-unsupported": "IMP407",  # a negative prompt that the model does not have
    "parameter-unknown": "IMP408",  # a name that means nothing to any model
    "maker-limit": "IMP409",  # documented by the backend, refused or ignored by the maker
    "parameter-unusual": "IMP410",  # allowed, and outside of what works well
    "parameter-type": "IMP411",  # a text where a number belongs, and the like
    "size-changed": "IMP412",  # pixels became a ratio, or a ratio the nearest size
    "parameter-conflict": "IMP413",  # two parameters that say different things
}
"""Rule names with their codes."""


def finding(
    rule: str,
    severity: Severity,
    parameter: str,
    message: str,
    hint: str = "",
    nearest: object = "",
) -> Diagnostic:
    """Return what `rule` found about `parameter`; `nearest` is the valid value next to it."""
    expected = (str(nearest),) if nearest != "" else ()
    return Diagnostic(
        CODES[rule], rule, severity, message, None, expected, hint, parameter=parameter
    )
