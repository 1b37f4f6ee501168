"""Every word of a composition is told with its file, line and rule."""

import re
from html import unescape
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import impasto
from impasto import jsonschemas
from impasto.compose.api import prompt_file
from impasto.compose.explain import explain
from impasto.compose.explainpage import page
from impasto.source import Source
from impasto.styles.library import Library, Pack
from impasto.yamlsource import load
from strategies import texts

PACK = """\
format: 1
name: mine
styles:
  base:
    text: grainy
    negative: clean
    parameters: {steps: 30}
  dusk:
    extends: base
    text: "view of {{ prompt }}, (dusk:1.2), for {{ model.id or 'all' }} eyes"
    negative: noon, blurry
    variants:
      flux-dev: {text: "{{ prompt }} at dusk"}
"""
FILES = {
    "base.prompt": """\
---
variables:
  who: {description: Who}
negative: "blurry, {% block flaws %}low quality{% endblock %}"
parameters: {size: 512x512}
---
portrait of {{ who }}, {% block scene %}a room{% endblock %}
""",
    "lit.txt": "{% macro lit(x) %}({{ x }} in backlight:1.2){% endmacro %}\n",
    "rain.txt": "soft rain,\nwet  glass",
    "kid.prompt": """\
---
extends: base.prompt
variables:
  tags: {type: list, default: [neon, "C++ (x)"]}
styles: [mine/dusk]
---
{% import "lit.txt" as m %}
{% block scene %}
{{ super() }} with a {red|blue} \\(paper\\) fan, {{ m.lit(who) }},
{% for tag in tags %}{{ tag }}, {% endfor %}Grainy, {% include "rain.txt" %}
{% endblock %}
{% block negative %}{{ super() }}, {{ who }} twice{% endblock %}
""",
}


@pytest.fixture
def library():
    return Library((), builtin=False).with_pack(Pack(load(Source(PACK, "mine.yaml"))))


