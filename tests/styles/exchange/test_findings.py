"""What the report says of styles that repeat, miss or cannot hold something."""

from __future__ import annotations

import json

import pytest

from impasto import Library, compose, read
from impasto.errors import UnknownNameError
from impasto.styles.exchange import export_pack
from impasto.styles.library import load_pack
from impasto.syntax.phrases import split


@pytest.fixture
def made(tmp_path, trips):
    def make(*rows, **how):
        path = tmp_path / "in.json"
        path.write_text(json.dumps(list(rows)))
        pack, found = trips.pack(path, **{"form": "fooocus", **how})
        return pack, [d for d in found.findings if d.code != "IMP328"]

    return make


def row(name, prompt="", negative="", **more):
    return {"name": name, "prompt": prompt, "negative_prompt": negative, **more}


def test_duplicates_are_found_by_what_they_say(made):
    rows = (
        row("one", "{prompt}, film_grain, dusk"),
        row("two", "{prompt} ,  Film Grain,dusk"),
        row("three", "{prompt}, (film grain:1.2), dusk"),
        row("four", "{prompt}"),
        row("five", "{prompt}"),
    )
    pack, findings = made(*rows)
    assert list(pack.styles) == ["one", "two", "three", "four", "five"]
    assert [(d.code, d.severity) for d in findings] == [
        ("IMP321", "warning"),
        ("IMP326", "info"),
        ("IMP321", "info"),
    ]
    assert findings[0].message == 'says the same as "one"; both stay'
    assert findings[0].span.line == 1
    pack, findings = made(*rows, unique=True)
    assert list(pack.styles) == ["one", "three", "four", "five"]
    assert findings[0].message == 'says the same as "one"; it is left out'


def test_names_are_made_to_fit_and_differ(made):
    rows = [
        row(name, f"{{prompt}}, {at}")
        for at, name in enumerate(
            ["Café Noir!", "cafe noir", "  ", "柔光", "x" * 200, "x" * 200, "Café Noir!", "", "-a-"]
        )
    ]
    pack, findings = made(*rows)
    assert list(pack.styles) == [
        "cafe-noir", "cafe-noir-2", "untitled", "style", "x" * 72, "x" * 72 + "-2", "cafe-noir-2-2",
        "untitled-2", "a",
    ]  # fmt: skip
    titles = [style.model.title for style in pack.styles.values()]
    assert titles[:4] == ["Café Noir!", "cafe noir", "", "柔光"]
    assert titles[6:] == ["Café Noir! (2)", "untitled (2)", "-a-"]
    assert [d.code for d in findings] == ["IMP322"] * 4


def test_a_slot_in_the_negative(made):
    pack, findings = made(
        row("ends", "{prompt}", "blurry, {prompt}"),
        row("starts", "{prompt}", "{prompt}, blurry"),
        row("inside", "{prompt}", "a {prompt} b, blurry"),
    )
    assert [s.model.negative for s in pack.styles.values()] == ["blurry", "blurry", "a b, blurry"]
    assert [d.code for d in findings if d.code != "IMP321"] == ["IMP324"]


def test_unknown_keys_are_kept(made):
    pack, findings = made(row("one", "{prompt}, x", notes={"by": ["me"]}, promt="y", name_2=None))
    assert pack.styles["one"].model.metadata == {
        "fooocus": {"notes": {"by": ["me"]}, "promt": "y", "name_2": None}
    }
    assert [d.code for d in findings] == ["IMP327"] * 3
    assert findings[1].hint == 'did you mean "prompt"?'


def test_choices_that_are_text(made):
    pack, findings = made(row("one", "{red|blue} {prompt}"))
    assert pack.styles["one"].model.text == r"\{red\|blue\} {{ prompt }}"
    assert [d.code for d in findings] == ["IMP325"]


def test_what_no_style_can_hold_is_left_out(made):
    rows = (
        row("name", "<lora:{prompt}:1>, x"),
        row("both", "{prompt} AND rain"),
        row("other", "{prompt}, <segment:face>"),
        row("good", "{prompt}, x"),
    )
    pack, findings = made(*rows, form="sdnext")
    assert list(pack.styles) == ["good"]
    assert [d.code for d in findings if d.severity == "error"] == ["IMP320"] * 3
    assert '"name" is left out: the prompt stands inside a reference' in findings[0].message


