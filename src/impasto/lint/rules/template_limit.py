"""A template that runs too long, loops too often or writes too much."""

from __future__ import annotations

from impasto.lint.rule import Case, Rule


class TemplateLimits(Rule):
    """A template that runs too long, loops too often or writes too much.

    ## What it does

    Reports a template that goes past a bound of the sandbox while it is filled with sample values:
    2 seconds, 100,000 turns of loops, 1,000,000 characters.

    ## Why is this bad?

    A template from somebody else must not be able to stop a program that composes prompts, so
    composing refuses it.

    ## Example

    ```
    {% for i in range(1000) %}{% for j in range(1000) %}x{% endfor %}{% endfor %}
    ```

    ## Use instead

    ```
    {% for i in range(3) %}x {% endfor %}
    ```
    """

    code = "IMP004"
    name = "template-limit"
    severity = "error"
    VALID = (Case("{% for i in range(3) %}x {% endfor %}", suffix=".j2"),)
    INVALID = (
        Case(
            "{% for i in range(999) %}{% for j in range(999) %}x{% endfor %}{% endfor %}",
            "{% for i in range(999) %}",
            suffix=".j2",
        ),
    )
