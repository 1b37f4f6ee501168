"""`impasto lint` once more: what it wrote before is shown as long as nothing it read has changed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from impasto import __main__
from impasto._stamps import Stamps
from impasto.cli import linting, replay

if TYPE_CHECKING:
    from pathlib import Path

PACK = "format: 1\nname: noir\nstyles:\n  film: {text: film noir}\n"
TEMPLATE = '---\nformat: 1\nstyles: [noir/film]\n---\na fox, {% include "part.j2" %}\n'
CONFIG = '[lint]\nignore = ["IMP115"]\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    for name, text in {
        "impasto.toml": CONFIG,
        "style_packs/noir.yaml": PACK,
        "wildcards/pets.txt": "cat\n",
        "a.prompt": TEMPLATE,
        "part.j2": "(fog:1.2)",
        "b.txt": "__pets__ on a wall\n",
        "deep/c.txt": "(at 5:30)\n",
    }.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


class Again:
    """Runs a command as a process would, and counts the runs that were no replay."""

    def __init__(self, monkeypatch, capsys) -> None:
        self.runs = 0
        self._capsys = capsys
        real = linting.Linting.run

        def run(this):
            self.runs += 1
            return real(this)

        monkeypatch.setattr(linting.Linting, "run", run)

    def __call__(self, *arguments: str) -> tuple[int, str]:
        """Return exit code and output."""
        time.sleep(0.05)  # what was written a moment ago is not trusted
        with pytest.raises(SystemExit) as end:
            __main__._run(["lint", *arguments])
        return end.value.code, self._capsys.readouterr().out


@pytest.fixture
def again(monkeypatch, capsys) -> Again:
    return Again(monkeypatch, capsys)


@pytest.mark.parametrize(
    "arguments",
    [
        ["."],
        [],
        ["--format", "json", "."],
        ["--format", "sarif", ".", "--for", "flux-dev"],
        ["--statistics", "deep", "a.prompt", "b.txt"],
        ["--select", "IMP101", "--explain", "."],
    ],
    ids=" ".join,
)
def test_the_same_run_again_writes_the_same(project, again, arguments):
    first = again(*arguments)
    assert again(*arguments) == first
    assert again.runs == 1
    assert first[1]


def test_it_loads_next_to_nothing(project):
    program = (
        "import sys\nfrom impasto.__main__ import main\ntry: main()\n"
        "except SystemExit as end: print(end.code, *sys.modules)"
    )

    def run():
        time.sleep(0.05)
        command = [sys.executable, "-c", program, "lint", "."]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        *shown, loaded = out.splitlines()
        return shown, loaded.split()

    shown, (code, *loaded) = run()
    assert {"click", "msgspec"} <= set(loaded)
    again, (same, *loaded) = run()
    assert (again, same) == (shown, code)
    heavy = {"click", "msgspec", "pathlib", "re", "typing", "impasto.cli.app", "impasto.lint"}
    # What this Python loads by itself does not count.
    program = "import sys; print(*sys.modules)"
    command = [sys.executable, "-c", program]
    bare = subprocess.run(command, check=True, capture_output=True, text=True)
    assert not (heavy - set(bare.stdout.split())) & set(loaded)


def written(name, text):
    def change(project):
        path = project / name
        before = path.stat() if path.exists() else None
        path.write_text(text)
        if before and len(text) == before.st_size:  # by size and time it is what it was
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    return change


CHANGES = {
    "same size and time": (written("deep/c.txt", "(at 6:30)\n"), "6:30"),
    "included": (written("part.j2", "((fog))"), "part.j2:1"),
    "style gone": (written("style_packs/noir.yaml", PACK.replace("film", "movie")), "noir/film"),
    "new pack": (written("style_packs/other.yaml", "format: 1\n"), "other.yaml"),
    "word list": (written("wildcards/pets.txt", "((cat))\n"), "pets.txt:1"),
    "new file": (written("deep/d.txt", "((a))\n"), "d.txt"),
    "settings": (written("impasto.toml", '[lint]\nignore = ["IMP101"]\n'), "No findings"),
    "gone": (lambda project: (project / "part.j2").unlink(), "there is no"),
    "renamed": (lambda project: (project / "deep/c.txt").rename(project / "e.txt"), "e.txt"),
}


@pytest.mark.parametrize(("change", "found"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_seen(project, again, change, found):
    before = again(".")
    change(project)
    after = again(".")
    assert again.runs == 2
    assert found not in before[1]
    assert found in after[1]


def test_another_environment_is_another_run(project, again, monkeypatch):
    plain = again("deep", "a.prompt")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" in again("deep", "a.prompt")[1]
    assert again.runs == 2
    monkeypatch.delenv("FORCE_COLOR")
    assert again("deep", "a.prompt") == plain
    assert again.runs == 2


def test_another_folder_is_another_run(project, again, monkeypatch):
    again(".")
    monkeypatch.chdir(project / "deep")
    assert again(".")[1].startswith("c.txt:1")
    assert again.runs == 2


@pytest.mark.parametrize(
    "arguments",
    [["--no-cache", "."], ["--fix", "."], ["--diff", "."], ["-o", "report", "."], ["gone", "."]],
    ids=" ".join,
)
def test_what_acts_or_fails_runs_each_time(project, again, arguments):
    again(*arguments)
    again(*arguments)
    assert again.runs == 2


def test_what_was_written_a_moment_ago_is_not_trusted(project, again):
    path = project / "deep/c.txt"
    soon = time.time_ns() + 10**9
    os.utime(path, ns=(soon, soon))
    again(".")
    again(".")
    assert again.runs == 2


def test_what_is_written_while_it_runs_is_not_trusted_either(project, again):
    soon = time.time_ns() + 10**9
    os.utime(project / "part.j2", ns=(soon, soon))
    assert "part.j2" not in again("a.prompt")[1]
    (project / "part.j2").write_text("((fog))")
    assert "part.j2:1" in again("a.prompt")[1]


def test_a_changed_model_card_is_seen(project, again):
    cards = project / "model_cards/mine.yaml"
    cards.parent.mkdir()
    cards.write_text("- id: mine\n  like: stable-diffusion-xl\n")
    (project / "a.prompt").write_text("---\nmodel: mine\n---\na fox\n")
    assert "IMP401" not in again(".")[1]
    cards.write_text("- id: mine\n  like: stable-diffusion-xl\n  status: retired\n")
    assert "IMP401" in again(".")[1]


@pytest.mark.parametrize(
    "broken", [b"", b"\0", b"1\0", bytes(40)], ids=["empty", "short", "no digest", "zeros"]
)
def test_a_broken_record_is_none(project, again, broken):
    first = again(".")
    (record,) = (project / ".impasto_cache").glob("run-*")
    record.write_bytes(broken)
    assert again(".") == first
    assert again.runs == 2
    record.write_bytes(record.read_bytes()[:-1])
    assert again(".") == first
    assert again.runs == 3


def test_any_text_comes_back(tmp_path, capsys):
    text = "a\0b\udc80 → é\n"
    place = replay.Place(["x"])
    folder = tmp_path / "folder"
    folder.mkdir()
    place.began = time.time_ns() + 10**10
    looked = replay.Looked([str(folder)], [], ["no such file"])
    replay.Recording(place, looked).keep(text, 1, [str(folder / "more")], ["one"])
    assert replay.replay(place) == 1
    assert capsys.readouterr().out == text.replace("\udc80", "?")  # as any command writes it


def test_stamps_tell_what_has_changed(tmp_path):
    def stamp(**named):
        found = Stamps()
        found.tree(str(tmp_path), **named)
        return found.digest()

    (tmp_path / "sub").mkdir()
    empty = stamp()
    (tmp_path / ".hidden").touch()
    assert stamp() == empty
    assert stamp(hidden=True) != empty
    (tmp_path / "a").symlink_to("nowhere")
    link = stamp()
    assert link != empty
    assert stamp(but=("a",)) == empty
    (tmp_path / "nowhere").touch()
    assert stamp(but=("nowhere",)) != link
    (tmp_path / "around").symlink_to(tmp_path, target_is_directory=True)
    assert stamp() != link  # and it ends
