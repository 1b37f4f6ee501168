"""Completions: what may stand at the cursor, and what it puts there."""

import pytest

from editing import at_cursor, project
from impasto.lsp.completing import complete


@pytest.fixture
def home(tmp_path):
    (tmp_path / "style_packs").mkdir()
    (tmp_path / "style_packs" / "mine.yaml").write_text(
        "format: 1\nname: mine\nstyles:\n  glow: {title: A glow, text: glow}\n", "utf-8"
    )
    (tmp_path / "wildcards" / "animals").mkdir(parents=True)
    (tmp_path / "wildcards" / "animals" / "wild.txt").write_text("fox\n", "utf-8")
    (tmp_path / "light.txt").write_text("light", "utf-8")
    return tmp_path


def offered(text, folder, name="x.prompt"):
    document, place = at_cursor(text, name, folder)
    return {one.name: one for one in complete(document, place, project(folder))}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\nstyles: [gl‸", {"mine/glow", "photorealistic/portrait", "mixins/film-grain"}),
        ("---\nmodel: ‸\n---\n", {"flux-dev", "stable-diffusion-xl"}),
        ("---\nparameters: {‸", {"seed", "steps", "cfg", "size", "guidance_scale"}),
        ("---\n‸\n---\n", {"variables", "styles", "negative", "parameters", "model", "format"}),
        ("---\nvariables:\n  who: {‸", {"type", "default", "choices", "range", "description"}),
        ("---\nvariables:\n  who: {type: ‸", {"string", "integer", "number", "boolean", "list"}),
        ("---\nvariables: {who: , where: }\n---\n{{ w‸", {"who", "where", "model"}),
        ("{{ x | ‸", {"weight", "prompt", "phrases", "words", "article", "default", "upper"}),
        ("{{ model.‸", {"id", "family", "writing"}),
        ("{% include '‸", {"light.txt"}),
        ("a __‸", {"animals/wild"}),
        ("a <‸", {"lora", "lyco", "hypernet", "embedding"}),
        ("# impasto: ignore[‸", {"IMP101", "IMP107"}),
    ],
)
def test_what_may_stand_there_is_offered(home, text, expected):
    assert expected <= offered(text, home).keys()


@pytest.mark.parametrize("text", ["a fox, ‸", "---\ntitle: ‸\n---\n", "{{ 'a‸' }}", "{{ who.‸ }}"])
def test_in_free_text_nothing_is_offered(home, text):
    assert offered(text, home) == {}


@pytest.mark.parametrize(
    ("text", "name", "put"),
    [
        ("a __ani‸", "animals/wild", "a __animals/wild__"),
        ("a __ani‸__ b", "animals/wild", "a __animals/wild__ b"),
        ("a <lo‸", "lora", "a <lora:"),
        ("---\nsty‸\n---\n", "styles", "---\nstyles: \n---\n"),
        ("---\nsty‸: [a]\n---\n", "styles", "---\nstyles: [a]\n---\n"),
        (
            '---\nstyles: ["mixins/fi‸lm:0.7"]\n---\n',
            "mine/glow",
            '---\nstyles: ["mine/glow:0.7"]\n---\n',
        ),
        ("{{ x | we‸ }}", "weight", "{{ x | weight }}"),
        ("🦊 {# impasto: ignore[IMP‸", "IMP101", "🦊 {# impasto: ignore[IMP101"),
    ],
)
def test_a_completion_takes_the_place_of_what_is_typed(home, text, name, put):
    document, place = at_cursor(text, "x.prompt", home)
    one = next(o for o in complete(document, place, project(home)) if o.name == name)
    document.change(one.text or one.name, one.range)
    assert document.text == put


def test_a_style_is_explained(home):
    one = offered("---\nstyles: [gl‸", home)["mine/glow"]
    assert one.detail == "A glow"
    assert "```impasto\nglow\n```" in one.help


def test_a_pack_that_is_being_written_offers_its_own_styles(home):
    text = "format: 1\nname: new\nstyles:\n  one: {text: a}\n  two: {extends: [‸]}\n"
    assert {"new/one", "mine/glow"} <= offered(text, home, "new.yaml").keys()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("    ‸", {"text", "negative", "extends", "variants", "mixin", "parameters"}),
        ("    variants: {‸", {"tags", "prose", "phrases", "flux-dev", "sdxl"}),
        ("    variants: {prose: {‸", {"text", "negative", "parameters"}),
    ],
)
def test_packs_offer_their_keys(home, text, expected):
    head = "format: 1\nname: new\nstyles:\n  one:\n"
    assert expected <= offered(head + text, home, "new.yaml").keys()
