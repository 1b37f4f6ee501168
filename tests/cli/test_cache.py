from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from impasto.client.cache import Cache
from impasto.client.request import Request, Result


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The user's own cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    return tmp_path / "caches" / "impasto" / "results"


@pytest.fixture
def kept(folder):
    """Three results of 1,000 bytes, the last one the newest."""
    cache = Cache(folder)
    entries = []
    for number, prompt in enumerate(["a fox", "a cat \x1b[31m", "a dog"]):
        request = Request("gateway", "stable-diffusion-xl", prompt, "", {"seed": number})
        entries.append(cache.put(Result(bytes([number]) * 1000, "png", request, seed=number)))
        cache._run("update entry set used = ?", 0) if number < 2 else None
    cache.close()
    return entries


def test_an_empty_cache_is_told_and_not_made(run, folder):
    for verb in ("ls", "verify"):
        found = run("cache", verb)
        assert (found.exit_code, found.stdout[:9]) == (0, "0 results")
    assert run("cache", "prune", "--all").stdout.startswith("0 results removed")
    assert run("cache", "show", "ab").exit_code == 2
    assert not folder.exists()


def test_the_list_has_the_newest_first(run, kept, folder):
    found = run("cache", "ls")
    assert found.exit_code == 0
    lines = found.stdout.splitlines()
    assert lines[1].startswith(kept[2].key[:12])
    assert lines[1].endswith("a dog")
    assert "3 results, 3.0 kB in" in " ".join(lines[-1:])
    assert "\x1b" not in found.stdout
    data = json.loads(run("cache", "ls", "--format", "json").stdout)
    assert (data["format"], data["size"], len(data["entries"])) == (1, 3000, 3)
    assert data["folder"] == str(folder)


def test_a_result_is_shown_with_its_files(run, kept):
    found = run("cache", "show", kept[0].key[:8])
    assert "a fox" in found.stdout
    assert kept[0].images[0][0] in found.stdout.replace("\n", "").replace(" ", "")
    data = json.loads(run("cache", "show", kept[0].key, "--format", "json").stdout)
    assert Path(data["files"][0]).read_bytes() == bytes(1000)
    wrong = run("cache", "show", "zz")
    assert wrong.exit_code == 2
    assert "impasto cache ls" in wrong.stderr


@pytest.mark.parametrize(
    ("args", "removed", "left"),
    [
        (["--older-than", "30d"], 2, 1),
        (["--max-size", "2.5kB"], 1, 2),
        (["--max-size", "0"], 3, 0),
        (["--older-than", "30 d", "--max-size", "1kb"], 2, 1),
        (["--all"], 3, 0),
    ],
)
def test_pruning(run, kept, folder, args, removed, left):
    found = run("cache", "prune", *args, "--format", "json")
    assert found.exit_code == 0, found.stderr
    data = json.loads(found.stdout)
    assert (data["removed"], data["freed"]) == (removed, removed * 1000)
    assert len(list(folder.glob("blobs/*/*"))) == left
    assert run("cache", "verify").stdout.startswith(f"{left} result")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([], "say what may go"),
        (["--all", "--older-than", "1d"], "--all leaves nothing"),
        (["--older-than", "soon"], '--older-than is written like 30d, and "soon" is not'),
        (["--max-size", "-1"], "--max-size is written like 2GB"),
    ],
)
def test_a_mistake_removes_nothing(run, kept, folder, args, said):
    found = run("cache", "prune", *args)
    assert found.exit_code == 2
    assert said in found.stderr
    assert len(list(folder.glob("blobs/*/*"))) == 3


def test_damage_is_found(run, kept, folder):
    assert run("cache", "verify").stdout == "3 results read, all whole\n"
    sha = kept[1].images[0][0]
    (folder / "blobs" / sha[:2] / sha).write_bytes(b"something else")
    found = run("cache", "verify")
    assert found.exit_code == 1
    assert f"{kept[1].key[:12]}: error: the image {sha} is damaged" in found.stdout
    data = json.loads(run("cache", "verify", "--format", "json").stdout)
    assert [one["key"] for one in data["damage"]] == [kept[1].key]


def test_another_folder_and_one_that_is_no_cache(run, kept, folder, place):
    folder.rename(place / "mine")
    assert run("cache", "ls", "--cache", "mine").stdout.splitlines()[-1].startswith("3 results")
    (place / "other").mkdir()
    (place / "other" / "index.db").write_bytes(b"no index of ours, long enough to look at" * 30)
    found = run("cache", "ls", "--cache", "other")
    assert found.exit_code == 2
    assert "cannot be used" in found.stderr


def test_it_starts_without_anything_heavy(kept):
    code = (
        "import sys\nfrom impasto.cli.app import main\n"
        "try: main(['cache', 'ls'])\nexcept SystemExit: pass\n"
        "print(*{'httpx', 'PIL', 'rich', 'pydantic', 'jinja2'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ}
    )
    assert done.stderr.strip() == ""
