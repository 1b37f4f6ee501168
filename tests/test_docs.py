"""The code in the documents runs, and the README's screens are what the command prints.

The screens of docs/cli.md stand in a small project; tests/cli/test_docs.py makes it and runs them.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language, pages=PAGES):
    """Every block of a language, with the page and line it stands at."""
    found = []
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for block in BLOCK.finditer(text):
            if block[1] == language:
                line = text.count("\n", 0, block.start()) + 1
                name = f"{page.relative_to(ROOT).as_posix()}:{line}"
                found.append(pytest.param(block[2], id=name))
    return found


@pytest.mark.parametrize("code", blocks("python"))
def test_python_blocks_run(code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "<document>", "exec"), {"__name__": "document"})


@pytest.mark.parametrize("screen", blocks("console", PAGES[:1]))
def test_screens_are_what_the_command_prints(screen, tmp_path):
    """Every line after `$ impasto …` is printed; a line of only … stands for any lines."""
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "HOME": str(tmp_path)}
    for command, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", screen, re.MULTILINE):
        arguments = f"{sys.executable} -m {command}"
        done = subprocess.run(  # noqa: PLW1510 - the output tells
            ["/bin/sh", "-c", arguments],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=environment,
        )
        assert matches(expected, done.stdout + done.stderr), done.stdout + done.stderr


def matches(expected, printed):
    """Whether what was printed is what was expected."""
    pieces = re.split(r"^[ ]*…\n", expected, flags=re.MULTILINE)
    pattern = ".*?".join(re.escape(piece.strip("\n")) for piece in pieces)
    clean = "\n".join(line.rstrip() for line in printed.strip("\n").split("\n"))
    return re.fullmatch(f"\\s*{pattern}\\s*", clean, re.DOTALL) is not None


def links():
    """Every relative link of every page."""
    return [
        pytest.param(page, target, id=f"{page.name}->{target}")
        for page in PAGES
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(("page", "target"), links())
def test_links_lead_somewhere(page, target):
    assert (page.parent / target).exists()
