"""The gallery: one file, every style, what each model hears, and no way out for hostile texts."""

import base64
import re
import shutil
import subprocess
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

import impasto
from impasto.errors import OpenPromptError, SourceError, UnknownNameError
from impasto.gallery.api import SUBJECT, gallery, styles_of
from impasto.gallery.exhibit import exhibit, picture, picture_size
from impasto.gallery.page import MARK, Print, page
from impasto.models.registry import all_models
from impasto.styles.api import default_library

LIBRARY = default_library()
HOSTILE = r"""
title: "</title><script>alert('pack')</script>"
description: "{{ 7 * 6 }} {% include 'x' %} <img src=x onerror=alert(1)>"
license: "\"><b>"
authors: ["<svg onload=alert(2)>", "O'Neil & Söhne"]
styles:
  trap:
    title: "<script>alert(3)</script>"
    description: "\" onmouseover=\"alert(4) \u202e backwards &amp; <!-- open"
    tags: ["</ul><script>", "a\"b'c", "https://example.com/x.js", "javascript:alert(5)"]
    text: "{{ prompt }}, </section><script>alert(6)</script>, (<style>body</style>:1.2)"
    negative: "</article> <iframe src=//example.com>"
    variants: {prose: {text: "{{ prompt }}. (\"><script>:1.3)"}}
"""


@pytest.fixture(scope="module")
def two():
    """The page of two built-in packs, as text."""
    return gallery(LIBRARY, packs=["film_noir", "line_art"])


@pytest.fixture(scope="module")
def everything():
    """The page of all built-in styles; their pictures are left empty, which saves their time."""
    return page(Print(exhibit(s, SUBJECT, LIBRARY), b"") for s in styles_of(LIBRARY))


@pytest.fixture(scope="module", params=["two", "everything"])
def tree(request, parsed):
    return parsed(request.getfixturevalue(request.param))


def articles(tree):
    return {one.get("id"): one for one in tree.iter("article")}


def words(element):
    return " ".join(element.text_content().split())


def test_every_style_is_there_by_pack(everything, parsed):
    tree = parsed(everything)
    assert set(articles(tree)) == set(LIBRARY.names(mixins=True))
    for section in tree.find_class("pack"):
        name = section.get("aria-labelledby").removeprefix("pack-")
        assert {one.split("/")[0] for one in articles(section)} == {name}
        assert words(section.find(".//h2")) == LIBRARY.pack(name).model.title
    last = tree.find_class("pack")[-1]
    assert last.get("aria-labelledby") == "pack-mixins"


def test_the_document_counts_them():
    text = (Path(__file__).parents[2] / "docs" / "gallery.md").read_text("utf-8")
    assert f"All {len(LIBRARY.names(mixins=True))} built-in styles" in text
    assert all(f"`{name}`" in text for name in LIBRARY.files)


def test_a_style_tells_what_it_is(two, parsed):
    for name, article in articles(parsed(two)).items():
        style = LIBRARY.find(name)[0].model
        assert words(article.find(".//h3")) == style.title
        assert style.description in words(article)
        for tag in style.tags:
            assert tag in words(article.find_class("chips")[0])
        for base in style.bases:
            assert f"on {base}" in words(article)
        for alias in style.aliases:
            assert f"also {alias}" in words(article)
        assert style.preview in words(article.find(".//summary"))


def test_each_model_hears_what_it_will_be_sent(two, parsed):
    article = articles(parsed(two))["film_noir/neo-noir"]
    heard = {
        title: section
        for section in article.find_class("hearing")
        for title in words(section.find("h4")).split(", ")
    }
    assert set(heard) == {card.title for card in all_models()}
    for card in all_models():
        subject = LIBRARY.find("film_noir/neo-noir")[0].model.preview
        made = impasto.compose(subject, styles=["film_noir/neo-noir"], model=card.id)
        expected = impasto.translate(made)
        texts = [e.text for e in heard[card.title].xpath(".//*[@data-words]")]
        wanted = [expected.prompt, expected.negative_prompt]
        assert texts == [text for text in wanted if text]
        for name, value in expected.parameters.items():
            assert (
                f"{name} {value:g}"
                if isinstance(value, float)
                else f"{name} {value}" in words(heard[card.title])
            )


