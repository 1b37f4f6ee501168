"""The console blocks of docs/sharing.md show what the commands really write.

`python tests/styles/sharing/test_docs.py` writes them anew.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "sharing.md"
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
IMPASTO = [sys.executable, "-c", "from impasto.cli.app import main; main()"]


def rewritten(text, folder):
    """Return the page with every block run anew, one after the other, beginning in `folder`."""
    here = Path(folder)
    shown([*IMPASTO, "init", "studio"], here)
    (here / "shop").mkdir()

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
                lines += shown([*IMPASTO, *args] if name == "impasto" else [name, *args], here)
        return "```console\n" + "\n".join(lines) + "\n```"

    return BLOCK.sub(block, text)


def shown(command, here):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("IMPASTO_")}
    settings = str(here / "none" / "config.toml")
    environment = {**kept, "COLUMNS": "100", "NO_COLOR": "1", "IMPASTO_CONFIG": settings}
    done = subprocess.run(
        command,
        cwd=here,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return [text for text in [(done.stderr + done.stdout).rstrip("\n")] if text]


def test_the_page_shows_what_the_commands_write(tmp_path):
    text = PAGE.read_text("utf-8")
    assert rewritten(text, tmp_path) == text


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        PAGE.write_text(rewritten(PAGE.read_text("utf-8"), scratch), "utf-8")
