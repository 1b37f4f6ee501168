"""Finding cards by name, in the table that is made of the files."""

from __future__ import annotations

import subprocess
import sys

import pytest

from impasto.errors import UnknownNameError
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


@pytest.mark.parametrize(
    ("name", "meant"), [("flux-dve", "flux-dev"), ("dalle-e-3", "dall-e-3"), ("SDXXL", "sdxl")]
)
def test_a_misspelt_name_brings_a_suggestion(name, meant):
    with pytest.raises(UnknownNameError, match=f'unknown model "{name}"; did you mean "{meant}"'):
        load_model(name)


def test_a_name_like_no_other_says_where_to_look():
    with pytest.raises(UnknownNameError, match="impasto models"):
        load_model("qqqqq")


def test_one_model_decodes_only_its_own_card(monkeypatch):
    table = registry._Table(registry.TABLE)
    lines = [line if b'"id":"flux-dev"' in line else b"nothing" for line in table.lines]
    assert lines.count(b"nothing") == len(lines) - 1
    table.lines = lines
    monkeypatch.setattr(registry, "_table", lambda: table)
    registry._card.cache_clear()
    assert load_model("flux-dev").id == "flux-dev"
    registry._card.cache_clear()


def test_all_models_and_their_names_are_in_one_order():
    assert model_names() == tuple(card.id for card in all_models())


def test_a_model_is_one_object():
    assert load_model("sdxl") is load_model("stable-diffusion-xl")


@pytest.mark.parametrize("code", ["load_model('sdxl')", "all_models()"])
def test_no_yaml_and_no_pydantic_are_loaded(code):
    program = (
        f"import sys; from impasto.models import all_models, load_model; {code}; "
        "print({'yaml', 'pydantic', 'httpx'} & set(sys.modules))"
    )
    out = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert out.strip() == "set()"
