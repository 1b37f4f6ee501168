"""Names and spellings of parameters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.errors import BadValueError
from impasto.models import normalize
from impasto.models.parameters import overridden, read_ratio


@pytest.mark.parametrize(
    ("given_", "meant"),
    [
        ({"steps": 20}, {"num_inference_steps": 20}),
        ({"guidance": 3.5}, {"guidance_scale": 3.5}),
        ({"cfg": 7}, {"guidance_scale": 7}),
        ({"cfg_scale": 7}, {"guidance_scale": 7}),
        ({"CFG-Scale": 7}, {"guidance_scale": 7}),
        ({"size": "1024x768"}, {"width": 1024, "height": 768}),
        ({"size": "1024 × 768"}, {"width": 1024, "height": 768}),
        ({"resolution": [832, 1216]}, {"width": 832, "height": 1216}),
        ({"ar": "16:9"}, {"aspect_ratio": "16:9"}),
        ({"size": "16:9"}, {"aspect_ratio": "16:9"}),
        ({"size": "Portrait"}, {"aspect_ratio": "2:3"}),
        ({"ar": "landscape"}, {"aspect_ratio": "3:2"}),
        ({"size": "square"}, {"aspect_ratio": "1:1"}),
        ({"size": "1mp"}, {"megapixels": 1}),
        ({"size": "0.25 MP"}, {"megapixels": 0.25}),
        ({"resolution": "2K"}, {"megapixels": 4}),
        ({"megapixels": 2}, {"megapixels": 2}),
        (
            {"size": "auto"},
            {"width": None, "height": None, "aspect_ratio": None, "megapixels": None},
        ),
        ({"aspect-ratio": "16/9"}, {"aspect_ratio": "16:9"}),
        ({"ar": "2.39:1"}, {"aspect_ratio": "239:100"}),
        ({"ar": 1.5}, {"aspect_ratio": "3:2"}),
        ({"ar": 1}, {"aspect_ratio": "1:1"}),
        ({"num_images": 2}, {"n": 2}),
        ({"steps": 20, "num_inference_steps": 20}, {"num_inference_steps": 20}),
        ({"size": "512x512", "width": 512}, {"width": 512, "height": 512}),
        ({"sampler": "euler"}, {"sampler": "euler"}),
        ({}, {}),
    ],
)
def test_other_names_become_the_canonical_ones(given_, meant):
    assert normalize(given_) == meant


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"size": "big"}, 'size: "big" is not a size'),
        ({"size": "0x512"}, "is not a size"),
        ({"size": [512]}, "is not a size"),
        ({"size": [None, 3]}, "is not a size"),
        ({"size": 1024}, "size: 1024 is not a size"),
        ({"ar": "wide"}, 'ar: "wide" is not a ratio'),
        ({"ar": "16:0"}, "is not a ratio"),
        ({"ar": "0.0:1"}, "is not a ratio"),
        ({"ar": 0}, "is not a ratio"),
        ({"ar": True}, "is not a ratio"),
        ({"ar": float("nan")}, "is not a ratio"),
        ({"steps": 20, "num_inference_steps": 30}, "num_inference_steps is given twice"),
        ({"size": "512x512", "height": 640}, "height is given twice, as size and as height"),
    ],
)
def test_nonsense_is_told(given_, message):
    with pytest.raises(BadValueError) as caught:
        normalize(given_)
    assert message in caught.value.message
    assert caught.value.hint


@given(st.integers(1, 99_999), st.integers(1, 99_999), st.sampled_from(":/x"))
def test_a_ratio_of_whole_numbers_stays_as_it_is(width, height, sign):
    assert read_ratio(f"{width}{sign}{height}") == f"{width}:{height}"


@given(st.floats(0.05, 20))
def test_a_number_becomes_the_ratio_nearest_to_it(value):
    across, down = map(int, read_ratio(value).split(":"))
    assert abs(across / down - value) <= 0.5 / 51


@given(
    st.dictionaries(
        st.sampled_from(["steps", "cfg", "size", "ar", "seed", "x"]), st.just("4:3"), max_size=4
    )
)
def test_normalizing_twice_changes_nothing(parameters):
    parameters.pop("size", None)
    once = normalize(parameters)
    assert normalize(once) == once


@pytest.mark.parametrize(
    ("base", "wanted", "result"),
    [
        ({"aspect_ratio": "4:5"}, {"width": 512}, {"width": 512}),
        ({"width": 512, "height": 640, "seed": 1}, {"aspect_ratio": "1:1"}, {"aspect_ratio": "1:1", "seed": 1}),
        ({"aspect_ratio": "4:5"}, {"seed": 2}, {"aspect_ratio": "4:5", "seed": 2}),
        ({}, {"width": 8, "aspect_ratio": "1:1"}, {"width": 8, "aspect_ratio": "1:1"}),
    ],
)  # fmt: skip
def test_a_size_that_is_asked_for_replaces_the_ratio_of_a_style(base, wanted, result):
    assert overridden(base, wanted) == result
