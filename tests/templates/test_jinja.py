"""What people write in templates, and the prompt that comes of it."""

import pytest

import impasto
from impasto.source import Source
from impasto.templates.template import Template

TAGS = ["red fox", "snow", "blue_hour"]


def composed(template, model=None, /, **values):
    return impasto.compose(template, values=values, template=True, model=model).text


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{% for t in tags %}{{ t }}, {% endfor %}end", "red fox, snow, blue_hour, end"),
        ("{% for t in tags %}{{ t }}{{ ', ' if not loop.last }}{% endfor %}", None),
        ("{% for t in tags %}\n{{ t }},\n{% endfor %}\nend", "red fox, snow, blue_hour, end"),
        ("{% for t in tags %}({{ t }}:{{ 1.5 - loop.index0 * 0.25 }}), {% endfor %}",
         "(red fox:1.5), (snow:1.25), blue_hour"),
        ("{% for t in [] %}{{ t }}, {% else %}nothing{% endfor %}, end", "nothing, end"),
        ("{% for t in none_at_all %}{{ t }}, {% endfor %}, , end", "end"),
        ("{% for t in tags if t != 'snow' %}{{ t }}, {% endfor %}", "red fox, blue_hour"),
        ("{% for k, v in pairs.items() %}{{ k }} {{ v }}, {% endfor %}", "a 1, b 2"),
        ("{% for k, v in pairs|dictsort %}{{ k }} {{ v }}, {% endfor %}", "a 1, b 2"),
        ("{{ tags }}", "red fox, snow, blue_hour"),
        ("({{ tags }}:1.2)", "(red fox:1.2), (snow:1.2), (blue_hour:1.2)"),
        ("{{ tags|map('words') }}", "red fox, snow, blue hour"),
        ("{{ tags|words }}", "red fox, snow, blue hour"),
        ("{{ tags|sort|first }}, {{ tags|last|words }}", "blue_hour"),  # one phrase, so it folds
        ("{{ tags|join(' and ') }}", "red fox and snow and blue_hour"),
        ("{{ tags|phrases }}, {{ tags|phrases('and') }}",
         "red fox, snow, blue_hour, snow and blue_hour"),
        ("{{ ['a']|phrases('and') }}, {{ []|phrases('and') }}, end", "a, end"),
        ("{{ 'one'|phrases }}", "one"),
        ("{{ tags|length }} tags, {{ 'a b'|wordcount }} words", "3 tags, 2 words"),
    ],
)  # fmt: skip
def test_lists_become_phrases_without_stray_commas_and_spaces(template, text):
    found = composed(template, **{
        name: value
        for name, value in {"tags": TAGS, "none_at_all": [], "pairs": {"a": 1, "b": 2}}.items()
        if name in template
    })  # fmt: skip
    assert found == (text or "red fox, snow, blue_hour")


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("a {{ none }} fox, {{ none }}, b", "a fox, b"),
        ("a {{ '' }} fox, {{ '  ' }}, b", "a fox, b"),
        ("({{ '' }}:1.3), b", "b"),
        ("{{ 3 }} foxes, {{ 1.5 }} m, {{ 2 + 1 }}, {{ true }}", "3 foxes, 1.5 m, 3, True"),
        ("{{ x|default('a fox') }}", "a fox"),
        ("{{ x or 'a fox' if x is defined else 'a hen' }}", "a hen"),
        ("a{# a comment #} fox{# another\nover lines #}", "a fox"),
        ("# a comment of the prompt\na fox", "a fox"),
        ("a fox\n   {%- if true %}, red{% endif -%}\n   , wet", "a fox, red, wet"),
        ("{% raw %}a \\{\\{ fox{% endraw %}", r"a \{\{ fox"),
        ("{% set mood = 'calm' %}{{ mood }} fox", "calm fox"),
        ("{% set mood %}(calm:1.2){% endset %}a {{ mood }} fox", "a (calm:1.2) fox"),
        ("{% set mood %}calm{% endset %}{% if mood == 'calm' %}yes{% endif %}", "yes"),
        ("{% set mood %}{{ 'calm' }} day{% endset %}{{ mood|length }}", "8"),
        ("{% macro of(a, b='snow') %}({{ a }} in {{ b }}:1.2){% endmacro %}{{ of('fox') }}, {{ of('hen', b='(rain)') }}",
         r"(fox in snow:1.2), (hen in \(rain\):1.2)"),
        ("{% macro box() %}({{ caller() }}:1.3){% endmacro %}{% call box() %}a, b{% endcall %}",
         "(a:1.3), (b:1.3)"),
        ("{% filter upper %}a {{ 'b' }}{% endfilter %}", "A b"),
        ("{{ 'a'|weight(1.2) }}, {{ 'b'|weight }}, {{ 'c'|weight('0.8') }}",
         "(a:1.2), (b:1.1), (c:0.8)"),
        ("{{ ['a', 'b']|weight(1.2) }}", "(a:1.2), (b:1.2)"),
        ("{{ 'a fox:1.2'|weight(1.2) }}", r"(a fox\:1.2:1.2)"),
        ("{{ '(a:1.2), [b]'|prompt }}", "(a:1.2), (b:0.909091)"),
        ("{{ ['(a:1.2)', 'b']|prompt }}", "(a:1.2), b"),
        ("{{ 'blue_hour'|words }}, {{ 'o_o'|words }}, {{ '>_<'|words }}", r"blue hour, o_o, >_\<"),
        ("{{ 'old fox'|article }}, {{ 'fox'|article }}, {{ ''|article }}", "an old fox, a fox"),
        ("{{ 'fox'|title }} {{ 'FOX'|lower }} {{ 'fox'|upper }} {{ 'fOX'|capitalize }}",
         "Fox fox FOX Fox"),
        ("{{ 'a-b'|replace('-', ' ') }}, {{ 'a long text of words'|truncate(12) }}", "a b, a long..."),
        ("{{ 2.345|round(1) }}, {{ '7'|int + 1 }}, {{ [1, 2]|sum }}", "2.3, 8, 3"),
        ("{{ 'a' ~ 1 ~ none }}, {{ 'a' + 'b' }}", "a1, ab"),
        ("{% with a = 'fox' %}{{ a }}{% endwith %}", "fox"),
        ("{% set ns = namespace(n=0) %}{% for i in [1, 2] %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}", "3"),
        ("{{ 'fox' if 1 == 1.0 else 'hen' }}, {{ 'a' in 'cat' }}", "fox, True"),
        ("{{ ['a', 'b']|batch(1)|list|length }}", "2"),
    ],
)  # fmt: skip
def test_features_of_jinja(template, text):
    assert composed(template) == text


