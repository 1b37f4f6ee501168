"""What styles ask of a model in vain gives way; what people ask for does not."""

import pytest

import impasto

PACK = """\
format: 1
name: mine
styles:
  tuned:
    text: soft light
    parameters: {steps: 30, guidance: 7, size: 832x1216, seed: 7}
    variants:
      flux-dev: {parameters: {guidance: 3}}
"""


@pytest.fixture
def library(tmp_path):
    (tmp_path / "mine.yaml").write_text(PACK)
    return impasto.Library((tmp_path,))


def heard(library, model, **asked):
    composed = impasto.compose("a fox", styles=["tuned"], library=library, **asked)
    return impasto.translate(composed, model)


def told(found, severity):
    return {d.parameter: d.message for d in found.limits if d.severity == severity}


def test_a_model_that_takes_everything_gets_everything(library):
    found = heard(library, "stable-diffusion-xl")
    assert (found.parameters["num_inference_steps"], found.parameters["guidance_scale"]) == (30, 7)
    assert (found.parameters["width"], found.parameters["height"]) == (832, 1216)
    assert not told(found, "warning")


def test_a_value_out_of_range_is_left_out_and_told(library):
    found = heard(library, "flux-schnell")
    assert "num_inference_steps" not in found.parameters
    said = told(found, "warning")["num_inference_steps"]
    assert said == (
        "num_inference_steps 30: flux-schnell takes 1 to 12; the style mine/tuned asks for it, "
        "and it is left out"
    )
    assert not told(found, "error")
    [note] = [d for d in found.limits if d.parameter == "num_inference_steps"]
    assert note.code == "IMP403"
    assert "variant" in note.hint


def test_a_variant_says_what_suits_the_model(library):
    found = heard(library, "flux-dev")
    assert found.parameters["guidance_scale"] == 3
    assert "guidance_scale" not in told(found, "warning")


def test_a_size_becomes_the_nearest_of_the_model(library):
    found = heard(library, "dall-e-3")
    assert (found.parameters["width"], found.parameters["height"]) == (1024, 1792)
    [said] = [text for text in told(found, "warning").values() if "832x1216" in text]
    assert said.endswith("the style mine/tuned asks for it, and 1024x1792 is sent")
    assert not told(found, "error")


def test_what_the_call_asks_for_stays_an_error(library):
    asked = {"num_inference_steps": 30, "width": 832}
    for found in (
        heard(library, "flux-schnell", parameters=asked),
        impasto.translate(
            impasto.compose("a fox", styles=["tuned"], library=library),
            "flux-schnell",
            parameters=asked,
        ),
    ):
        assert found.parameters["num_inference_steps"] == 30
        assert "num_inference_steps" in told(found, "error")
    mixed = heard(library, "dall-e-3", parameters=asked)  # half of the size is the caller's
    assert (mixed.parameters["width"], mixed.parameters["height"]) == (832, 1216)
    assert told(mixed, "error")


def test_a_value_of_the_wrong_kind_stays_an_error(tmp_path):
    (tmp_path / "mine.yaml").write_text(PACK.replace("steps: 30", "steps: many"))
    found = heard(impasto.Library((tmp_path,)), "stable-diffusion-xl")
    assert found.parameters["num_inference_steps"] == "many"
    assert "num_inference_steps" in told(found, "error")
