"""From a prompt or a composition to what one model hears."""

import warnings

import pytest

import impasto
from impasto.errors import LossError, OpenPromptError, PromptSyntaxError, UnknownNameError

LOSSY = "C# code, (fox:1.2)"


def test_a_text_a_prompt_and_a_composition_say_the_same():
    text = "(fox:1.2), snow"
    found = [
        impasto.translate(source, "stable-diffusion-xl")
        for source in (text, impasto.parse(text), impasto.compose(text))
    ]
    assert {x.prompt for x in found} == {"(fox:1.2), snow"}
    assert {x.canonical for x in found} == {text}
    assert {x.runs for x in found} == {(("fox", 1.2), (", snow", 1.0))}
    assert found[0].composition is None
    assert found[2].composition is not None


def test_losses_are_reported_and_nothing_else_happens_unless_asked():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = impasto.translate(LOSSY, "stable-diffusion-xl")
    [loss] = found.losses
    assert loss.kind == "escape"
    assert loss.span.text == "C# code, "
    assert "prompt:1:1" in str(loss)
    assert found.to_json()["losses"][0]["kind"] == "escape"


def test_losses_as_warnings_come_from_the_line_that_asked():
    with pytest.warns(impasto.LossWarning, match="#") as caught:
        impasto.translate(LOSSY, "stable-diffusion-xl", on_loss="warn")
    assert caught[0].filename == __file__


def test_losses_as_errors():
    with pytest.raises(LossError, match="#") as caught:
        impasto.translate(LOSSY, "stable-diffusion-xl", on_loss="raise")
    assert len(caught.value.losses) == 1
    assert impasto.translate("fox", "stable-diffusion-xl", on_loss="raise").prompt == "fox"


def test_a_composition_is_made_again_for_another_model():
    made = impasto.compose("fox", styles=["photorealistic/portrait"], model="flux-dev")
    assert "A photograph taken on" in made.text
    heard = impasto.translate(made, "stable-diffusion-xl")
    own = impasto.compose("fox", styles=["photorealistic/portrait"], model="stable-diffusion-xl")
    assert heard.prompt == impasto.translate(own).prompt
    assert "A photograph taken on" not in heard.prompt
    assert heard.negative_prompt
    assert heard.parameters == impasto.translate(own).parameters
    assert heard.parameters["num_inference_steps"] == 32
    assert heard.composition.target.id == "stable-diffusion-xl"
    assert made.target.id == "flux-dev"


def test_a_template_is_rendered_again_for_another_model():
    made = impasto.compose(
        "{{ x }}, {% if model.family == 'sdxl' %}masterpiece{% else %}fine{% endif %}",
        values={"x": "fox"},
        template=True,
    )
    assert made.text == "fox, fine"
    assert impasto.translate(made, "stable-diffusion-xl").prompt == "fox, masterpiece"


def test_the_model_of_a_composition_is_the_default():
    made = impasto.compose("fox", model="sdxl")
    assert impasto.translate(made).model == "stable-diffusion-xl"


@pytest.mark.parametrize("source", ["fox", impasto.parse("fox"), impasto.compose("fox")])
def test_without_any_model_it_says_how_to_name_one(source):
    with pytest.raises(TypeError, match=r"translate\(…, model=…\)"):
        impasto.translate(source)


def test_unknown_models_bring_the_nearest_name():
    with pytest.raises(UnknownNameError, match='did you mean "flux-dev"'):
        impasto.translate("fox", "flux-dv")
    with pytest.raises(UnknownNameError, match="model"):
        impasto.compose("fox", model="flux-dv")


def test_a_broken_text_is_an_error_with_its_place():
    with pytest.raises(PromptSyntaxError, match="prompt:1:6"):
        impasto.translate("fox, (snow", "stable-diffusion-xl")
    with pytest.raises(PromptSyntaxError, match="negative prompt:1:1"):
        impasto.translate("fox", "stable-diffusion-xl", negative="(snow")


def test_the_negative_prompt_of_a_text():
    found = impasto.translate("fox", "stable-diffusion-xl", negative="(blurry:1.2)")
    assert found.negative_prompt == "(blurry:1.2)"
    assert found.negative_runs == (("blurry", 1.2),)


def test_the_negative_prompt_adds_to_that_of_a_composition():
    made = impasto.compose("fox", negative="blurry", model="stable-diffusion-xl")
    found = impasto.translate(made, negative="(blurry:1.3), hands")
    assert found.negative_prompt == "(blurry:1.3), hands"
    assert found.negative_runs == (("blurry", 1.3), (", hands", 1.0))
    assert impasto.translate(made).negative_prompt == "blurry"


def test_parameters_reach_the_request_and_the_call_wins():
    made = impasto.compose(
        "fox",
        styles=["photorealistic/portrait"],
        parameters={"seed": 7},
        model="stable-diffusion-xl",
    )
    found = impasto.translate(made, parameters={"num_inference_steps": 40})
    assert found.parameters["seed"] == 7
    assert found.parameters["num_inference_steps"] == 40
    assert found.parameters["guidance_scale"] == 6.0


@pytest.mark.parametrize(
    "source", ["a {red|blue} fox", "a __animals__", "{2$$a|b}", "[{a|b}:c:0.5]"]
)
@pytest.mark.parametrize("model", ["stable-diffusion-xl", "flux-dev", "dall-e-3"])
def test_an_open_prompt_is_refused_with_the_way_to_close_it(source, model):
    with pytest.raises(OpenPromptError, match="seed"):
        impasto.translate(source, model)
    with pytest.raises(OpenPromptError, match="seed"):
        impasto.translate("fox", model, negative=source)


def test_a_closed_choice_is_the_same_for_every_model():
    made = impasto.compose("a {red|blue|green|white} fox", seed=5)
    colour = made.text.split()[1]
    for model in ("stable-diffusion-xl", "flux-dev", "dall-e-3"):
        assert f"{colour} fox" in impasto.translate(made, model).prompt


def test_findings_of_composing_and_of_the_request_are_together():
    made = impasto.compose("fox, fox", parameters={"width": 1001, "height": 1001})
    found = impasto.translate(made, "stable-diffusion-xl")
    rules = [finding.rule for finding in found.diagnostics]
    assert rules[0] == "folded-phrase"
    assert set(rules[1:]) == {finding.rule for finding in found.limits} != set()


def test_json_holds_what_was_heard():
    found = impasto.translate("(fox:1.2)", "stable-diffusion-xl", negative="b").to_json()
    assert found["format"] == 1
    assert found["prompt"] == "(fox:1.2)"
    assert found["negative_prompt"] == "b"
    assert found["canonical"] == "(fox:1.2)"
    assert found["dialect"] == "a1111"
