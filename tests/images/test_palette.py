import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.images.palette import contrast, mix, oklch, palette_of


@given(st.text())
def test_every_text_colour_is_readable_on_its_paper(words):
    palette = palette_of(words)
    for colour in (palette.ink, palette.soft, palette.accent):
        assert contrast(colour, palette.paper) >= 4.5


@given(st.floats(0, 1), st.floats(0, 0.4), st.floats(-360, 720))
def test_every_colour_can_be_shown(lightness, chroma, hue):
    assert all(0 <= part <= 255 for part in oklch(lightness, chroma, hue))


def test_known_colours():
    assert oklch(1, 0, 0) == (255, 255, 255)
    assert oklch(0, 0, 0) == (0, 0, 0)
    red = oklch(0.6279554, 0.2576833, 29.2338804)  # sRGB red in OKLCH
    assert all(abs(a - b) <= 2 for a, b in zip(red, (255, 0, 0), strict=True))
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert mix((0, 0, 0), (200, 100, 50), 0.5) == (100, 50, 25)


def test_prompts_get_their_own_colours():
    assert palette_of("a cat") == palette_of("a cat")
    assert len({palette_of(f"prompt {n}").pigments for n in range(50)}) == 50