def test_options_are_shown_with_their_values(library, parsed):
    found = library(
        mine="styles:\n  a:\n    options: {film: {default: '<ink>', description: What on}, n: {default: 3}}\n"
        "    text: '{{ prompt }}, {{ film }}, {{ n }} frames'\n"
    )
    (article,) = articles(parsed(gallery(found))).values()
    assert words(article.find_class("options")[0]) == "film<ink> What on n3"
    assert "<ink>, 3 frames" in words(article)


def test_losses_and_notes_are_told_with_what_to_do(library, parsed):
    found = library(
        mine='styles:\n  a: {text: "{{ prompt }}, soft light, (red fog:1.4)", negative: red fog, '
        "parameters: {num_inference_steps: 900}}\n"
    )
    (article,) = articles(parsed(gallery(found))).values()
    flux = next(s for s in article.find_class("hearing") if "FLUX Dev" in words(s.find("h4")))
    told = words(flux)
    assert '"red fog": the target has no negative prompt' in told
    assert "it was left out" in told
    assert "→ say in the prompt" in told
    assert "red fog" in told
    assert "nothing is lost" not in told
    sdxl = next(s for s in article.find_class("hearing") if "XL" in words(s.find("h4")))
    assert "careful" in words(sdxl)
    assert "nothing is lost" in words(sdxl)


def test_pictures_are_small_proofs_in_the_styles_ratio(two, parsed):
    seen = set()
    for name, article in articles(parsed(two)).items():
        (shown,) = article.iter("img")
        kind, _, data = shown.get("src").partition(",")
        assert kind == "data:image/webp;base64"
        raw = base64.b64decode(data, validate=True)
        image = Image.open(BytesIO(raw))
        assert (image.format, image.size) == (
            "WEBP",
            (int(shown.get("width")), int(shown.get("height"))),
        )
        wide, _, high = LIBRARY.find(name)[0].model.parameters["aspect_ratio"].partition(":")
        assert image.width / image.height == pytest.approx(int(wide) / int(high), rel=0.06)
        assert shown.get("alt")
        assert len(raw) < 30_000
        seen.add(raw)
    assert len(seen) == len(articles(parsed(two)))


def test_a_picture_depends_on_the_style_and_its_weights_alone():
    one, same, other = (
        picture(exhibit(LIBRARY.find(name)[0], "fox", LIBRARY))
        for name in ("mixins/bloom", "mixins/bloom", "mixins/mist")
    )
    assert one == same != other


@pytest.mark.parametrize("ratio", [0.0001, 1 / 3, 1, 21 / 9, 1000])
def test_pictures_of_any_ratio_have_about_one_area(ratio):
    wide, high = picture_size(ratio)
    assert wide * high == pytest.approx(384 * 256, rel=0.01)
    assert min(wide, high) > 150


def test_the_same_styles_give_the_same_page(two):
    assert gallery(LIBRARY, packs=["film_noir", "line_art"]) == two


def test_the_page_is_whole_and_asks_nothing_of_anybody(tree):
    for element in tree.iter():
        for name in ("src", "href", "srcset", "action", "data", "poster", "formaction"):
            value = element.get(name)
            assert value is None or value.startswith(("#", "data:image/webp;base64,"))
        assert element.tag not in ("link", "iframe", "object", "embed", "base")
        assert not [name for name in element.keys() if name.startswith("on") or name == "style"]  # noqa: SIM118 - lxml
    own = "".join(tree.xpath("//style/text() | //script/text()"))
    assert not re.search(r"url\(|@import|https?:|fetch\(|XMLHttp|import\(|innerHTML", own)


