"""A process killed at any step: files are whole or not there, and one more command mends the rest."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from impasto.client.fetch import fetch
from impasto.styles.sharing import Project, add, check, origin, remove, sync

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the drill forks")
DRILL = Path(__file__).with_name("drill.py")
STEPS = 14


def text(name, version):
    return f"format: 1\nname: {name}\nversion: {version}\nstyles: {{a: {{text: fog {version}}}}}\n"


@pytest.fixture
def packs(source):
    """Write two packs of a version, and return their folder."""

    def write(version):
        source("p/fog.yaml", text=text("fog", version))
        return source("p/rain.yaml", text=text("rain", version)).parent

    return write


def killed(place, *command):
    """Kill the command at its 1st, 2nd … step, each in a copy of the project; return the copies."""
    copies = [place.with_name(f"copy-{number}") for number in range(STEPS)]
    for copy in copies:
        shutil.copytree(place, copy)
    done = subprocess.run(
        [sys.executable, DRILL, *copies, "--", *map(str, command)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    number = int(done.stderr)
    assert 3 <= number < STEPS
    return [Project(copy / "style_packs") for copy in copies[: number + 1]]


def is_whole(project, *versions):
    """Whether every file has the whole content of one of these versions, and so has the lock."""
    for path in project.folder.glob("*.yaml"):
        assert path.read_text() in [text(path.stem, version) for version in versions]
    pinned = {pin.version for pin in project.lock().pins.values()}
    assert pinned <= set(versions)
    return pinned


def test_packs_that_come_in_for_the_first_time(place, packs):
    for project in killed(place, "styles", "add", packs("1.0.0")):
        if is_whole(project, "1.0.0"):
            sync(project, fetch)
            assert sorted(p.name for p in project.folder.glob("*.yaml")) == [
                "fog.yaml",
                "rain.yaml",
            ]
        assert check(project) == ()


def test_packs_that_replace_older_ones(place, packs, project):
    add(origin(str(packs("1.0.0")), place, place), project, fetch)
    for copy in killed(place, "styles", "add", packs("2.0.0")):
        (version,) = is_whole(copy, "1.0.0", "2.0.0")
        if version == "2.0.0":
            sync(copy, fetch)
        assert check(copy) == ()


def test_packs_that_are_restored(place, packs, project):
    add(origin(str(packs("1.0.0")), place, place), project, fetch)
    shutil.rmtree(project.folder)
    for copy in killed(place, "styles", "sync"):
        assert is_whole(copy, "1.0.0")
        sync(copy, fetch)
        assert check(copy) == ()


def test_packs_that_leave(place, packs, project):
    add(origin(str(packs("1.0.0")), place, place), project, fetch)
    for copy in killed(place, "styles", "remove", "fog", "rain"):
        is_whole(copy, "1.0.0")
        left = list(copy.lock().pins)
        remove(copy, left)
        assert list(copy.folder.glob("*.yaml")) == []
        assert not copy.lock_file.exists()
