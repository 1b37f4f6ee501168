"""Any length and any depth: twice the text is twice the work. Work is counted in calls."""

from __future__ import annotations

import sys

import pytest

import impasto

N = 300
PROMPTS = {
    "spaces": lambda n: "a" + " " * n + "b",
    "commas": lambda n: " ," * n,
    "groups": lambda n: "( a :1.20)," * n,
    "deep groups": lambda n: " ( " * n + ")" * n,
    "deep alternations": lambda n: "[ a|" * n + "]" * n,
    "deep choices": lambda n: "{ a |" * n + "}" * n,
    "schedules": lambda n: "[ a: b :0.50]" * n,
    "quotes": lambda n: '"' * n,
    "quotes never closed": lambda n: "“" * n,
    "apostrophes": lambda n: "'a " * n,
    "addresses": lambda n: "https://" * n,
    "lines": lambda n: "a  \n" * n,
    "empty lines": lambda n: "a" + " \n" * n + "b",
    "comments": lambda n: "# x \n" * n,
    "keywords": lambda n: "a\n" + "BREAK " * n,
    "weighted parts": lambda n: "a :1.0 AND " * n + "b",
}
OTHERS = {
    "lines": ("lines", lambda n: "a  b\n\n" * n),
    "expressions": ("template", lambda n: "{{a|upper}} ," * n),
    "blocks": ("template", lambda n: "{%if a%}b{%endif%} ," * n),
    "styles": (
        "pack",
        lambda n: "styles:\n" + "".join(f" s{i}:\n  text: 'a ,b'\n" for i in range(n)),
    ),
    "styles out of order": (
        "pack",
        lambda n: "styles:\n" + "".join(f" s{i}:\n  text: b\n  #c\n  title: a\n" for i in range(n)),
    ),
    "comments in a pack": ("pack", lambda n: "styles:\n" + "  #x\n\n" * n + " a: {}\n"),
    "lines of a text": ("pack", lambda n: "styles:\n a:\n  text: |\n" + "   a ,b\n" * n),
}


def calls(function, *arguments):
    count = 0

    def tick(_frame, event, _argument):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(tick)
    try:
        function(*arguments)
    finally:
        sys.setprofile(None)
    return count


def check(text, kind):
    impasto.format(text(4), kind)
    once, twice = calls(impasto.format, text(N), kind), calls(impasto.format, text(2 * N), kind)
    assert twice < 2.4 * once + 2000


@pytest.mark.parametrize("name", PROMPTS)
def test_prompts(name):
    check(PROMPTS[name], "prompt")
    impasto.format(PROMPTS[name](5_000) if "deep" not in name else PROMPTS[name](3000))


@pytest.mark.parametrize("name", OTHERS)
def test_files(name):
    kind, text = OTHERS[name]
    check(text, kind)


@pytest.mark.parametrize("dialect", ["a1111", "compel"])
def test_other_dialects(dialect):
    once = calls(lambda: impasto.format("(a ,b) ," * N, dialect=dialect))
    twice = calls(lambda: impasto.format("(a ,b) ," * 2 * N, dialect=dialect))
    assert twice < 2.4 * once + 2000
