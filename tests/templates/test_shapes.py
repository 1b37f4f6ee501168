"""Templates of one shape share their code, and render as each of them would alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.errors import ImpastoError
from impasto.source import Source
from impasto.templates import shapes, template
from impasto.templates.environment import PromptEnvironment
from impasto.templates.lexed import lex
from impasto.templates.loading import Environment
from impasto.templates.template import Template

VALUES = {"a": "red fox", "b": ["snow", "(dusk:1.2)"], "c": True, "n": 1.3}
TEXT = st.sampled_from(
    ["", " ", ",", "a fox, ", "(wolf:1.2)", "\n", "\n  ", "é", "\\{", "word \U000f0001 x", "# no\n"]
)
PARTS = st.sampled_from(
    [
        *("{{ a }}", "{{ b }}", "{{ n }}", "({{ a }}:{{ n }})", "{{ a|upper }}", "{{- a -}}"),
        *("{% if c %}", "{% else %}", "{% endif %}", "{% elif a %}", "{%- if not c -%}"),
        *("{% for x in b %}", "{{ x }}", "{{ loop.index }}", "{% endfor %}", "{# note #}"),
        *("{% set n = 2 %}", "{% set a %}", "{% endset %}", "{% raw %}{{{% endraw %}"),
        *("{% filter upper %}", "{% endfilter %}", "{% macro m(z) %}", "{% endmacro %}", "{{ m(1) }}"),
        *("{{ missing }}", "{{ 1 / 0 }}", "{% for x in b recursive %}", "{{ loop(b)|length }}"),
    ]
)  # fmt: skip
TEMPLATES = st.lists(st.one_of(TEXT, PARTS), max_size=12).map("".join)


def rendered(text):
    """Return all that a render tells: its text, where each character was written, the error."""
    try:
        skeleton, values = Template(Source(text)).render(VALUES)
    except ImpastoError as error:
        return type(error), str(error)
    places = [skeleton.source.locate(at)[1] for at in range(len(skeleton.text))]
    return skeleton.text, places, values


@given(TEMPLATES, TEMPLATES)
def test_a_template_renders_alike_with_code_of_its_own_and_with_shared_code(text, other):
    shapes._codes.clear()
    rendered(other)
    shared = [rendered(text), rendered(text)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(template, "shape_of", lambda _lexed: None)
        assert shared == [rendered(text)] * 2


def test_templates_that_differ_in_text_alone_are_compiled_once(monkeypatch):
    compiled = []
    compile_ = PromptEnvironment.compiled
    monkeypatch.setattr(
        PromptEnvironment,
        "compiled",
        lambda *given: compiled.append(given[2]) or compile_(*given),
    )
    shapes._codes.clear()
    texts = [f"portrait {n} of {{{{ a }}}},{{% if c %}} in {n}{{% endif %}}" for n in range(100)]
    assert [rendered(text)[0].split(",")[1] for text in texts] == [f" in {n}" for n in range(100)]
    assert len(compiled) == 1


@pytest.mark.parametrize(
    "text",
    [
        "{% set x %}a{% endset %}{{ x }}",
        "{% filter upper %}a{% endfilter %}",
        "{% macro m() %}a{% endmacro %}{{ m() }}",
        "{% for x in b recursive %}{{ loop(x) }}{% endfor %}",
        "{% block one %}a{% endblock %}",
        "{% include 'a.txt' %}",
    ],
)
def test_a_template_whose_text_can_be_a_value_has_no_shape(text):
    assert shapes.shape_of(lex(Source(text))) is None


def test_an_error_names_the_template_that_failed_and_not_the_first_of_its_shape():
    rendered("first,\n{{ a }}{{ missing }}")
    with pytest.raises(ImpastoError) as caught:
        Template(Source("second,\n{{ a }}{{ missing }}", "two.prompt")).render(VALUES)
    assert caught.value.span.file == "two.prompt"
    assert caught.value.span.line == 2


def test_text_written_in_a_loop_is_bounded_as_in_other_templates():
    long = "x" * 50_000
    with pytest.raises(ImpastoError, match="more than 1,000,000 characters"):
        Template(Source(f"{{% for x in range(30) %}}{long}{{% endfor %}}")).render({})


def test_shapes_are_forgotten_one_by_one():
    shapes._codes.clear()
    for count in range(shapes.MOST + 5):
        Template(Source("{{ a }} " * (count + 1)), environment=Environment(None))
    assert len(shapes._codes) == shapes.MOST
