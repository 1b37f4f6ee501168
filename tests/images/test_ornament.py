from impasto.images.ornament import Phrase, paint, phrases
from impasto.images.palette import palette_of

PALETTE = palette_of("a cat")


def picture(runs, negative=(), seed=0):
    return paint((240, 160), runs, negative, PALETTE, seed).tobytes()


def test_a_phrase_takes_the_strongest_weight_of_its_words():
    runs = (("a ", 1.0), ("red", 1.4), (" fox, snow\n", 1.0), ("BREAK", -1.0), ("trees", 0.7))
    assert phrases(runs) == [Phrase("a red fox", 1.4), Phrase("snow", 1.0), Phrase("trees", 0.7)]


def test_full_width_punctuation_ends_phrases():
    assert [phrase.text for phrase in phrases((("猫，窗。雪", 1.0),))] == ["猫", "窗", "雪"]


def test_words_weights_negatives_and_seed_all_show():
    base = picture((("a cat, a hat", 1.0),))
    assert picture((("a cat, a hat", 1.0),)) == base
    assert picture((("a cat, a bat", 1.0),)) != base
    assert picture((("a cat", 1.5), (", a hat", 1.0))) != base
    assert picture((("a cat, a hat", 1.0),), (("dogs", 1.0),)) != base
    assert picture((("a cat, a hat", 1.0),), seed=1) != base


def test_a_heavier_phrase_covers_more_canvas():
    bare = paint((240, 160), (), (), PALETTE, 0)

    def covered(weight):
        from PIL import ImageChops

        painted = paint((240, 160), (("cat", weight),), (), PALETTE, 0)
        return sum(ImageChops.difference(bare, painted).convert("L").histogram()[60:])

    assert covered(0.3) < covered(1) < covered(2.5)
