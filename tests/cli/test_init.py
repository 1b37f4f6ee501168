from __future__ import annotations

import shlex

from impasto.cli.init import FILES, TRY
from impasto.images.metadata import read


def test_the_commands_it_prints_work_right_away(run, place):
    found = run("init", ".")
    assert found.exit_code == 0
    for command in TRY:
        assert command in found.stdout
        done = run(*shlex.split(command)[1:])
        assert done.exit_code == 0, done.stderr
    (image,) = (place / "images").iterdir()
    assert read(image.read_bytes())["styles"][0]["name"] == "house/warm-film"


def test_a_new_folder_is_made_and_its_styles_are_sound(run, place, monkeypatch):
    found = run("init", "my project")
    assert "cd 'my project'" in found.stdout
    monkeypatch.chdir(place / "my project")
    checked = run("styles", "check", "style_packs/house.yaml")
    assert checked.exit_code == 0, checked.stdout
    assert "1 style checked" in checked.stdout


def test_nothing_is_replaced_without_force(run, place):
    (place / "README.md").write_text("mine")
    found = run("init")
    assert found.exit_code == 2
    assert "there is already README.md in this folder" in found.stderr
    assert [p.name for p in place.iterdir()] == ["README.md"]
    assert run("init", "--force").exit_code == 0
    assert (place / "README.md").read_text() == FILES["README.md"]


def test_a_folder_that_cannot_be_written_is_reported(run, place):
    (place / "prompts").write_text("a file")
    found = run("init")
    assert found.exit_code == 2
    assert "cannot write into this folder" in found.stderr
