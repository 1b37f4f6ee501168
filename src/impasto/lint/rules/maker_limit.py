"""A value that the backend documents and the model's maker refuses or ignores."""

from __future__ import annotations

from impasto.lint.rule import Case, Rule


class MakerLimit(Rule):
    """A value that the backend documents and the model's maker refuses or ignores.

    ## What it does

    For a backend with a guide of its own, `--for flux-1.1-pro@gateway`: reports what the guide
    promises and the maker's own interface does not have.

    ## Why is this bad?

    It is sent as the guide says; whether it has any effect is the gateway's secret.

    ## Example

    ```
    parameters: {guidance_scale: 7.5}          (for flux-1.1-pro@gateway)
    ```

    ## Use instead

    ```
    parameters: {}
    ```
    """

    code = "IMP409"
    name = "maker-limit"
    severity = "warning"
    VALID = (
        Case("---\nparameters: {seed: 7}\n---\na fox", target="flux-dev@gateway", suffix=".prompt"),
    )
    INVALID = (
        Case(
            "---\nparameters: {guidance_scale: 7.5}\n---\na fox",
            "guidance_scale",
            target="flux-1.1-pro@gateway",
            suffix=".prompt",
        ),
    )
