from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from impasto.styles.sharing import Project

SERVER = Path(__file__).parents[2] / "client" / "server.py"


def _load_server():
    spec = spec_from_file_location("sharing_server", SERVER)
    module = sys.modules[spec.name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_server = _load_server()


def pack_text(name="fog", version="1.0.0", text="{{ prompt }}, thick fog", more=""):
    return (
        f"format: 1\nname: {name}\nversion: {version}\nlicense: CC0-1.0\n{more}"
        f'styles:\n  plain: {{text: "{text}"}}\n'
    )


def zipped(files, method=zipfile.ZIP_DEFLATED):
    """Return a zip archive; `files` are (name or ZipInfo, content)."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


@pytest.fixture(scope="session")
def acts():
    return _server


@pytest.fixture
def site():
    """A server on loopback that has nothing yet."""
    found = _server.Site(_server.answer(404))
    yield found
    found.close()


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """An empty project to work in, and no settings from outside."""
    for name in list(os.environ):
        if name.startswith("IMPASTO_") or name.upper() in ("NO_COLOR", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("IMPASTO_CONFIG", str(tmp_path / "home" / "config.toml"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setenv("COLUMNS", "100")
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


@pytest.fixture
def project(place):
    return Project(place / "style_packs")


@pytest.fixture
def source(tmp_path):
    """Write a pack outside of the project and return its path."""

    def write(name="fog.yaml", text=None, **facts):
        path = tmp_path / "elsewhere" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text or pack_text(**facts), encoding="utf-8")
        return path

    return write


@pytest.fixture
def impasto():
    """Run the command as a process of its own."""

    def call(*args, python=(), **variables):
        return subprocess.run(
            [sys.executable, *python, "-c", "from impasto.cli.app import main; main()", *args],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, **variables},
            check=False,
            timeout=60,
        )

    return call


@pytest.fixture
def run():
    """Run the command in this process."""
    from click.testing import CliRunner

    from impasto.cli.app import main

    return lambda *args: CliRunner().invoke(main, [str(arg) for arg in args])
