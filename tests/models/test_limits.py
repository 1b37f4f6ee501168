"""Requests checked against cards: what is sent, what is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.models import check, load_model, model_names
from impasto.models.card import CANONICAL
from impasto.models.limits import CODES

GUIDE_REQUEST = {
    "width": 1024,
    "height": 1024,
    "num_inference_steps": 50,
    "guidance_scale": 7.5,
    "seed": 42,
}
GUIDE_MODELS = [
    "flux-1.1-pro",
    "flux-dev",
    "flux-schnell",
    "stable-diffusion-xl",
    "dall-e-3",
    "midjourney-v6",
]


def run(model, backend, parameters=(), **texts):
    return check(load_model(model), backend, dict(parameters), **texts)


def found(checked, rule, parameter=None):
    """Return the one finding of `rule` (about `parameter`), which there has to be."""
    hits = [d for d in checked.diagnostics if d.rule == rule and parameter in (None, d.parameter)]
    assert len(hits) == 1, [str(d) for d in checked.diagnostics]
    assert hits[0].code == CODES[rule]
    return hits[0]


# The guide's own requests work at the guide's gateway.


@pytest.mark.parametrize("model", GUIDE_MODELS)
def test_what_the_guide_documents_is_sent_unchanged(model):
    checked = run(model, "gateway", GUIDE_REQUEST, prompt="a cat", negative_prompt="blurry")
    assert checked.parameters == GUIDE_REQUEST
    assert checked.dropped == ()
    assert not [d for d in checked.diagnostics if d.severity == "error"]


# What the guide gets wrong, row by row.


def test_flux_1_1_pro_has_neither_negative_prompt_nor_steps_nor_guidance():
    checked = run("flux-1.1-pro", "gateway", GUIDE_REQUEST, negative_prompt="blurry")
    steps = found(checked, "maker-limit", "num_inference_steps")
    assert "flux-1.1-pro has no num_inference_steps" in steps.message
    assert "as the gateway documents it" in steps.message
    assert steps.hint == "remove num_inference_steps"
    assert "has no guidance_scale" in found(checked, "maker-limit", "guidance_scale").message
    assert "no negative prompt" in found(checked, "negative-unsupported").message
    assert {d.severity for d in checked.diagnostics} == {"warning"}


def test_flux_dev_takes_less_guidance_than_the_guides_example():
    said = found(run("flux-dev", "gateway", GUIDE_REQUEST), "maker-limit", "guidance_scale")
    assert "7.5" in said.message
    assert "takes 1.5 to 5" in said.message
    assert "the nearest valid value is 5" in said.hint


def test_flux_schnell_paints_in_few_steps_and_without_guidance():
    checked = run("flux-schnell", "gateway", GUIDE_REQUEST)
    assert "takes 1 to 12" in found(checked, "maker-limit", "num_inference_steps").message
    assert "has no guidance_scale" in found(checked, "maker-limit", "guidance_scale").message


def test_flux_1_1_pro_paints_less_than_2048():
    checked = run("flux-1.1-pro", "gateway", {"width": 2048, "height": 2048})
    said = found(checked, "maker-limit", "width")
    assert checked.parameters == {"width": 2048, "height": 2048}
    assert "256 to 1440" in said.message
    assert "1440x1440" in said.hint


@pytest.mark.parametrize(
    ("model", "side", "multiple", "near"),
    [
        ("flux-1.1-pro", 1000, 32, "992x992"),
        ("flux-dev", 1000, 32, "992x992"),
        ("flux-schnell", 1000, 16, "1008x1008"),
    ],
)
def test_a_multiple_of_8_is_not_enough_for_flux(model, side, multiple, near):
    checked = run(model, "gateway", {"width": side, "height": side})
    said = found(checked, "maker-limit", "width")
    assert checked.parameters == {"width": side, "height": side}
    assert f"multiple of {multiple}" in said.message
    assert near in said.hint


def test_stabilitys_own_api_paints_nine_sizes_only():
    said = found(run("sdxl", "stability-v1", {"size": "1024x768"}), "size-invalid")
    assert "the only sizes are 1024x1024, 1152x896" in said.message
    assert "1152x896" in said.hint


def test_dall_e_3_paints_a_portrait_that_the_guide_does_not_list():
    said = found(run("dall-e-3", "gateway", {"size": "1024x1792"}), "maker-limit")
    assert said.severity == "info"
    assert "the guide lists only 1024x1024, 1792x1024" in said.message


@pytest.mark.parametrize("backend", ["gateway", None])
def test_dall_e_3_is_retired(backend):
    said = found(run("dall-e-3", backend), "model-retired")
    assert said.severity == "warning"
    assert "2026-05-12" in said.message
    assert said.hint == "use gpt-image-2.6-flare or gpt-image-2.6-sunburst"


def test_a_seed_does_not_repeat_an_image_of_dall_e_3():
    at_gateway = run("dall-e-3", "gateway", {"seed": 42})
    assert at_gateway.parameters == {"seed": 42}
    assert "takes no seed" in found(at_gateway, "seed-ineffective").message
    at_maker = run("dall-e-3", None, {"seed": 42})
    assert at_maker.dropped == ("seed",)
    assert "left out" in found(at_maker, "seed-ineffective").message


def test_a_seed_may_not_repeat_an_image_at_replicate():
    said = found(run("flux-dev", "replicate", {"seed": 42}), "seed-ineffective")
    assert said.severity == "info"
    assert "go_fast" in said.message


def test_midjourney_takes_a_ratio_and_no_pixels():
    said = found(run("midjourney-v6", "gateway", GUIDE_REQUEST), "maker-limit", "width")
    assert "only the ratio" in said.message
    assert said.hint == "write aspect_ratio: 1:1"


def test_sdxl_takes_the_guides_request_without_a_word():
    checked = run("sdxl", "gateway", GUIDE_REQUEST, prompt="a cat", negative_prompt="blurry")
    assert checked.diagnostics == ()


# Policy.


def test_what_the_model_lacks_is_left_out_and_reported():
    checked = run("flux-1.1-pro", None, GUIDE_REQUEST, negative_prompt="blurry")
    assert checked.parameters == {"width": 1024, "height": 1024, "seed": 42}
    assert checked.dropped == ("num_inference_steps", "guidance_scale", "negative_prompt")
    said = found(checked, "parameter-unsupported", "guidance_scale")
    assert said.severity == "warning"
    assert "guidance is fixed" in said.message


@pytest.mark.parametrize(
    ("model", "parameters", "nearest"),
    [
        ("flux-dev", {"steps": 99}, "50"),
        ("flux-dev", {"steps": 0}, "1"),
        ("flux-dev", {"guidance": 1}, "1.5"),
        ("sdxl", {"seed": 2**32}, "4294967295"),
        ("sdxl", {"seed": -1}, "0"),
    ],
)
def test_a_value_out_of_range_is_an_error_and_stays(model, parameters, nearest):
    checked = run(model, None, parameters)
    said = found(checked, "parameter-range")
    assert said.severity == "error"
    assert f"the nearest valid value is {nearest}" in said.hint
    assert list(checked.parameters.values()) == list(parameters.values())


def test_a_choice_that_is_none_is_an_error():
    said = found(run("dall-e-3", None, {"quality": "hdd"}), "parameter-range")
    assert "only standard, hd" in said.message
    assert said.hint == 'did you mean "hd"?'
    assert not run("midjourney-v6", None, {"quality": 0.5, "style": "raw"}).diagnostics


def test_a_value_that_is_allowed_but_unusual_is_a_warning():
    said = found(run("flux-schnell", None, {"steps": 8}), "parameter-unusual")
    assert said.severity == "warning"
    assert "works best with 1 to 4" in said.message


def test_a_size_off_the_training_is_a_warning():
    said = found(run("sdxl", None, {"width": 512, "height": 512}), "parameter-unusual")
    assert "1024x1024" in said.hint


@pytest.mark.parametrize(
    ("name", "meant"),
    [("stepps", "steps"), ("guidence_scale", "guidance_scale"), ("aspekt_ratio", "aspect_ratio")],
)
def test_an_unknown_name_is_an_error_with_a_suggestion(name, meant):
    checked = run("flux-dev", None, {name: 20})
    said = found(checked, "parameter-unknown", name)
    assert said.severity == "error"
    assert said.hint == f'did you mean "{meant}"?'
    assert checked.parameters == {}
    assert checked.dropped == (name,)


@pytest.mark.parametrize(
    ("parameters", "name", "hint"),
    [
        ({"seed": "42"}, "seed", "write 42 without quotes"),
        ({"seed": 1.5}, "seed", "write 2"),
        ({"seed": True}, "seed", ""),
        ({"seed": [1]}, "seed", ""),
        ({"guidance_scale": "high"}, "guidance_scale", ""),
        ({"guidance_scale": float("nan")}, "guidance_scale", ""),
        ({"guidance_scale": float("inf")}, "guidance_scale", ""),
        ({"output_format": 3}, "output_format", "one of jpeg, png"),
        ({"width": "1024"}, "width", "write 1024 without quotes"),
        ({"width": 0}, "width", "write 1024"),
        ({"height": [3]}, "height", "write 1024"),
        ({"width": 1024.0}, "width", "write 1024"),
        ({"size": "big"}, "size", "such as 1024x768"),
        ({"aspect_ratio": "wide"}, "aspect_ratio", "such as 16:9"),
    ],
)
def test_a_value_of_the_wrong_type_is_an_error(parameters, name, hint):
    for backend in (None, "gateway"):
        said = found(run("flux-dev", backend, parameters), "parameter-type", name)
        assert said.severity == "error"
        assert hint in said.hint


def test_true_is_not_taken_for_1_that_was_seen_before():
    card = load_model("flux-dev")
    assert not check(card, None, {"n": 1}).diagnostics
    assert found(check(card, None, {"n": True}), "parameter-type")
    assert not check(card, None, {"width": 1024, "height": 1024}).diagnostics
    assert found(check(card, None, {"width": 1024.0, "height": 1024}), "parameter-type")


def test_a_value_of_none_is_no_value():
    checked = run("dall-e-3", None, {"seed": None, "width": None, "steps": None})
    assert (checked.parameters, checked.dropped) == ({}, ())


def test_one_parameter_with_two_values_is_an_error():
    said = found(
        run("flux-dev", None, {"steps": 30, "num_inference_steps": 40}), "parameter-conflict"
    )
    assert said.severity == "error"


# Ratios.


@pytest.mark.parametrize(
    ("model", "backend", "ratio", "sent"),
    [
        ("sdxl", None, "16:9", {"width": 1344, "height": 768}),
        ("sdxl", "gateway", "2:3", {"width": 832, "height": 1216}),
        ("flux-dev", None, "16:9", {"width": 1376, "height": 768}),
        ("flux-dev", "gateway", "16:9", {"width": 1344, "height": 768}),
        ("flux-dev", "replicate", "16:9", {"aspect_ratio": "16:9"}),
        ("dall-e-3", None, "16:9", {"width": 1792, "height": 1024}),
        ("midjourney-v6", None, "16:9", {"aspect_ratio": "16:9"}),
        ("midjourney-v6", "gateway", "2.39:1", {"aspect_ratio": "239:100"}),
    ],
)
def test_a_ratio_becomes_what_the_model_takes(model, backend, ratio, sent):
    checked = run(model, backend, {"ar": ratio})
    assert checked.parameters == sent
    assert not [d for d in checked.diagnostics if d.rule != "model-retired"]


def test_pixels_become_a_ratio_where_only_that_counts():
    checked = run("midjourney-v6", None, {"size": "1024x768"})
    assert checked.parameters == {"aspect_ratio": "4:3"}
    said = found(checked, "size-changed")
    assert said.severity == "info"
    assert "1024x768 becomes aspect_ratio 4:3" in said.message


def test_pixels_become_the_nearest_ratio_of_a_list():
    assert run("flux-dev", "replicate", {"size": "1024x760"}).parameters == {"aspect_ratio": "4:3"}


def test_a_ratio_off_the_list_becomes_the_nearest_and_that_is_told():
    checked = run("flux-dev", "replicate", {"ar": "5:3"})
    assert checked.parameters == {"aspect_ratio": "16:9"}
    said = found(checked, "size-changed", "aspect_ratio")
    assert "paints nothing nearer than 16:9" in said.message
    assert said.expected == ("16:9",)


def test_a_ratio_has_the_spelling_of_the_models_list():
    checked = run("grok-imagine", None, {"ar": "19.5:9"})
    assert (checked.parameters, checked.diagnostics) == ({"aspect_ratio": "19.5:9"}, ())


@pytest.mark.parametrize(("ratio", "sent"), [("16:9", "16:9"), ("3:1", "7:3"), ("1:5", "3:7")])
def test_a_ratio_beyond_the_models_bounds_becomes_the_nearest(ratio, sent):
    checked = run("flux-1.1-pro-ultra", None, {"ar": ratio})
    assert checked.parameters == {"aspect_ratio": sent}
    assert bool(checked.diagnostics) == (ratio != sent)


@pytest.mark.parametrize(
    ("model", "size", "sent"),
    [
        ("sdxl", "portrait", {"width": 832, "height": 1216}),
        ("sdxl", "16:9", {"width": 1344, "height": 768}),
        ("sdxl", "1mp", {"width": 1024, "height": 1024}),
        ("flux-1.1-pro", "square", {"width": 1024, "height": 1024}),
        ("flux-2-pro", "4mp", {"width": 2048, "height": 2048}),
        ("gpt-image-1.5", "landscape", {"width": 1536, "height": 1024}),
        ("gpt-image-2", "2mp", {"width": 1456, "height": 1456}),
        ("imagen-4", "portrait", {"aspect_ratio": "3:4"}),
        ("imagen-4", "2k", {"resolution": "2k"}),
        ("flux-3-image", "768sq", {"resolution": "768sq"}),
        ("stable-image-core", "landscape", {"aspect_ratio": "3:2"}),
        ("midjourney-v7", "portrait", {"aspect_ratio": "2:3"}),
        ("ideogram-4", "portrait", {"width": 1664, "height": 2496}),
        ("seedream-4.5", "16:9", {"width": 2728, "height": 1536}),
    ],
)
def test_the_name_of_a_size_becomes_what_the_model_paints(model, size, sent):
    checked = run(model, None, {"size": size})
    assert checked.parameters == sent
    assert not [d for d in checked.diagnostics if d.severity == "error"]


def test_ratio_and_area_go_together():
    checked = run("flux-2-pro", None, {"ar": "16:9", "size": "2mp"})
    assert checked.parameters == {"width": 1936, "height": 1088}
    checked = run("flux-3-image", None, {"ar": "16:9", "size": "2k"})
    assert checked.parameters == {"aspect_ratio": "16:9", "resolution": "2k"}


def test_an_area_that_the_model_does_not_paint_is_told():
    checked = run("flux-1.1-pro", None, {"size": "4mp"})
    assert checked.parameters == {"width": 1440, "height": 1088}  # the ratio of its default
    said = found(checked, "size-changed", "megapixels")
    assert said.message == "4 megapixels: flux-1.1-pro paints nothing nearer than 1440x1088"
    assert found(run("gemini-image", None, {"size": "30mp"}), "size-changed", "megapixels")
    checked = run("midjourney-v7", None, {"size": "1mp"})
    assert (checked.parameters, checked.dropped) == ({}, ("megapixels",))


def test_pixels_count_more_than_an_area():
    checked = run("flux-dev", None, {"width": 1024, "height": 768, "megapixels": 1})
    assert checked.parameters == {"width": 1024, "height": 768}
    assert found(checked, "parameter-conflict", "megapixels")


def test_auto_leaves_the_size_to_the_model():
    assert run("gpt-image-2", None, {"size": "auto"}).parameters == {}
    assert run("flux-3-image", None, {"ar": "auto"}).parameters == {}


@pytest.mark.parametrize(
    ("size", "wrong"),
    [
        ("1024x1024", ""),
        ("3840x2160", ""),
        ("3072x1024", ""),
        ("3088x1024", "3 times the shorter"),
        ("512x512", "the least is 655360"),
        ("3840x3840", "the limit is 8294400"),
        ("4096x1440", "1 to 3840"),
        ("1000x1000", "multiple of 16"),
    ],
)
def test_gpt_image_2_has_bounds_of_every_kind(size, wrong):
    checked = run("gpt-image-2", "openai", {"size": size})
    assert bool(checked.diagnostics) == bool(wrong)
    if wrong:
        assert wrong in found(checked, "size-invalid").message


def test_extra_parameters_of_a_model_are_checked_too():
    good = {"background": "opaque", "output_compression": 80}
    assert run("gpt-image-2", None, good).parameters == good
    assert found(run("gpt-image-2", None, {"background": "red"}), "parameter-range")
    assert found(run("flux-dev", None, {"background": "opaque"}), "parameter-unknown")
    assert run("flux-2-flex", None, {"prompt_upsampling": False}).diagnostics == ()
    said = found(run("flux-2-flex", None, {"prompt_upsampling": "no"}), "parameter-type")
    assert (said.message, said.hint) == (
        'prompt_upsampling is true or false, and "no" is not',
        "write true or false",
    )


def test_a_model_that_will_end_says_when_and_what_follows():
    said = found(run("gpt-image-1-mini", None), "model-retired")
    assert said.message == "gpt-image-1-mini will be switched off on 2026-12-01"
    assert "gpt-image-2.6-flare" in said.hint


def test_a_ratio_that_no_size_comes_near_is_told():
    checked = run("dall-e-3", None, {"ar": "21:9"})
    assert checked.parameters == {"width": 1792, "height": 1024}
    assert "which is 7:4" in found(checked, "size-changed").message


def test_one_side_alone_is_no_ratio():
    checked = run("midjourney-v6", None, {"width": 512})
    assert (checked.parameters, checked.dropped) == ({}, ("width",))
    assert found(checked, "parameter-unsupported", "width")


def test_one_side_and_a_ratio_give_the_other_side():
    assert run("flux-dev", None, {"width": 1024, "ar": "2:1"}).parameters == {
        "width": 1024,
        "height": 512,
    }
    assert run("flux-dev", None, {"height": 1024, "ar": "1:2"}).parameters == {
        "width": 512,
        "height": 1024,
    }


def test_a_ratio_that_contradicts_the_pixels_is_told():
    checked = run("flux-dev", None, {"size": "768x768", "ar": "16:9"})
    assert checked.parameters == {"width": 768, "height": 768}
    assert "contradicts 768x768" in found(checked, "parameter-conflict").message
    agreed = run("flux-dev", None, {"size": "1024x768", "ar": "4:3"})
    assert (agreed.parameters, agreed.diagnostics) == ({"width": 1024, "height": 768}, ())


def test_a_size_beyond_the_guide_says_that_the_maker_takes_it():
    said = found(run("flux-dev", "gateway", {"size": "1440x1024"}), "size-invalid")
    assert "flux-dev itself takes it" in said.message
    assert "1184x832" in said.hint


def test_the_side_that_is_wrong_is_named():
    assert found(run("flux-dev", None, {"size": "1024x1000"}), "size-invalid", "height")
    assert found(run("flux-dev", None, {"width": 1000}), "size-invalid", "width")


# Texts.


def test_a_prompt_longer_than_dall_e_3_takes_is_an_error():
    assert not [
        d for d in run("dall-e-3", None, prompt="x" * 4000).diagnostics if d.severity == "error"
    ]
    said = found(run("dall-e-3", "gateway", prompt="x" * 4010), "prompt-too-long", "prompt")
    assert "4010 characters, and dall-e-3 takes 4000" in said.message
    assert said.hint == "shorten it by 10"


def test_a_negative_prompt_has_its_own_length():
    checked = run("sdxl", "stability-v1", prompt="x", negative_prompt="y" * 2001)
    assert found(checked, "prompt-too-long", "negative_prompt")


def test_a_negative_prompt_that_the_model_has_is_fine():
    assert run("sdxl", None, negative_prompt="blurry").diagnostics == ()
    assert run("midjourney-v6", None, negative_prompt="blurry").diagnostics == ()


# Laws.

_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5000),
    st.floats(),
    st.text(max_size=5),
    st.lists(st.integers()),
)
_requests = st.dictionaries(
    st.one_of(st.sampled_from([*CANONICAL, "steps", "size", "ar"]), st.text(max_size=6)),
    _values,
    max_size=6,
)


@given(
    model=st.sampled_from(model_names()),
    backend=st.sampled_from(
        ["gateway", "bfl", "fal", "replicate", "diffusers", "stability-v1", None]
    ),
    parameters=_requests,
)
def test_any_request_is_checked_without_failing_and_twice_alike(model, backend, parameters):
    first = run(model, backend, parameters, prompt="a", negative_prompt="b")
    assert str(run(model, backend, parameters, prompt="a", negative_prompt="b")) == str(first)
    card = load_model(model).for_backend(backend)
    assert set(first.parameters) <= {*CANONICAL, *card.parameters}
    # A valid request stays as it is when it is checked again.
    if not first.diagnostics:
        assert run(model, backend, first.parameters).parameters == first.parameters


def test_a_card_that_changes_is_not_answered_from_memory():
    import msgspec

    card = load_model("flux-dev")
    steps = msgspec.structs.replace(card.parameters["num_inference_steps"], max=99)
    parameters = {**card.parameters, "num_inference_steps": steps}
    changed = msgspec.structs.replace(card, parameters=parameters)
    assert found(check(card, None, {"steps": 60}), "parameter-range")
    assert found(check(changed, None, {"steps": 60}), "parameter-unusual")
