'''What a rule is: one class in one file, with its page and the cases that prove it.

    class EmptyGroup(Rule):
        """Brackets with nothing in them.

        ## What it does
        …
        """

        code = "IMP108"
        name = "empty-group"
        severity = "info"
        VALID = ("(a)",)
        INVALID = (Case("a, ()", "()", fix="a, "),)

        def visit_group(self, node: Group, check: Check) -> None:
            if not node.children:
                check.report(self, node, "empty brackets")

A method `visit_<kind>` is called for every such thing; the kinds are those of `KINDS`.
'''

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from impasto.syntax.nodes import (
    Alternate,
    Break,
    Choice,
    Comment,
    Group,
    Part,
    Reference,
    Schedule,
    Text,
    Value,
    Wildcard,
)

if TYPE_CHECKING:
    from impasto.diagnostics import Severity

NODE_KINDS: Final[dict[str, tuple[type, ...]]] = {
    "text": (Text, Value),
    "group": (Group,),
    "schedule": (Schedule,),
    "alternate": (Alternate,),
    "break": (Break,),
    "reference": (Reference,),
    "wildcard": (Wildcard,),
    "comment": (Comment,),
    "choice": (Choice,),
    "part": (Part,),
}
"""Kinds that are nodes of a prompt. The readers of other dialects give their text as `Value`."""
VIEW_KINDS: Final = (
    "template",
    "broken_template",
    "file",
    "pack",
    "composition",
    "target",
    "words",
)
"""Kinds that are more than a node; see `impasto.lint.views`."""
KINDS: Final = frozenset((*NODE_KINDS, *VIEW_KINDS))

HEADINGS: Final = ("What it does", "Why is this bad?", "Example", "Use instead", "Fix safety")
"""The headings of a rule's page; "Fix safety" only where there is a fix."""


class Case(NamedTuple):
    """A text and what a rule finds in it.

    `span` is the text that is underlined, `fix` the whole text after the fix, unsafe ones
    included. `suffix` says what the text is: "" a prompt, ".txt" one prompt a line, ".prompt",
    ".j2" or ".yaml" such a file, "words" a word list. `dialect` is what a text is written in.
    """

    text: str
    span: str = ""
    fix: str | None = None
    target: str = ""
    suffix: str = ""
    dialect: str = "impasto"


class Rule:
    """Base of all rules. The docstring is the rule's page, `VALID` and `INVALID` its proof.

    `changes_weights` says that the fix gives other effective weights; it is checked that no
    other rule's fix does. A rule with `in_samples` off is not asked about a template that was
    filled with sample values, only about the template's own text. Only rules with `in_dialects`
    are asked about texts in other dialects than ours; those that see nothing but what a target
    hears are, unless they say no. A rule with `opt_in` is off unless it is selected.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity] = "warning"
    changes_weights: ClassVar[bool] = False
    in_samples: ClassVar[bool] = True
    in_dialects: ClassVar[bool] = False
    opt_in: ClassVar[bool] = False
    VALID: ClassVar[tuple[str | Case, ...]] = ()
    INVALID: ClassVar[tuple[Case, ...]] = ()
    kinds: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        handled = [name[6:] for name in dir(cls) if name.startswith("visit_")]
        unknown = [kind for kind in handled if kind not in KINDS]
        if unknown:
            raise TypeError(
                f"{cls.__name__} handles {unknown[0]!r}, and there is no such kind; "
                f"kinds are {', '.join(sorted(KINDS))}"
            )
        cls.kinds = tuple(sorted(handled))
        if "in_dialects" not in vars(cls):
            cls.in_dialects = cls.kinds == ("target",)

    @classmethod
    def is_fixable(cls) -> bool:
        """Whether a case shows a fix."""
        return any(case.fix is not None for case in cls.INVALID)

    @classmethod
    def summary(cls) -> str:
        """Return the first line of the page."""
        return _text(cls).partition("\n")[0]

    @classmethod
    def page(cls) -> str:
        """Return the rule's page as Markdown."""
        text = _text(cls)
        fixable = "fixable with `--fix`" if cls.is_fixable() else "no automatic fix"
        summary, _, rest = text.partition("\n")
        opted = " Off unless it is selected." if cls.opt_in else ""
        facts = f"Severity: {cls.severity}, {fixable}.{opted}"
        return f"# {cls.code} {cls.name}\n\n{summary}\n\n{facts}\n{rest}\n"


def _text(rule: type[Rule]) -> str:
    """Return the docstring without its indent."""
    from inspect import cleandoc  # noqa: PLC0415 - linting needs no page

    return cleandoc(rule.__doc__ or "")
