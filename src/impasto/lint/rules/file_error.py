"""A file that cannot be read, or front matter that is broken."""

from __future__ import annotations

from impasto.lint.rule import Case, Rule


class FileErrors(Rule):
    """A file that cannot be read, or front matter that is broken.

    ## What it does

    Reports a path that is not there, a file that is not UTF-8 text, YAML that cannot be read, and
    front matter with a key or a value that its schema does not know, such as a default that
    is none of the choices.

    ## Why is this bad?

    What cannot be read is not checked, so a run with such a path never counts as clean.

    ## Example

    ```
    ---
    modle: flux-dev
    ---
    a fox
    ```

    ## Use instead

    ```
    ---
    model: flux-dev
    ---
    a fox
    ```
    """

    code = "IMP007"
    name = "file-error"
    severity = "error"
    VALID = (Case("---\nmodel: flux-dev\n---\na fox", suffix=".prompt"),)
    INVALID = (
        Case("---\nmodle: flux-dev\n---\na fox", "modle", suffix=".prompt"),
        Case("---\ntitle: a fox\n", "---", suffix=".prompt"),
        Case("---\nparameters: {size: large}\n---\na fox", "size", suffix=".prompt"),
        Case(
            "---\nvariables:\n  mood: {choices: [calm, wild], default: clam}\n---\n{{ mood }}",
            "clam",
            suffix=".prompt",
        ),
        Case("format: 1\nname: [\n", "", suffix=".yaml"),
    )
