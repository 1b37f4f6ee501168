"""The vocabularies are what they are said to be."""

from __future__ import annotations

import hashlib
import json

import pytest

from impasto.tokens import build, vocabulary

ORIGINS = json.loads((vocabulary.DATA / "origins.json").read_text("utf-8"))


@pytest.mark.parametrize("name", ORIGINS)
def test_the_data_is_what_was_made(name):
    made = ORIGINS[name]["made"]
    for file, wanted in made.items():
        assert hashlib.sha256((vocabulary.DATA / file).read_bytes()).hexdigest() == wanted
    assert (vocabulary.DATA / ORIGINS[name]["licence_file"]).read_text("utf-8").strip()


def test_all_data_has_an_origin():
    told = {file for origin in ORIGINS.values() for file in origin["made"]}
    assert {path.name for path in vocabulary.DATA.glob("*.z")} == told


def test_sizes():
    assert len(vocabulary.clip_merges()) == vocabulary.MERGES == 48894
    assert max(vocabulary.clip_merges().values()) == 49405
    assert len(vocabulary.t5_pieces()) == 32100
    assert vocabulary.t5_pieces()["</s>"][0] == 1


def test_another_file_is_refused(tmp_path, capsys):
    other = tmp_path / "tokenizer.json"
    other.write_text("{}")
    assert build.main(["t5", str(other)]) == 2
    assert "is not" in capsys.readouterr().out
    assert build.main([]) == 2


def test_a_double_array_trie_is_read():
    """Two keys, "a" and "b", whose texts stand behind each other."""
    units = [0] * 256
    units[0] = 1 << 10  # the children of the root stand at 1 ^ byte
    for key, leaf, start in ((ord("a"), 8, 0), (ord("b"), 16, 2)):
        at = 1 ^ key
        units[at] = (at ^ leaf) << 10 | 1 << 8 | key
        units[leaf] = 1 << 31 | start
    blob = len(units * 4).to_bytes(4, "little")
    blob += b"".join(unit.to_bytes(4, "little") for unit in units)
    assert dict(build._charsmap(blob + b"x\0yz\0")) == {"a": "x", "b": "yz"}
