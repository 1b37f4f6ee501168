"""What the cards say, and how a backend changes it."""

from __future__ import annotations

import json
import re

import msgspec
import pytest

from impasto import dialects
from impasto.models import all_models, check, load_model
from impasto.models.card import CANONICAL, Size
from impasto.models.parameters import area_named
from impasto.models.sizes import what_is_wrong
from impasto.tokens.tokenizers import ENCODERS

CARDS = {card.id: card for card in all_models()}
BACKENDS = [(card.id, backend) for card in CARDS.values() for backend in card.backends]


@pytest.mark.parametrize("name", CARDS)
def test_a_card_is_complete(name):
    card = CARDS[name]
    assert card.sources
    assert card.access
    assert card.licence
    # What the model lacks is said with its reason, what it has is not said to be lacking.
    assert set(card.parameters) | set(card.lacks) >= set(CANONICAL)
    assert not set(card.parameters) & set(card.lacks)


@pytest.mark.parametrize("name", CARDS)
def test_facts_name_public_sources(name):
    text = json.dumps(CARDS[name].to_json(), ensure_ascii=False)
    assert not re.search(r"\bid \d{6,}|file id", text)
    assert any(re.search(r"\b2026-\d\d\b", source) for source in CARDS[name].sources)


@pytest.mark.parametrize(("name", "backend"), BACKENDS)
def test_a_backends_facts_name_their_source(name, backend):
    assert CARDS[name].backends[backend]["sources"]


@pytest.mark.parametrize(
    ("name", "seconds", "size", "features"),
    [
        ("flux-1.1-pro", 10, (2048, 2048), "complex scenes"),
        ("flux-dev", 5, (1024, 1024), "LoRA support"),
        ("flux-schnell", 2, (1024, 1024), "previews in real time"),
        ("stable-diffusion-xl", 5, (1024, 1024), "ControlNet"),
        ("dall-e-3", 15, None, "text in images"),
        ("midjourney-v6", 30, None, "artistic style"),
    ],
)
def test_the_guides_own_notes_are_kept(name, seconds, size, features):
    guide = CARDS[name].guide
    assert (guide.seconds, guide.max_size) == (seconds, size)
    assert features in guide.features


@pytest.mark.parametrize(
    ("name", "writing", "dialect", "negative", "status"),
    [
        ("flux-1.1-pro", "prose", "plain", "none", "legacy"),
        ("flux-dev", "prose", "plain", "none", "active"),
        ("flux-schnell", "prose", "plain", "none", "active"),
        ("stable-diffusion-xl", "tags", "a1111", "field", "active"),
        ("dall-e-3", "prose", "plain", "none", "retired"),
        ("midjourney-v6", "phrases", "midjourney-6", "syntax", "legacy"),
    ],
)
def test_a_card_says_how_to_speak_to_the_model(name, writing, dialect, negative, status):
    card = CARDS[name]
    assert (card.writing, card.dialect) == (writing, dialect)
    assert (card.negative, card.status) == (negative, status)


def test_every_encoder_is_one_whose_tokens_can_be_counted():
    assert {e.name for card in CARDS.values() for e in card.encoders} <= set(ENCODERS)


@pytest.mark.parametrize(("name", "backend"), [*[(name, None) for name in CARDS], *BACKENDS])
def test_the_dialect_is_one_that_can_be_written(name, backend):
    assert CARDS[name].for_backend(backend).dialect in dialects.names()


@pytest.mark.parametrize("name", CARDS)
def test_a_cards_facts_agree_with_each_other(name):
    card = CARDS[name]
    sizes = card.sizes
    assert (sizes.mode == "fixed") == bool(sizes.fixed)
    assert (sizes.mode == "ratio") == ("width" in card.lacks)
    assert all(not what_is_wrong(sizes, size) for size in sizes.recommended)
    assert not sizes.default or not what_is_wrong(sizes, sizes.default)
    assert all(area_named(tier) for tier in sizes.tiers)
    assert bool(sizes.tiers) == ("resolution" in card.parameters)
    assert (card.seed_effect == "none") == ("seed" in card.lacks)
    assert bool(card.shutdown) <= (card.status in ("retired", "retiring"))
    assert all(load_model(other).status == "active" for other in card.replaced_by)
    if card.price_by_quality:
        assert set(card.price_by_quality) <= set(card.parameters["quality"].choices)
        assert card.price_usd == max(card.price_by_quality.values())


