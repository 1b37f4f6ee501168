"""Values are data: no text, wherever it stands and beside whatever, becomes syntax."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.syntax.escapes import escape, literal
from impasto.syntax.nodes import (
    Alternate,
    Break,
    Choice,
    Comment,
    Group,
    Option,
    Part,
    Schedule,
    Text,
    Value,
)
from impasto.syntax.parser import parse
from impasto.syntax.printer import print_nodes, print_parts
from impasto.syntax.walk import rebuild
from strategies import canonical, hostile, texts, values

anything = st.one_of(texts, hostile)

OUTSIDE = {
    "%s": lambda nodes: nodes,
    "(%s)": lambda nodes: nodes[0].children,
    "(%s:1.2)": lambda nodes: nodes[0].children,
    "((%s):0.5)": lambda nodes: nodes[0].children[0].children,
}
INSIDE = {
    "[%s]": lambda nodes: nodes[0].children,
    "[%s:0.8]": lambda nodes: nodes[0].children,
    "[%s:b:0.5]": lambda nodes: nodes[0].before,
    "[a:%s:0.5]": lambda nodes: nodes[0].after,
    "[%s|b]": lambda nodes: nodes[0].fields[0],
    "[a|%s]": lambda nodes: nodes[0].fields[1],
    "{%s|b}": lambda nodes: nodes[0].options[0].children,
    "{a|%s}": lambda nodes: nodes[0].options[1].children,
    "{a|2::%s}": lambda nodes: nodes[0].options[1].children,
    "{2$$%s|b}": lambda nodes: nodes[0].options[0].children,
    "{2$$, $$%s|b}": lambda nodes: nodes[0].options[0].children,
}
PLACES = {
    "in parentheses": lambda v: Group("round", v),
    "with a weight": lambda v: Group("round", v, ":1.2"),
    "in brackets": lambda v: Group("square", v),
    "in weighted brackets": lambda v: Group("square", v, ":.5"),
    "in both ends of a schedule": lambda v: Schedule(v, v, ":0.5"),
    "in an alternation": lambda v: Alternate((v, v)),
    "in a choice": lambda v: Choice((Option(v), Option(v, "2::"))),
    "in a counted choice": lambda v: Choice((Option(v), Option(v)), "1$$"),
    "in a choice with a separator": lambda v: Choice((Option(v), Option(v)), "1$$ and $$"),
    "deep inside": lambda v: Group("square", (Group("round", (Choice((Option(v),)),), ":2"),)),
}


def meaning(nodes):
    """The tree as nested tuples: texts joined and without escapes, no spans."""
    found = []
    for node in nodes:
        item = meant(node)
        if isinstance(item, str) and found and isinstance(found[-1], str):
            found[-1] += item
        elif item != "":
            found.append(item)
    return found


def meant(node):
    match node:
        case Text(value=value):
            return literal(value)
        case Value(value=value):
            return value
        case Group():
            return (node.kind, node.mark, meaning(node.children))
        case Schedule():
            return ("schedule", meaning(node.before), meaning(node.after), node.mark)
        case Alternate(fields=fields):
            return ("alternate", [meaning(field) for field in fields])
        case Choice(options=options):
            return ("choice", node.mark, [(o.mark, meaning(o.children)) for o in options])
        case Break():
            return ("BREAK",)
        case Comment(value=value):
            return ("comment", value.strip("\n"))
    return (node.value,)


def without_spaces(found):
    """A meaning with spaces and line ends set aside: they part keywords, comments and words."""
    if isinstance(found, str):
        return "".join(found.split())
    if isinstance(found, (list, tuple)):
        return [x for x in map(without_spaces, found) if x not in ("", None)]
    return found


@given(anything)
def test_an_escaped_value_means_itself(value):
    assert literal(escape(value)) == value
    assert literal(escape(value, in_brackets=True)) == value


@pytest.mark.parametrize("place", OUTSIDE)
@given(value=anything)
def test_an_escaped_value_is_one_text(place, value):
    assert only_text(OUTSIDE[place], place % escape(value)) == value
    assert only_text(OUTSIDE[place], place % escape(value, in_brackets=True)) == value


@pytest.mark.parametrize("place", INSIDE)
@given(value=anything)
def test_a_value_escaped_for_brackets_is_one_text_there(place, value):
    assert only_text(INSIDE[place], place % escape(value, in_brackets=True)) == value


def only_text(find, source):
    """The literal text at a place that holds nothing else."""
    (part,) = parse(source).parts
    nodes = find(part.children)
    assert len(nodes) <= 1
    assert all(isinstance(node, Text) for node in nodes)
    return "".join(literal(node.value) for node in nodes)


@given(values)
def test_values_side_by_side_are_one_text(listed):
    source = print_nodes(Value(value) for value in listed)
    assert only_text(lambda nodes: nodes, source) == "".join(listed)


@pytest.mark.parametrize("place", PLACES)
@given(listed=values)
def test_values_side_by_side_stay_text_inside_brackets(place, listed):
    tree = (PLACES[place](tuple(Value(value) for value in listed)),)
    assert meaning(parse(print_nodes(tree)).parts[0].children) == meaning(tree)


@pytest.mark.parametrize(
    "listed",
    [
        *(["BRE", "AK"], ["A", "ND b"], ["BREAK", "0"], ["AND", "ROID"], ["\\", "AND"]),
        *(["_", "_a_", "_"], ["__a", "__"], ["#", " note"], ["a\n", "# b"], ["<lora", ":a>"]),
        *(["(a", ":1.2", ")"], ["{a", "|b}"], ["2", "$$", "a"], ["\\", "("], ["a:", "1.2"]),
    ],
    ids="+".join,
)
def test_two_harmless_values_never_make_syntax(listed):
    for wrap in (
        tuple,
        lambda v: (Group("square", tuple(v)),),
        lambda v: (Choice((Option(tuple(v)),)),),
    ):
        tree = wrap([Value(value) for value in listed])
        prompt = parse(print_nodes(tree))
        assert len(prompt.parts) == 1
        assert meaning(prompt.parts[0].children) == meaning(tree)


@given(st.one_of(canonical, hostile), values)
def test_values_beside_syntax_leave_it_as_it_is(text, listed):
    """Every text of a prompt gets a value before or behind it."""
    supply = iter(listed * 20)

    def change(node):
        value = next(supply, None) if isinstance(node, Text) else None
        if value is None:
            return node
        return (Value(value), node) if len(value) % 2 else (node, Value(value))

    old = parse(text, recover=True).parts
    new = tuple(Part(rebuild(part.children, change), part.mark) for part in old)
    back = parse(print_parts(new)).parts
    assert [part.mark.strip() for part in back] == [part.mark.strip() for part in new]
    for one, other in zip(new, back, strict=True):
        assert without_spaces(meaning(other.children)) == without_spaces(meaning(one.children))


def test_a_value_keeps_apart_from_a_keyword():
    assert print_nodes((Break(), Value("FAST"))) == "BREAK FAST"
    assert print_nodes((Value("DAY"), Break())) == "DAY BREAK"
    assert print_parts((Part((Value("S"),)), Part((Value("ROID"),)))) == "S AND ROID"


def test_what_people_write_stays_readable():
    assert escape("a red fox, 35mm, f/1.8, don't") == "a red fox, 35mm, f/1.8, don't"
    assert escape("ganyu (genshin impact)") == r"ganyu \(genshin impact\)"
    assert escape("smile :)") == r"smile :\)"
    assert escape("note: red") == "note: red"
    assert escape("16:9") == r"16\:9"
    assert escape("costs $5", in_brackets=True) == "costs $5"
    assert escape("snake_case") == "snake_case"