def test_the_policy_allows_our_script_and_nothing_else(tree):
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none'; img-src data:; ")
    assert "unsafe" not in policy
    for kind in ("style", "script"):
        (text,) = tree.xpath(f"//{kind}/text()")
        digest = base64.b64encode(sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


def test_every_link_leads_to_something_and_every_control_has_a_name(tree):
    names = [element.get("id") for element in tree.xpath("//*[@id]")]
    assert len(set(names)) == len(names)
    assert {link.removeprefix("#") for link in tree.xpath("//a/@href")} <= set(names)
    for reference in ("aria-labelledby", "for"):
        assert set(tree.xpath(f"//@{reference}")) <= set(names)
    for button in tree.xpath("//button[not(@hidden)]"):
        assert button.get("aria-label")
    labels = [b.get("aria-label") for b in tree.xpath("//button[@data-copy]")]
    assert len(set(labels)) == len(labels), "each tells what it copies"
    for button in tree.xpath("//button[@data-copy]"):
        (text,) = button.getparent().xpath(".//*[@data-words]")
        assert text.text


def test_it_can_be_read_without_scripts(tree):
    assert tree.find_class("search")[0].get("hidden") is not None
    (style,) = tree.xpath("//style/text()")
    assert ".copy { display: none" in style
    assert not tree.xpath("//article[@hidden] | //section[@hidden] | //noscript")
    assert len(tree.xpath("//article/details/summary")) == len(articles(tree))
    tags = {t for s in articles(tree) for t in LIBRARY.find(s)[0].model.tags}
    assert set(tree.xpath("//footer//dt/text()")) == tags


def test_texts_of_a_pack_stay_texts(library, parsed):
    found = library(wild=HOSTILE)
    subject = 'a </p><script>alert("subject")</script> & "fox"'
    made = gallery(found, subject=subject)
    tree = parsed(made)
    (script,) = tree.iter("script")
    assert "alert" not in script.text
    assert len(list(tree.iter("style"))) == 1
    assert not list(tree.iter("iframe", "svg"))
    assert len(list(tree.iter("img"))) == 1
    for element in tree.iter():
        assert not [name for name in element.keys() if name.startswith("on")]  # noqa: SIM118 - lxml
        assert "example.com" not in (element.get("href") or element.get("src") or "")
    style = found.find("trap")[0]
    (article,) = articles(tree).values()
    assert article.find(".//h3").text_content() == style.model.title
    assert words(article.find("p")) == " ".join(style.model.description.split())
    assert article.xpath(".//a[@data-tag]/@data-tag") == style.model.tags
    assert "{{ 7 * 6 }}" in words(tree.find_class("pack")[0])
    heard = [e.text for e in article.xpath(".//*[@data-words]")]
    made = impasto.compose(subject, styles=["trap"], model="stable-diffusion-xl", library=found)
    assert impasto.translate(made).prompt in heard


def test_a_small_pack_without_words_is_shown_by_its_names(library, parsed):
    tree = parsed(gallery(library(bare="styles: {a: {}}")))
    (article,) = articles(tree).values()
    assert words(article.find(".//h3")) == "a"
    assert words(tree.find(".//h2")) == "bare"
    assert "1 style in 1 pack," in words(tree.find(".//header/p"))
    assert not tree.find_class("tags")


def test_it_knows_its_own_page_again(two):
    assert two.startswith("<!doctype html>")
    assert MARK in two[:1000]


def test_progress_is_told_style_by_style(library):
    steps = []
    gallery(library(bare="styles: {a: {}, b: {}}"), progress=lambda *step: steps.append(step))
    assert steps == [(1, 0), (2, 0)]


def test_the_subject_is_the_callers_else_the_styles_else_a_lighthouse(library):
    found = library(mine="styles: {a: {preview: a violin}, b: {}}")
    own, one = gallery(found), gallery(found, subject="a red fox")
    assert own.count("a violin</p>") == own.count(f"{SUBJECT}</p>") > 0
    assert "a violin" not in one
    assert SUBJECT not in one


def test_what_is_wrong_is_said_with_its_place(library):
    with pytest.raises(UnknownNameError, match='did you mean "film_noir"'):
        gallery(LIBRARY, packs=["film_nior"])
    with pytest.raises(OpenPromptError):
        gallery(library(bare="styles: {a: {}}"), subject="a {red|blue} fox")
    broken = library(broken='styles:\n  a: {text: "(fog:1.2, {{ prompt }"}\n')
    with pytest.raises(SourceError, match=r"broken.yaml:4"):
        gallery(broken)


@pytest.mark.skipif(not shutil.which("chromium"), reason="needs chromium")
def test_a_browser_runs_it_under_its_own_policy(two, tmp_path):
    (tmp_path / "page.html").write_text(two, encoding="utf-8")
    command = [
        "chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}",
        "--dump-dom", f"file://{tmp_path}/page.html",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert '<html lang="en" class="js">' in done.stdout
    assert '<form class="search" role="search">' in done.stdout
