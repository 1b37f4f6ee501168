"""Style packs and front matter: the same data, comments where they were, one layout."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

import impasto
from impasto import yamlsource
from impasto.errors import SourceError
from impasto.source import Source

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parent / "data"
PROMPTS = ("text", "negative")


def data(text):
    return yamlsource.load(Source(text.replace("\r\n", "\n"))).data


def without_prompts(found):
    """The data of a pack without its prompts, which have laws of their own."""
    if isinstance(found, dict):
        return {k: without_prompts(v) for k, v in found.items() if k not in PROMPTS}
    return found


def prompts(found):
    """Every prompt of a pack in the canonical layout of a template."""
    if not isinstance(found, dict):
        return []
    own = [found[key] for key in PROMPTS if isinstance(found.get(key), str)]
    return own + [text for value in found.values() for text in prompts(value)]


def comments(text):
    """The comments of a file, in no order, for they move with their keys."""
    tokens = list(yaml.scan(text))
    gaps = [text[a.end_mark.index : b.start_mark.index] for a, b in pairwise(tokens)]
    return sorted(
        line.strip().lstrip("# ") for gap in gaps for line in gap.split("\n") if "#" in line
    )


def check_laws(text):
    after = impasto.format(text, "pack")
    assert impasto.format(after, "pack") == after
    assert without_prompts(data(after)) == without_prompts(data(text))
    assert after.endswith("\n")
    assert not after.endswith("\n\n") or "|+" in text  # whose empty lines are data
    return after


@pytest.mark.parametrize("pack", sorted(ROOT.glob("style_packs/*.yaml")), ids=lambda p: p.stem)
def test_the_packs_of_the_project_mean_the_same(pack):
    text = pack.read_text("utf-8")
    after = check_laws(text)
    assert comments(after) == comments(text)


@pytest.mark.parametrize("name", ["pack", "blocks", "quotes"])
def test_cases(name):
    before = (DATA / f"{name}.before.yaml").read_text("utf-8")
    after = (DATA / f"{name}.after.yaml").read_text("utf-8")
    assert impasto.format(before, "pack") == after
    assert check_laws(before) == after
    assert comments(after) == comments(before)


@pytest.mark.parametrize("name", ["pack", "blocks", "quotes"])
def test_windows_line_ends_and_a_byte_order_mark(name):
    before = (DATA / f"{name}.before.yaml").read_text("utf-8")
    after = (DATA / f"{name}.after.yaml").read_text("utf-8")
    given_text = "\ufeff" + before.replace("\n", "\r\n")
    assert impasto.format(given_text, "pack") == "\ufeff" + after.replace("\n", "\r\n")


# Packs of any layout: entries in any order, at any depth of indentation, in any style of YAML.

WORDS = st.sampled_from(
    [
        *("a ,b", "(x :1.20)", "{{prompt}} , fog", "it's  c", 'say "NO ,W"', "a\\\\b", "#1 ,x"),
        *("日本 ,雨", "[ a| b ]", "x: y ,z", "a , # b", "- a ,b", ", a,, b, ", "{a |b}", "50% ,"),
    ]
)
NOTES = st.sampled_from(["", "", "", "# note", "#note", "\n", "\n\n\n", "  # odd"])


def scalar(text, style, indent):
    """A text as YAML, in one of its styles."""
    pad = " " * indent
    if style == "single":
        return "'" + text.replace("'", "''") + "'"
    if style == "double":
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if style == "double in lines":
        return scalar(text, "double", indent).replace(" ", f"\n{pad}", 1)
    if style == "plain":
        safe = not set(text) & set("#:{}[]\"'\\") and text[0] not in ",-%" and text[-1] != ","
        return text if safe else scalar(text, "double", indent)
    sign = {"literal": "|", "folded": ">-", "kept": "|+"}[style]
    return f"{sign}\n{pad}{text.strip()}\n{pad}{text.strip()}"


STYLES = ("single", "double", "double in lines", "plain", "literal", "folded", "kept")


@st.composite
def mappings(draw, values, keys, indent, step):
    """A mapping in block style with notes between its entries."""
    lines = []
    for key in draw(st.permutations(keys)):
        note = draw(NOTES)
        if note:
            lines.append(note if note.isspace() else " " * indent + note)
        gap = draw(st.sampled_from([" ", "   "]))
        behind = draw(st.sampled_from(["", "", "   # behind"]))
        value = draw(values(key, indent + step))
        head = f"{' ' * indent}{key}:"
        if value.startswith("\n"):
            lines.append(head + behind + value)
        elif "\n" in value or value[0] in "|>":
            lines.append(head + gap + value)
        else:
            lines.append(head + gap + value + behind)
    return "\n".join(lines)


@st.composite
def packs(draw):
    """Sources of style packs."""
    step = draw(st.sampled_from([1, 2, 4]))

    def of_style(key, indent):
        if key == "tags":
            return st.sampled_from(
                ["[a,b]", "[ a , b ]", "[]", f"\n{' ' * indent}- a\n{' ' * indent}-   b"]
            )
        if key == "parameters":
            return st.sampled_from(["{steps: 30,cfg: 7.0}", "{ }", f"\n{' ' * indent}steps:  30"])
        if key == "variants":
            return mappings(of_variant, ["sdxl", "prose"], indent, step).map("\n{}".format)
        return st.builds(scalar, WORDS, st.sampled_from(STYLES), st.just(indent))

    def of_variant(_key, indent):
        keys = ["negative", "text"]
        return mappings(of_style, keys, indent, step).map("\n{}".format)

    def of_pack(key, indent):
        if key == "styles":
            return mappings(of_styles, ["b", "a"], indent, step).map("\n{}".format)
        return st.sampled_from(["1", '"x  , y"', "x  y"])

    def of_styles(_key, indent):
        keys = ["variants", "text", "tags", "title", "parameters", "negative"]
        return mappings(of_style, keys, indent, step).map("\n{}".format)

    text = draw(mappings(of_pack, ["name", "styles", "format"], 0, step))
    return text + draw(st.sampled_from(["", "\n", "\n\n\n", "\n# end", "\n  # end\n"]))


@settings(max_examples=40, phases=(Phase.explicit, Phase.generate))  # shrinking them takes minutes
@given(packs())
def test_packs_of_any_layout(text):
    found = data_or_none(text)
    assume(found is not None)
    after = check_laws(text)
    assert comments(after) == comments(text)
    assert len(prompts(data(after))) == len(prompts(found))


def data_or_none(text):
    """The data of a pack, if it is YAML and its prompts are prompts."""
    try:
        found = data(text)
        for prompt in prompts(found):
            impasto.format(prompt, "template")
    except SourceError:
        return None
    return found


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [1", 1),
        ("a: 1\na: 2\n", 2),
        ("a: &x 1\nstyles: {}\n", 1),
        ("version: '3'\nservices: {}\n", 1),
        ("", 1),
        ("- a\n", 1),
        ("styles:\n  a:\n    text: 'x, (y'\n", 3),
        ("styles:\n  a:\n    text: '{{ x'\n", 3),
    ],
)
def test_what_is_no_pack_is_an_error_with_its_line(text, line):
    with pytest.raises(SourceError) as caught:
        impasto.format(text, "pack")
    assert caught.value.span.line == line


def test_a_formatted_pack_is_one_that_other_programs_read_alike():
    before = (DATA / "blocks.before.yaml").read_text("utf-8")
    after = impasto.format(before, "pack")
    assert without_prompts(yaml.safe_load(after)) == without_prompts(yaml.safe_load(before))
