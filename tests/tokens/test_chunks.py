"""Chunks are those that A1111 and ComfyUI make."""

from __future__ import annotations

import gzip
import json
from bisect import bisect_right
from functools import cache
from pathlib import Path

import pytest

from impasto.dialects.a1111.stages import attention
from impasto.dialects.comfyui import parentheses
from impasto.tokens.cleaning import HF_SLOW
from impasto.tokens.hosts import BREAK, heard, host
from impasto.tokens.tokenizers import tokenizer
from impasto.tokens.vocabulary import BYTES, clip_merges

CASES = Path(__file__).parent / "cases"
RUNS = {"a1111": attention, "comfyui": parentheses.runs}


@cache
def vocabulary():
    """Return the bytes of every token, a space where a word ends."""
    found = {at: bytes([byte]) for at, byte in enumerate(BYTES)}
    found |= {at + 256: bytes([byte]) + b" " for at, byte in enumerate(BYTES)}
    for pair, token in clip_merges().items():
        found[token] = found[pair >> 16] + found[pair & 0xFFFF]
    return {**found, 49406: b"<|startoftext|>", 49407: b"<|endoftext|>"}


def decoded(ids):
    return b"".join(vocabulary()[i] for i in ids).decode("utf-8", "replace").strip()


def chunks_of(name, runs):
    return host(name)._replace(cleaning=HF_SLOW).chunks(runs, tokenizer("clip"), 75)


def described(chunk, runs):
    """Return a chunk as the cases tell it."""
    starts = [0]
    for text, _ in runs:
        starts.append(starts[-1] + len(text))
    found = []
    for token in chunk:
        weight = runs[bisect_right(starts, token.start) - 1][1]
        if not found or found[-1][0] != weight:
            found.append((weight, []))
        found[-1][1].append(token.id)
    return {"n": len(chunk), "runs": [[w, len(ids), decoded(ids)] for w, ids in found]}


def cases(name):
    with gzip.open(CASES / f"{name}_chunks.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def runs_of(name, text):
    return heard((text, float(weight)) for text, weight in RUNS[name](text))


def plain(chunks):
    """Return chunks with weights as numbers, for the cases write "nan" and "inf" as text."""
    return [
        {"n": c["n"], "runs": [[str(float(w)), n, text] for w, n, text in c["runs"]]}
        for c in chunks
    ]


@pytest.mark.parametrize("name", ["a1111", "comfyui"])
def test_chunks_are_those_of_the_real_program(name):
    wrong = []
    for case in cases(name):
        runs = runs_of(name, case["input"])
        found = [described(chunk, runs) for chunk in chunks_of(name, runs)]
        wanted = case["output"]["chunks"] if name == "a1111" else case["output"]
        if plain(found) != plain(wanted):
            wrong.append(case["input"])
    assert wrong == []


def test_a1111_counts_as_it_shows():
    for case in cases("a1111"):
        runs = runs_of("a1111", case["input"])
        chunks = chunks_of("a1111", runs)
        last = [run for run in runs if run[0].strip()][-1:]
        rest = 75 if last == [BREAK] else len(chunks[-1])
        assert case["output"]["token_count"] == 75 * (len(chunks) - 1) + rest


def sizes(name, text):
    return [len(chunk) for chunk in chunks_of(name, heard(RUNS[name](text)))]


def test_a_chunk_of_a1111_ends_at_a_comma_that_is_near():
    assert sizes("a1111", "fox " * 60 + ", " + "snow " * 20) == [61, 20]
    assert sizes("a1111", "fox " * 50 + ", " + "snow " * 30) == [75, 6]


def test_a_small_group_of_comfyui_stays_whole():
    assert sizes("comfyui", "fox " * 72 + "(deep wet snow now:1.2)") == [72, 4]
    assert sizes("comfyui", "fox " * 72 + "(" + "snow " * 9 + ":1.2)") == [75, 6]


def test_an_embedding_is_a_group_of_its_own_in_comfyui():
    assert sizes("comfyui", "fox " * 72 + "embedding:a") == [72, 4]
    assert sizes("comfyui", "fox " * 72 + "embedding-a") == [75, 1]


@pytest.mark.parametrize("name", ["a1111", "comfyui"])
@pytest.mark.parametrize("text", ["", "   ", "()", "BREAK"])
def test_nothing_makes_a_chunk_all_the_same(name, text):
    assert len(sizes(name, text)) == 1