def test_brackets_that_cross_around_the_prompt(tmp_path, trips):
    path = tmp_path / "in.json"
    preset = {"title": "c", "param_map": {"prompt": "{value}), [0:]"}}
    path.write_text(json.dumps({"c": preset, "d": {"title": "d", "param_map": {"prompt": "x"}}}))
    pack, found = trips.pack(path)
    assert list(pack.styles) == ["d"]
    assert "brackets cross around the prompt" in found.findings[0].message


PACK = """\
format: 1
name: mine
license: MIT
styles:
  grain: {mixin: true, text: "film grain"}
  base:
    text: "photo of {{ prompt }}"
    negative: cartoon
    parameters: {steps: 20, size: 832x1216}
  look:
    title: Look
    description: A look
    tags: [night]
    extends: [base, "grain:1.5"]
    text: "({{ prompt }}:1.2) at night, lamps"
    negative: day
    parameters: {steps: 30, style: vivid}
    variants:
      sdxl: {text: "{{ prompt }}, night tags"}
      prose: {text: "{{ prompt }} in the dark"}
  twin: {title: Look, text: "about {value} and {prompt}, __x__ {{ prompt }}"}
"""


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(PACK.replace("{value} and {prompt}, __x__", r"\\{value\\} and \\{prompt\\},"))
    return load_pack(path)


def test_export_tells_a_style_with_what_it_extends(mine):
    written = export_pack(mine, "sdnext", styles=["look"])
    style = json.loads(written.text)[0]
    assert style["prompt"] == "(photo of {prompt}:1.2) at night, lamps, (film grain:1.5)"
    assert style["negative"] == "cartoon, day"
    assert style["extra"] == "Steps: 30, Size: 832x1216"
    assert style["description"] == "A look"
    assert [(loss.kind, loss.text) for loss in written.losses] == [
        ("parameter", "style"),
        ("variant", "sdxl"),
        ("variant", "prose"),
        ("tags", ""),
    ]


def test_export_for_a_model(mine):
    written = export_pack(mine, "fooocus", styles=["look"], model="stable-diffusion-xl")
    style = json.loads(written.text)[0]
    assert style["prompt"] == "photo of {prompt}, night tags, (film grain:1.5)"
    assert [loss.text for loss in written.losses if loss.kind == "variant"] == ["prose"]


def test_export_leaves_mixins_to_those_who_use_them(mine):
    written = export_pack(mine, "fooocus")
    assert [s["name"] for s in json.loads(written.text)] == ["base", "Look", "Look (2)"]
    assert [loss.kind for loss in written.losses if loss.kind == "name"] == ["name"]


def test_text_is_not_taken_for_a_place_of_the_prompt(mine):
    for form, text in (
        ("swarmui", "about { value} and \\{prompt\\}, {value}"),
        ("fooocus", "about {value} and { prompt}, {prompt}"),
    ):
        written = export_pack(mine, form, styles=["twin"])
        data = json.loads(written.text)
        style = data["Look"]["param_map"] if form == "swarmui" else data[0]
        assert style["prompt"].replace("\\", "") == text.replace("\\", "")
        assert "escape" in [loss.kind for loss in written.losses]


def test_unknown_names(mine):
    with pytest.raises(UnknownNameError, match='did you mean "mine/look"'):
        export_pack(mine, "fooocus", styles=["lok"])
    with pytest.raises(UnknownNameError, match="format"):
        export_pack(mine, "nothing")
    with pytest.raises(UnknownNameError, match="format to export"):
        export_pack(mine, "wildcards")


def test_export_says_what_composition_says():
    """A style is told with its bases as `compose` puts them around a prompt."""
    library = Library()
    for name in ("photorealistic", "anime"):
        pack = library.pack(name)
        rows = json.loads(export_pack(pack, "fooocus", library=library).text)
        told = {row["name"]: row["prompt"] for row in rows}
        for style in pack.styles.values():
            if not style.model.mixin:
                prompt = told[style.model.title].replace("{prompt}", "a cat")
                composed = compose("a cat", styles=[style.name], library=library)
                heard = [phrase.key for part in composed.parts for phrase in part.phrases]
                assert [p.key for p in phrases_of(prompt)] == heard


def phrases_of(text):
    prompt = read(text, "fooocus")
    return split(prompt.parts[0].children, prompt.source)
