"""Contact sheets: what a person sees of a run, whole or not."""

from __future__ import annotations

import html
import io
import json
import random
import re
import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image, features

from impasto.client.journal import Journal, rows_of
from impasto.errors import BackendDown, FileError, GenerationFailed, ImageError
from impasto.images.metadata import embed, sidecar
from impasto.sheet import api, pictures
from impasto.sheet.frames import Frame, frames_of
from impasto.sheet.grid import COLUMNS, ROWS, grid

NASTY = '<script>alert("x")</script> & "a fox"'


def png(size=(60, 40), colour=(200, 90, 30)):
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def record(prompt="a fox", **more):
    return {"prompt": prompt, "model": "flux-dev", "parameters": {"width": 60}, **more}


@pytest.fixture
def run(tmp_path):
    """A run of five: two there, one failed, one on its way, one with a job."""
    folder = tmp_path / "run"
    journal = Journal(folder / ".impasto-journal.db", "impasto batch")
    (folder / "a").mkdir()
    for number, name in ((1, "a/one"), (2, "two")):
        journal.sent(number, "k")
        path = folder / f"{name}.png"
        path.write_bytes(embed(png(), record(f"fox {number}", seed=number, styles=["noir"])))
        journal.done(number, "k", [f"elsewhere/run/{name}.png"], {})
    journal.sent(3, "k", 0.1, record(NASTY))
    error = BackendDown("it broke", billed="yes", hint="look there")
    error.image_url = "https://images.example.com/3.png"
    journal.failed(3, error, asked=record(NASTY))
    journal.sent(4, "k", 0.1, record("on its way"))
    journal.sent(5, "k", 0.1, record("a job"))
    journal.running(5, {"id": "7"})
    journal.close()
    return folder


def page_of(frames, path, **options):
    (written,) = api.write(frames, path, **options)
    return written.read_text("utf-8")


def test_a_sheet_has_what_is_there_and_what_is_not(run, tmp_path):
    frames = frames_of(run)
    assert [(f.name, f.state) for f in frames] == [
        ("a/one", "there"),
        ("two", "there"),
        ("image 3", "failed"),
        ("image 4", "unfinished"),
        ("image 5", "unfinished"),
    ]
    assert frames[0].parameters == {"width": 60, "seed": 1}
    assert frames[0].styles == ("noir",)
    assert (frames[2].reason, frames[2].hint, frames[2].billed) == ("it broke", "look there", "yes")
    assert frames[4].text("prompt") == "a job"
    page = html.unescape(page_of(frames, tmp_path / "s.html", title="My run"))
    for words in ("My run", "2 images", "3 missing", "fox 1", "it broke", "It was billed.", "noir"):
        assert words in page
    assert "https://images.example.com/3.png" in page


def test_the_journal_says_it_too(run):
    assert frames_of(run / ".impasto-journal.db") == frames_of(run)


def test_a_run_that_is_going_on_can_be_looked_at(run):
    journal = Journal(run / ".impasto-journal.db", "impasto batch")
    journal.sent(6, "k", 0.0, record("new"))
    assert frames_of(run)[-1].text("prompt") == "new"
    journal.close()


def test_texts_of_prompts_are_texts(run, tmp_path):
    page = page_of(frames_of(run), tmp_path / "s.html", title=NASTY)
    assert "<script>alert" not in page
    assert page.count("<script>") == 1
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert "default-src 'none'" in html.unescape(policy)
    assert "unsafe" not in policy


def test_a_page_needs_nothing_beside_it(run, tmp_path):
    page = page_of(frames_of(run), tmp_path / "s.html")
    sources = re.findall(r'<img src="([^"]*)"', page)
    assert len(sources) == 2
    assert all(source.startswith("data:image/webp;base64,") for source in sources)
    assert re.findall(r'(?:src|href)="(?!data:|#)([^"]*)"', page) == [
        *["run/a/one.png"] * 2,
        *["run/two.png"] * 2,
    ]


