"""Braces around one text, which choose nothing and vanish."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from impasto.lint.rule import Case, Rule
from impasto.lint.rules._text import JSON_KEY, text_of
from impasto.syntax.nodes import Choice, Text

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.syntax.nodes import Node

_NAME: Final = r"[A-Za-z_]\w*\Z"
_JSON: Final = rf"\s*{JSON_KEY}"
_TEMPLATES: Final = (".prompt", ".j2", ".jinja", ".yaml", ".yml")


class Placeholder(Rule):
    r"""Braces around one text, which choose nothing and vanish.

    ## What it does

    Reports a choice with a single option: `{prompt}`, `{subject}`, `{{ subject }}` in a file that
    is no template, `{masterpiece}`.

    ## Why is this bad?

    Braces are a choice between texts. Around one text they are dropped, so of `{prompt}` the word
    "prompt" is painted. It is the slot of other programs' styles, a variable with a brace too few, or
    NovelAI's way to say "a little stronger".

    ## Example

    ```
    an ink drawing of {subject}
    ```

    ## Use instead

    ```
    an ink drawing of {{ subject }}         in a template
    (masterpiece:1.05)                      for a weight
    \{subject\}                             for the braces themselves
    ```
    """

    code = "IMP205"
    name = "placeholder"
    VALID = (
        "{red|blue} fox",
        "{red|}",
        "{}",
        r"\{prompt\}",
        '{"subject": "a fox"}',
        "{__animals__}",
        Case("an ink drawing of {{ subject }}", suffix=".j2"),
    )
    INVALID = (
        Case("{prompt}, ink", "{prompt}"),
        Case("an ink drawing of {subject}", "{subject}", suffix=".j2"),
        Case("a {{ subject }}, ink", "{{ subject }}"),
        Case("{masterpiece, best quality}", "{masterpiece, best quality}"),
        Case(
            "format: 1\nname: p\nstyles:\n  a: {text: 'ink drawing of {prompt}'}\n",
            "{prompt}",
            suffix=".yaml",
        ),
    )

    def visit_choice(self, node: Choice, check: Check) -> None:
        """Look at a choice with one option, the outermost of nested ones."""
        if node.mark or not _is_lone(node):
            return
        if isinstance(check.parent, Choice) and _is_lone(check.parent):
            return
        if re.compile(_JSON).match(text_of(check), node.start + 1):
            return  # the rule json-prompt says it
        text = _inner_text(node)
        what = f'the braces vanish and "{text}" is painted' if text else "the braces vanish"
        check.report(
            self, node, f"there is nothing to choose: {what}", hint=_hint(text, check.source.name)
        )


def _is_lone(node: Choice) -> bool:
    """Whether there is one option, with a text or another choice in it."""
    if len(node.options) != 1:
        return False
    return any(isinstance(child, (Text, Choice)) for child in node.options[0].children)


def _inner_text(node: Choice) -> str:
    """Return the text inside a choice of one, through all its braces; "" where it is no text."""
    inner: Node = node
    while isinstance(inner, Choice) and _is_lone(inner):
        children = inner.options[0].children
        if len(children) != 1:
            return ""
        inner = children[0]
    return inner.value.strip() if isinstance(inner, Text) else ""


def _hint(text: str, name: str) -> str:
    if not name.endswith(_TEMPLATES):
        return r"write {a|b} for a choice, (…:1.05) for a weight, \{ for the brace"
    if text == "prompt":
        return "the place of the prompt is {{ prompt }}, with two braces"
    if re.match(_NAME, text):
        return f"a variable has two braces: {{{{ {text} }}}}"
    return r"write {a|b} for a choice, {{ name }} for a variable, \{ for the brace"