@pytest.mark.parametrize(
    ("model", "text"),
    [
        (None, "a fox"),
        ("flux-dev", "a fox, in sentences, for flux1, flux-dev"),
        ("stable-diffusion-xl", "a fox, masterpiece, for sdxl, stable-diffusion-xl"),
        ("midjourney-v6", "a fox, for midjourney, midjourney-v6"),
    ],
)
def test_a_template_can_ask_for_the_model(model, text):
    template = (
        "a fox{% if model.writing == 'prose' %}, in sentences"
        "{% elif model.writing == 'tags' %}, masterpiece{% endif %}"
        "{% if model.family %}, for {{ model.family }}, {{ model.id }}{% endif %}"
    )
    found = impasto.compose(template, template=True, model=model)
    card = impasto.load_model(model) if model else None
    expected = text.replace("for flux1", f"for {card.family}") if card else text
    assert found.text == expected
    for other in ("dall-e-3", "stable-diffusion-xl"):
        heard = impasto.translate(found, other)
        assert ("masterpiece" in heard.prompt) == (other == "stable-diffusion-xl")


def test_values_of_every_kind():
    import enum
    from decimal import Decimal

    class Colour(enum.Enum):
        RED = "red"

    class Person:
        name = "Ada"
        tags = ("calm", "old")

    values = {
        "a": Colour.RED, "b": Decimal("1.5"), "c": Person(), "d": {"k": ["x", "y"]},
        "e": (n for n in "pq"), "f": range(3),
    }  # fmt: skip
    found = composed(
        "{{ a }}, {{ b }}, {{ c.name }}, {{ c.tags }}, {{ d.k[1] }}, {{ e }}, {{ f }}", **values
    )
    assert found == "red, 1.5, Ada, calm, old, y, p, q, 0, 1, 2"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"k": 1}, "put in one of its parts: k"),
        ({"x", "y"}, "make it a list"),
        (object(), "a object cannot be put into a prompt"),
        (b"bytes", "a bytes cannot be put into a prompt"),
    ],
)
def test_what_no_prompt_can_say_is_refused(value, message):
    with pytest.raises(impasto.TemplateError, match=message):
        composed("{{ v }}", v=value)


