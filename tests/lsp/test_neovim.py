"""A real editor: Neovim without a screen shows, asks and changes what the server says."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("neovim.lua")
PAGE = Path(__file__).parents[2] / "docs" / "editors.md"


def settings(version):
    """The settings that the page has for a version of Neovim."""
    new, old = re.findall(r"^```lua\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return new if version >= (0, 11) else old


def version():
    said = subprocess.run(["nvim", "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(map(int, re.match(r"NVIM v(\d+)\.(\d+)", said).groups()))


@pytest.mark.skipif(not shutil.which("nvim"), reason="Neovim is not installed")
def test_neovim_shows_findings_weights_and_fixes(tmp_path):
    (tmp_path / "impasto.toml").write_text('model = "stable-diffusion-xl"\n', "utf-8")
    (tmp_path / "a.txt").write_text("🦊 fox, (golden light:1.2)\n🦊 clock (at 5:30)\n", "utf-8")
    (tmp_path / "init.lua").write_text(settings(version()), "utf-8")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {
        **os.environ,
        "IMPASTO_FILE": "a.txt",
        "PATH": path,
        "HOME": str(tmp_path),
    }
    done = subprocess.run(
        ["nvim", "--headless", "-u", "init.lua", "-c", f"luafile {SCRIPT}"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    shown = dict(line.split(" ", 1) for line in done.stdout.splitlines() if " " in line)
    shown = {name: json.loads(value) for name, value in shown.items()}
    # Neovim counts columns in bytes
    assert shown["findings"] == [["IMP101", 1, 16, 19]]
    assert shown["hover"].startswith("`golden light`: weight **1.2**")
    assert "| stable-diffusion-xl | 1.2 | 6 of 6, room for 75 |" in shown["hover"]
    assert shown["actions"][0] == "Escape the colon"
    assert shown["lines"] == ["🦊 fox, (golden light:1.2)", "🦊 clock (at 5\\:30)"]
