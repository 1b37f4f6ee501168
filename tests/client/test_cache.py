from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.client.cache import Cache, is_reproducible, key_of
from impasto.client.request import Picture, Request, Result
from impasto.errors import FileError, UnknownNameError

REQUEST = Request("gateway", "stable-diffusion-xl", "a fox", "blurry", {"seed": 7, "width": 512})


def result(data=b"\x89PNG one", request=REQUEST, others=()):
    return Result(data, "png", request, seed=7, cost=0.04, seconds=1.5, others=others)


@pytest.fixture
def cache(tmp_path):
    found = Cache(tmp_path / "results")
    yield found
    found.close()


def test_an_equal_request_gets_the_same_bytes(cache):
    cache.put(result(others=(Picture(b"two", "jpeg"),)))
    found = cache.get(Request(*[getattr(REQUEST, n) for n in FIELDS]))
    assert (found.image, found.kind, found.seed, found.cost) == (b"\x89PNG one", "png", 7, 0.04)
    assert found.others == (Picture(b"two", "jpeg"),)
    assert found.request == REQUEST


FIELDS = ("backend", "model", "prompt", "negative_prompt", "parameters")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("backend", "a1111"),
        ("model", "flux-dev"),
        ("prompt", "a Fox"),
        ("negative_prompt", ""),
        ("parameters", {"seed": 8, "width": 512}),
    ],
)
def test_another_request_or_server_gets_nothing(cache, field, value):
    cache.put(result(), "localhost:7860")
    other = Request(*[value if n == field else getattr(REQUEST, n) for n in FIELDS])
    assert cache.get(other, "localhost:7860") is None
    assert cache.get(REQUEST, "localhost:7861") is None
    assert cache.get(REQUEST, "localhost:7860")


@given(st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text()))
def test_the_order_of_parameters_makes_no_difference(parameters):
    swapped = dict(reversed(list(parameters.items())))
    assert key_of(Request("b", "m", "p", "", parameters)) == key_of(
        Request("b", "m", "p", "", swapped)
    )


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (REQUEST, True),
        (Request("proof", "flux-dev", "a", "", {}), True),
        (Request("gateway", "stable-diffusion-xl", "a", "", {}), False),
        (Request("gateway", "stable-diffusion-xl", "a", "", {"seed": -1}), False),
        (Request("gateway", "stable-diffusion-xl", "a", "", {"seed": True}), False),
        (Request("gateway", "dall-e-3", "a", "", {"seed": 7}), False),
        (Request("gateway", "somebody-elses", "a", "", {"seed": 7}), False),
        (Request("gateway", "flux-dev", "a", "", {"seed": 7, "prompt_upsampling": True}), False),
    ],
)
def test_only_what_can_be_made_again_is_reproducible(request_, expected):
    assert is_reproducible(request_) is expected


def test_a_damaged_image_is_no_hit_and_is_told(cache):
    entry = cache.put(result())
    cache.path(entry.images[0][0]).write_bytes(b"something else")
    number, damage = cache.verify()
    assert (number, [one.key for one in damage]) == (1, [entry.key])
    assert "is damaged" in damage[0].message
    assert cache.get(REQUEST) is None
    assert cache.verify() == (0, [])
    cache.put(result())
    assert cache.get(REQUEST)


def test_a_missing_image_is_told(cache):
    entry = cache.put(result())
    cache.path(entry.images[0][0]).unlink()
    assert "is missing" in cache.verify()[1][0].message


def test_an_entry_is_found_by_the_beginning_of_its_key(cache):
    entry = cache.put(result())
    assert cache.find(entry.key[:6]) == entry
    with pytest.raises(UnknownNameError):
        cache.find("zz")


def request_number(number):
    return Request("gateway", "stable-diffusion-xl", f"a {number}", "", {"seed": 1})


def test_pruning_takes_the_oldest_first_and_frees_the_files(cache):
    for number in range(4):
        cache.put(result(bytes([number]) * 100, request_number(number)))
    cache.get(request_number(0))  # used again: now the newest
    assert cache.prune(most=200) == (2, 200)
    assert [bool(cache.get(request_number(n))) for n in range(4)] == [True, False, False, True]
    assert cache.prune(before=time.time() + 1) == (2, 200)
    assert list(cache.folder.glob("blobs/*/*")) == []


def test_a_file_whose_entry_is_on_the_way_is_left_alone(cache):
    sha = cache._written(b"just now")
    old = cache._written(b"left by a killed process")
    os.utime(cache.path(old), (1, 1))
    assert cache.prune() == (0, len(b"left by a killed process"))
    assert cache.path(sha).exists()


def test_one_image_of_two_entries_stays_until_both_are_gone(cache):
    cache.put(result(b"same", request_number(1)))
    cache.put(result(b"same", request_number(2)))
    cache.prune(most=4)
    assert cache.get(request_number(2)).image == b"same"


def test_a_folder_that_is_no_cache_is_told(tmp_path):
    (tmp_path / "index.db").write_bytes(b"this is no database, and long enough to be looked at" * 9)
    with pytest.raises(FileError, match="cannot be used"):
        Cache(tmp_path)


WRITER = """
import sys
from pathlib import Path
from impasto.client.cache import Cache
from impasto.client.request import Request, Result
cache = Cache(Path(sys.argv[1]))
for number in range(10_000):
    request = Request("gateway", "stable-diffusion-xl", f"{sys.argv[2]} {number}", "", {"seed": 1})
    cache.put(Result(f"{sys.argv[2]} {number}".encode() * 50, "png", request))
    print(number, flush=True)
"""


def test_processes_share_a_folder_and_may_be_killed(tmp_path):
    crew = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(WRITER), tmp_path / "c", name],
            stdout=subprocess.PIPE,
        )
        for name in ("one", "two")
    ]
    said = [[member.stdout.readline() for _ in range(20)] for member in crew]
    for member in crew:
        member.send_signal(signal.SIGKILL)
        member.communicate()
    cache = Cache(tmp_path / "c")
    try:
        number, damage = cache.verify()
        assert damage == []
        assert number >= sum(map(len, said))
        for name in ("one", "two"):
            for at in range(20):
                kept = cache.get(
                    Request("gateway", "stable-diffusion-xl", f"{name} {at}", "", {"seed": 1})
                )
                assert kept.image == f"{name} {at}".encode() * 50
    finally:
        cache.close()
    with sqlite3.connect(tmp_path / "c" / "index.db") as index:
        assert index.execute("pragma integrity_check").fetchone() == ("ok",)
    index.close()
