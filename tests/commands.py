"""What tests of the command share: a place of its own, and running it in this process or another."""

from __future__ import annotations

import os
import subprocess
import sys

from click.testing import CliRunner

from impasto.cli.app import main

_OUTSIDE = ("NO_COLOR", "FORCE_COLOR", "HTTP_PROXY", "ALL_PROXY")


def workplace(tmp_path, monkeypatch, columns=80):
    """Return an empty folder, which is now the current one; no settings come from outside."""
    for name in list(os.environ):
        if name.startswith("IMPASTO_") or name.upper() in _OUTSIDE:
            monkeypatch.delenv(name)
    monkeypatch.setenv("IMPASTO_CONFIG", str(tmp_path / "home" / "config.toml"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setenv("COLUMNS", str(columns))
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


def in_process(*args, text=None):
    """Run the command in this process."""
    return CliRunner().invoke(main, [str(arg) for arg in args], input=text)


def own_process(*args, text="", python=(), **variables):
    """Run the command as a process of its own; `python` are flags of the interpreter."""
    return subprocess.run(
        [sys.executable, *python, "-c", "from impasto.cli.app import main; main()", *args],
        input=text,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        env={**os.environ, **variables},
        check=False,
        timeout=60,
    )
