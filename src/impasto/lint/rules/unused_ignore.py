"""A comment that switches off what is not found."""

from __future__ import annotations

from impasto.lint.rule import Case, Rule


class UnusedIgnore(Rule):
    """A comment that ignores what is not there.

    ## What it does

    Finds `# impasto: ignore[…]` comments, and codes in them, that hide no finding: the mistake is
    mended, or the code is misspelt. A code that needs a target is left alone in a run without
    one, and so is one whose rule is switched off.

    ## Why is this bad?

    The comment hides the next mistake of that kind, which nobody has looked at.

    ## Example

    ```
    # impasto: ignore[IMP101]
    a clock at five
    ```

    ## Use instead

    ```
    a clock at five
    ```

    ## Fix safety

    Safe: comments are no part of the prompt. The fix takes away the codes that hide nothing, or
    the whole comment.
    """

    code = "IMP890"
    name = "unused-ignore"
    VALID = (
        Case("# impasto: ignore[IMP101]\na clock (at 5:30)", suffix=".txt"),
        Case("# impasto: ignore[IMP402]\na fox", suffix=".txt"),
        Case("# impasto: ignore[IMP101, IMP890]\na fox", suffix=".txt"),
        Case("a fox # impasto: ignore[IMP101]", suffix=".txt"),
    )
    INVALID = (
        Case("# impasto: ignore[IMP101]\na fox", "IMP101", fix="a fox", suffix=".txt"),
        Case("# impasto: ignore\na fox", "ignore", fix="a fox", suffix=".txt"),
        Case(
            "# impasto: ignore[IMP101, IMP105]\n(at 5:30)",
            "IMP105",
            fix="# impasto: ignore[IMP101]\n(at 5:30)",
            suffix=".txt",
        ),
        Case(
            "# impasto: ignore-file[acidental-weight]\na fox",
            "acidental-weight",
            fix="a fox",
            suffix=".txt",
        ),
        Case("{# impasto: ignore[IMP107] #}\na fox", "IMP107", fix="a fox", suffix=".j2"),
        Case(
            "---\ntitle: x  # impasto: ignore[IMP201]\n---\na fox",
            "IMP201",
            fix="---\ntitle: x\n---\na fox",
            suffix=".prompt",
        ),
    )
