"""A wildcard whose word list is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.lint.rule import Case, Rule

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Wildcard


class UnknownWildcard(Rule):
    r"""A wildcard whose word list is not there.

    ## What it does

    Looks up every `__name__` in the word lists of the project: its folder `wildcards`, or those
    that the settings name. Where a project has no word lists at all, it is a note.

    ## Why is this bad?

    Composing fails. Elsewhere it is worse: most programs leave the name in the prompt, and it is
    painted ([adaptiveprompts#24](https://github.com/Alectriciti/comfyui-adaptiveprompts/issues/24)).

    ## Example

    ```
    a portrait of __animls__
    ```

    ## Use instead

    ```
    a portrait of __animals__
    a portrait of \__animals\__         for the underscores themselves
    ```
    """

    code = "IMP811"
    name = "unknown-wildcard"
    severity = "error"
    VALID = ("a portrait of an animal", r"\__animals\__")
    INVALID = (Case("a portrait of __animls__", "__animls__"),)

    def visit_wildcard(self, node: Wildcard, check: Check) -> None:
        """Look up a wildcard."""
        from impasto.errors import SourceError, UnknownNameError  # noqa: PLC0415

        lists = check.linter.lists
        try:
            lists.find(node.name)
        except UnknownNameError as error:
            known = bool(lists.names)
            check.report(
                self,
                node,
                f'no word list is called "{node.name}"',
                hint=error.hint if known else "put it into a folder wildcards beside the project",
                severity="error" if known else "info",
            )
        except SourceError:  # a list that cannot be read is a finding about that list
            return
