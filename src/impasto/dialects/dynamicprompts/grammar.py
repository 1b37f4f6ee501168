"""The syntax of dynamicprompts: text to a tree of texts, choices, wildcards, variables, wrappers.

One pass without backtracking over brackets; open brackets wait on a stack, so depth is no danger.
Found by experiment with dynamicprompts 0.31.0. Where that gives a text up, so does this: the
first place that cannot be read makes the whole text unreadable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn

from impasto.dialects.dynamicprompts.names import Values, named
from impasto.dialects.dynamicprompts.terminals import (
    COUNT,
    INSIDE,
    KEY,
    NAME,
    ODDS,
    PARAMETER,
    PLAIN_WILDCARD,
    SAMPLER,
    SEPARATOR,
    SIGN,
    TOP,
    VARIABLE,
    Scanner,
    UnreadableError,
    count,
    with_tabs_filled,
)
from impasto.syntax.nodes import Choice, Node, Option, Value, Variable, Wildcard, Wrap

if TYPE_CHECKING:
    import re
    from collections.abc import Callable


class Found(NamedTuple):
    """The tree of a text, where comments were left out of it, and what variables are set to."""

    nodes: tuple[Node, ...]
    comments: tuple[tuple[int, int], ...]
    values: Values


class _Frame:
    """A bracket that is being read: what is in it so far."""

    __slots__ = (
        *("begin", "literal", "mark", "name", "nodes", "odds", "options", "sampler", "start"),
        "what",
    )

    def __init__(self, what: str, start: int, literal: re.Pattern[str] = INSIDE) -> None:
        self.what = what
        self.start = self.begin = start
        self.literal = literal
        self.nodes: list[Node] = []
        self.options: list[Option] = []
        self.mark = self.odds = self.sampler = self.name = ""


def parse(text: str) -> Found:
    """Return the tree of `text`; its spans point into `text`.

    Raises:
        UnreadableError: dynamicprompts refuses the text.
    """
    if "\t" not in text:
        return _parsed(text)
    expanded, offsets = with_tabs_filled(text)
    try:
        return _parsed(expanded, offsets)
    except UnreadableError as error:
        start, end = offsets[error.start], offsets[error.end]
        raise UnreadableError(str(error), start, max(end, start), error.hint) from None


def _parsed(text: str, offsets: list[int] | None = None) -> Found:
    """Parse once, or again where a name of a wildcard waits for a variable that is set later."""
    parser = _Parser(text, offsets, {})
    found = parser.run()
    if parser.waits and found.values:
        found = _Parser(text, offsets, found.values).run()
    return found


class _Parser(Scanner):
    def __init__(self, text: str, offsets: list[int] | None, values: Values) -> None:
        super().__init__(text, offsets)
        self.values = values
        self.waits = False
        self.stack = [_Frame("top", 0, TOP)]

    def run(self) -> Found:
        text, size, stack = self.text, len(self.text), self.stack
        while True:
            if self.has_comments:
                self.skip_comments()
            found = stack[-1].literal.match(text, self.at)
            if found:
                self.literal(found)
            elif self.at >= size:
                break
            else:
                (_SIGNS.get(text[self.at]) or _Parser.fail)(self)
        if len(stack) > 1:
            self.fail_open()
        nodes = tuple(stack[0].nodes)
        values = {n.name: n.children for n in nodes if isinstance(n, Variable) and n.is_definition}
        return Found(nodes, tuple(self.comments), values)

    # Texts

    def literal(self, found: re.Match[str]) -> None:
        """Take a text; a comment inside it leaves one space."""
        frame, start = self.stack[-1], self.at
        pieces = []
        end = start
        again: re.Match[str] | None = found
        while again:
            pieces.append(again[0])
            self.at = end = again.end()
            if not self.text.startswith("#", end):
                break
            self.skip_comments()
            again = frame.literal.match(self.text, self.at)
        value = found[0] if len(pieces) == 1 else " ".join(pieces)
        frame.nodes.append(Value(value, self.place(start), self.place(end)))

    # Brackets

    def brace(self) -> None:
        frame = _Frame("choice", self.at)
        self.at += 1
        self.skip_spaces()
        text = self.text
        found = SAMPLER.match(text, self.at)
        if found:
            frame.sampler = found[1]
            self.at = found.end()
            if self.has_comments:
                self.skip_comments()
        found = COUNT.match(text, self.at)
        if found:
            self.at = found.end()
            frame.mark = f"{count(found)}$${self.separator()}$$"
        self.stack.append(frame)
        self.option()

    def separator(self) -> str:
        found = SEPARATOR.match(self.text, self.at)
        if not found:
            return ","
        self.at = found.end()
        return found[1]

    def option(self) -> None:
        """Begin an option: the spaces before it and its odds."""
        self.skip_spaces()
        found = ODDS.match(self.text, self.at)
        frame = self.stack[-1]
        frame.odds = found[1] if found else ""
        frame.begin = self.at
        if found:
            self.at = found.end()

    def bar(self) -> None:
        frame = self.stack[-1]
        if frame.what != "choice":
            self.fail()
        self.end_option(frame)
        self.at += 1
        self.option()

    def end_option(self, frame: _Frame) -> None:
        start, end = self.place(frame.begin), self.place(self.at)
        frame.options.append(Option(tuple(frame.nodes), frame.odds, start, end))
        frame.nodes = []

    def close(self) -> None:
        """Take a closing brace, of whatever is open."""
        frame = self.stack.pop()
        if frame.what == "choice":
            self.end_option(frame)
        start, end = self.place(frame.start), self.place(self.at + 1)
        node: Node
        if frame.what == "choice":
            node = Choice(tuple(frame.options), frame.mark, start, end, frame.sampler)
        elif frame.what == "variable":
            node = Variable(frame.name, tuple(frame.nodes), frame.mark, start, end)
        elif frame.what == "inner":
            wrapper = self.stack.pop()
            start = self.place(wrapper.start)
            node = Wrap(tuple(wrapper.nodes), tuple(frame.nodes), start, end)
        else:
            self.fail()
        self.at += 1
        self.stack[-1].nodes.append(node)

    def dollar(self) -> None:
        """Begin a variable, or step from a wrapper to what it wraps."""
        frame, start = self.stack[-1], self.at
        if frame.what == "wrapper" and self.text.startswith("$$", start):
            self.at += 2
            self.stack.append(_Frame("inner", start))
            self.skip_spaces()
            return
        if not self.text.startswith("${", start):
            self.fail()
        self.at += 2
        self.skip_spaces()
        name = VARIABLE.match(self.text, self.at)
        if not name:
            self.fail(start)
        self.at = name.end()
        self.skip_spaces()
        sign = SIGN.match(self.text, self.at)
        if not sign or ("=" in sign[1] and len(self.stack) > 1):
            self.fail(start, nested=bool(sign))
        self.variable(start, name[1], sign)

    def variable(self, start: int, name: str, sign: re.Match[str]) -> None:
        self.at = sign.end()
        if sign[1] == "}":
            node = Variable(name, (), "", self.place(start), self.place(self.at))
            self.stack[-1].nodes.append(node)
            return
        frame = _Frame("variable", start)
        frame.name, frame.mark = name, sign[1]
        self.stack.append(frame)
        self.skip_spaces()

    def percent(self) -> None:
        if not self.text.startswith("%{", self.at) or self.stack[-1].what in ("name", "parameter"):
            self.fail()
        self.stack.append(_Frame("wrapper", self.at))
        self.at += 2
        self.skip_spaces()

    # Wildcards

    def underscore(self) -> None:
        if self.stack[-1].what == "name":
            self.close_wildcard("")
            return
        start = self.at
        found = PLAIN_WILDCARD.match(self.text, start)
        if found and not self.has_comments:
            self.at = found.end()
            value = f"__{found[2]}__"
            here, end = self.place(start), self.place(self.at)
            self.stack[-1].nodes.append(Wildcard(value, here, end, found[1]))
            return
        frame = _Frame("name", start, NAME)
        self.at += 2
        if self.text[self.at : self.at + 1] in ("~", "@", "!"):
            frame.sampler = self.text[self.at]
            self.at += 1
        self.stack.append(frame)

    def close_wildcard(self, parameters: str) -> None:
        """Take the underscores at the end of a wildcard's name or parameters."""
        frame = self.stack.pop()
        if not self.text.startswith("__", self.at) or not frame.nodes:
            self.fail(frame.start)
        self.at += 2
        end = self.place(self.at)
        start = self.place(frame.start)
        self.waits = self.waits or len(frame.nodes) > 1 or not isinstance(frame.nodes[0], Value)
        plain = Wildcard("", start, end, frame.sampler, parameters)
        self.stack[-1].nodes.append(named(plain, tuple(frame.nodes), self.values))

    def parameters(self) -> None:
        """Begin the parameters of a wildcard."""
        if self.stack[-1].what != "name" or self.text.startswith("()", self.at):
            self.fail()
        self.stack.append(_Frame("parameter", self.at, PARAMETER))
        self.key()

    def key(self) -> None:
        """Step over a comma or bracket and the key behind it."""
        self.at += 1
        found = KEY.match(self.text, self.at)
        assert found is not None
        self.at = found.end()
        if self.text.startswith("=", self.at):
            self.at += 1

    def comma(self) -> None:
        if self.stack[-1].what != "parameter":
            self.fail()
        self.key()

    def end_parameters(self) -> None:
        frame = self.stack[-1]
        if frame.what == "parameter":
            self.stack.pop()
            self.at += 1
            self.close_wildcard(self.text[frame.start : self.at])
        else:
            self.fail()

    def fail_open(self) -> NoReturn:
        frame = self.stack[-1]
        if frame.what in ("parameter", "inner"):  # they stand in the bracket that was opened
            frame = self.stack[-2]
        self.unclosed(frame.start, _OPENERS.get(frame.what, "{"))


_OPENERS: Final = {"name": "__", "variable": "${", "wrapper": "%{"}


_SIGNS: Final[dict[str, Callable[[_Parser], None]]] = {
    "{": _Parser.brace,
    "|": _Parser.bar,
    "}": _Parser.close,
    "$": _Parser.dollar,
    "%": _Parser.percent,
    "_": _Parser.underscore,
    "(": _Parser.parameters,
    ",": _Parser.comma,
    ")": _Parser.end_parameters,
}