# Includes


@pytest.fixture
def folder(tmp_path):
    for name, text in {
        "light.txt": "(soft light:1.2), {{ mood }}",
        "deep/a.txt": "{% include 'b.txt' %}, {% include '../light.txt' %}",
        "deep/b.txt": "b",
        "macros.txt": "{% macro of(x) %}({{ x }}:1.2){% endmacro %}",
        "base.txt": "before, {% block middle %}nothing{% endblock %}, after",
        "other.prompt": "---\ntitle: Other\n---\nfrom another {{ mood }}",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("fox, {% include 'light.txt' %}", "fox, (soft light:1.2), calm"),
        ("fox, {% include 'deep/a.txt' %}", "fox, b, (soft light:1.2), calm"),
        ("{% from 'macros.txt' import of %}{{ of(mood) }}", "(calm:1.2)"),
        ("{% import 'macros.txt' as m %}{{ m.of(mood) }}", "(calm:1.2)"),
        ("{% extends 'base.txt' %}{% block middle %}{{ mood }}, {{ super() }}{% endblock %}",
         "before, calm, nothing, after"),
        ("{% include 'other.prompt' %}", "from another calm"),
        ("{{ mood }}, {% include 'absent.txt' ignore missing %}", "calm"),
    ],
)  # fmt: skip
def test_includes_are_looked_up_from_the_file(folder, template, text):
    path = folder / "main.prompt"
    path.write_text(template, encoding="utf-8")
    assert impasto.compose(path, values={"mood": "calm"}).text == text


def test_a_changed_include_is_read_again(folder):
    path = folder / "main.prompt"
    path.write_text("{% include 'light.txt' %}", encoding="utf-8")
    assert "soft" in impasto.compose(path, values={"mood": "calm"}).text
    light = folder / "light.txt"
    import os

    light.write_text("hard light, {{ mood }}", encoding="utf-8")
    os.utime(light, ns=(1, 1))
    assert impasto.compose(path, values={"mood": "calm"}).text == "hard light, calm"


def test_the_variables_of_a_template_are_those_it_takes_from_outside(folder):
    source = "{% set a = 1 %}{{ a }}{{ b }}{% for c in d %}{{ range(c) }}{% endfor %}{% include 'light.txt' %}"
    assert Template(Source(source), folder).variables == {"b", "d", "mood"}
    assert Template(Source(source)).variables == {"b", "d"}


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_files_of_every_system_read_alike(tmp_path, line_end):
    path = tmp_path / "main.prompt"
    lines = ["---", "title: Fox", "---", "a {{ x }},", "(b", ":1.2)"]
    path.write_bytes(line_end.join(lines).encode())
    found = impasto.compose(path, values={"x": "fox"})
    assert found.text == "a fox, (b:1.2)"
    assert [f.span.line for f in found.fragments] == [4, 5]


def test_old_line_ends_in_a_text_are_spaces_like_others():
    assert composed("a\r{{ x }},\r\nb", x="fox") == "a fox, b"