@pytest.mark.parametrize(("name", "backend"), [*[(name, None) for name in CARDS], *BACKENDS])
def test_defaults_are_values_that_the_model_takes(name, backend):
    card = CARDS[name]
    for parameter, spec in card.for_backend(backend).parameters.items():
        given = parameter not in ("width", "height", "aspect_ratio", "resolution")
        if spec.default is not None and given:
            found = check(card, backend, {parameter: spec.default})
            assert not [d for d in found.diagnostics if d.severity == "error"]


def test_no_two_models_have_the_same_name_at_a_backend():
    served = [
        (backend, card.for_backend(backend).served_as)
        for card in CARDS.values()
        for backend in card.backends
        if card.for_backend(backend).served_as
    ]
    assert len(served) == len(set(served))


@pytest.mark.parametrize(
    ("name", "backend", "called"),
    [
        ("flux-1.1-pro", "bfl", "flux-pro-1.1"),
        ("flux-2-klein", "bfl", "flux-2-klein-4b"),
        ("flux-dev", "fal", "fal-ai/flux/dev"),
        ("flux-schnell", "replicate", "black-forest-labs/flux-schnell"),
        ("flux-schnell", "fireworks", "flux-1-schnell-fp8"),
        ("flux-schnell", "together", "black-forest-labs/FLUX.1-schnell"),
        ("sdxl", "huggingface", "stabilityai/stable-diffusion-xl-base-1.0"),
        ("sdxl", "stability-v1", "stable-diffusion-xl-1024-v1-0"),
        ("stable-image-core", "stability", "core"),
        ("sd-3.5-medium", "stability", "sd3.5-medium"),
        ("gpt-image-2.6", "openai", "gpt-image-2.6-sunburst"),
        ("gpt-image-2.6-flare", "openai", "gpt-image-2.6-flare"),
        ("gpt-image-1", "openrouter", "openai/gpt-image-1"),
        ("novelai-v4.5", "novelai", "nai-diffusion-4-5-full"),
    ],
)
def test_a_backend_has_its_own_name_for_a_model(name, backend, called):
    assert load_model(name).for_backend(backend).served_as == called


@pytest.mark.parametrize(
    ("name", "backend", "dialect"),
    [
        ("sdxl", "comfyui", "comfyui"),
        ("sdxl", "invokeai", "compel"),
        ("sdxl", "sdcpp", "sdcpp"),
        ("sdxl", "fal", "plain"),
        ("flux-dev", "comfyui", "comfyui"),
        ("flux-2-dev", "comfyui", "comfyui-plain"),
        ("qwen-image", "comfyui", "comfyui-plain"),
        ("flux-dev", "bfl", "plain"),
        ("novelai-v4.5", None, "novelai-4"),
        ("midjourney-v8", None, "midjourney-7"),
    ],
)
def test_a_backend_reads_its_own_dialect(name, backend, dialect):
    assert load_model(name).for_backend(backend).dialect == dialect


def test_dall_e_3_says_when_it_ended_and_what_follows():
    card = load_model("dall-e-3")
    assert card.shutdown == "2026-05-12"
    assert "gpt-image-2.6-flare" in card.replaced_by
    assert card.max_chars == 4000


def test_sdxl_knows_the_sizes_of_its_training():
    sizes = load_model("sdxl").sizes
    assert len(sizes.recommended) == 26
    assert Size(1024, 1024) in sizes.recommended
    assert all(side % 64 == 0 for size in sizes.recommended for side in size)


def test_a_backend_changes_only_what_it_names():
    card = load_model("flux-dev")
    replicate = card.for_backend("replicate")
    assert card.parameters["guidance_scale"].max == 5
    assert replicate.parameters["guidance_scale"].max == 10
    assert replicate.parameters["guidance_scale"].type == "number"
    assert replicate.parameters["num_inference_steps"] == card.parameters["num_inference_steps"]
    assert "width" not in replicate.parameters
    assert replicate.sizes.mode == "ratio"
    assert set(replicate.sources) > set(card.sources)
    assert replicate.backend == "replicate"


def test_an_unknown_backend_and_none_are_the_makers_card():
    card = load_model("flux-dev")
    assert card.for_backend("nowhere") is card
    assert card.for_backend(None) is card


@pytest.mark.parametrize("name", [n for n, card in CARDS.items() if card.guide])
def test_the_gateway_documents_the_guides_parameters_for_every_model(name):
    card = CARDS[name].for_backend("gateway")
    documented = ("width", "height", "num_inference_steps", "guidance_scale", "seed")
    assert set(documented) <= set(card.parameters)
    assert set(card.documents) == {"negative_prompt", *documented}
    assert card.negative != "none"


@pytest.mark.parametrize("name", CARDS)
def test_a_card_survives_json(name):
    card = CARDS[name]
    text = json.dumps(card.to_json())
    assert msgspec.convert(json.loads(text), type(card)) == card
