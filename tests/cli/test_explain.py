"""`impasto explain`: what a person reads, what a program reads, and the page."""

import json
import re
import subprocess
import sys

import pytest

FILE = "---\nvariables: {who: }\n---\n{{ who }}, (snow:1.2)\n"


@pytest.fixture
def run(tmp_path):
    (tmp_path / "a.prompt").write_text(FILE, encoding="utf-8")

    def done(*args):
        return subprocess.run(
            [sys.executable, "-m", "impasto", "explain", *args],
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            env={"NO_COLOR": "1", "COLUMNS": "80", "PATH": "", "HOME": str(tmp_path)},
            check=False,
        )

    return done


@pytest.mark.parametrize("given", [("a.prompt",), ("-f", "a.prompt")])
def test_a_file_is_told_word_by_word(run, given):
    done = run(*given, "--set", "who=a fox")
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines() if line.startswith("    ")]
    assert rows == [
        ["4:1", "value", "a", "fox", "←", "{{", "who", "}}"],
        ["4:13", "template", "1.2", "snow"],
    ]


def test_programs_get_every_word_even_at_a_weight_beyond_all_measure(run):
    data = json.loads(run(f"a, (b:{'9' * 400})", "--format", "json").stdout)
    assert [(p["text"], p["weight"]) for p in data["pieces"]] == [
        *(("a", 1.0), (", ", 1.0), ("b", "inf")),
    ]


def test_a_page_is_written_and_a_place_that_cannot_be_is_told(run, tmp_path):
    done = run("a.prompt", "--set", "who=<b>", "--html", "out.html")
    assert done.stdout == "out.html: 3 pieces\n"
    page = (tmp_path / "out.html").read_text("utf-8")
    assert "&lt;b&gt;" in page
    assert not re.search(r"<b>|<script", page)
    assert run("a", "--html", "one.html").stdout == "one.html: 1 piece\n"
    done = run("a", "--html", "no/out.html")
    assert (done.returncode, "cannot write" in done.stderr) == (2, True)


def test_an_open_choice_says_how_to_close_it(run):
    done = run("{a|b}")
    assert done.returncode == 2
    assert "--seed" in done.stderr
