"""Two styles that set one parameter to different values."""

from __future__ import annotations

from typing import ClassVar

from impasto.diagnostics import Severity
from impasto.lint.rule import Case, Rule


class ParameterOverride(Rule):
    """Two styles that set one parameter to different values.

    ## What it does

    Says that a later style replaces a parameter of an earlier one.

    ## Why is this bad?

    It is how styles meet, and not bad in itself; a style that was tuned for its own number of steps
    or ratio may look different with another one.

    ## Example

    ```
    format: 1
    name: p
    styles:
      base: {text: a, parameters: {num_inference_steps: 20}}
      fine: {text: b, extends: base, parameters: {num_inference_steps: 40}}
    ```

    ## Use instead

    Give the parameter in one place: in the base, or in the front matter of the prompt.
    """

    code = "IMP303"
    name = "parameter-override"
    severity: ClassVar[Severity] = "info"
    VALID = (
        Case(
            "format: 1\nname: p\nstyles:\n  a: {text: x, parameters: {seed: 1}}\n"
            "  b: {extends: a, parameters: {seed: 1}}\n",
            suffix=".yaml",
        ),
    )
    INVALID = (
        Case(
            "format: 1\nname: p\nstyles:\n  a: {text: x, parameters: {seed: 1}}\n"
            "  b: {extends: a, parameters: {seed: 2}}\n",
            "seed",
            suffix=".yaml",
        ),
    )
