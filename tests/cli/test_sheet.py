from __future__ import annotations

import html
import json

import pytest
from PIL import Image


@pytest.fixture
def server(acts):
    site = acts.Site(acts.b64(), acts.error(400, "content_policy_violation", "no"), acts.b64())
    yield site
    site.close()


@pytest.fixture
def foxes(place):
    lines = ["a fox", "a refused fox", "a {red|grey} fox", "a (broken fox"]
    (place / "foxes.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return "foxes.jsonl"


def test_a_batch_ends_with_its_sheets(run, place, foxes, server):
    args = ("--base-url", server.url, "--concurrency", 1, "--no-cache", "--sheet", "s.html")
    found = run("batch", foxes, *args, "--sheet", "s.png", "--seed", 1)
    assert found.exit_code == 1
    assert "s.html: 2 images, 2 missing" in found.stderr
    page = html.unescape((place / "s.html").read_text("utf-8"))
    assert "a refused fox" in page
    assert "refused the content (400)" in page
    assert "foxes.jsonl:4" in page
    assert "never closed" in page
    with Image.open(place / "s.png") as image:
        assert image.format == "PNG"


def test_a_sheet_of_an_earlier_run(run, place, foxes, server):
    run("batch", foxes, "--base-url", server.url, "--concurrency", 1, "--no-cache")
    found = run("sheet", "foxes")
    assert found.exit_code == 0, found.stderr
    page = html.unescape((place / "sheet.html").read_text("utf-8"))
    assert "<title>foxes</title>" in page
    assert "a refused fox" in page
    again = run("sheet", "foxes/.impasto-journal.db", "--title", "Two", "--linked", "-o", "l.html")
    assert again.exit_code == 0, again.stderr
    assert 'src="foxes/00001-a-fox.png"' in (place / "l.html").read_text("utf-8")


def test_a_bad_name_is_told_before_anything_is_sent(run, place, foxes, server):
    (place / "mine.html").write_text("mine")
    for name, said in (("s.pdf", "end in .html or .png"), ("mine.html", "is no contact sheet")):
        found = run("batch", foxes, "--base-url", server.url, "--sheet", name)
        assert found.exit_code == 2
        assert said in found.stderr
    assert server.seen == []
    assert (place / "mine.html").read_text() == "mine"
    assert run("sheet", ".", "-o", "mine.html", "--force").exit_code == 0
