import hashlib
import os
import subprocess
import sys
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from impasto.images import glyphs, kinds, layout
from impasto.images.page import page_size
from impasto.images.proof import ProofSheet, draw
from impasto.images.words import BREAK

FOX = ProofSheet(
    model="stable-diffusion-xl",
    prompt="(a red fox:1.5) in the snow, [distant trees:0.7]",
    runs=(("a red fox", 1.5), (" in the snow, ", 1.0), ("distant trees", 0.7)),
    negative_prompt="blurry",
    parameters={"num_inference_steps": 50, "guidance_scale": 7.5},
    losses=("something was lost",),
    seed=42,
)
SCENE = "The lighthouse keeper walks along the cliff at dusk, carrying a brass lantern. "

CODE = """
import hashlib
from impasto.images.proof import ProofSheet, draw
sheet = ProofSheet(model="m", prompt="a cat, 猫", parameters={"b": 1, "a": {"x": 2}}, seed=3)
print(hashlib.sha256(draw(sheet)).hexdigest())
"""


def opened(data):
    return Image.open(BytesIO(data)).convert("RGB")


def test_the_same_sheet_gives_the_same_bytes_in_every_process():
    sheet = ProofSheet(model="m", prompt="a cat, 猫", parameters={"b": 1, "a": {"x": 2}}, seed=3)
    here = hashlib.sha256(draw(sheet)).hexdigest()
    for hash_seed in ("0", "12345"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        done = subprocess.run(
            [sys.executable, "-c", CODE],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == here


def test_it_is_a_whole_png_of_the_requested_shape():
    data = draw(FOX)
    assert kinds.check(data) == "png"
    assert opened(data).size == (1024, 1024)


@pytest.mark.parametrize(
    ("requested", "drawn"),
    [
        ((1024, 1024), (1024, 1024)),
        ((1792, 1024), (1792, 1024)),
        ((832, 1216), (832, 1216)),
        ((512, 512), (1024, 1024)),
        ((4096, 4096), (2048, 2048)),
        ((2520, 1080), (2048, 878)),
        ((1080, 2520), (878, 2048)),
        ((256, 1024), (512, 2048)),
        ((1000, 10), (2048, 410)),
        ((0, 0), (1024, 1024)),
    ],
)
def test_page_sizes(requested, drawn):
    assert page_size(*requested) == drawn


def changed(**fields):
    return draw(ProofSheet(**{**{f: getattr(FOX, f) for f in FOX.__struct_fields__}, **fields}))


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "A title"},
        {"model": "flux-dev"},
        {"backend": "other"},
        {"prompt": "something else"},
        {"negative_prompt": "people"},
        {"runs": (("a red fox", 1.2), (" in the snow, ", 1.0), ("distant trees", 0.7))},
        {"parameters": {"num_inference_steps": 51, "guidance_scale": 7.5}},
        {"losses": ()},
        {"seed": 43},
    ],
)
def test_everything_that_the_sheet_says_can_be_seen(fields):
    assert changed(**fields) != draw(FOX)


def test_different_prompts_differ_at_thumbnail_size():
    def thumbnail(prompt):
        return opened(draw(ProofSheet(model="m", prompt=prompt))).resize((32, 32))

    from PIL import ImageChops, ImageStat

    one, other = thumbnail("a castle in a storm"), thumbnail("a quiet harbour at noon")
    assert sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) > 30


class Recorder:
    """Notes every box that is drawn: name, left, top, right, bottom in drawing pixels."""

    def __init__(self, monkeypatch):
        self.boxes = []
        block, panel, section = layout.draw_block, layout.Layout.panel, layout.Section.draw
        monkeypatch.setattr(layout, "draw_block", lambda *args: self.block(block, *args))
        monkeypatch.setattr(layout.Layout, "panel", lambda *args: self.panel(panel, *args))
        monkeypatch.setattr(layout.Section, "draw", lambda *args: self.section(section, *args))

    def block(self, then, ink, x, y, block, palette):
        self.boxes.append(("text", x, y, x + block.width, y + block.height))
        then(ink, x, y, block, palette)

    def panel(self, then, owner, box):
        self.boxes.append(("panel", box.x, box.y, box.right, box.bottom))
        then(owner, box)

    def section(self, then, section, x, y):
        end = then(section, x, y)
        self.boxes.append((section.label, x, y, x + section.block.width, end))
        return end


