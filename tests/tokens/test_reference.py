"""Ids and places of tokens are those of the tokenizers that the hosts run."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from impasto.tokens import cleaning, clip, extras, t5
from impasto.tokens.cleaning import FTFY, HF, HF_SLOW

CASES = Path(__file__).parent / "cases" / "tokens.jsonl.gz"


@pytest.fixture(scope="module")
def cases():
    with gzip.open(CASES, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def ids(tokens):
    return [token.id for token in tokens]


def places(tokens):
    return [place for token in tokens for place in (token.start, token.end)]


def test_there_are_cases(cases):
    assert len(cases) == 2000
    assert sum("hf-slow" in case for case in cases) > 100
    assert sum("ftfy" in case for case in cases) > 100


def test_clip_as_in_diffusers_with_places(cases):
    wrong = []
    for case in cases:
        found = clip.encode(case["text"], HF)
        if (ids(found), places(found)) != (case["hf"], case["hf_places"]):
            wrong.append(case["text"])
    assert wrong == []


def test_clip_as_in_comfyui(cases):
    wanted = {case["text"]: case.get("hf-slow", case["hf"]) for case in cases}
    assert [t for t, found in wanted.items() if ids(clip.encode(t, HF_SLOW)) != found] == []


def as_ftfy(case):
    return case.get("ftfy", case.get("hf-slow", case["hf"]))


def test_clip_as_in_a1111(cases):
    pytest.importorskip("ftfy")
    wrong = [c["text"] for c in cases if ids(clip.encode(c["text"], FTFY)) != as_ftfy(c)]
    assert wrong == []


def test_without_ftfy_a_count_that_may_be_wrong_says_so(cases, monkeypatch):
    monkeypatch.setattr(cleaning, "is_installed", lambda _package: False)
    wrong = [c["text"] for c in cases if ids(clip.encode(c["text"], FTFY)) != as_ftfy(c)]
    assert wrong
    assert [text for text in wrong if FTFY.is_sure(text)] == []
    ordinary = ["a fox", "“snow” — it’s cold…", "Ａ full－width fox", "Лиса в снегу", "雪の中の狐"]
    assert all(map(FTFY.is_sure, ordinary))
    assert not FTFY.is_sure("a cafÃ© in Paris")
    assert not FTFY.is_sure("salt &amp; pepper")


def test_t5(cases):
    wrong = [c["text"] for c in cases if [*ids(t5.encode(c["text"])), 1] != c["t5"]]
    assert wrong == []


@pytest.mark.parametrize("name", ["qwen3", "qwen2.5", "llama3", "mistral"])
def test_language_models_cover_the_text(name):
    pytest.importorskip("splintr")
    from impasto import count_tokens

    text = "a red fox, golden light: 16:9 🦊 漢字 e\u0301"
    found = count_tokens(text, name)
    assert found.exact
    assert found.tokens[0].start == 0
    assert all(a.start <= b.start for a, b in zip(found.tokens, found.tokens[1:], strict=False))
    assert 10 < found.count < 40


def test_what_is_not_installed_is_estimated(monkeypatch):
    from impasto import count_tokens
    from impasto.tokens import tokenizers

    monkeypatch.setattr(tokenizers, "is_installed", lambda _package: False)
    text = "a beautiful sunset over mountains, oil painting style"
    found = count_tokens(text, "qwen3-4b")
    assert (found.tokenizer, found.count, found.exact) == ("qwen3", 9, False)
    assert extras.is_installed("json")
