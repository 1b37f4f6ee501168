"""Cards of the user's: new models, changed ones, mistakes in them."""

from __future__ import annotations

import pytest

from impasto.errors import FileError, UnknownNameError
from impasto.models import all_models, check, load_model, model_names, registry

MINE = """\
- id: house-style
  like: sdxl
  aliases: [our-finetune]
  title: House style
  sources: [our own training]
  parameters:
    guidance_scale: {default: 5, max: 9}
    quality: null
- id: flux-dev
  price_usd: 0.01
"""


@pytest.fixture
def cards(tmp_path):
    """Write a file of cards and let it count."""

    def write(text, name="mine.yaml"):
        (tmp_path / name).write_text(text)
        registry.use([tmp_path])

    yield write
    registry.use([])


def test_a_card_begins_as_another_one(cards):
    cards(MINE)
    card = load_model("our-finetune")
    assert card is load_model("House-Style")
    assert (card.id, card.dialect, card.negative) == ("house-style", "a1111", "field")
    assert card.parameters["guidance_scale"].max == 9
    assert card.parameters["guidance_scale"].min == 0
    assert (card.guide, card.aliases) == (None, ("our-finetune",))
    assert card.for_backend("comfyui").dialect == "comfyui"
    assert card.for_backend("fal").served_as == ""
    assert "gateway" not in card.backends
    assert card.origin == "mine.yaml:1"
    assert check(card, None, {"cfg": 12}).diagnostics[0].rule == "parameter-range"


def test_a_built_in_card_is_changed_in_what_is_said(cards):
    before = load_model("flux-dev")
    cards(MINE)
    card = load_model("FLUX.1-dev")
    assert (card.id, card.price_usd) == ("flux-dev", 0.01)
    assert card.parameters == before.parameters
    assert card.origin == "mine.yaml:9, which changes price_usd"
    registry.use([])
    assert load_model("flux-dev") == before


def test_names_and_cards_come_in_one_order(cards):
    built_in = model_names()
    cards(MINE)
    assert model_names() == (*built_in, "house-style")
    assert tuple(card.id for card in all_models()) == model_names()
    assert {card.price_usd for card in all_models() if card.id == "flux-dev"} == {0.01}
    with pytest.raises(UnknownNameError, match='did you mean "house-style"'):
        load_model("hous-style")


def test_later_files_may_build_on_earlier_ones(cards):
    cards(MINE, "a.yaml")
    cards("- {id: night-style, like: house-style, title: Night}\n", "b.yml")
    assert load_model("night-style").parameters["guidance_scale"].max == 9


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {id: x, like: sdxll}", 'mine.yaml:1:17: error: like: no model is called "sdxll"'),
        ("- {id: x}", 'this model card lacks the key "title"'),
        ("- {id: x, like: sdxl, titel: X}", 'has no key "titel"\n'),
        ("- {id: x, like: sdxl, aliases: [flux-dev]}", 'two models are called "flux-dev"'),
        ("- {id: x, like: sdxl}\n- {id: X, like: sdxl}", 'two models are called "X"'),
        ("- id: sdxl-mine\n  like: sdxl\n  sizes: {multiple: many}", "mine.yaml:3:21"),
        ("- just text", "a model card is a mapping"),
        ("id: x", "a file of model cards is a list"),
    ],
)
def test_a_mistake_is_told_with_its_place(cards, text, said):
    cards(text + "\n")
    with pytest.raises(FileError) as error:
        load_model("flux-dev")
    assert said in str(error.value)


def test_a_backend_that_hears_a_negative_prompt_in_a_card_of_the_users(cards):
    cards("- id: flux-dev\n  backends: {diffusers: {negative: field}}\n")
    checked = check(load_model("flux-dev"), "diffusers", {}, negative_prompt="blurry")
    assert checked.diagnostics == ()
