"""Previews: every card says how, and the way is quicker, cheaper and valid."""

from __future__ import annotations

import pytest

from impasto.models import adapt, all_models, check, load_model
from impasto.models.preview import preview
from impasto.models.prices import price

FAMILIES = sorted({card.family for card in all_models()})
PAIRS = [(card.id, backend) for card in all_models() for backend in (None, *card.backends)]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_card_of_a_family_says_how_and_where_that_is_known_from(family):
    for card in all_models():
        if card.family == family:
            own = card.preview
            assert own.note, card.id
            assert own.source, card.id
            assert all(load_model(name) for name in own.models)


@pytest.mark.parametrize(("model", "backend"), PAIRS)
def test_a_preview_is_valid_and_never_costs_more(model, backend):
    card = load_model(model)
    full = check(card, backend, {"aspect_ratio": "16:9", "n": 1}).parameters
    found = preview(card, backend, full)
    sent = adapt(found.card, backend, {**full, **found.parameters}).parameters
    left = check(found.card, backend, sent).diagnostics
    assert [str(one) for one in left if one.severity == "error"] == []
    assert backend in (None, *load_model(found.card.id).backends)
    if found.price is not None and found.full_price is not None:
        assert found.price <= found.full_price
    if "width" in sent and "width" in full:
        assert sent["width"] * sent["height"] <= full["width"] * full["height"] * 1.1
        shape = full["width"] / full["height"]
        assert sent["width"] / sent["height"] == pytest.approx(shape, rel=0.2)
    assert found.is_cheaper or "there is no quicker way" in str(found)


def test_a_sibling_paints_where_the_backend_serves_one():
    card = load_model("flux-dev")
    asked = {"width": 1024, "height": 1024, "num_inference_steps": 40}
    assert preview(card, "fal", asked).card.id == "flux-schnell"
    assert preview(card, "bfl", asked).card.id == "flux-2-klein"
    assert preview(card, "fal", asked).parameters == {"num_inference_steps": None}
    local = preview(card, "comfyui", asked)
    assert local.card.id == "flux-dev"
    assert local.parameters == {"num_inference_steps": 12, "width": 512, "height": 512}


def test_a_sibling_keeps_the_shape_that_the_model_has_by_itself():
    assert preview(load_model("flux-dev"), "fal", {}).parameters == {"aspect_ratio": "4:3"}


def test_steps_only_go_down():
    found = preview(load_model("sdxl"), "a1111", {"num_inference_steps": 4})
    assert found.parameters == {}
    assert not found.is_cheaper


def test_a_side_that_is_none_has_neither_shape_nor_price():
    nothing = {"width": 0, "height": 0}
    found = preview(load_model("dall-e-2"), None, nothing)
    assert (found.parameters["width"], found.parameters["height"]) == (256, 256)
    card = load_model("flux-schnell")
    assert price(card, {"width": -8, "height": 8}) > 0
    assert price(card, nothing) == price(card, {})


def test_prices_go_by_area_quality_and_count():
    assert price(load_model("flux-schnell"), {"width": 1000, "height": 500}) == pytest.approx(
        0.0015
    )
    assert price(load_model("flux-2-pro"), {"width": 2000, "height": 1000}) == pytest.approx(0.045)
    assert price(load_model("gpt-image-1.5"), {"quality": "low", "n": 3}) == pytest.approx(0.027)
    assert price(load_model("gpt-image-1.5"), {}) == pytest.approx(0.133)
    assert price(load_model("reve"), {}) is None
