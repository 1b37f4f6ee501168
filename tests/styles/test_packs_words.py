"""The words of the built-in packs: found by name, unlike each other, and right for who hears them."""

import re
from collections import Counter
from itertools import combinations

import pytest

import impasto
from impasto.models.registry import all_models
from impasto.styles.api import default_library
from impasto.styles.layer import SLOT_RUN, layers

LIBRARY = default_library()
STYLES = [style for pack in LIBRARY.packs() for style in pack.styles.values()]
OWN = [style for style in STYLES if not style.model.mixin]
SUBJECT = "a lighthouse on a rocky coast"
MEDIA = (
    "oil painting", "watercolor", "digital art", "cinematic", "product photography",
    "architecture", "line art", "pixel art", "3d render", "fantasy", "film noir",
)  # fmt: skip
EFFECTS = (
    "volumetric light", "depth of field", "ray tracing", "film grain", "lens flare", "bokeh lights",
    "motion blur", "long exposure", "tilt shift", "double exposure", "rim light", "golden hour",
    "global illumination", "subsurface scattering", "caustics", "bloom", "chiaroscuro", "vignette",
)  # fmt: skip
# Praise that tag-trained models know; others read it as words of the scene.
PRAISE = re.compile(
    r"masterpiece|best quality|award|trending|stunning|breathtaking|\b[48]k\b|ultra|hyper|highly "
    r"detailed|beautiful",
    re.IGNORECASE,
)
SYNTAX = re.compile(r"[()\[\]<>|]|--|::|:\d")


def ids(style):
    return style.name


def phrases(style, model="stable-diffusion-xl"):
    """Return the phrases that the style itself adds, without those of its bases."""
    own = layers(style, 1.0, impasto.load_model(model), LIBRARY)[-1]
    return {p.key for p in own.phrases if not any(run.kind == SLOT_RUN for run in p.runs)}


@pytest.mark.parametrize("medium", MEDIA)
def test_a_medium_is_a_pack_of_several_styles(medium):
    pack = LIBRARY.pack(medium.replace(" ", "_"))
    assert sum(not style.model.mixin for style in pack.styles.values()) >= 4
    assert pack.model.title.lower() == medium
    assert pack.model.license == "MIT"
    assert pack.model.version
    assert pack.model.authors
    assert pack.model.description.endswith(".")


@pytest.mark.parametrize("word", [*MEDIA, *EFFECTS])
def test_a_word_of_the_craft_is_a_style(word):
    style, weight = LIBRARY.find(word.replace(" ", "-"))
    assert weight == 1
    assert impasto.compose("fox", styles=[style.name], library=LIBRARY).text.startswith("fox, ")


@pytest.mark.parametrize("style", [s for s in STYLES if s.model.aliases], ids=ids)
def test_other_names_find_the_style(style):
    for alias in style.model.aliases:
        assert LIBRARY.find(alias)[0] is style


@pytest.mark.parametrize("style", [s for s in STYLES if s.model.options], ids=ids)
def test_an_option_changes_what_is_heard(style):
    for option, value in style.options.items():
        other = 32 if isinstance(value, int) else "gold"
        for model in ("stable-diffusion-xl", "flux-dev"):
            use = f"{style.name}({option}={other})"
            heard = impasto.translate(impasto.compose(SUBJECT, styles=[use]), model).prompt
            assert str(other) in heard
            assert str(value) not in heard


@pytest.mark.parametrize("effect", EFFECTS)
def test_an_effect_is_a_mixin_that_says_its_name_to_all(effect):
    style, _ = LIBRARY.find(effect.replace(" ", "-"))
    assert style.model.mixin
    said = " ".join(phrases(style)).replace("-", " ")
    assert effect.removesuffix(" light").removesuffix("tracing").strip() in said


def test_names_titles_descriptions_and_texts_are_given_once():
    for what in (
        [name for style in STYLES for name in (style.short_name, *style.model.aliases)],
        [style.model.title.lower() for style in STYLES],
        [style.model.description for style in STYLES],
        [style.model.text for style in STYLES],
        [style.model.variants["prose"].text for style in STYLES],
        [style.model.variants["phrases"].text for style in STYLES],
        [pack.model.title for pack in LIBRARY.packs()],
    ):
        assert [words for words, number in Counter(what).items() if number > 1] == []


def test_no_two_styles_say_the_same():
    said = {style.name: phrases(style) for style in OWN}
    near = [
        (one, other, said[one] & said[other])
        for one, other in combinations(said, 2)
        if len(said[one] & said[other]) > 0.2 * min(len(said[one]), len(said[other]))
    ]
    assert near == []


@pytest.mark.parametrize("style", STYLES, ids=ids)
def test_every_way_of_writing_has_its_words(style):
    model = style.model
    prose, short = model.variants["prose"], model.variants["phrases"]
    assert prose.text
    assert short.text
    assert len(prose.text.split()) > len(short.text.split())
    assert not SYNTAX.search(prose.text.replace("{{ prompt }}", "")), "weights mean nothing here"
    assert not SYNTAX.search(short.text.replace("{{ prompt }}", ""))
    assert not PRAISE.search(prose.text)
    if model.negative:
        assert prose.negative == "", "these models have no negative prompt"
    if short.negative:  # after --no every word counts for itself
        assert all(" " not in word.strip() for word in short.negative.split(","))


@pytest.mark.parametrize("style", STYLES, ids=ids)
def test_prose_reads_on_from_the_prompt(style):
    text = style.model.variants["prose"].text
    assert not text.endswith("."), "a mixin may follow it as a clause"
    if style.model.mixin:
        assert "{{ prompt }}" not in text
        assert text[0].islower()
    else:
        start, _, sentences = text.partition("{{ prompt }}. ")
        assert start == ""
        assert sentences[0].isupper()


@pytest.mark.parametrize("style", STYLES, ids=ids)
def test_nothing_is_lost_on_the_way_to_a_model(style):
    for card in all_models():
        made = impasto.compose(SUBJECT, styles=[style.name], model=card.id)
        heard = impasto.translate(made)
        assert heard.losses == ()
        assert SUBJECT in heard.prompt
        known = {"model-retired", "size-changed"}
        assert [d for d in heard.diagnostics if d.rule not in known] == []


@pytest.mark.parametrize("style", STYLES, ids=ids)
def test_the_text_fits_the_encoder_with_room_for_a_subject(style):
    heard = impasto.translate(impasto.compose(SUBJECT, styles=[style.name]), "stable-diffusion-xl")
    for text in (heard.prompt, heard.negative_prompt):
        assert len(impasto.count_tokens(text).tokens) <= 72


@pytest.mark.parametrize("style", OWN, ids=ids)
def test_the_preview_is_a_subject_that_suits_the_style(style):
    subject = style.model.preview
    assert subject
    assert not SYNTAX.search(subject)
    for card in all_models():
        made = impasto.compose(subject, styles=[style.name], model=card.id)
        assert made.diagnostics == ()
        assert subject in impasto.translate(made).prompt


@pytest.mark.parametrize("style", OWN, ids=ids)
def test_a_style_takes_mixins_without_quarreling(style):
    for mixin in ("depth-of-field", "golden-hour", "film-grain", "quality-tags"):
        made = impasto.compose(
            SUBJECT, styles=[style.name, f"mixins/{mixin}"], model="stable-diffusion-xl"
        )
        assert [d for d in made.diagnostics if d.severity != "info"] == []
