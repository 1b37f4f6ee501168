"""Every fragment of a composition stands where its place says."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import impasto
from impasto.source import Source
from impasto.templates.template import Template


def places(found):
    return [
        (f.text, f.span.file.rpartition("/")[2], f.span.line, f.span.column)
        for f in found.fragments
    ]


def written(fragment):
    """Return the text of the file at the place of a fragment."""
    file, start, end = fragment.span.in_file()
    return file.text[start:end]


def test_values_stand_at_their_expressions():
    source = (
        "x, {{ a }}{{ b }},\n  {%- for t in ts %}\n  {{ t }}, ({{ t }}2:1.2),\n{% endfor %} end"
    )
    found = impasto.compose(source, values={"a": "A", "b": "B", "ts": ["p", "q"]}, template=True)
    assert places(found) == [
        ("x", "template", 1, 1),
        ("AB", "template", 1, 4),
        ("p", "template", 3, 3),
        ("p2", "template", 3, 13),
        ("q", "template", 3, 3),
        ("q2", "template", 3, 13),
        ("end", "template", 4, 14),
    ]


def test_places_lead_through_includes_macros_and_blocks(tmp_path):
    (tmp_path / "light.txt").write_text("soft light,\n  hard {{ x }} light", encoding="utf-8")
    (tmp_path / "m.txt").write_text(
        "{% macro m(a) %}(in {{ a }}:1.2){% endmacro %}", encoding="utf-8"
    )
    path = tmp_path / "fox.prompt"
    path.write_text(
        "---\nvariables: {x: {default: X}}\nnegative: >-\n  blurry,\n  {{ x }}\n---\n"
        "{% from 'm.txt' import m %}fox, {{ m(x) }},\n"
        "{% set s %}wet {{ x }}{% endset %}\n"
        "{% include 'light.txt' %}, {{ s }}, {{ '(p:1.2), q'|prompt }}, {{ x }} y\n",
        encoding="utf-8",
    )
    assert places(impasto.compose(path)) == [
        ("fox", "fox.prompt", 7, 28),
        ("in X", "m.txt", 1, 18),
        ("soft light", "light.txt", 1, 1),
        ("hard X light", "light.txt", 2, 3),
        ("wet X", "fox.prompt", 8, 12),
        ("p", "fox.prompt", 9, 37),
        ("q", "fox.prompt", 9, 37),
        ("X y", "fox.prompt", 9, 64),
        ("blurry", "fox.prompt", 4, 3),
        ("X", "fox.prompt", 5, 3),
    ]


def test_a_number_from_a_value_moves_nothing_behind_it():
    found = impasto.compose(
        "(a:{{ w }}), <lora:{{ l }}:1>, b,\n (c:{{ w }}), d",
        values={"w": "1.2345", "l": "a long name"},
        template=True,
    )
    assert [(f.text, f.span.line, f.span.column) for f in found.fragments] == [
        ("a", 1, 2), ("<lora:a long name:1>", 1, 14), ("b", 1, 32), ("c", 2, 3), ("d", 2, 15),
    ]  # fmt: skip


PIECES = st.lists(
    st.sampled_from([
        "fox, ", "({{ x }}:1.2), ", "{{ x }}", " ", ",\n", "{% if y %}wet, {% endif %}", "{# note #}",
        "  {%- if y -%}  snow  {%- endif %}", "{% for t in ts %}tag {{ t }}, {% endfor %}\n", "red",
        "{% set s %}a {{ x }} b{% endset %}{{ s }}, ", "{% raw %}raw{% endraw %}, ", "été, ", "\r\n",
    ]),
    max_size=12,
)  # fmt: skip


@given(PIECES)
def test_the_text_at_the_place_of_a_fragment_begins_as_the_fragment_does(pieces):
    source = "".join(pieces)
    found = impasto.compose(source, values=_used(source), template=True)
    for fragment in found.fragments:
        there = written(fragment)
        line = there or fragment.span.source.text
        first = re.match(r"\w*", fragment.text)[0]
        assert line.startswith(("{{", first)) or first.startswith(re.match(r"\w*", line)[0]), (
            fragment,
            there,
        )


def _used(source):
    names = Template(Source(source)).variables
    return {
        name: value
        for name, value in {"x": "X1", "y": True, "ts": ["t", "u"]}.items()
        if name in names
    }


@pytest.mark.parametrize("style", [None, "photorealistic/portrait", "anime/modern-tv:0.7"])
@pytest.mark.parametrize("model", [None, "stable-diffusion-xl", "flux-dev", "midjourney-v6"])
def test_places_of_a_prompt_in_styles(style, model):
    found = impasto.compose(
        "portrait of a (red:1.2) fox,\n  (wet, cold:1.1) snow",
        styles=[style] if style else [],
        model=model,
    )
    own = [(f.text, f.span.line, f.span.column) for f in found.fragments if f.span.file == "prompt"]
    assert own == [("portrait of a red fox", 1, 1), ("wet", 2, 4), ("cold snow", 2, 9)]
    for fragment in found.fragments:
        if fragment.span.file != "prompt":
            assert fragment.text == re.sub(r"\s+", " ", written(fragment)).strip(
                " ("
            ) or ":" in written(fragment)
