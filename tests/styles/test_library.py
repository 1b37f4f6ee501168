"""Finding styles and packs, and what is said about those that are wrong."""

import pytest

import impasto
from impasto.compose.api import compose
from impasto.errors import FileError, SourceError, StyleError, UnknownNameError
from impasto.styles.library import Library

PACK = "format: 1\nname: mine\nstyles:\n"


@pytest.fixture
def library(tmp_path, monkeypatch):
    """Return a function that makes a library of one pack called "mine"."""
    monkeypatch.chdir(tmp_path)

    def made(styles, head=PACK, name="mine.yaml"):
        (tmp_path / name).write_text(head + styles, encoding="utf-8")
        return Library((tmp_path,))

    return made


def test_styles_are_found_by_their_short_name(library):
    found = library("  noir: {text: a}\n  own: {text: b}")
    assert found.find("own")[0].name == "mine/own"
    assert found.find("film-still")[0].name == "photorealistic/film-still"
    assert impasto.load_style("anime/mecha").name == "anime/mecha"


def test_of_two_styles_of_one_name_the_nearest_wins_and_it_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folders = [tmp_path / name for name in ("project", "user")]
    for folder in folders:
        folder.mkdir()
        (folder / f"{folder.name}.yaml").write_text(
            f"format: 1\nname: {folder.name}\nstyles:\n  noir: {{text: of the {folder.name}}}\n"
        )
    library = Library(tuple(folders))
    found = compose("a cat", styles=["noir:0.7"], library=library)
    assert found.text == "a cat, (of the project:0.7)"
    [note] = found.diagnostics
    assert (note.code, note.severity) == ("IMP308", "info")
    assert note.message == (
        '"noir" is project/noir here, which comes before user/noir and photorealistic/noir'
    )
    assert [style.name for style in library.namesakes("noir")] == [
        "user/noir",
        "photorealistic/noir",
    ]
    assert not compose("a cat", styles=["project/noir"], library=library).diagnostics
    user = Library((folders[1],))
    assert compose("a cat", styles=["noir"], library=user).text == "a cat, of the user"


def test_the_nearest_alias_goes_before_a_name_further_away(library):
    found = library("  mine: {text: b, aliases: [noir]}")
    assert found.find("noir")[0].name == "mine/mine"
    assert [style.name for style in found.namesakes("noir")] == ["photorealistic/noir"]


def test_a_pack_loaded_by_hand_is_the_nearest(library, tmp_path):
    library("  noir: {text: a}", "format: 1\nname: byhand\nstyles:\n", "byhand.yaml")
    pack = impasto.load_pack(tmp_path / "byhand.yaml")
    (tmp_path / "byhand.yaml").unlink()
    found = library("  noir: {text: b}").with_pack(pack)
    assert found.find("noir")[0].name == "byhand/noir"
    assert [style.name for style in found.namesakes("noir")] == ["mine/noir", "photorealistic/noir"]


def test_two_packs_of_one_folder_with_one_short_name_are_told_apart_by_hand(library):
    library("  own: {text: a}", "format: 1\nname: other\nstyles:\n", "other.yaml")
    with pytest.raises(StyleError, match="write mine/own or other/own"):
        library("  own: {text: b}").find("own")


@pytest.mark.parametrize("key", ["own", "'own'", '"own"', '"o\\x77n"', "? own\n  "])
def test_a_short_name_reads_only_packs_that_hold_it(library, tmp_path, key):
    (tmp_path / "other.yaml").write_text("format: 1\nname: other\nstyles: nothing\n")
    found = library(f"  {key}: {{text: b}}")
    if "x77" in key:  # written so that only reading all of them tells
        (tmp_path / "other.yaml").unlink()
    assert found.find("own")[0].name == "mine/own"
    assert ("anime" in found._packs) == ("x77" in key)


def test_a_name_that_is_no_text_is_unknown():
    with pytest.raises(UnknownNameError):
        impasto.load_style("\ud800")


def test_a_pack_of_the_project_wins_over_a_built_in_one_of_its_name(library):
    found = library("  own: {text: b}", "format: 1\nname: anime\nstyles:\n", "anime.yaml")
    assert list(found.pack("anime").styles) == ["own"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("photorealistc/noir", 'did you mean "photorealistic/noir"'),
        ("photorealistic/nor", 'did you mean "photorealistic/noir"'),
        ("film-stil", 'did you mean "film-still"'),
        ("zzzz", "impasto styles list"),
    ],
)
def test_unknown_styles_bring_the_nearest_name(name, hint):
    with pytest.raises(UnknownNameError) as caught:
        compose("fox", styles=[name])
    assert hint in str(caught.value)


