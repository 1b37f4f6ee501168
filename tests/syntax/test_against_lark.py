"""The parser equals Lark's own parser of the grammar: same texts accepted, same trees."""

import random

import pytest
from lark import Token, Tree
from lark.exceptions import LarkError

from impasto.errors import PromptSyntaxError
from impasto.syntax import grammar
from impasto.syntax.nodes import (
    Alternate,
    Break,
    Choice,
    Comment,
    Group,
    Reference,
    Schedule,
    Text,
    Wildcard,
)
from impasto.syntax.parser import parse

LARK = grammar.lark_parser()
LEAVES = {"REF": Reference, "WILDCARD": Wildcard, "COMMENT": Comment}
PIECES = [
    *"()[]{}|:\\<>_#AB$ \n,;",
    *("a", "b1", "1.2", ":1.2", ":0.5)", ":12]", ": -.5 ", "BREAK", "AND", " AND ", "aAND", "__"),
    *("__a__", "__a/b*__", "<lora:a:1>", "<embedding:x>", "<lora:", "# x", "\n# y\n", "2$$", "$$"),
    *("1-2$$, $$", "2::", "0.5::a", "(a:1.2)", "[b]", "(x)", "[a:b:0.5]", "[a|b]", "{a|b}"),
    *("\\(", "\\AND", "\\BREAK", "é", "：", "( a", "16:9", "٣", "\t", ".5", "+1"),
]


def shape(node):
    """Our tree as nested tuples without spans."""
    match node:
        case Text(value=value):
            return ("text", value)
        case Break():
            return ("BREAK", "BREAK")
        case Reference() | Wildcard() | Comment():
            return (type(node).__name__, node.value)
        case Group():
            return (node.kind, shapes(node.children), node.mark)
        case Schedule():
            return ("schedule", shapes(node.before), shapes(node.after), node.mark)
        case Alternate():
            return ("alternate", tuple(shapes(f) for f in node.fields))
        case Choice():
            options = tuple((o.mark, shapes(o.children)) for o in node.options)
            return ("choice", node.mark, options)
    raise AssertionError(node)


def shapes(nodes):
    return tuple(shape(node) for node in nodes)


def lark_shape(tree):
    """Lark's tree in the same form."""
    parts, current = [], []
    for child in tree.children:
        if isinstance(child, Token) and child.type == "AND":
            continue
        if tree.data == "single":
            current.append(child)
        else:
            parts.append(part(child.children))
    return tuple(parts) if parts else (part(current, keep_mark=False),)


def part(children, *, keep_mark=True):
    nodes = list(children[0].children)
    mark = str(children[1]) if len(children) > 1 else ""
    if mark and not keep_mark:
        return (items([*nodes, Token("TEXT", mark)]), "")
    return (items(nodes), mark)


def items(children):
    found = []
    for child in children:
        if isinstance(child, Tree):
            found.append(bracket(child))
        elif child.type == "BREAK":
            found.append(("BREAK", "BREAK"))
        elif child.type in LEAVES:
            found.append((LEAVES[child.type].__name__, str(child)))
        elif found and found[-1][0] == "text":
            found[-1] = ("text", found[-1][1] + str(child))
        else:
            found.append(("text", str(child)))
    return tuple(found)


def flat(tree):
    """A `run`, `two` or `many` as one list, its colons included."""
    if isinstance(tree, Token) or tree.data not in {"run", "two", "many"}:
        return [tree]
    return [piece for child in tree.children for piece in flat(child)]


def bracket(tree):
    inner = tree.children[1:-1]
    mark = ""
    if (
        inner
        and isinstance(inner[-1], Token)
        and inner[-1].type == "WEIGHT"
        and tree.data in {"up", "down", "schedule", "alternate"}
    ):
        mark = str(inner[-1])
        inner = inner[:-1]
    if tree.data == "up":
        return ("round", items(inner), mark)
    if tree.data in {"down", "downtext"}:
        return ("square", items([p for c in inner for p in flat(c)]), mark)
    if tree.data == "schedule":
        before, _, after = inner[0].children
        return ("schedule", items(before.children), items(after.children), mark)
    if tree.data == "alternate":
        fields = bars(inner[0])
        if mark:
            fields[-1].append(Token("TEXT", mark))
        return ("alternate", tuple(items(f) for f in fields))
    count = str(inner.pop(0)) if isinstance(inner[0], Token) else ""
    options = []
    for option in inner:
        if isinstance(option, Tree):
            odds = str(option.children[0]) if isinstance(option.children[0], Token) else ""
            options.append((odds, items(option.children[-1].children)))
    return ("choice", count, tuple(options))


def bars(tree):
    left, _, right = tree.children
    first = bars(left) if left.data == "bars" else [flat(left)]
    return [*first, flat(right)]


def check(text):
    try:
        expected = lark_shape(LARK.parse(text))
    except LarkError:
        with pytest.raises(PromptSyntaxError):
            parse(text)
        assert parse(text, recover=True).diagnostics
        return False
    try:
        prompt = parse(text)
    except PromptSyntaxError as error:
        assert "choice cannot stand inside a reference" in error.message  # noqa: PT017
        return False
    assert tuple((shapes(p.children), p.mark) for p in prompt.parts) == expected
    return True


@pytest.mark.parametrize("seed", range(6))
def test_random_strings_are_read_as_lark_reads_them(seed):
    rng = random.Random(seed)
    accepted = 0
    for _ in range(3000):
        text = "".join(rng.choice(PIECES) for _ in range(rng.randint(0, 14)))
        accepted += check(text)
    assert accepted > 500


def test_the_tables_are_up_to_date():
    assert grammar.main(["--check"]) == 0
