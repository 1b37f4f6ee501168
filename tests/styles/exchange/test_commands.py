"""`impasto styles import` and `export`, as they are run."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from impasto.cli.app import main


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.setenv("IMPASTO_CONFIG", str(tmp_path / "nobody.toml"))
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


def run(*args):
    return CliRunner().invoke(main, ["styles", *[str(arg) for arg in args]])


def test_from_one_project_to_the_next(here, data):
    made = run("import", data / "styles.csv", "-o", "style_packs/mine.yaml", "--license", "CC0-1.0")
    assert made.exit_code == 1  # one style was left out
    assert made.stdout.startswith('5 styles in style_packs/mine.yaml\n  error      "Composed"')
    assert run("check", "style_packs/mine.yaml").exit_code == 0
    assert "nothing to complain about" in run("check", "style_packs/mine.yaml").stdout
    out = run("export", "mine", "-o", "out/styles.csv")
    assert (out.exit_code, out.stdout.splitlines()[0]) == (0, "1 file written: out/styles.csv")
    back = run("import", "out/styles.csv", "-o", "style_packs/back.yaml", "--license", "CC0-1.0")
    assert back.exit_code == 0
    shown = CliRunner().invoke(main, ["compose", "a cat", "-s", "back/film", "--format", "json"])
    assert json.loads(shown.stdout)["prompt"].startswith("analog film photo of a cat")


def test_the_pack_on_the_standard_output(data):
    done = run("import", data / "styler.json")
    assert done.exit_code == 0
    assert done.stdout.startswith("# Imported from styler.json\nformat: 1\nname: styler\n")
    assert done.stderr.startswith("6 styles\n  careful    no licence")
    out = run("export", "anime/mecha", "--to", "krita")
    assert json.loads(out.stdout)["name"] == "Giant machines"
    assert "has one text for all models" in out.stderr


def test_machine_formats(data):
    found = json.loads(run("import", data / "styles.csv", "--format", "json").stdout)
    assert (found["format"], found["name"], found["styles"]) == (1, "styles", 5)
    assert found["text"].startswith("# Imported from")
    assert {"code", "span", "severity"} <= set(found["diagnostics"][0])
    done = json.loads(run("import", data / "styles.csv", "-o", "x", "--format", "json").stdout)
    assert done["files"] == ["x/styles.yaml"]
    out = json.loads(run("export", "anime", "--to", "swarmui", "--format", "json").stdout)
    assert list(out["files"]) == ["anime.json"]
    assert out["losses"][0]["kind"]


def test_nothing_is_overwritten(here, data):
    (here / "mine.yaml").write_text("mine")
    done = run("import", data / "styler.json", "-o", "mine.yaml")
    assert done.exit_code == 2
    assert "mine.yaml is there already" in done.stderr
    assert (here / "mine.yaml").read_text() == "mine"
    assert run("import", data / "styler.json", "-o", "mine.yaml", "--force").exit_code == 0


def test_word_lists(here, data):
    done = run("import", data / "wildcards", "-o", "wildcards")
    assert done.stdout.startswith("5 word lists of 11 lines in wildcards/")
    assert (here / "wildcards/animals/canines.txt").read_text().startswith("3::red fox\n")
    assert run("import", data / "wildcards").exit_code == 2
    out = run("export", "wildcards", "--to", "wildcards", "-o", "lists")
    assert out.exit_code == 0
    assert (here / "lists/light/light/natural.txt").read_text() == "golden hour\n2::blue hour\n"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("import", "nowhere.csv"), "cannot read nowhere.csv"),
        (("import", "README.md"), "of no format that is known"),
        (("import", "styles.csv", "--from", "foocus"), 'did you mean "fooocus"'),
        (("export", "anime"), "--to says in which format: a1111, ai-horde"),
        (("export", "anme", "--to", "krita"), 'did you mean "anime"'),
        (("import", "none.csv"), "no style in what was given"),
    ],
)
def test_what_goes_wrong_is_told(here, args, said):
    (here / "README.md").write_text("# Read me\n")
    (here / "styles.csv").write_text("name,prompt\n")
    (here / "none.csv").write_text("name,prompt\na,x AND y\n")
    done = run(*args)
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())


def test_other_commands_load_none_of_it():
    code = (
        "import sys; from impasto.cli.app import main\n"
        "try: main(['styles', 'list'])\n"
        "except SystemExit: pass\n"
        "print([m for m in sys.modules if 'exchange' in m and 'styles' in m], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_a_pack_of_ours_is_told_from_word_lists(here, data):
    run("import", data / "styler.json", "-o", "packs/mine.yaml", "--license", "CC0-1.0")
    done = run("import", "packs/mine.yaml", "-o", "x")
    assert done.exit_code == 2
    assert "packs/mine.yaml is a style pack already" in done.stderr
    assert "impasto styles add" in done.stderr
    (here / "packs" / "styles.csv").write_text("name,prompt,negative_prompt\nDusk,dusk,\n")
    done = run("import", "packs", "-o", "all.yaml", "--format", "json")
    assert done.exit_code == 0
    passed = [d for d in json.loads(done.stdout)["diagnostics"] if d["rule"] == "no-style"]
    assert [d["message"] for d in passed] == [
        "packs/mine.yaml is a style pack already, and was passed over"
    ]
