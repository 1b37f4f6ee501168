"""Tags that are remembered give the tokens that Jinja's lexer gives for the whole template."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, TemplateSyntaxError

from impasto.source import Source
from impasto.templates import lexed

JINJA = Environment(**lexed.OPTIONS).lexer
TAGS = [
    "{{ a }}",
    "{{a}}",
    "{% if a %}",
    "{%if b%}",
    "{% else %}",
    "{% endif %}",
    "{# c #}",
    "{#c#}",
]
SIGNED = [
    "{{- a }}",
    "{{ a -}}",
    "{%- if a -%}",
    "{%+ if a %}",
    "{% if a +%}",
    "{{+ a }}",
    "{#- c -#}",
]
LONG = [
    "{{ a\n.b | c(1.5, 'd') }}",
    "{% for x in [1,\n2] %}",
    "{% include 'x' %}",
    "{{ x.include|from }}",
]
ODD = [
    "{{ 'x' }}",
    '{{ "}}" }}',
    "{{ {'a': 1} }}",
    "{% raw %}",
    "{% endraw %}",
    "{{ (a }}",
    "{{ a % 2 }}",
]
SIGNS = ["{", "}", "{{", "}}", "{%", "%}", "{#", "#}", "%", "#", "-", "+", "'", '"', "\\"]
SPACES = ["\n", "\n\n", "  ", " \t", "\u2028", "\x1f"]
TEXTS = ["a, b", "(x:1.2)", "é"]  # fmt: skip
SIMPLE = st.lists(st.sampled_from([*TAGS, *LONG, *SPACES, *TEXTS]), max_size=14).map("".join)
ANY = st.sampled_from([*TAGS, *SIGNED, *LONG, *ODD, *SIGNS, *SPACES, *TEXTS])
TEMPLATES = SIMPLE | st.lists(ANY, max_size=14).map("".join)


def told(text, read):
    try:
        return list(read(text))
    except TemplateSyntaxError as error:
        return error.message, error.lineno


@given(TEMPLATES)
def test_the_tokens_are_those_of_jinja(text):
    ours = told(text, lambda text: lexed.tokens(lexed.lex(Source(text))))
    assert ours == told(text, lambda text: JINJA.tokeniter(text, "prompt"))


@given(TEMPLATES)
def test_every_part_and_token_stands_where_it_says(text):
    try:
        parts = lexed.lex(Source(text))
    except TemplateSyntaxError:
        return
    for part in parts:
        assert text.startswith(part.text, part.start)
        assert part.line == text.count("\n", 0, part.start) + 1
        for token in part.tag.tokens if part.tag else ():
            assert part.text.startswith(token.text, token.at)


@given(SIMPLE)
def test_plain_tags_are_read_without_jinja(text):
    lexed.lex(Source(text))  # now all of its tags are known
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lexed, "_lexer", None)
        lexed.lex(Source(text))


def test_long_tags_are_not_remembered():
    before = lexed._tag.cache_info().currsize
    parts = lexed.lex(Source("{{ " + "a" * 1000 + " }}"))
    assert [part.tag.kind for part in parts] == [lexed.EXPRESSION]
    assert lexed._tag.cache_info().currsize == before
