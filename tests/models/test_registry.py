"""Finding cards by name, and what a broken card says."""

from __future__ import annotations

import subprocess
import sys

import pytest

from impasto.errors import FileError, UnknownNameError
from impasto.models import all_models, load_model, model_names, registry

GUIDE = {
    "flux-1.1-pro",
    "flux-dev",
    "flux-schnell",
    "stable-diffusion-xl",
    "dall-e-3",
    "midjourney-v6",
}


def test_every_model_of_the_guide_has_a_card():
    assert set(model_names()) >= GUIDE


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("flux-dev", "flux-dev"),
        ("FLUX-Dev", "flux-dev"),
        (" sdxl ", "stable-diffusion-xl"),
        ("black-forest-labs/flux.1-schnell", "flux-schnell"),
        ("midjourney", "midjourney-v6"),
    ],
)
def test_a_model_is_found_by_id_and_alias_in_any_case(name, model):
    assert load_model(name).id == model


def test_no_two_cards_share_a_name():
    names = [name.lower() for card in all_models() for name in (card.id, *card.aliases)]
    assert sorted(names) == sorted(set(names))


def test_the_heads_of_the_cards_show_every_name():
    everyone = {name.lower() for card in all_models() for name in (card.id, *card.aliases)}
    assert set(registry._heads(registry.CARDS)) == everyone


@pytest.mark.parametrize(
    ("name", "meant"), [("flux-dve", "flux-dev"), ("dalle-e-3", "dall-e-3"), ("SDXXL", "sdxl")]
)
def test_a_misspelt_name_brings_a_suggestion(name, meant):
    with pytest.raises(UnknownNameError, match=f'unknown model "{name}"; did you mean "{meant}"'):
        load_model(name)


def test_a_name_like_no_other_says_where_to_look():
    with pytest.raises(UnknownNameError, match="impasto models"):
        load_model("qqqqq")


def test_one_model_reads_only_its_own_family():
    code = (
        "from impasto.models import registry\n"
        "read = []\n"
        "old = registry.read_cards\n"
        "registry.read_cards = lambda path: read.append(path.name) or old(path)\n"
        "registry.load_model('sdxl')\n"
        "print(read)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "['sdxl.yaml']"


def test_the_room_loads_without_yaml_and_pydantic():
    code = "import sys, impasto.models; print({'yaml', 'pydantic', 'httpx'} & set(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "set()"


CARD = """\
- id: test-1
  title: Test
  vendor: Nobody
  family: test
  writing: prose
  dialect: plain
  negative: none
  sizes: {mode: free, multiple: 8}
  sources: [nowhere]
  parameters:
    width: {default: 512}
    seed: {min: 0, max: 9}
  backends:
    home:
      parameters: {seed: {max: 5}}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "CARDS", tmp_path)
    return tmp_path


def test_a_new_family_needs_nothing_but_its_file(folder):
    (folder / "test.yaml").write_text(CARD, encoding="utf-8")
    (folder / "other.yaml").write_text(CARD.replace("test-1", "test-2"), encoding="utf-8")
    assert load_model("test-2").id == "test-2"
    assert model_names() == ("test-2", "test-1")


def test_a_card_in_an_unusual_form_is_found_too(folder):
    text = CARD.replace("- id: test-1\n", '- title: Test\n  "id": test-1\n').replace(
        "  title: Test\n  v", "  v"
    )
    (folder / "test.yaml").write_text(text + '  aliases:\n  - "t1"\n', encoding="utf-8")
    assert load_model("T1").id == "test-1"


@pytest.mark.parametrize(
    ("old", "new", "place", "message", "hint"),
    [
        ("family: test", "familly: test", "4:3", 'a model card has no key "familly"', "family"),
        ("  dialect: plain\n", "", "1:3", 'lacks the key "dialect"', ""),
        (
            "{default: 512}",
            "{defualt: 512}",
            "11:13",
            'parameters.width has no key "defualt"',
            "default",
        ),
        ("{min: 0, max: 9}", "{min: 0, max: lots}", "12:25", "parameters.seed.max: expected", ""),
        ("mode: free", "mode: any", "8:17", "sizes.mode: invalid enum value", ""),
        ("multiple: 8", "multiple: eight", "8:33", "sizes.multiple: expected int, got str", ""),
        ("seed: {max: 5}", "seed: {max: []}", "15:32", "parameters.seed.max: expected", ""),
        ("seed: {max: 5}", "seed: {mx: 5}", "15:27", 'has no key "mx"', "max"),
        ("[nowhere]", "nowhere", "9:12", "sources: expected array, got str", ""),
    ],
)
def test_a_broken_card_names_file_line_and_key(folder, old, new, place, message, hint):
    text = CARD.replace(old, new)
    assert text != CARD
    (folder / "test.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(FileError) as caught:
        load_model("test-1")
    assert str(caught.value.span) == f"test.yaml:{place}"
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_a_file_that_is_no_list_of_cards_is_told(folder):
    (folder / "test.yaml").write_text("id: test-1\n", encoding="utf-8")
    with pytest.raises(FileError, match="a file of model cards is a list"):
        load_model("test-1")
