"""Sizes: which are allowed, which is nearest, which has a ratio."""

from __future__ import annotations

from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impasto.models import all_models, load_model
from impasto.models.card import Size, Sizes
from impasto.models.parameters import MEGAPIXEL
from impasto.models.sizes import nearest_size, ratio_of, size_for_ratio, what_is_wrong

ALL = {
    card.for_backend(place).sizes: f"{card.id}@{place}"
    for card in all_models()
    for place in (None, *card.backends)
    if card.for_backend(place).sizes.mode != "ratio"
}
FLUX = load_model("flux-dev").sizes
SDXL = load_model("sdxl").sizes
DALLE = load_model("dall-e-3").sizes
GATEWAY = load_model("flux-dev").for_backend("gateway").sizes

sizes = st.builds(Size, st.integers(1, 5000), st.integers(1, 5000))


@pytest.mark.parametrize(
    ("limits", "size", "wrong"),
    [
        (FLUX, (1024, 1024), ""),
        (FLUX, (256, 1440), ""),
        (FLUX, (1000, 1024), "multiple of 32"),
        (FLUX, (224, 1024), "256 to 1440"),
        (FLUX, (1472, 1024), "256 to 1440"),
        (GATEWAY, (1344, 768), ""),
        (GATEWAY, (1344, 1024), "1048576 pixels, as 1024x1024 is"),
        (DALLE, (1024, 1792), ""),
        (DALLE, (1024, 1024 + 8), "1024x1024, 1792x1024, 1024x1792"),
        (SDXL, (1001, 1000), "multiple of 8"),
        (Sizes(mode="free", min_pixels=655_360), (512, 512), "the least is 655360"),
        (Sizes(mode="free", min=64), (32, 512), "at least 64"),
        (Sizes(mode="ratio"), (1, 1), "not the pixels"),
    ],
)
def test_what_is_wrong_with_a_size_is_said(limits, size, wrong):
    said = what_is_wrong(limits, Size(*size))
    assert wrong in said
    assert bool(said) == bool(wrong)


@pytest.mark.parametrize(
    "limits", [FLUX, SDXL, DALLE, GATEWAY], ids=["flux", "sdxl", "dalle", "gateway"]
)
@given(size=sizes)
def test_the_nearest_size_is_allowed_and_an_allowed_one_is_its_own(limits, size):
    near = nearest_size(limits, size)
    assert not what_is_wrong(limits, near)
    assert nearest_size(limits, near) == near


@pytest.mark.parametrize(
    "limits", [FLUX, SDXL, DALLE, GATEWAY], ids=["flux", "sdxl", "dalle", "gateway"]
)
@given(width=st.integers(1, 100), height=st.integers(1, 100))
def test_every_ratio_has_an_allowed_size(limits, width, height):
    assert not what_is_wrong(limits, size_for_ratio(limits, width / height))


@pytest.mark.parametrize("limits", ALL, ids=ALL.values())
@settings(max_examples=10)
@given(size=sizes, megapixels=st.floats(0.05, 40))
def test_every_model_has_a_size_near_every_other(limits, size, megapixels):
    near = nearest_size(limits, size)
    assert not what_is_wrong(limits, near)
    assert nearest_size(limits, near) == near
    area = megapixels * MEGAPIXEL
    assert not what_is_wrong(limits, size_for_ratio(limits, size.width / size.height, area))


@given(st.floats(1 / 3, 3))
def test_a_free_size_keeps_ratio_and_area(ratio):
    size = size_for_ratio(FLUX, ratio)
    assert abs(log(size.width / size.height / ratio)) < 0.05
    assert abs(log(size.width * size.height / 1_048_576)) < 0.5


@pytest.mark.parametrize(
    ("limits", "ratio", "size"),
    [
        (SDXL, 16 / 9, (1344, 768)),
        (SDXL, 2 / 3, (832, 1216)),
        (SDXL, 1, (1024, 1024)),
        (FLUX, 16 / 9, (1376, 768)),
        (FLUX, 1, (1024, 1024)),
        (GATEWAY, 1, (1024, 1024)),
        (DALLE, 16 / 9, (1792, 1024)),
        (DALLE, 9 / 16, (1024, 1792)),
        (DALLE, 4 / 3, (1024, 1024)),
    ],
)
def test_a_ratio_becomes_the_size_a_person_would_pick(limits, ratio, size):
    assert size_for_ratio(limits, ratio) == size


def test_a_ratio_is_reduced():
    assert ratio_of(Size(1024, 768)) == "4:3"
    assert ratio_of(Size(1920, 1080)) == "16:9"