@pytest.fixture
def told(library, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        Path(name).write_text(text, encoding="utf-8")

    def told(**more):
        path = Path("kid.prompt")
        values = {"who": "an old (sailor), 40"}
        found = impasto.compose(path, values=values, library=library, seed=1, **more)
        return explain(found, prompt_file(path))

    return told


def rows(pieces):
    return [(p.text, p.rule, str(p.span)) for p in pieces if p.rule != "squash"]


def test_words_keep_their_line_through_includes_loops_styles_and_folding(told):
    found = told()
    assert rows(found.prompt) == [
        ("view of ", "style", "mine.yaml:10:12"),
        ("portrait of ", "extends", "base.prompt:7:1"),
        ("an old (sailor), 40", "value", "base.prompt:7:13"),
        ("a room", "extends", "base.prompt:7:41"),
        (" with a ", "template", "kid.prompt:9:14"),
        (found.prompt[6].text, "draw", str(found.prompt[6].span)),
        (" (paper) fan", "template", "kid.prompt:9:32"),
        ("an old (sailor), 40", "value", "lit.txt:1:20"),
        (" in backlight", "include", "lit.txt:1:27"),
        ("neon", "value", "kid.prompt:10:22"),
        ("C++ (x)", "value", "kid.prompt:10:22"),
        ("Grainy", "template", "kid.prompt:10:45"),
        ("soft rain", "include", "rain.txt:1:1"),
        ("wet glass", "include", "rain.txt:2:1"),
        ("dusk", "style", "mine.yaml:10:35"),
        ("for ", "style", "mine.yaml:10:46"),
        ("all", "value", "mine.yaml:10:50"),
        (" eyes", "style", "mine.yaml:10:73"),
    ]
    assert found.prompt[6].text in ("red", "blue")
    assert rows(found.negative) == [
        ("blurry", "extends", "base.prompt:4:12"),
        ("low quality", "extends", "base.prompt:4:37"),
        ("an old (sailor), 40", "value", "kid.prompt:12:36"),
        (" twice", "template", "kid.prompt:12:45"),
        ("clean", "extends", "mine.yaml:6:15"),
        ("noon", "style", "mine.yaml:11:15"),
    ]


def test_folds_weights_styles_and_expressions_are_told(told):
    found = told()
    grainy = next(piece for piece in found.prompt if piece.text == "Grainy")
    assert [str(span) for span in grainy.folded] == ["mine.yaml:5:11"]
    blurry = next(piece for piece in found.negative if piece.text == "blurry")
    assert [str(span) for span in blurry.folded] == ["mine.yaml:11:21"]
    dusk = next(piece for piece in found.prompt if piece.text == "dusk")
    assert (dusk.weight, dusk.style) == (1.2, "mine/dusk")
    assert {p.expression for p in found.prompt if p.rule == "value"} == {
        *("{{ who }}", "{{ x }}", "{{ tag }}", "{{ model.id or 'all' }}"),
    }


def test_a_variant_and_a_base_of_a_style_are_told_apart(told):
    found = told(model="flux-dev")
    last = [row for row in rows(found.prompt) if row[2].startswith("mine.yaml")]
    assert last == [(" at dusk", "variant", "mine.yaml:13:37")]


def test_parameters_name_who_asks_for_them(told):
    asked = {s.name: (s.style, str(s.span)) for s in told(parameters={"seed": 5}).settings}
    assert asked == {
        "num_inference_steps": ("mine/base", "None"),
        "width": ("", "base.prompt:5:14"),
        "height": ("", "base.prompt:5:14"),
        "seed": ("", "None"),
    }


@given(st.lists(texts, min_size=1, max_size=3), st.integers(0, 5))
def test_the_pieces_together_are_the_prompt_and_values_are_whole(values, seed):
    template = (
        "{% macro m(x) %}(in {{ x }} now:1.2){% endmacro %}\nthe {{ v[0] }} end, {a|b c}\n"
        "{% for x in v %}{{ x }} again, {% endfor %}{{ m(v|last) }} \\(so\\), {{ v|phrases('and') }}"
    )
    composed = impasto.compose(template, values={"v": values}, template=True, seed=seed)
    found = explain(composed)
    runs = [text for text, _ in composed.prompt.weights()]
    assert "".join(piece.text for piece in found.prompt) == "".join(runs)
    for piece in found.prompt:
        if piece.rule in ("template", "draw"):
            assert words(piece.text) == words(piece.span.text.replace("\\", ""))
        elif piece.rule == "value":
            assert piece.expression == piece.span.text
            assert piece.expression.startswith("{{ ")


def words(text):
    return text.split()


@given(
    st.lists(
        st.sampled_from(
            [
                "a b",
                "(c:1.2)",
                ", ",
                "\n",
                "{d|e f}",
                "{2$$ and $$g|h i}",
                "[j:k:0.5]",
                "<lora:l:1>",
                " BREAK ",
                " ",
            ]
        ),
        max_size=8,
    ),
    st.integers(0, 9),
)
def test_a_plain_prompt_is_followed_back_to_its_words(pieces, seed):
    composed = impasto.compose("x " + "".join(pieces), seed=seed)
    for piece in explain(composed).prompt:
        if piece.text.strip() and piece.rule in ("text", "draw") and piece.span.text[:1] != "[":
            assert words(piece.text) == words(piece.span.text)


def test_the_json_is_what_its_schema_says(told):
    data = told().to_json()
    jsonschema.Draft202012Validator(jsonschemas.schema("explanation")).validate(data)
    assert "".join(piece["text"] for piece in data["pieces"]).startswith("view of portrait of an")


def test_the_page_is_whole_in_itself_and_escapes_all_texts(library):
    evil = '<script>alert("x")</script>'
    found = impasto.compose(
        "{{ v }}, fox", values={"v": evil}, template=True, styles=["mine/dusk"], library=library
    )
    html = page(explain(found), evil)
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert not re.search(r"(?:src|href)=\"(?!#)|url\(|@import|javascript:", html)
    assert "default-src 'none'" in unescape(html)
    targets = set(re.findall(r'href="#([^"]+)"', html))
    assert targets
    assert targets <= set(re.findall(r'id="([^"]+)"', html))
    assert html == page(explain(found), evil)
