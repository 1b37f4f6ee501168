"""Any depth and any length: work grows with the text, and nothing recurses.

Work is counted in calls that the interpreter reports, at n and at 2n. What the counting does not
see, the inside of a regular expression, a long text shows: quadratic work on it would not end
before the time limit of a test.
"""

import sys

import pytest

from impasto.errors import OpenPromptError, PromptSyntaxError
from impasto.syntax.escapes import escape, literal
from impasto.syntax.parser import parse
from impasto.syntax.printer import print_parts
from impasto.syntax.runs import flatten, merged
from impasto.syntax.walk import rebuild, walk_prompt
from impasto.variations.draw import draw

FEW_TOKENS = {
    "half wildcards": lambda n: "__a" * n,
    "a wildcard that never ends": lambda n: "__" + "a_" * n,
    "escapes in half wildcards": lambda n: "__\\" * n,
    "escapes in half references": lambda n: "<lora:\\" * n,
    "numbers": lambda n: ":1 " * n,
    "one endless number": lambda n: "(a:1." + "1" * n,
    "spaces behind a colon": lambda n: "(a:1" + " " * n + "x",
    "a separator that never ends": lambda n: "{1$$" + "$ " * n,
    "backslashes": lambda n: "\\" * n,
    "underscores": lambda n: "_" * n,
}
MANY_TOKENS = {
    "openers": lambda n: "(" * n,
    "closers": lambda n: ")" * n,
    "schedules never closed": lambda n: "[a:" * n,
    "nested choices": lambda n: "{a|" * n + "}" * n,
    "half references": lambda n: "<lora:" * n,
    "references with choices": lambda n: "<lora:{a>" * n,
    "weights never closed": lambda n: "(a:1.2" * n,
    "weights without an opener": lambda n: "a:1.2)" * n,
    "counts": lambda n: "{1$$" * n,
    "odds": lambda n: "{" + "1::" * n,
    "AND": lambda n: "AND " * n,
    "AND in brackets": lambda n: "(a AND " * n,
    "weighted parts": lambda n: "a:1 AND " * n,
    "BREAK": lambda n: "BREAK " * n,
    "alternations with colons": lambda n: "[a|b:" * n + "]" * n,
    "colons in brackets": lambda n: "[" + ":" * n + "]",
    "bars and colons in brackets": lambda n: "[" + "a:|:" * n + "]",
    "comments": lambda n: "# \n" * n,
    "three kinds of openers": lambda n: "([{" * n,
    "crossed brackets": lambda n: "([{" * n + ")]}" * n,
    "a closer over many openers": lambda n: "([" * n + ")",
    "schedules with three texts": lambda n: "[a:b:c:1]" * n,
    "equal neighbours": lambda n: "(a:1.2)" * n,
}
HOSTILE = FEW_TOKENS | MANY_TOKENS


def everything(text):
    """All that a prompt goes through."""
    prompt = parse(text, recover=True)
    assert print_parts(prompt.parts) == text
    assert literal(escape(text)) == text
    try:
        prompt.weights()
        merged(flatten(prompt.parts[0].children, prompt.source))
    except OpenPromptError:
        for part in prompt.parts:
            assert sum(1 for _ in walk_prompt(prompt)) >= len(part.children)
            break


def refused(text):
    """What the strict parser does with it, the message included."""
    try:
        parse(text)
    except PromptSyntaxError as error:
        str(error)


def calls(action, text):
    """How many calls of Python and of C functions `action` makes."""
    count = 0

    def profile(_frame, event, _argument):
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        action(text)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("action", [everything, refused], ids=lambda f: f.__name__)
@pytest.mark.parametrize("kind", HOSTILE)
def test_work_is_linear(kind, action):
    once, twice = (calls(action, HOSTILE[kind](n)) for n in (1000, 2000))
    assert twice <= 2.2 * once + 100


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_long_text_ends(kind):
    everything(HOSTILE[kind](200_000 if kind in FEW_TOKENS else 10_000))


DEEP = {
    "parentheses": ("(", ")", 200_000),
    "brackets": ("[", "]", 200_000),
    "weights": ("(", "b:1.0)", 100_000),
    "schedules": ("[a:", ":99]", 100_000),
    "alternations": ("[", "|b]", 100_000),
    "choices": ("{", "|b}", 100_000),
}


@pytest.mark.parametrize("kind", DEEP)
def test_any_depth(kind):
    opener, closer, depth = DEEP[kind]
    text = opener * depth + "x" + closer * depth
    prompt = parse(text)
    assert print_parts(prompt.parts) == text
    assert sum(1 for _ in walk_prompt(prompt)) > depth
    top = prompt.parts[0].children
    assert rebuild(top, lambda node: node)[0] is top[0]
    if kind == "choices":
        with pytest.raises(OpenPromptError):
            prompt.weights()
        assert [node.value for node in draw(top, 1)] in (["b"], ["x"])
    else:
        assert prompt.weights()[0][0][0] in "xa"
        flatten(top, prompt.source)
        prompt.schedule(2)
    hash(prompt.parts)
    assert prompt == parse(text)
    del prompt, top  # freeing a deep tree must not overflow the stack of C either


def test_a_deep_prompt_that_is_never_closed():
    text = "(" * 200_000 + "x"
    with pytest.raises(PromptSyntaxError, match="never closed"):
        parse(text)
    prompt = parse(text, recover=True)
    assert len(prompt.diagnostics) == 200_000
    assert prompt.weights() == [(text, 1.0)]
