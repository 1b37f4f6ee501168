from __future__ import annotations

import json

import pytest

PACK = """\
format: 1
name: mine
version: 2.1.0
styles:
  foggy:
    title: Fog
    tags: [weather]
    extends: base
    text: "{{ prompt }}, (thick fog:1.2)"
    negative: sunshine
  base: {mixin: true, text: "grey palette"}
"""


@pytest.fixture
def pack(place):
    folder = place / "style_packs"
    folder.mkdir()

    def write(text=PACK, name="mine.yaml"):
        (folder / name).write_text(text, encoding="utf-8")
        return f"style_packs/{name}"

    write()
    return write


def test_the_projects_styles_come_first(run, pack):
    found = run("styles", "list")
    assert found.exit_code == 0
    assert found.stdout.startswith("mine/")
    assert "foggy" in found.stdout
    assert "  base" not in found.stdout
    assert "photorealistic/" in found.stdout
    assert run("styles").stdout == found.stdout
    assert "  base" in run("styles", "list", "--mixins").stdout


def test_the_list_can_be_narrowed(run, pack):
    def names(*args):
        found = json.loads(run("styles", "list", *args, "--format", "json").stdout)
        return [style["name"] for style in found["styles"]]

    assert names("--pack", "mine") == ["mine/foggy", "mine/base"]
    assert names("--tag", "weather") == ["mine/foggy"]
    assert len(names()) > 30


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["list", "--pack", "animee"], 'did you mean "anime"?'),
        (["list", "--tag", "wether"], 'did you mean "weather"?'),
        (["show", "fogy"], 'did you mean "foggy"?'),
        (["show", "foggy", "--model", "flux-dv"], 'did you mean "flux-dev"?'),
        (["check", "style_packs/none.yaml"], "there is no file style_packs/none.yaml"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_nearest(run, pack, args, said):
    found = run("styles", *args)
    assert found.exit_code == 2
    assert said in found.stderr


def test_one_style(run, pack, snapshot):
    assert run("styles", "show", "foggy").stdout == snapshot
    assert (
        run("styles", "show", "photorealistic/portrait", "--model", "flux-dev").stdout == snapshot
    )


def test_one_style_that_comes_before_others_of_its_name(run, pack):
    pack(PACK.replace("foggy:", "noir:"))
    assert "  before     photorealistic/noir: of styles" in run("styles", "show", "noir").stdout
    found = json.loads(run("styles", "show", "noir", "--format", "json").stdout)
    assert (found["name"], found["comes_before"]) == ("mine/noir", ["photorealistic/noir"])


def test_one_style_as_json(run, pack):
    found = json.loads(run("styles", "show", "foggy", "--format", "json").stdout)
    assert found["name"] == "mine/foggy"
    assert (found["file"], found["line"]) == ("style_packs/mine.yaml", 5)
    assert found["example"]["prompt"] == "a lighthouse, (thick fog:1.2), grey palette"


def test_sound_packs_pass(run, pack):
    found = run("styles", "check")
    assert found.exit_code == 0, found.stdout
    assert "nothing to complain about" in found.stdout


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("(thick fog:1.2)", "(thick fog:1.2", "9:26"),
        ("negative: sunshine", "negatve: sunshine", "10:5"),
        ("negative: sunshine", "negative: thick fog", "10:15"),
        ("negative: sunshine", "negative: a, [b", "10:18"),
        ("extends: base", "extends: bse", "8:"),
        ("{{ prompt }}", "{{ promt }}", "9:"),
        ("title: Fog", "title: Fog: [", "6:"),
        ("format: 1", "format: 2", "1:"),
        ("tags: [weather]", "parameters: {steps: many}", "7:5"),
        ("tags: [weather]", "variants: {sdxl: {parameters: {steps: 900}}}", "7:23"),
    ],
)
def test_a_broken_pack_is_found_with_its_place(run, pack, old, new, where):
    file = pack(PACK.replace(old, new))
    found = run("styles", "check", file)
    assert found.exit_code == 1, found.stdout + found.stderr
    assert f"{file}:{where}" in found.stdout
    data = json.loads(run("styles", "check", file, "--format", "json").stdout)
    assert data["diagnostics"][0]["span"]["file"] == file


def test_a_value_that_some_models_take_is_no_mistake(run, pack):
    file = pack(PACK.replace("tags: [weather]", "parameters: {steps: 40, guidance: 7.5}"))
    assert run("styles", "check", file).stdout == "2 styles checked: nothing to complain about\n"
    heard = run("translate", "a cat", "-s", "foggy", "--to", "flux-schnell").stdout
    assert "the style mine/foggy asks for it" in " ".join(heard.split())


def test_all_findings_are_shown_at_once(run, pack):
    broken = (
        PACK.replace("(thick", "((thick")
        .replace("grey", "(grey")
        .replace("    extends: base\n", "")
    )
    other = pack(
        PACK.replace("name: mine", "name: other").replace("title: Fog", "titel: Fog"), "other.yaml"
    )
    found = run("styles", "check", pack(broken), other)
    assert found.exit_code == 1
    assert "style_packs/mine.yaml:8" in found.stdout
    assert "style_packs/mine.yaml:10" in found.stdout
    assert "style_packs/other.yaml:6" in found.stdout
    assert "2 styles checked: 3 findings" in found.stdout


def test_the_schemas_are_json_schemas(run):
    for kind, key in (("pack", "styles"), ("prompt", "variables")):
        schema = json.loads(run("styles", "schema", "--file", kind).stdout)
        assert schema["$schema"].startswith("https://json-schema.org/")
        assert key in schema["properties"]
