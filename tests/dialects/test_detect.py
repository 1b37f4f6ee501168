from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import impasto
from impasto.dialects import detect as room
from impasto.dialects import names
from impasto.dialects.detect import MOST_LOOKED_AT, likeliest, rank, readable, writable
from impasto.dialects.marks import MARKS, marks_of

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "detect.yaml").read_text("utf-8"))
ALL = (*MARKS, "plain")


@pytest.fixture
def everyone(monkeypatch):
    """Rank all dialects that have marks, whichever can be read."""
    monkeypatch.setattr(room, "_known", lambda _path: ALL)


@pytest.mark.parametrize("kind", CASES)
def test_the_right_dialect_comes_first(kind, everyone):
    cases = CASES[kind]
    wrong = [case for case in cases if rank(case["text"])[0].dialect not in case["dialect"]]
    assert len(wrong) <= len(cases) // 10, wrong


def test_marks_speak_only_for_dialects_that_there_are_or_will_be():
    known = {case for cases in CASES.values() for one in cases for case in one["dialect"]}
    assert known <= set(ALL)


@pytest.mark.parametrize("name", MARKS)
def test_every_mark_is_a_pattern_with_a_sense(name):
    for mark in marks_of(name):
        assert -1 <= mark.strength <= 1
        assert mark.strength
        assert not mark.find.fullmatch("")
        assert mark.what


@pytest.mark.parametrize(
    ("text", "dialect", "reason"),
    [
        ("a fox, 1.2::rain ::", "novelai-4", "`1.2::rain ::` (column 8) is NovelAI's weight"),
        ("a fox --ar 16:9", "midjourney-7", "`--ar 16:9` (column 7) is Midjourney's parameter"),
        ("a fluffy++ fox", "compel", "`fluffy++` (column 3) is compel's weight of a word"),
        ("a {red|blue} fox", "dynamicprompts", "`{red|blue}` (column 3) is a choice of dynamicprompts"),
        ("a fox,\n(snow:1.2)", "a1111", "`(snow:1.2)` (line 2, column 1) is a weight of the A1111 family"),
    ],
)  # fmt: skip
def test_reasons_quote_the_text_with_its_place(text, dialect, reason, everyone):
    found = {guess.dialect: guess for guess in rank(text)}
    assert reason in found[dialect].reasons


def test_plain_text_is_plain():
    first, *others = impasto.detect("a red fox in the snow")
    assert (first.dialect, others) == ("plain", [])
    assert first.score == 0.9
    assert "no bracket, sign or parameter" in first.reasons[0]


def test_it_says_who_reads_a_text_alike_and_who_does_not():
    found = {guess.dialect: guess for guess in impasto.detect("a fox, (snow:1.2)")}
    assert "comfyui" in found["a1111"].alike
    assert "a1111" in found["comfyui"].alike
    assert any("a1111" in r and r.endswith("it alike") for r in found["comfyui"].reasons)
    assert any("comfyui-plain" in r and "differently" in r for r in found["a1111"].reasons)
    nested = {guess.dialect: guess for guess in impasto.detect("((snow:1.2):1.3)")}
    assert "comfyui" not in nested["a1111"].alike


def test_spaces_are_no_difference_but_weights_are():
    assert room.reading("a  (b:1.2)", "a1111") == room.reading("a (b:1.20)", "a1111")
    assert room.reading("a (b:1.2)", "a1111") != room.reading("a (b:1.3)", "a1111")


def test_open_choices_have_no_reading():
    assert room.reading("{a|b}", "impasto") is None


@given(st.text(max_size=300) | st.text("()[]{}<>:|+-_.,0123456789ab \\$%\n", max_size=300))
def test_any_text_has_a_first_dialect(text):
    found = impasto.detect(text)
    assert found
    scores = [guess.score for guess in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert likeliest(text) in readable()


def test_long_texts_are_looked_at_in_part():
    text = "a" * MOST_LOOKED_AT
    assert rank(text + "(b:1.2)")[0].dialect == "plain"
    assert rank("(b:1.2)" + text)[0].dialect == "a1111"
    assert not any(
        "alike" in reason for g in impasto.detect("(b:1.2)" + text) for reason in g.reasons
    )


def test_only_dialects_that_can_be_read_are_read():
    assert set(readable()) <= {*names(), "impasto"}
    assert "a1111" in readable()
    assert "a1111" in writable()
    assert "impasto" not in writable()
    assert all(impasto.read("a (b:1.2)", name).text for name in readable())


def test_a_broken_dialect_of_someone_else_is_passed_over(monkeypatch):
    room._able.cache_clear()
    monkeypatch.setattr(room, "_known", lambda _path: ("a1111", "broken"))
    monkeypatch.setattr(room, "load_dialect", _load_all_but_broken)
    assert readable() == ("a1111",)
    room._able.cache_clear()


def _load_all_but_broken(name):
    from impasto.dialects import dialect

    if name == "broken":
        raise ImportError(name)
    return dialect(name)


def test_a_new_folder_on_the_path_is_looked_into(monkeypatch, tmp_path):
    before = readable()
    info = tmp_path / "echo-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: echo\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[impasto.dialects]\necho = impasto.dialects.comfyui:ComfyUIPlain\n"
    )
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    assert set(readable()) - set(before) == {"echo"}
