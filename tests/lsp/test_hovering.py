"""Hovers: the effective weight in each target, and what names mean."""

import re
from pathlib import Path

import pytest

from editing import at_cursor, project
from impasto.lsp.checking import Checker
from impasto.lsp.hovering import hover

PACK = """format: 1
name: mine
styles:
  glow:
    title: A glow
    text: "{{ prompt }}, (warm glow:1.2), film"
    negative: "(cold:1.3)"
    parameters: {guidance_scale: 4}
    variants:
      prose: {text: "{{ prompt }} in a warm glow"}
"""


@pytest.fixture
def home(tmp_path):
    (tmp_path / "style_packs").mkdir()
    (tmp_path / "style_packs" / "mine.yaml").write_text(PACK, "utf-8")
    (tmp_path / "wildcards").mkdir()
    (tmp_path / "wildcards" / "animals.txt").write_text("fox\nowl\n# no\n3::cat\n", "utf-8")
    return tmp_path


def hover_at(text, folder, name="x.txt", targets=("stable-diffusion-xl", "flux-dev")):
    document, place = at_cursor(text, name, folder)
    here = project(folder, targets=targets)
    return hover(document, place, here, Checker().check(document, here))


def rows(found):
    """The table of a hover: model -> (weight, tokens, note)."""
    lines = [line for line in found.text.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line[1:-1].split("|")] for line in lines]
    return {model: rest for model, *rest in cells[1:]}


@pytest.mark.parametrize(
    ("text", "said", "weights"),
    [
        (
            "a fox, (golden li‸ght:1.4), mist",
            "`golden light`: weight **1.4**",
            {"stable-diffusion-xl": "1.4"},
        ),
        ("🦊🦊 (a (b‸:1.2):1.3)", "`b`: weight **1.56**", {"stable-diffusion-xl": "1.56"}),
        ("(fox:1.4), a (fo‸x:0.7)", "`fox`: weight **0.7**", {"stable-diffusion-xl": "0.7"}),
        ("a fox, (golden light:1‸.4), mist", "`golden light`", {"stable-diffusion-xl": "1.4"}),
        ("[a cat:a d‸og:0.5], x", "`a dog`: weight **1**", {"stable-diffusion-xl": "1"}),
        ("{owl|(fo‸x:1.3)}, x", "`fox`: weight **1.3**", {"stable-diffusion-xl": "1.3"}),
        (
            "x AND (y‸:1.2):0.5",
            "weight **1.2**, in a part of weight 0.5",
            {"stable-diffusion-xl": "0.6"},
        ),
        (
            r"(smile \(wi‸de\):1.2)",
            "`smile (wide)`: weight **1.2**",
            {"stable-diffusion-xl": "1.2"},
        ),
    ],
)
def test_a_phrase_has_its_effective_weight(home, text, said, weights):
    found = hover_at(text, home)
    assert said in found.text
    table = rows(found)
    assert {model: table[model][0] for model in weights} == weights


def test_a_model_of_words_has_what_was_done_instead(home):
    table = rows(hover_at("a fox, (golden li‸ght:1.4), mist, film grain", home))
    assert table["flux-dev"] == ["1", "2 of 13, room for 511", "moved to the front"]


@pytest.mark.parametrize(
    ("text", "model", "tokens"),
    [
        ("a fox, gold‸en light, mist", "stable-diffusion-xl", "5 of 7, room for 75"),
        ("a fox, golden light, mi‸st", "stable-diffusion-xl", "7 of 7, room for 75"),
        (
            "fox " * 75 + "on sn‸ow",
            "stable-diffusion-xl@huggingface",
            "77 of 77, room for 75: **not read**",
        ),
        (
            "fox " * 75 + "on sn‸ow",
            "stable-diffusion-xl",
            "77 of 77, room for 75 a chunk, in chunk 2",
        ),
        ("fox " * 260 + "on sn‸ow", "flux-schnell", "522 of 522, room for 255: **not read**"),
        ("a fo‸x", "dall-e-3", "5 of 4000 characters"),
    ],
)
def test_the_tokens_so_far_are_those_of_the_model(home, text, model, tokens):
    (found,) = rows(hover_at(text, home, targets=(model,))).values()
    assert found[1] == tokens


def test_the_range_is_that_of_the_phrase_in_the_document(home):
    found = hover_at("one\na fox, ( golden li‸ght :1.4)", home)
    assert found.range == ((1, 9), (1, 21))


