"""The packs that come with impasto: whole, sound, and true to the guide."""

import json
import pathlib

import pytest

import impasto
from impasto.models.registry import model_names
from impasto.schemas import validate
from impasto.schemas.twins import twin_of
from impasto.styles import schema
from impasto.styles.api import default_library
from impasto.styles.layer import SLOT_RUN, layers, parameters
from impasto.templates import promptfile

LIBRARY = default_library()
STYLES = [style for pack in LIBRARY.packs() for style in pack.styles.values()]
OWN = [style for style in STYLES if not style.model.mixin]
MODELS = [
    "flux-1.1-pro", "flux-dev", "flux-schnell", "stable-diffusion-xl", "dall-e-3", "midjourney-v6",
]  # fmt: skip
SUBJECTS = {
    "photorealistic": "portrait of a young woman, natural lighting, shallow depth of field, 85mm lens, "
    "professional photography, soft skin, detailed eyes, warm color grading",
    "concept_art": "futuristic cityscape, cyberpunk aesthetic, neon lights, flying vehicles, rain, "
    "reflections, volumetric fog, cinematic composition",
    "anime": "anime girl, cherry blossoms, school uniform, flowing hair, cel shading, studio ghibli style, "
    "soft pastel colors, dreamy atmosphere, detailed background",
}
# Every keyword of the guide's lists of styles and of its usage tips.
KEYWORDS = (
    *("masterpiece", "best quality", "ultra-detailed"),
    *("oil painting", "anime style", "photorealistic", "hyperrealistic"),
    *("professional photography", "watercolor", "digital art", "concept art"),
    *("anime", "manga", "cel shading", "studio ghibli style"),
    *("volumetric lighting", "ray tracing", "depth of field"),
)
SCHEMAS = pathlib.Path(__file__).parents[2] / "docs" / "schemas"


def ids(style):
    return style.name


@pytest.mark.parametrize("name", ["photorealistic", "anime", "concept_art"])
def test_a_pack_has_ten_styles_and_says_who_made_it(name):
    pack = LIBRARY.pack(name)
    assert sum(not style.model.mixin for style in pack.styles.values()) >= 10
    assert pack.model.license == "MIT"
    assert pack.model.version
    assert pack.model.authors
    assert pack.model.description


@pytest.mark.parametrize("style", OWN, ids=ids)
def test_a_style_is_whole(style):
    model = style.model
    assert model.title
    assert model.description
    assert model.tags
    assert model.negative
    assert model.parameters
    assert {"sdxl", "prose", "phrases"} <= model.variants.keys()


@pytest.mark.parametrize("style", STYLES, ids=ids)
def test_a_style_speaks_to_every_model(style):
    for name in model_names():
        card = impasto.load_model(name)
        found = layers(style, 1.0, card, LIBRARY)
        assert found[-1].style is style
        slots = [r for layer in found for p in layer.phrases for r in p.runs if r.kind == SLOT_RUN]
        assert len(slots) <= len(found)
        assert (
            layers(style, 1.0, card, LIBRARY)[-1].has_slot == (not style.model.mixin)
            or style.model.mixin
        )
        for layer in found:
            for run in [r for p in (*layer.phrases, *layer.negative) for r in p.runs]:
                assert 0.7 <= run.weight <= 1.4
        assert all(
            isinstance(value, (str, int, float, bool)) for value in parameters(style, card).values()
        )


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("style", OWN, ids=ids)
def test_the_subjects_of_the_guide_compose_with_every_style_for_every_model(style, model):
    for subject in SUBJECTS.values():
        found = impasto.compose(subject, styles=[style.name], model=model)
        heard = impasto.translate(found)
        assert heard.prompt
        for word in ("woman", "cityscape", "girl"):
            assert (word in heard.prompt) == (word in subject) or word in str(style.model.text)
        if style.pack.name in SUBJECTS:
            assert not [d for d in found.diagnostics if d.rule == "parameter-override"]
        assert not [d for d in heard.limits if d.severity == "error"], heard.limits


def test_every_keyword_of_the_guide_is_a_phrase_of_a_style():
    phrases = {
        phrase.key
        for style in STYLES
        for target in ("stable-diffusion-xl", "flux-dev", "midjourney-v6")
        for layer in layers(style, 1.0, impasto.load_model(target), LIBRARY)
        for phrase in layer.phrases
    }
    said = {key.replace("-", " ") for key in phrases}
    missing = [w for w in KEYWORDS if not any(w.replace("-", " ") in key for key in said)]
    assert not missing


@pytest.mark.parametrize("style", STYLES, ids=ids)
def test_every_variant_is_one_that_a_model_takes(style):
    cards = [impasto.load_model(name) for name in model_names()]
    spoken = {name for card in cards for name in (card.id, card.family, card.writing)}
    assert style.model.variants.keys() <= spoken


@pytest.mark.parametrize("style", STYLES, ids=ids)
def test_every_text_stands_where_its_place_says(style):
    for name in MODELS:
        found = impasto.compose("fox", styles=[style.name], model=name)
        for fragment in found.fragments:
            file, start, end = fragment.span.in_file()
            there = file.text[start:end]
            for option, value in style.options.items():
                there = there.replace(f"{{{{ {option} }}}}", str(value))
            if there.endswith("{"):  # the place of a value is where its expression begins
                assert fragment.text.removeprefix(there[:-1]) in style.options.values()
                continue
            assert " ".join(fragment.text.split()) == " ".join(there.split())


@pytest.mark.parametrize(
    ("name", "made", "model"),
    [
        ("style-pack.json", schema.json_schema, twin_of(schema.PackModel)),
        ("prompt-file.json", promptfile.json_schema, twin_of(promptfile.FrontMatter)),
    ],
)
def test_the_schemas_in_the_docs_are_those_that_are_checked(name, made, model):
    assert json.loads((SCHEMAS / name).read_text(encoding="utf-8")) == made()
    assert set(made()["properties"]) == set(model.model_fields)


def test_the_built_in_packs_pass_the_schema():
    for pack in LIBRARY.packs():
        assert validate(schema.PackModel, pack.document) == pack.model
