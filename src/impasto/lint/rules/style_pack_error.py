"""A style pack that breaks its schema, or a style that cannot be composed."""

from __future__ import annotations

from impasto.lint.rule import Case, Rule


class StylePackErrors(Rule):
    """A style pack that breaks its schema, or a style that cannot be composed.

    ## What it does

    Reports unknown and missing keys, values of the wrong type, styles that extend each other in a
    circle or extend what is not there, a second slot for the prompt, a pack whose name is not that
    of its file.

    ## Why is this bad?

    The pack, or the style, cannot be used.

    ## Example

    ```
    format: 1
    name: noir
    styles:
      film:
        txt: "{{ prompt }}, film noir"
    ```

    ## Use instead

    ```
    format: 1
    name: noir
    styles:
      film:
        text: "{{ prompt }}, film noir"
    ```
    """

    code = "IMP006"
    name = "style-pack-error"
    severity = "error"
    VALID = (
        Case("format: 1\nname: noir\nstyles:\n  film:\n    text: film noir\n", suffix=".yaml"),
    )
    INVALID = (
        Case(
            "format: 1\nname: noir\nstyles:\n  film:\n    txt: film noir\n", "txt", suffix=".yaml"
        ),
        Case(
            "format: 1\nname: noir\nstyles:\n  a: {extends: b}\n  b: {text: x, extends: c}\n"
            "  c: {text: y, extends: d}\n  d: {text: '{{ prompt }} {{ prompt }}'}\n",
            "{{ prompt }}",
            suffix=".yaml",
        ),
    )
