"""Results on disk: whole or not there, named by what they are."""

from __future__ import annotations

import pytest

from impasto.client import Request, Result
from impasto.errors import ImageError


@pytest.fixture
def result(acts):
    return Result(acts.PNG, "png", Request("gateway", "flux-dev", "a cat", parameters={"seed": 1}))


@pytest.mark.parametrize(
    ("path", "kind", "name"),
    [
        ("cat", "png", "cat.png"),
        ("cat", "jpeg", "cat.jpg"),
        ("cat", "webp", "cat.webp"),
        ("cat.png", "png", "cat.png"),
        ("cat.PNG", "png", "cat.PNG"),
        ("flux-1.1-pro", "png", "flux-1.1-pro.png"),
        ("v1.2", "png", "v1.2.png"),
        (".hidden", "png", ".hidden.png"),
        ("sub/folder/cat", "png", "cat.png"),
    ],
)
def test_names(tmp_path, acts, path, kind, name):
    made = Result(acts.PNG, kind, Request("gateway", "flux-dev", "a cat"))
    saved = made.save(tmp_path / path)
    assert saved.name == name
    assert saved.read_bytes() == acts.PNG


def test_a_file_is_replaced_in_one_step_and_nothing_else_is_left(result, tmp_path):
    (tmp_path / "cat.png").write_bytes(b"old")
    assert result.save(str(tmp_path / "cat.png")).read_bytes() == result.image
    assert [p.name for p in tmp_path.iterdir()] == ["cat.png"]


def test_a_file_that_cannot_be_written(result, tmp_path):
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(ImageError, match=r'cannot write ".*folder\.png"'):
        result.save(tmp_path / "folder.png")
    (tmp_path / "file").write_text("x")
    with pytest.raises(ImageError, match="cannot write"):
        result.save(tmp_path / "file" / "cat.png")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder.png"]


def test_a_record_is_written_into_the_image(result, tmp_path):
    from PIL import Image

    saved = result.save(tmp_path / "cat", record={**result.record(), "styles": ["noir"]})
    with Image.open(saved) as image:
        image.load()
        text = " ".join(map(str, image.info.values()))
    assert "a cat" in text
    assert "noir" in text
    assert not {"host", "request_id", "cost"} & set(result.record())


def test_a_long_result_shows_no_bytes(result):
    assert len(repr(result)) < 500
