"""The console blocks of the pages about the command show what the command really writes.

`python tests/cli/test_docs.py` writes them anew.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("cli.md", "explain.md", "images.md")
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
COMMAND = [sys.executable, "-c", "from impasto.cli.app import main; main()"]


def rewritten(text, folder):
    """Return the page with every block run anew, one after the other, in `folder`."""
    here = Path(folder)

    def block(found):
        nonlocal here
        lines = []
        for line in found[1].splitlines():
            if not line.startswith("$ "):
                continue
            name, *args = shlex.split(line[2:])
            lines.append(line)
            if name == "cd":
                here /= args[0]
            else:
                lines.append(shown(args, here))
        return "```console\n" + "\n".join(lines) + "\n```"

    return BLOCK.sub(block, text)


def shown(args, here):
    """Return what the command writes, standard error first."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("IMPASTO_")}
    environment = {**kept, "COLUMNS": "80", "NO_COLOR": "1", "IMPASTO_CONFIG": str(here / "none")}
    done = subprocess.run(
        [*COMMAND, *args],
        cwd=here,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return (done.stderr + done.stdout).rstrip("\n")


@pytest.mark.parametrize("page", PAGES)
def test_the_page_shows_what_the_command_writes(page, tmp_path):
    text = (DOCS / page).read_text("utf-8")
    assert rewritten(text, tmp_path) == text


if __name__ == "__main__":
    for name in PAGES:
        with tempfile.TemporaryDirectory() as scratch:
            written = (DOCS / name).read_text("utf-8")
            (DOCS / name).write_text(rewritten(written, scratch), "utf-8")
