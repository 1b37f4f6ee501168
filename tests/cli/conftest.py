from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from click.testing import CliRunner

from impasto.cli.app import main

SERVER = Path(__file__).parents[1] / "client" / "server.py"


def _load_server():
    spec = spec_from_file_location("cli_server", SERVER)
    module = sys.modules[spec.name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_server = _load_server()


@pytest.fixture(scope="session")
def acts():
    """What a site can do: the module `server`."""
    return _server


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """An empty folder to work in, and no settings from outside."""
    for name in list(os.environ):
        if name.startswith("IMPASTO_") or name in ("NO_COLOR", "FORCE_COLOR", "HTTP_PROXY"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("IMPASTO_CONFIG", str(tmp_path / "nobody" / "config.toml"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setenv("COLUMNS", "80")
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


@pytest.fixture
def run():
    """Run the command in this process."""

    def call(*args, text=None):
        return CliRunner().invoke(main, [str(arg) for arg in args], input=text)

    return call


@pytest.fixture
def impasto():
    """Run the command as a process of its own."""

    def call(*args, text="", **variables):
        return subprocess.run(
            [sys.executable, "-c", "from impasto.cli.app import main; main()", *args],
            input=text,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="surrogateescape",
            env={**os.environ, **variables},
            check=False,
            timeout=60,
        )

    return call


@pytest.fixture
def images():
    site = _server.Site(_server.image())
    yield site
    site.close()


@pytest.fixture
def api(images):
    """A server that names an image on another host."""
    site = _server.Site(_server.url(f"{images.url}/a.png?token=t"))
    yield site
    site.close()
