"""The nearest request: what is changed, what is told, what is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.models import adapt, check, load_model, model_names
from impasto.models.adapting import can_help

GUIDE = {
    "width": 1024,
    "height": 1024,
    "num_inference_steps": 50,
    "guidance_scale": 7.5,
    "seed": 42,
}


def changed(model, backend, parameters):
    found = adapt(load_model(model), backend, parameters)
    return found.parameters, [str(change) for change in found.changes]


CASES = [
    ("flux-dev", "bfl", {"cfg": 7.5}, {"guidance_scale": 5}),
    ("flux-dev", "bfl", {"steps": "80"}, {"num_inference_steps": 50}),
    ("flux-dev", "bfl", {"size": "1000x1000"}, {"width": 992, "height": 992}),
    ("flux-dev", "bfl", {"n": 3, "seed": 7}, {"n": 1, "seed": 7}),
    ("dall-e-3", None, {"quality": "hdd"}, {"quality": "hd"}),
    ("dall-e-3", None, {"size": "512x512", "seed": 3}, {"width": 1024, "height": 1024}),
    ("stable-diffusion-xl", "a1111", {"clip_skip": 99}, {"clip_skip": 12}),
    ("gpt-image-1.5", "openai", {"background": "opaqe"}, {"background": "opaque"}),
    ("midjourney-v6", "gateway", {"size": "1024x768"}, {"aspect_ratio": "4:3"}),
    ("flux-1.1-pro", "gateway", GUIDE, {"width": 1024, "height": 1024, "seed": 42}),
    ("flux-dev", "gateway", GUIDE, {**GUIDE, "guidance_scale": 5}),
    ("flux-kontext-pro", "bfl", {"prompt_upsampling": "true"}, {"prompt_upsampling": True}),
]


@pytest.mark.parametrize(("model", "backend", "asked", "sent"), CASES)
def test_the_nearest_valid_values_are_sent(model, backend, asked, sent):
    parameters, told = changed(model, backend, asked)
    assert parameters == sent
    assert told
    left = check(load_model(model), backend, parameters).diagnostics
    assert [one for one in left if one.severity == "error"] == []


LEFT = [
    ("flux-dev", "bfl", {"bogus": 1}),
    ("flux-dev", "bfl", {"num_inference_steps": 10}),
    ("dall-e-3", None, {"quality": "zzzzzzzz"}),
    ("stable-diffusion-xl", "a1111", {"width": 1000, "height": 1000}),
    ("flux-dev", "bfl", {"width": 1024, "height": 768, "seed": 7}),
]


@pytest.mark.parametrize(("model", "backend", "asked"), LEFT)
def test_what_is_allowed_or_has_no_nearest_value_stays(model, backend, asked):
    assert changed(model, backend, asked) == (asked, [])


def test_a_change_says_what_why_and_what_instead():
    _, told = changed("flux-1.1-pro", "gateway", {"size": "2048x2048", "steps": 50})
    size, steps = told
    assert size.startswith("2048x2048: the gateway documents it, but for flux-1.1-pro itself")
    assert size.endswith("; 1440x1440 is sent instead")
    assert "flux-1.1-pro has no num_inference_steps" in steps
    assert steps.endswith("; it is left out")


VALUES = {
    "size": st.sampled_from(["64x64", "1000x1000", "4096x512", "1024x1024", "16:9", "4mp"]),
    "num_inference_steps": st.one_of(st.integers(-5, 500), st.just("30")),
    "guidance_scale": st.one_of(st.floats(-5, 60), st.integers(-5, 60)),
    "seed": st.integers(-1, 2**40),
    "n": st.integers(-1, 99),
    "quality": st.sampled_from(["low", "hdd", "TURBO", "standard"]),
    "output_format": st.sampled_from(["png", "jpg", "webp", "pgn"]),
}


@given(
    st.sampled_from(model_names()),
    st.integers(0, 20),
    st.fixed_dictionaries({}, optional=VALUES),
)
def test_nothing_is_left_that_could_be_helped_and_every_change_is_told(model, at, asked):
    card = load_model(model)
    backends = (None, *card.backends)
    backend = backends[at % len(backends)]
    found = adapt(card, backend, asked)
    left = check(card, backend, found.parameters).diagnostics
    assert [str(one) for one in left if can_help(one)] == []
    assert adapt(card, backend, found.parameters) == (type(found))(found.parameters)
    told = {change.parameter for change in found.changes}
    for name, value in asked.items():
        if name != "size" and found.parameters.get(name) != value:
            assert name in told
