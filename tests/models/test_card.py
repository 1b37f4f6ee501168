"""What the cards say, and how a backend changes it."""

from __future__ import annotations

import json
import re

import msgspec
import pytest

from impasto.models import all_models, load_model
from impasto.models.card import CANONICAL, Size

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
