"""Templates: the same values give the same composition, whatever the layout."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import impasto
from formatting.meaning import words
from impasto.errors import SourceError
from impasto.source import Source
from impasto.templates.template import Template

TAG = re.compile(r"{% \w+ .*?%}")
SPACES = st.sampled_from(["", "", " ", "  ", "\t", "\n", "  \n\n\n", "\n  "])
EXPRESSIONS = (
    *("{{a}}", "{{ b|upper }}", "{{a~'x  ,y'}}", '{{ "p,q" if yes else b}}', "{{-a}}", "{{ b-}}"),
    *("{{ [1,2][0:1]|join(', ')}}", "{{ {'k':-1}['k']-1 }}", "{{ a.lower( )|replace('a','b')}}"),
)
BLOCKS = (
    *("{%if yes%}", "{%- if yes and n==2 -%}", "{%else%}", "{% endif %}", "{%set c=a%}"),
    *("{% for t in tags%}", "{{t}}", "{%endfor%}", "{#note#}", "{# a note -#}", "{% raw %}"),
    *("{% endraw %}", "{%macro m(x,y=1)%}", "{{ m(a,y=2) }}", "{% endmacro %}", "{{c}}"),
)
TEXTS = (
    *("cat", "red fox", ",", ",", "1,000", "(", ")", ":1.20)", "[", "]", "{", "}", "|", "BREAK"),
    *("(a :1.2)", "( b: {{n}} )", "[a : b: {{n}} ]", "{ {{n}}$$a |b|c}", "[ a| b ]", "{ 2::a| b}"),
    *('"OPEN ,  NOW"', "AND", "# note", "\n# note\n", "$$", "<lora:{{a}}:0.8>", "\\("),
)
VALUES = {"a": "ganyu (impact)", "b": "x, y", "n": 2, "yes": True, "tags": ["one", "two"]}


def sources(*pieces):
    pairs = st.lists(st.tuples(SPACES, st.sampled_from(pieces)), max_size=12)
    return pairs.map(lambda found: "".join([text for pair in found for text in pair]))


def composed(text, *, yes):
    """The words of the composition with their weights, or the kind of error."""
    try:
        names = Template(Source(text)).variables
        values = {name: v for name, v in {**VALUES, "yes": yes}.items() if name in names}
        found = impasto.compose(text, values=values, template=True, seed=3)
    except SourceError as error:
        return type(error)
    assume(not any(finding.code == "IMP301" for finding in found.diagnostics))  # see docs/format.md
    return [(weight, until, words(runs)) for weight, until, runs in found.prompt.schedule(6)]


def check_laws(text):
    try:
        after = impasto.format(text, "template")
    except SourceError:
        return False
    assert impasto.format(after, "template") == after
    assert after == "" or after.endswith("\n")
    for yes in (True, False):
        assert composed(after, yes=yes) == composed(text, yes=yes)
    return True


@settings(max_examples=40)
@given(sources(*EXPRESSIONS, *TEXTS))
@example("( {{a}} : {{n}} )cat")
@example("[a : b: {{ n }} ]")
@example("{{a}} ,{{b}},, {{a}} ,")
def test_templates_without_branches(text):
    assume(check_laws(text))


@settings(max_examples=40)
@given(sources(*EXPRESSIONS, *BLOCKS, *TEXTS))
@example("a{%if yes%}   \nb{%endif%}")
@example("{% for t in tags%}   \n{{t}}{%endfor%}")
@example("cat{%if yes%} , fox{%endif%} ,,")
@example("{%if yes%}({%endif%} a :1.20)")
@example("{% raw %}{{a}} ,b{% endraw %}")
def test_templates_with_branches(text):
    assume(check_laws(text))


@settings(max_examples=40)
@given(
    sources("{% if yes %}", "{% for t in tags %}"), sources(*TEXTS, *EXPRESSIONS), sources(*TEXTS)
)
def test_templates_with_a_branch(opening, inner, behind):
    closers = {"{% if yes %}": "{% endif %}", "{% for t in tags %}": "{% endfor %}"}
    closing = "".join([closers[tag] for tag in reversed(TAG.findall(opening))])
    assume(check_laws(f"{opening}{inner}{closing}{behind}"))


CASES = (Path(__file__).parent / "data" / "templates.txt").read_text("utf-8").split("\n====\n")


@pytest.mark.parametrize("case", CASES)
def test_cases(case):
    before, _, after = case.strip("\n").partition("\n----\n")
    assert impasto.format(before, "template") == f"{after}\n"
    assert impasto.format(f"{after}\n", "template") == f"{after}\n"


@pytest.mark.parametrize(
    ("text", "kind", "line"),
    [
        ("a\n{% if x %}b", impasto.TemplateError, 2),
        ("a\n{{ x | }}", impasto.TemplateError, 2),
        ("---\ntitle: x\na", impasto.SourceError, 1),
        ("---\ntitle: [x\n---\na", impasto.SourceError, 3),
        ("---\nnegative: a (b\n---\na", impasto.PromptSyntaxError, 2),
        ("---\ntitle: x\n---\n{{ a }}, (b", impasto.PromptSyntaxError, 4),
    ],
)
def test_what_cannot_be_parsed_is_an_error_with_its_line(text, kind, line):
    with pytest.raises(kind) as caught:
        impasto.format(text, "template")
    assert caught.value.span.line == line


def test_an_included_text_still_meets_the_text_around_it(tmp_path):
    (tmp_path / "part.j2").write_text(impasto.format(", soft  light,", "template"))
    (tmp_path / "whole.prompt").write_text('fox{% include "part.j2" %} snow\n')
    found = impasto.compose(tmp_path / "whole.prompt")
    assert found.text == "fox, soft light, snow"


@pytest.mark.parametrize("text", ["---AND a fox\n---\n", "---  BREAK a fox\n"])
def test_no_text_becomes_the_fence_of_a_front_matter(text: str):
    after = impasto.format(text, "template")
    assert not after.startswith("---\n")
    assert impasto.format(after, "template") == after