def assert_tidy(sheet, boxes, body):
    for name, left, top, right, bottom in boxes:
        assert left >= body.x - 1, (sheet, name)
        assert top >= body.y - 1, (sheet, name)
        assert right <= body.right + 1, (sheet, name)
        assert bottom <= body.bottom + 2, (sheet, name)
    for at, (name, left, top, right, bottom) in enumerate(boxes):
        for other, x, y, x_end, y_end in boxes[:at]:
            apart = right <= x + 1 or x_end <= left + 1 or bottom <= y + 2 or y_end <= top + 2
            assert apart, (sheet, name, other)


SHAPES = [
    (1024, 1024),
    (2520, 1080),
    (1080, 2520),
    (256, 1024),
    (1024, 256),
    (2000, 400),
    (400, 2000),
]
TEXTS = ["", "cat", SCENE, SCENE * 40, SCENE * 400, "x" * 500, "猫" * 300, "a\nb\n" * 50]
RUNS = [
    (),
    (("loud", 30.0), (" quiet", 0.1), (" none", 0.0), (" minus", -2.0), BREAK, ("after", 1.0)),
    ((SCENE, 1.3), (SCENE * 20, 0.6)),
]


@settings(max_examples=60, deadline=None)
@given(
    shape=st.sampled_from(SHAPES),
    prompt=st.sampled_from(TEXTS),
    negative=st.sampled_from(["", "people", SCENE * 30]),
    runs=st.sampled_from(RUNS),
    losses=st.sampled_from([(), ("one",), ("a loss with some words in it",) * 30]),
    title=st.sampled_from(["", "Title", SCENE * 3]),
    count=st.sampled_from([0, 4, 40]),
)
def test_nothing_overlaps_and_nothing_leaves_the_page(
    shape, prompt, negative, runs, losses, title, count
):
    sheet = ProofSheet(
        model="stable-diffusion-xl",
        prompt=prompt,
        title=title,
        negative_prompt=negative,
        runs=runs,
        losses=losses,
        parameters={f"parameter_{n}": n for n in range(count)},
        width=shape[0],
        height=shape[1],
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "paint", lambda size, *_: Image.new("RGB", size))
        recorder = Recorder(patch)
        drawn = layout.Layout(sheet)
        drawn.draw()
        assert_tidy(sheet, recorder.boxes, drawn.page.body)
        assert any(name == "panel" and b - t > 100 for name, _, t, _, b in recorder.boxes)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_margins_stay_clean(shape):
    """No ink between the text and the printer's marks."""
    sheet = ProofSheet(
        model="m",
        prompt="wide " * 300,
        runs=(("wide " * 300, 1.4),),
        negative_prompt="x " * 500,
        width=shape[0],
        height=shape[1],
    )
    image = opened(draw(sheet))
    paper = image.getpixel((1, 1))
    drawn = layout.Layout(sheet).page
    margin = drawn.margin // 2
    strip = range(int(margin * 0.72), margin - 3)
    middle = image.width // 2, image.height // 2
    for x in [*strip, *(image.width - 1 - at for at in strip)]:
        column = image.crop((x, margin, x + 1, middle[1] - margin)).getcolors()
        assert column == [(column[0][0], paper)]
    for y in [*strip, *(image.height - 1 - at for at in strip)]:
        row = image.crop((margin, y, middle[0] - margin, y + 1)).getcolors()
        assert row == [(row[0][0], paper)]


@pytest.mark.parametrize("shape", SHAPES)
def test_it_says_that_it_is_a_proof(monkeypatch, shape):
    said = []
    label = glyphs.draw_label

    def listen(ink, start, text, size, fill):
        said.append((text.lower(), start[0], start[0] + glyphs.label_width(text, size)))
        return label(ink, start, text, size, fill)

    monkeypatch.setattr(glyphs, "draw_label", listen)
    sheet = layout.Layout(ProofSheet(model="m", prompt="p", width=shape[0], height=shape[1]))
    sheet.draw()
    ends = {text: (left, right) for text, left, right in said}
    note = next(text for text in ends if "not a painting" in text)
    assert ends["impasto"][1] < ends[note][0]
    assert ends[note][1] <= sheet.page.body.right + sheet.page.em


def test_any_characters_can_be_drawn():
    wild = "\x00\x07\u200b\ufe0f\U0001f600\ud83d\u202e ế Å ñ ç İ ﬁ \U0010ffff"
    sheet = ProofSheet(model=wild, prompt=wild, title=wild, losses=(wild,), parameters={wild: wild})
    assert kinds.check(draw(sheet)) == "png"