BROKEN = {
    "unknown key": "  a: {txt: x}",
    "text is a number": "  a: {text: 5}",
    "style is a text": "  a: x",
    "name of a style": "  A B: {text: x}",
    "variants is a list": "  a: {variants: [sdxl]}",
    "key of a variant": "  a: {variants: {sdxl: {tex: x}}}",
    "extends a number": "  a: {extends: 5}",
    "extends a mapping": "  a: {extends: {b: 1}}",
    "a list as parameter": "  a: {parameters: {width: [1]}}",
    "mixin": "  a: {mixin: 1}",
    "no YAML": "  a: {text: 'x}",
    "twice": "  a: {text: x}\n  a: {text: y}",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_pack_is_refused_with_file_and_line(name, library, snapshot):
    with pytest.raises((StyleError, FileError)) as caught:
        library(BROKEN[name]).pack("mine")
    assert str(caught.value) == snapshot
    assert str(caught.value).startswith(("mine.yaml:4", "mine.yaml:5"))


@pytest.mark.parametrize(
    "head",
    [
        "name: mine\nstyles:\n",
        "format: 2\nname: mine\nstyles:\n",
        "format: 1\nname: Mine!\nstyles:\n",
        "format: 1\nname: mine\nversion: 1\nstyles:\n",
        "format: 1\nname: mine\nversion: v1\nstyles:\n",
        "format: 1\nname: other\nstyles:\n",
        "- a\n",
        "",
    ],
)
def test_a_pack_with_a_broken_head(head, library, snapshot):
    with pytest.raises((StyleError, FileError)) as caught:
        library("  a: {text: x}" if head.endswith("styles:\n") else "", head).pack("mine")
    assert str(caught.value) == snapshot


USED = {
    "unclosed bracket": '  a: {text: "{{ prompt }}, (dark"}',
    "unclosed bracket in a block": "  a:\n    text: >-\n      {{ prompt }},\n      light,\n      (dark: 1.2",
    "literal block": "  a:\n    text: |\n      {{ prompt }},\n      light], dark",
    "negative": '  a: {text: x, negative: "blurry, (dark"}',
    "variant": '  a: {text: x, variants: {sdxl: {text: "{{ prompt }}, (dark"}}}',
    "undefined": '  a: {text: "{{ promt }}, dark"}',
    "slot in the negative": '  a: {text: x, negative: "{{ prompt }}"}',
    "filter": '  a: {text: "{{ prompt|uper }}"}',
    "filter on the prompt": '  a: {text: "{{ prompt|upper }}"}',
    "syntax of Jinja": '  a: {text: "{% if %}{{ prompt }}"}',
    "two slots": '  a: {text: "{{ prompt }}, dark, {{ prompt }}"}',
    "AND": '  a: {text: "{{ prompt }} AND dark"}',
    "choice": '  a: {text: "{{ prompt }}, {dark|light}"}',
    "slot in a name": '  a: {text: "<lora:{{ prompt }}:1>"}',
    "include": "  a: {text: \"{% include 'x' %}\"}",
    "circle": "  a: {extends: b, text: x}\n  b: {extends: c, text: x}\n  c: {extends: a, text: x}",
    "own circle": "  a: {extends: a, text: x}",
    "unknown base": "  a: {extends: mixins/film-grane, text: x}",
    "unknown base in a list": "  a: {extends: [mixins/film-grain, lens-flair], text: x}",
    "no base": '  a: {extends: ":0.7", text: x}',
    "ambiguous base": "  a: {extends: twin, text: x}",
    "parameter": "  a: {text: x, parameters: {ar: wide}}",
    "parameter of a variant": "  a: {text: x, variants: {sdxl: {parameters: {size: big}}}}",
}


@pytest.mark.parametrize("name", USED)
def test_a_style_that_cannot_be_used_says_where_and_why(name, library, snapshot):
    found = library(USED[name])
    for other in ("one", "two"):
        library("  twin: {text: x}", f"format: 1\nname: {other}\nstyles:\n", f"{other}.yaml")
    with pytest.raises(SourceError) as caught:
        compose("fox", styles=["mine/a"], library=found, model="stable-diffusion-xl")
    assert str(caught.value) == snapshot
    assert str(caught.value).startswith("mine.yaml:")


def test_a_broken_base_in_another_pack_is_shown_there(library):
    library("  base: {txt: x}", "format: 1\nname: other\nstyles:\n", "other.yaml")
    found = library("  a: {extends: other/base, text: x}")
    with pytest.raises(StyleError, match=r'^other.yaml:4:10: error: unknown key "txt"'):
        compose("fox", styles=["mine/a"], library=found)


def test_a_pack_can_be_added_by_hand_and_changes_what_styles_are(tmp_path):
    library = Library()
    path = tmp_path / "hand.yaml"
    for word in ("first", "second"):
        path.write_text(f"format: 1\nname: hand\nstyles:\n  a: {{text: {word}}}", encoding="utf-8")
        library.add(impasto.load_pack(path))
        assert compose("fox", styles=["hand/a"], library=library).text == f"fox, {word}"
    with pytest.raises(UnknownNameError):
        compose("fox", styles=["hand/a"])


def test_libraries_do_not_mix_up_their_styles(tmp_path):
    for number in range(60):
        folder = tmp_path / str(number)
        folder.mkdir()
        pack = f"format: 1\nname: mine\nstyles:\n  a: {{text: word {number}}}"
        (folder / "mine.yaml").write_text(pack, encoding="utf-8")
        library = Library((folder,), builtin=False)
        assert compose("fox", styles=["mine/a"], library=library).text == f"fox, word {number}"
        del library


def test_what_a_library_keeps_is_bounded():
    library = Library()
    for number in range(3000):
        compose("fox", styles=[f"mixins/film-grain:0.{number:05}"], library=library)
    assert len(library._memory) <= 1024
    assert len(library._uses) <= 1024
