"""Wildcards: lists in files and trees, globs, odds, nesting, circles."""

import pytest

import impasto
from impasto.errors import FileError, OpenPromptError, UnknownNameError
from impasto.syntax.printer import print_nodes
from impasto.variations.combinations import Space
from impasto.variations.draw import draw
from impasto.variations.wordlists import Wordlists


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "animals").mkdir()
    (tmp_path / "animals/wild.txt").write_text(
        "\ufeffred fox\n3::owl\n# no animal\n\n{gray|white} wolf\n", encoding="utf-8"
    )
    (tmp_path / "animals/tame.txt").write_bytes(b"cat\r\ndog\r\n")
    (tmp_path / "pets.yaml").write_text(
        'cats: [tabby, "__animals/wild__ cat"]\ndeep: {x: [1, two]}\nlone: hamster\n'
    )
    (tmp_path / "tools.json").write_text('{"saws": ["jigsaw", "2::handsaw"]}')
    (tmp_path / "ring").mkdir()
    (tmp_path / "ring/a.txt").write_text("__ring/b__\n")
    (tmp_path / "ring/b.txt").write_text("__ring/a__\n")
    return tmp_path


def nodes(text):
    return impasto.parse(text).parts[0].children


def everything(text, folder):
    space = Space(Wordlists([folder]))
    found = nodes(text)
    return [print_nodes(space.pick(found, at)) for at in range(space.count(found))]


@pytest.mark.parametrize(
    ("text", "prompts"),
    [
        ("__animals/wild__", ["red fox", "owl", "gray wolf", "white wolf"]),
        ("__animals/tame__", ["cat", "dog"]),
        ("__animals/*__", ["cat", "dog", "red fox", "owl", "gray wolf", "white wolf"]),
        ("__animals__", ["cat", "dog", "red fox", "owl", "gray wolf", "white wolf"]),
        ("__anim*/t*e__", ["cat", "dog"]),
        ("__pets/deep/x__", ["1", "two"]),
        ("__pets/lone__", ["hamster"]),
        ("__tools/saws__", ["jigsaw", "handsaw"]),
        ("__pets/cats__", [
            "tabby", "red fox cat", "owl cat", "gray wolf cat", "white wolf cat",
        ]),
        ("{__animals/tame__|bird}", ["cat", "dog", "bird"]),
        ("(__animals/tame__:1.2)", ["(cat:1.2)", "(dog:1.2)"]),
        ("__animals/tame__ __tools/saws__", [
            "cat jigsaw", "cat handsaw", "dog jigsaw", "dog handsaw",
        ]),
    ],
)  # fmt: skip
def test_what_a_wildcard_stands_for(text, prompts, folder):
    assert everything(text, folder) == prompts


def test_double_stars_cross_folders(folder):
    assert len(everything("__pets/**__", folder)) == 8


def test_draws_follow_the_odds(folder):
    lists = Wordlists([folder])
    drawn = [print_nodes(draw(nodes("__animals/wild__"), seed, lists)) for seed in range(5000)]
    owls = drawn.count("owl") / len(drawn)
    assert 0.55 < owls < 0.65  # odds of 3 in 5
    assert set(drawn) == {"red fox", "owl", "gray wolf", "white wolf"}


def test_a_draw_is_the_same_every_time(folder):
    first = impasto.compose("__pets/cats__, __animals/*__", seed=11, wildcards=[folder])
    again = impasto.compose("__pets/cats__, __animals/*__", seed=11, wildcards=[folder])
    assert first.text == again.text


def test_a_misspelt_wildcard_is_told(folder):
    with pytest.raises(UnknownNameError, match='did you mean "animals/wild"'):
        impasto.compose("__animals/wlid__", seed=1, wildcards=[folder])


def test_no_folder_at_all_is_told():
    with pytest.raises(UnknownNameError, match="no folder of word lists"):
        impasto.compose("__animals/wild__", seed=1)


@pytest.mark.parametrize("how", [{"seed": 1}, {"index": 0}])
def test_lists_that_name_each_other_are_told(folder, how):
    with pytest.raises(OpenPromptError, match="__ring/a__ -> __ring/b__ -> __ring/a__"):
        impasto.compose("__ring/a__", wildcards=[folder], **how)


def test_the_first_folder_wins(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    (other / "animals").mkdir()
    (other / "animals/tame.txt").write_text("horse\n")
    lists = Wordlists([other, folder])
    assert [word.text for word in lists.find("animals/tame").lines] == ["horse"]


def test_an_error_in_a_line_points_at_the_line(folder):
    (folder / "broken.txt").write_text("fine\nbro(ken\n")
    with pytest.raises(impasto.PromptSyntaxError, match=r"broken\.txt:2:4"):
        impasto.compose("__broken__", index=1, wildcards=[folder])


def test_a_broken_file_is_told(folder):
    (folder / "bad.json").write_text("{")
    with pytest.raises(FileError, match=r"bad\.json is no JSON"):
        Wordlists([folder]).find("animals/tame")
    (folder / "bad.json").write_text('{"a": [{"b": 1}]}')
    with pytest.raises(FileError, match="a line of a word list is a text"):
        Wordlists([folder]).find("animals/tame")


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(FileError, match="there is no folder"):
        Wordlists([tmp_path / "nowhere"]).find("x")
