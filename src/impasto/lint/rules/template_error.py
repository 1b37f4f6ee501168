"""A template that Jinja does not accept, or that fails while it runs."""

from __future__ import annotations

from impasto.lint.rule import Case, Rule


class TemplateErrors(Rule):
    """A template that Jinja does not accept, or that fails while it runs.

    ## What it does

    Reports what Jinja says of a template, with the line: a tag that is never closed, a filter that
    does not exist, an expression that fails for values that its variables accept.

    ## Why is this bad?

    Nothing can be composed from the template.

    ## Example

    ```
    {% if night %}moonlight
    ```

    ## Use instead

    ```
    {% if night %}moonlight{% endif %}
    ```
    """

    code = "IMP002"
    name = "template-error"
    severity = "error"
    VALID = (Case("{% if night %}moonlight{% endif %}", suffix=".j2"),)
    INVALID = (
        Case("{% if night %}moonlight", "{% if night %}", suffix=".j2"),
        Case("a {{ hero | uper }}", "uper", suffix=".j2"),
    )
