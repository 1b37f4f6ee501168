from __future__ import annotations

import pytest
from hypothesis import example, given, settings

import impasto
from impasto import PromptBuilder, dialects
from impasto.errors import BadValueError, OpenPromptError, PromptSyntaxError, UnknownNameError
from strategies import hostile

FOX = PromptBuilder("a red fox").add("golden light", weight=1.2)


def test_phrases_follow_each_other():
    assert FOX.prompt().text == "a red fox, (golden light:1.2)"
    assert FOX.prompt().weights() == [("a red fox, ", 1.0), ("golden light", 1.2)]
    assert PromptBuilder().add("a").add("").add("  ").add("b").prompt().text == "a, b"
    assert PromptBuilder().prompt().text == ""


def test_a_builder_never_changes():
    before = repr(FOX)
    FOX.add("x").style("noir").negative("y").seed(3).model("sdxl").parameters(steps=3)
    assert repr(FOX) == before == "PromptBuilder('a red fox, (golden light:1.2)')"
    assert FOX.add("x") == FOX.add("x") != FOX
    assert hash(FOX.add("x")) == hash(FOX.add("x"))
    assert FOX != "a red fox"


def test_it_goes_all_the_way_to_a_model():
    heard = (
        FOX.style("photorealistic/noir", weight=0.7)
        .negative("blurry", weight=1.3)
        .parameters(steps=30)
        .model("sdxl")
        .translate()
    )
    assert heard.model == "stable-diffusion-xl"
    assert heard.prompt.startswith("a red fox, (golden light:1.2), (")
    assert ":0.7)" in heard.prompt
    assert heard.negative_prompt.startswith("(blurry:1.3)")
    assert heard.parameters["num_inference_steps"] == 30
    assert FOX.model("sdxl").translate("flux-dev").model == "flux-dev"
    assert FOX.model("sdxl").compose().target.id == "stable-diffusion-xl"
    assert FOX.compose().target.id == ""


def test_choices_are_drawn_or_numbered():
    built = PromptBuilder("a fox").choose(["red", "a|b", "2::c"]).choose({"x": 2, "y:1": 0.5})
    assert built.prompt().text == r"a fox, {red|a\|b|2\:\:c}, {2::x|0.5::y\:1}"
    assert built.compose(index=3).text == r"a fox, a\|b, y\:1"
    assert built.seed(7).compose().text == built.seed(7).compose().text
    with pytest.raises(OpenPromptError):
        built.compose()


def test_a_schedule_changes_on_the_way():
    built = PromptBuilder().schedule("day", "night", 0.5).schedule("", "fog: thick", 12, weight=1.1)
    assert built.prompt().text == r"[day:night:0.5], ([:fog\: thick:12]:1.1)"
    assert PromptBuilder().schedule("a", "b", 1.0).prompt().text == "[a:b:1.0]"


def test_raw_text_is_read():
    built = FOX.raw("[fog:0.8], <lora:film:0.8>\n# why\n", weight=1.1)
    assert built.prompt().text.startswith(f"{FOX.prompt()}, ([fog:0.8], <lora:film:0.8>")
    assert built.prompt().weights()[3] == ("fog", pytest.approx(0.88))
    assert "why" not in built.prompt().text
    with pytest.raises(PromptSyntaxError, match="raw text:1:1"):
        FOX.raw("(fog")
    with pytest.raises(BadValueError, match="has no AND"):
        FOX.raw("a AND b")


@pytest.mark.parametrize("weight", [float("nan"), float("inf"), 1e300, True, "1.2"])
def test_a_weight_is_a_number(weight):
    with pytest.raises(BadValueError, match="weight"):
        FOX.add("x", weight=weight)


@pytest.mark.parametrize("at", [-1, 1.5, -0.5, float("nan"), True])
def test_a_schedule_has_a_step_or_a_share(at):
    with pytest.raises(BadValueError, match="at"):
        FOX.schedule("a", "b", at)


def test_other_mistakes_are_told():
    with pytest.raises(BadValueError, match="nothing to choose"):
        FOX.choose([])
    with pytest.raises(BadValueError, match="odds"):
        FOX.choose({"a": -1})
    with pytest.raises(UnknownNameError, match="noir"):
        FOX.style("noirr").compose()
    with pytest.raises(UnknownNameError, match="flux-dev"):
        FOX.translate("flux-dve")
    with pytest.raises(TypeError, match="which model"):
        FOX.translate()


def test_options_of_styles_are_given_by_name():
    library = impasto.Library()
    styles = [style for pack in library.packs() for style in pack.styles.values()]
    with_options = next((style for style in styles if style.model.options), None)
    if with_options is None:
        pytest.skip("no built-in style has options")
    name, variable = next(iter(with_options.model.options.items()))
    value = variable.choices[-1] if variable.choices else "data (1.5)"
    built = FOX.style(with_options.name, weight=0.9, **{name: value})
    assert str(value).split()[0] in built.compose().text


WORDS = ("qqleft", "qqright")


def weights(one, two, dialect):
    """The weights of our own words around two values, as the dialect reads what it was written."""
    built = (
        PromptBuilder("qqleft", weight=1.3)
        .add(one)
        .add(two, weight=0.8)
        .choose([one, f"{two} x"])
        .add("qqright", weight=1.5)
    )
    closed = built.compose(index=1).prompt
    host = dialects.dialect(dialect).host or dialect
    runs = impasto.read(impasto.write(closed, dialect).text, host).weights()
    found = {word: weight for text, weight in runs for word in WORDS if word in text}
    first = found["qqleft"] if dialect.startswith("midjourney") else 1  # its weights are shares
    return {word: weight / first for word, weight in found.items()}


@pytest.mark.parametrize("dialect", dialects.names())
@settings(max_examples=25, deadline=None)
@given(hostile, hostile)
@example("a AND", " BREAK b")
@example("__", "__ (")
@example("\\", ")")
@example("# ", "\n# c\n")
def test_values_change_no_weight_around_them(dialect, one, two):
    harmless = weights("x" if one.strip() else "", "y" if two.strip() else "", dialect)
    assert weights(one, two, dialect) == pytest.approx(harmless, abs=1e-4)
    assert len(harmless) == 2


@settings(max_examples=150, deadline=None)
@given(hostile, hostile)
def test_the_tree_holds_the_values_as_they_are(one, two):
    built = PromptBuilder("qq").add(one, weight=1.2).choose([f"x{two}y"])
    runs = built.compose(index=0).prompt.weights()
    assert len(built.prompt().parts) == 1
    assert f"x{two}y" in "".join(run for run, _ in PromptBuilder(f"x{two}y").prompt().weights())
    if one.strip():
        assert built.prompt().parts[0].children[1].weight == 1.2
    assert runs[0][0].startswith("qq")
