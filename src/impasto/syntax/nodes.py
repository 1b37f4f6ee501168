"""The syntax tree of a prompt.

Nodes are immutable and keep what was written, so printing a tree gives the source back. Every
node knows its half-open span [start, end) in the source; a node that was made by code has the
span (-1, -1). Texts hold their escapes; `literal()` of `syntax.escapes` takes them off.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from msgspec import Struct

UP = 1.1
"""The weight of `(x)`; `[x]` is its inverse. Source: A1111's and ComfyUI's own default."""

_LAST_STEP = 1_000_000_000
"""Beyond any schedule: steps are clamped to it, for a number may have any length."""

_ARGUMENT = re.compile(r":((?:[^:\\]|\\[\s\S])*)")

GroupKind = Literal["round", "square"]


class _Branch(Struct, frozen=True, gc=False):
    """A node that holds others: hashed, compared and shown without recursion, whatever its depth."""

    def __hash__(self) -> int:
        return hash((type(self), self.start, self.end))  # type: ignore[attr-defined]

    def __eq__(self, other: object) -> bool:
        work: list[tuple[object, object]] = [(self, other)]
        while work:
            one, two = work.pop()
            if type(one) is not type(two):
                return False
            if isinstance(one, _Branch):
                one, two = _fields(one), _fields(two)
            if isinstance(one, tuple) and isinstance(two, tuple):
                if len(one) != len(two):
                    return False
                work += zip(one, two, strict=True)
            elif one != two:
                return False
        return True

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __repr__(self) -> str:
        pieces: list[str] = []
        work: list[object] = [self]
        while work:
            item = work.pop()
            if isinstance(item, _Branch):
                named = zip(item.__struct_fields__, _fields(item), strict=True)
                work.append(_Shown(")"))
                for at, (name, value) in enumerate(reversed(list(named))):
                    work += [_Shown(", ")] * (at > 0) + [value, _Shown(f"{name}=")]
                pieces.append(f"{type(item).__name__}(")
            elif isinstance(item, tuple):
                work.append(_Shown(",)" if len(item) == 1 else ")"))
                for at, value in enumerate(reversed(item)):
                    work += [_Shown(", ")] * (at > 0) + [value]
                pieces.append("(")
            else:
                pieces.append(item if isinstance(item, _Shown) else repr(item))
        return "".join(pieces)


class _Shown(str):
    """A piece of what `repr` shows that is ready."""

    __slots__ = ()


def _fields(node: object) -> tuple[object, ...]:
    return tuple([getattr(node, name) for name in node.__struct_fields__])  # type: ignore[attr-defined]


class Text(Struct, frozen=True, gc=False):
    """A run of text as written, escapes included."""

    value: str
    start: int = -1
    end: int = -1


class Value(Struct, frozen=True, gc=False):
    """Text that a template inserted: data, never syntax. It has no escapes."""

    value: str
    start: int = -1
    end: int = -1


class Group(_Branch, frozen=True, gc=False):
    """`(…)` or `[…]`. `mark` is the weight as written (":1.2"), empty where none was."""

    kind: GroupKind
    children: tuple[Node, ...]
    mark: str = ""
    start: int = -1
    end: int = -1

    @property
    def weight(self) -> float:
        """The factor on the influence of the children."""
        if self.mark:
            return float(self.mark[1:])
        return UP if self.kind == "round" else 1 / UP


class Schedule(_Branch, frozen=True, gc=False):
    """`[before:after:when]`; `mark` is `when` as written (":0.5")."""

    before: tuple[Node, ...]
    after: tuple[Node, ...]
    mark: str
    start: int = -1
    end: int = -1

    def until(self, steps: int) -> int:
        """Return the last of `steps` steps that shows `before`; 0 where none does.

        A number with a dot is a fraction of the steps, one without is a step, as in A1111.
        """
        when = float(self.mark[1:])
        last = when * steps if "." in self.mark else when
        return int(min(max(last, -_LAST_STEP), _LAST_STEP))


class Alternate(_Branch, frozen=True, gc=False):
    """`[a|b|c]`: one field a step, in turn."""

    fields: tuple[tuple[Node, ...], ...]
    start: int = -1
    end: int = -1


class Break(Struct, frozen=True, gc=False):
    """The word BREAK: a new chunk of the text encoder."""

    start: int = -1
    end: int = -1


class Reference(Struct, frozen=True, gc=False):
    """`<lora:name:0.8>` as written: something that the prompt asks the model to load."""

    value: str
    start: int = -1
    end: int = -1

    @property
    def kind(self) -> str:
        """What is loaded: lora, lyco, hypernet or embedding."""
        return self.value[1 : self.value.index(":")]

    @property
    def arguments(self) -> tuple[str, ...]:
        """The name and the numbers behind it, as written; an escaped colon separates nothing."""
        return tuple(_ARGUMENT.findall(self.value[1:-1], len(self.kind)))


class Wildcard(Struct, frozen=True, gc=False):
    """`__animals/cat*__`: a choice from a word list.

    `sampler` and `parameters` ("(size=big)") are what dynamicprompts writes inside it besides.
    """

    value: str
    start: int = -1
    end: int = -1
    sampler: str = ""
    parameters: str = ""

    @property
    def name(self) -> str:
        """The name or glob between the underscores."""
        return self.value[2:-2]


class Comment(Struct, frozen=True, gc=False):
    """A comment with its whole line."""

    value: str
    start: int = -1
    end: int = -1


class Option(_Branch, frozen=True, gc=False):
    """One option of a choice; `mark` is its odds as written ("2::")."""

    children: tuple[Node, ...]
    mark: str = ""
    start: int = -1
    end: int = -1

    @property
    def odds(self) -> float:
        """How often it is drawn, relative to the others."""
        return float(self.mark[:-2]) if self.mark else 1.0


class Choice(_Branch, frozen=True, gc=False):
    """`{a|b}`; `mark` is the count and the separator as written ("2$$ and $$").

    `sampler` is the sign by which dynamicprompts says how to go through the options: "~" at
    random, "@" in turn, "!" every one. It says nothing about what the options are.
    """

    options: tuple[Option, ...]
    mark: str = ""
    start: int = -1
    end: int = -1
    sampler: str = ""


class Variable(_Branch, frozen=True, gc=False):
    """`${name=value}`, `${name:default}` or `${name}` of dynamicprompts.

    `mark` is the sign behind the name: "=", "?=", "=!" or "?=!" sets the variable to the
    children and gives no text; ":" and "" stand for its value, the children are the default.
    """

    name: str
    children: tuple[Node, ...] = ()
    mark: str = ""
    start: int = -1
    end: int = -1

    @property
    def is_definition(self) -> bool:
        """Whether the variable is set here, not used."""
        return "=" in self.mark

    @property
    def is_immediate(self) -> bool:
        """Whether the value is drawn once for all uses, not anew for each."""
        return self.mark.endswith("!")


class Wrap(_Branch, frozen=True, gc=False):
    """`%{before ... after $$ inner}` of dynamicprompts: `inner` in the place of the dots.

    Where the wrapper has no dots, `inner` stands behind it.
    """

    wrapper: tuple[Node, ...]
    inner: tuple[Node, ...]
    start: int = -1
    end: int = -1


Node: TypeAlias = (
    Text
    | Value
    | Group
    | Schedule
    | Alternate
    | Break
    | Reference
    | Wildcard
    | Comment
    | Choice
    | Variable
    | Wrap
)


class Part(_Branch, frozen=True, gc=False):
    """One of the prompts that AND composes; `mark` is its weight as written (":0.7 ")."""

    children: tuple[Node, ...]
    mark: str = ""
    start: int = -1
    end: int = -1

    @property
    def weight(self) -> float:
        """The factor on the whole part."""
        return float(self.mark[1:]) if self.mark else 1.0