def test_a_linked_page_shows_the_images_themselves(run, tmp_path):
    page = page_of(frames_of(run), run / "sub" / "s.html", linked=True)
    links = re.findall(r'<img src="([^"]*)"', page)
    assert links == ["../a/one.png", "../two.png"]
    assert all((run / "sub" / link).is_file() for link in links)


def test_odd_names_are_linked_right(tmp_path):
    (tmp_path / "50% #1 ä.png").write_bytes(png())
    page = page_of(frames_of(tmp_path), tmp_path / "s.html", linked=True)
    assert '<img src="50%25%20%231%20%C3%A4.png"' in page


def test_a_folder_without_a_journal_is_shown_by_name(tmp_path):
    (tmp_path / "b.png").write_bytes(png())
    (tmp_path / "a.png").write_bytes(embed(png(), record("a fox")))
    (tmp_path / "notes.txt").write_text("no image")
    (tmp_path / "c.gif").write_bytes(b"GIF89a")
    (tmp_path / "c.json").write_text(json.dumps(record("beside")))
    frames = frames_of(tmp_path)
    assert [(f.name, f.text("prompt")) for f in frames] == [("a", "a fox"), ("b", ""), ("c", "")]
    page = page_of(frames, tmp_path / "s.html")
    assert page.count("<img ") == 2
    assert "cannot be shown" in page


def test_a_file_outside_of_the_folder_is_not_looked_at(run, tmp_path):
    (tmp_path / "secret.png").write_bytes(png())
    journal = Journal(run / ".impasto-journal.db", "impasto batch")
    for number, file in ((6, "../secret.png"), (7, str(tmp_path / "secret.png")), (8, "gone.png")):
        journal.sent(number, "k")
        journal.done(number, "k", [file], {})
    journal.close()
    assert [f.state for f in frames_of(run)[-3:]] == ["gone"] * 3
    (run / "link.png").symlink_to(tmp_path / "secret.png")
    journal = Journal(run / ".impasto-journal.db", "impasto batch")
    journal.done(8, "k", ["link.png"], {})
    journal.close()
    assert frames_of(run)[-1].state == "gone"


def test_a_folder_that_was_moved_is_found(run, tmp_path):
    shutil.move(run, tmp_path / "moved")
    assert [f.state for f in frames_of(tmp_path / "moved")[:2]] == ["there", "there"]


def test_pictures_have_every_frame(run, tmp_path):
    (path,) = api.write(frames_of(run), tmp_path / "s.png", "My run")
    with Image.open(path) as image:
        image.load()
        colours = {c: n for n, c in image.getcolors(image.width * image.height)}
    assert colours[(200, 90, 30)] >= 2 * 60 * 40


def test_many_images_make_several_pictures(tmp_path):
    frames = [Frame(name=str(n), state="failed", reason="x") for n in range(COLUMNS * ROWS + 1)]
    files = api.write(frames, tmp_path / "s.png")
    assert [file.name for file in files] == ["s.png", "s-2.png"]
    assert files[1].stat().st_size < files[0].stat().st_size


def test_long_and_strange_texts_do_not_break_the_grid():
    text = "ein sehr langes Wort " * 500 + "狐" * 50 + "\n\n"
    frames = [Frame(name="x" * 300, state="failed", reason=text, asked={"prompt": text})]
    (image,) = grid(frames, text)
    assert image.width > image.height


def test_no_images_are_a_sheet_too(tmp_path):
    assert frames_of(tmp_path) == []
    assert "There are no images." in page_of([], tmp_path / "s.html")
    assert len(api.write([], tmp_path / "s.png")) == 1


