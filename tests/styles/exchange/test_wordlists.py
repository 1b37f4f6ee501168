"""Word lists of dynamicprompts: in, drawn from, and out again."""

from __future__ import annotations

import pytest

from impasto import compose
from impasto.errors import UnknownNameError
from impasto.styles.exchange import export_lists, export_pack, import_files
from impasto.variations.wordlists import Wordlists


def written(lists, folder):
    for name, lines in lists.items():
        path = folder / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return folder


def test_a_folder_of_lists(data):
    found = import_files([data / "wildcards"])
    assert found.text == ""
    assert found.lists == {
        "animals/canines": ("3::red fox", "white {fox|wolf}", "__animals/birds__"),
        "light/light/natural": ("golden hour", "2::blue hour"),
        "light/light/studio": ("softbox", "3.000000::ring light"),
        "light/list/escape": ("x",),
        "places/places": ("harbour", "{old|new} town", "7"),
    }
    assert [d.code for d in found.findings] == ["IMP329", "IMP327"]
    assert str(found.findings[1].span).endswith("light.yaml:5:21")


def test_they_can_be_drawn_from(data, tmp_path):
    folder = written(import_files([data / "wildcards"]).lists, tmp_path)
    found = compose("a __light/light/natural__", index=1, wildcards=[folder])
    assert found.text == "a blue hour"


def test_lines_are_read_as_dynamicprompts_reads_them(tmp_path):
    path = tmp_path / "w.txt"
    path.write_text("{2$$ and $$a|b}\n${x=red} a ${x} fox\nsmile :)\na AND b\n{0.5::a|b}\n")
    found = import_files([path], "wildcards")
    lines = found.lists["w"]
    assert lines[0] == "{2$$ and $$a|b}"
    assert lines[1] == "a red fox"
    assert lines[-1] == "{0.5::a|b}"
    assert all(Wordlists((written(found.lists, tmp_path / "out"),)).find("w").lines)


def test_out_and_in_again(data, tmp_path):
    first = import_files([data / "wildcards"]).lists
    folder = written(first, tmp_path / "one")
    out = export_lists(folder)
    assert out.losses == ()
    assert out.files["animals/canines.txt"] == "3::red fox\nwhite {fox|wolf}\n__animals/birds__\n"
    again = written(
        {n.removesuffix(".txt"): t.splitlines() for n, t in out.files.items()}, tmp_path / "two"
    )
    second = import_files([again], "wildcards").lists
    assert export_lists(written(second, tmp_path / "three")).files == out.files


def test_styles_and_lists_are_two_things(tmp_path):
    with pytest.raises(UnknownNameError, match="word lists"):
        export_lists(tmp_path, "a1111")
    with pytest.raises(UnknownNameError, match="format to export"):
        export_pack("anime", "wildcards")
