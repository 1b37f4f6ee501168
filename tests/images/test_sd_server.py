"""The infotext that the real sd-server of stable-diffusion-cpp-python 0.4.7 wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from foreign import chunk
from impasto.images.inspection import inspect
from impasto.images.png import with_texts

TEXT = Path(__file__).with_name("sd-server.txt").read_text("utf-8").strip()


@pytest.fixture
def inspected(picture):
    return inspect(with_texts(picture("png"), {"parameters": TEXT}, ()))


def test_the_prompt_inside_its_json_is_no_parameter(inspected):
    made = inspected.generation
    assert inspected.unread == ()
    assert made.others.keys() == {"Guidance", "Eta", "RNG", "Version", "SDCPP"}
    assert json.loads(made.others["SDCPP"])["prompt"]["positive"] == made.prompt


def test_its_texts_are_utf_8_where_others_write_latin_1(picture):
    image = picture("png")
    for encoding in ("utf-8", "latin-1"):
        data = b"parameters\0" + TEXT.replace("snow", "neige là", 1).encode(encoding)
        made = inspect(image[:33] + chunk(b"tEXt", data) + image[33:]).generation
        assert made.prompt.endswith("neige là")


def test_a_sampler_that_it_does_not_name_is_not_asked_for_again(inspected):
    assert "sampler" not in inspected.generation.parameters()
    assert inspected.generation.seed == 3
