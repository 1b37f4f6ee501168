from __future__ import annotations

import pytest

from impasto.client.request import Picture
from impasto.client.seeds import written_in
from impasto.images.png import with_texts

TAKEN = "a fox\nSteps: 1, CFG scale: 1.000000, Eta: inf, Seed: 42, Size: 64x64"


def written(acts, text, key="parameters"):
    return with_texts(acts.PNG, {key: text}, ())


@pytest.mark.parametrize(
    ("text", "seed"),
    [
        (TAKEN, 42),
        (TAKEN + '\nSDCPP: {"seed": 7}', None),
        ("Seed: 5, a fox\nNegative prompt: x\nSteps: 20, Seed: 9", 9),
        ("Seed: 18446744073709551615, Steps: 1", 18446744073709551615),
        ("a fox, Seed: five\nSteps: 1", None),
        ("a fox\nSteps: 1, Variation seed: 4, No Seed: 5", None),
    ],
)
def test_the_seed_of_an_infotext(acts, text, seed):
    assert written_in(Picture(written(acts, text), "png")) == seed


def test_pictures_without_one(acts):
    whole = written(acts, TAKEN)
    assert written_in(Picture(written(acts, TAKEN, "Comment"), "png")) is None
    assert written_in(Picture(acts.PNG, "png")) is None
    assert written_in(Picture(whole[:60] + b"Seed: ", "png")) is None
    assert written_in(Picture(b"Seed: 3", "jpeg")) is None


def test_the_image_knows_better_than_the_request(client, acts, api, said):
    """The OpenAI interface of stable-diffusion.cpp takes no seed; it paints with its own."""
    api.plays(acts.b64(written(acts, TAKEN)))
    asked = said(parameters={"seed": 3})
    assert client.generate(asked, backend="gateway", base_url=api.url).seed == 42
