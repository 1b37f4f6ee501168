"""What the encoders of SD and SDXL make of weights, against the pipeline's own encoding."""

from __future__ import annotations

import pytest

from impasto import read
from impasto.tokens.hosts import HOSTS
from impasto.tokens.tokenizers import tokenizer

PROMPTS = [
    "a red fox",
    "epinephrine, 8k (masterpiece), C++",
    "Ünïcödé, 狐狸, ☃️ 🦊, naïve   spaces\nand lines",
    "don't we'll 1234 — “quotes” … &amp;",
    "snow and ice, " * 18 + "a frozen lake",
    "",
]
LONG = "a red fox, " * 18 + "deep snow, a frozen lake"
BOTH = pytest.mark.parametrize("kind", ["sd", "sdxl"])
WIDTHS = {"sd": 32, "sdxl": 64}


@pytest.fixture
def said(made):
    """Return the arguments of the call of a tiny pipeline for a prompt in sd_embed's syntax."""
    from impasto.client.backends._diffusers_embeddings import arguments

    def say(kind, prompt, negative=""):
        runs = (read(text, "sd-embed").weights() if text else [] for text in (prompt, negative))
        return arguments(made(kind), *runs)

    return say


def own(made, kind, prompt, negative=None):
    """Return what the pipeline itself makes of a prompt of at most 75 tokens."""
    import torch

    pipe = made(kind)
    names = ["prompt_embeds", "negative_prompt_embeds"]
    if kind == "sdxl":
        names += ["pooled_prompt_embeds", "negative_pooled_prompt_embeds"]
    with torch.no_grad():
        found = pipe.encode_prompt(
            prompt,
            device="cpu",
            num_images_per_prompt=1,
            do_classifier_free_guidance=True,
            negative_prompt=negative,
        )
    return dict(zip(names, found, strict=True))


@BOTH
@pytest.mark.parametrize("negative", ["blurry, deformed", ""])
@pytest.mark.parametrize("prompt", [p for p in PROMPTS if len(p) < 100])
def test_weight_one_is_the_pipelines_own(kind, prompt, negative, made, said):
    import torch

    plain = prompt.replace("(", "").replace(")", "")
    expected = own(made, kind, plain, negative or None)
    found = said(kind, plain, negative)
    assert found.keys() == expected.keys()
    for name, tensor in expected.items():
        assert torch.equal(found[name], tensor), name


@BOTH
@pytest.mark.parametrize("prompt", PROMPTS)
def test_tokens_are_those_that_impasto_counts(kind, prompt, made):
    from impasto.client.backends._diffusers_embeddings import encoders

    runs = read(prompt, "sd-embed").weights() if prompt else []
    counted = HOSTS["sd-embed"].chunks(runs, tokenizer("clip-l"), 75)
    for encoder in encoders(made(kind)):
        chunks = encoder.chunks(runs)
        assert [[t for t, _ in chunk] for chunk in chunks] == [[t.id for t in c] for c in counted]


@BOTH
@pytest.mark.parametrize("weight", [0.0, 0.5, 1.1, 1.5, 2.0])
def test_a_weight_multiplies_its_tokens_and_no_others(kind, weight, said):
    import torch

    plain = said(kind, "a red fox, snow")
    found = said(kind, f"a (red fox:{weight}), snow")
    expected = plain["prompt_embeds"].clone()
    expected[0, 2:4] *= weight  # the marker, a, red, fox, the comma, snow
    assert torch.equal(found.pop("prompt_embeds"), expected)
    for name, tensor in found.items():
        assert torch.equal(tensor, plain[name]), name


@BOTH
def test_nested_weights_multiply_and_the_negative_has_its_own(kind, said):
    import torch

    plain = said(kind, "a red fox", "blurry, dark")
    found = said(kind, "a ((red:1.5) fox:1.2)", "[blurry], (dark)")
    factors = torch.ones(77)
    factors[2], factors[3] = 1.5 * 1.2, 1.2
    wanted = plain["prompt_embeds"] * factors.unsqueeze(-1)
    assert torch.allclose(found["prompt_embeds"], wanted, rtol=1e-6, atol=0)
    factors = torch.ones(77)
    factors[1], factors[3] = 1 / 1.1, 1.1
    unwanted = plain["negative_prompt_embeds"] * factors.unsqueeze(-1)
    assert torch.allclose(found["negative_prompt_embeds"], unwanted, rtol=1e-6, atol=0)


@BOTH
@pytest.mark.parametrize("swapped", [False, True])
def test_a_long_prompt_is_read_in_chunks(kind, swapped, made, said):
    import torch

    texts = [LONG, "blurry"]
    found = said(kind, *(texts[::-1] if swapped else texts))
    names = ["prompt_embeds", "negative_prompt_embeds"]
    long, short = (found[name][0] for name in (names[::-1] if swapped else names))
    assert long.shape == short.shape == (2 * 77, WIDTHS[kind])
    first, second = "a red fox, " * 18 + "deep snow,", " a frozen lake"
    chunks = [own(made, kind, text) for text in (first, second, "blurry", " ")]
    expected = [chunk["prompt_embeds"][0] for chunk in chunks]
    assert len(expected[0]) == 77
    for part, whole in zip(expected, (*long.split(77), *short.split(77)), strict=True):
        assert torch.allclose(part, whole, atol=1e-5)


def test_the_pooled_vector_is_that_of_the_first_chunk(made, said):
    import torch

    found = said("sdxl", LONG.replace("deep", "(deep:1.8)"))
    first = own(made, "sdxl", "a red fox, " * 18 + "deep snow,")
    assert torch.allclose(found["pooled_prompt_embeds"], first["pooled_prompt_embeds"], atol=1e-5)


def test_without_a_negative_prompt_sdxl_gets_zeros_of_every_chunk(said):
    found = said("sdxl", LONG)
    assert found["negative_prompt_embeds"].shape == (1, 154, 64)
    assert not found["negative_prompt_embeds"].any()
    assert not found["negative_pooled_prompt_embeds"].any()