def test_the_record_beside_an_image_that_cannot_hold_one_is_shown(tmp_path):
    with Image.new("L", (4, 4)) as image:
        image.save(tmp_path / "fox.gif")
    (tmp_path / "fox.gif.json").write_text(sidecar(record("a fox")), "utf-8")
    (tmp_path / "fox.json").write_text('{"prompt": "of somebody else"}', "utf-8")
    (frame,) = frames_of(tmp_path)
    assert frame.text("prompt") == "a fox"


def test_damaged_pixels_of_any_kind_are_told(tmp_path):
    draw = random.Random("damaged")
    path = tmp_path / "fox"
    for kind in ("PNG", "JPEG", "WEBP", "GIF", *(["AVIF"] if features.check("avif") else [])):
        file = io.BytesIO()
        Image.effect_noise((40, 30), 80).convert("RGB").save(file, kind)
        for _ in range(100):
            data = bytearray(file.getvalue())
            for _ in range(draw.randrange(1, 8)):
                data[draw.randrange(min(len(data), 400))] = draw.randrange(256)
            path.write_bytes(data)
            with suppress(ImageError):
                pictures.thumbnail(path, 32, (0, 0, 0))


def test_a_loss_is_said_once_with_how_often():
    losses = [{"message": m} for m in ("no weights", "no negative prompt", "no weights")]
    frame = Frame(name="a", state="failed", asked={"losses": losses})
    assert frame.losses == ("no weights (2 times)", "no negative prompt")


def test_a_further_picture_does_not_replace_a_file_of_somebody_else(tmp_path):
    frames = [Frame(name=str(n), state="failed", reason="x") for n in range(COLUMNS * ROWS + 1)]
    (tmp_path / "s-2.png").write_bytes(png())
    with pytest.raises(FileError, match=r"s-2\.png is there and is no contact sheet"):
        api.write(frames, tmp_path / "s.png")
    assert (tmp_path / "s-2.png").read_bytes() == png()
    assert len(api.write(frames, tmp_path / "s.png", force=True)) == 2


def test_a_file_of_somebody_else_is_left_alone(tmp_path, run):
    mine = tmp_path / "mine.html"
    mine.write_text("<html>my page</html>")
    with pytest.raises(FileError, match="is no contact sheet"):
        api.check(mine)
    for name in ("s.html", "s.png"):
        api.write(frames_of(run), tmp_path / name)
        api.check(tmp_path / name)
    with pytest.raises(FileError, match=r"let its name end in \.html or \.png"):
        api.check(tmp_path / "s.pdf")


def test_a_bomb_is_not_opened(tmp_path, monkeypatch):
    (tmp_path / "big.png").write_bytes(png((300, 300)))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100 * 100)
    with pytest.raises(ImageError, match="too many pixels"):
        pictures.thumbnail(tmp_path / "big.png", 50, (0, 0, 0))
    assert "cannot be shown" in page_of(frames_of(tmp_path), tmp_path / "s.html")


def test_what_is_clear_shows_the_ground(tmp_path):
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(tmp_path / "a.png")
    small = pictures.thumbnail(tmp_path / "a.png", 20, (9, 8, 7))
    assert (small.size, small.mode, small.getpixel((3, 3))) == ((20, 20), "RGB", (9, 8, 7))


def test_what_is_no_journal_is_told(tmp_path):
    (tmp_path / ".impasto-journal.db").write_text("x" * 5000)
    with pytest.raises(FileError, match="no journal"):
        frames_of(tmp_path)
    with pytest.raises(FileError, match="there is no"):
        frames_of(tmp_path / "nowhere")


def test_a_failure_without_a_request_is_still_told(tmp_path):
    journal = Journal(tmp_path / ".impasto-journal.db", "p")
    journal.sent(1, "k")
    journal.failed(1, GenerationFailed("no"))
    journal.close()
    (row,) = rows_of(tmp_path / ".impasto-journal.db")
    assert row.facts["asked"] == {}
    assert frames_of(tmp_path)[0].reason == "no"
    assert isinstance(frames_of(tmp_path)[0].path, Path | None)