def test_models_without_targets_are_a_sensible_few(home):
    found = hover_at("a‸", home, targets=())
    assert set(rows(found)) == {"stable-diffusion-xl", "flux-dev", "midjourney-v6"}


def test_the_model_of_the_settings_is_shown(home):
    (home / "impasto.toml").write_text('model = "dall-e-3"\n', "utf-8")
    assert set(rows(hover_at("a‸", home, targets=()))) == {"dall-e-3"}


@pytest.mark.parametrize("text", ["# no‸te", "‸", "a\n‸"])
def test_where_no_prompt_is_there_is_no_weight(home, text):
    assert hover_at(text, home) is None


def test_in_a_template_the_weight_is_that_of_the_composition(home):
    text = (
        "---\nstyles: ['glow:0.5']\nmodel: flux-dev\n---\n{% if x %}(a {{ x }} fo‸x:1.5){% endif %}"
    )
    found = hover_at(text, home, "x.prompt", targets=("stable-diffusion-xl",))
    assert "weight **1.5**" in found.text
    assert list(rows(found)) == ["flux-dev", "stable-diffusion-xl"]


def test_in_a_pack_the_weight_is_that_of_the_style(home):
    marked = PACK.replace("warm glow:", "warm gl‸ow:")
    found = hover_at(marked, home / "style_packs", "mine.yaml")
    assert rows(found)["stable-diffusion-xl"][0] == "1.2"


def test_the_negative_prompt_has_weights_too(home):
    marked = PACK.replace("(cold:", "(co‸ld:")
    found = hover_at(marked, home / "style_packs", "mine.yaml")
    assert "in the negative prompt: weight **1.3**" in found.text
    assert rows(found)["stable-diffusion-xl"][0] == "1.3"
    assert rows(found)["flux-dev"][0] == "not heard"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("---\nstyles: [mine/gl‸ow]\n---\n", "(warm glow:1.2)"),
        ("---\nstyles: [gl‸ow]\n---\n", "**mine/glow**: A glow"),
        ("---\nmodel: flux‸-dev\n---\n", "**flux-dev**"),
        (
            "---\nmodel: flux-dev\nparameters: {st‸eps: 3}\n---\n",
            "**num_inference_steps** (`steps`)",
        ),
        ("---\nmodel: dall-e-3\nparameters: {se‸ed: 3}\n---\n", "dall-e-3 does not have it"),
        (
            "---\nvariables: {who: {default: a fox}}\n---\n{{ wh‸o }}",
            "**who**: string, default `a fox`",
        ),
        ("---\nvariables: {n‸: {type: integer, range: [1, 9]}}\n---\n", "from 1 to 9"),
        ("{{ x | wei‸ght(2) }}", "**weight**: Give the value the weight"),
        ("{{ x | upp‸er }}", "**upper**: as in Jinja"),
        ("{{ mod‸el.family }}", "the model that the prompt is written for"),
        ("__ani‸mals__", "3 lines\n\n- fox\n- owl\n- cat"),
        ("__anmals‸__", "unknown wildcard"),
        ("# impasto: ignore[IMP1‸01]", "**IMP101 accidental-weight**"),
    ],
)
def test_names_are_explained(home, text, said):
    assert said in hover_at(text, home, "x.prompt").text


def test_a_finding_has_the_help_of_its_rule_below_the_weight(home):
    found = hover_at("a clock (at 5:3‸0)", home)
    weight, finding = found.text.split("\n\n---\n\n")[:2]
    assert "`at 5`: weight **30**" in weight
    assert "the brackets make" in finding
    assert "**IMP101 accidental-weight**" in found.text


@pytest.mark.parametrize(
    "text",
    ["---\nformat: 2\n---\na‸", "---\nstyles: [nob‸ody]\n---\n", "{{ nob‸ody }}", "{% if a‸"],
)
def test_where_nothing_is_known_nothing_is_invented(home, text):
    found = hover_at(text, home, "x.prompt")
    assert found is None or "| model |" not in found.text


def test_the_example_in_the_docs_is_what_is_shown(home):
    page = (Path(__file__).parents[2] / "docs" / "editors.md").read_text("utf-8")
    quoted = re.findall(r"^> ?(.*)$", page, re.MULTILINE)
    found = hover_at("a fox, (golden li‸ght:1.4), mist, film grain", home, targets=())
    tidy = [re.sub(r" +", " ", line) for line in found.text.splitlines()]
    assert quoted == tidy
