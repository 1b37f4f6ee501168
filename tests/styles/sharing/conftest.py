from __future__ import annotations

import io
import zipfile

import pytest

from client import server
from commands import in_process, own_process, workplace
from impasto.styles.sharing import Project


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
    return server


@pytest.fixture
def site():
    """A server on loopback that has nothing yet."""
    found = server.Site(server.answer(404))
    yield found
    found.close()


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """An empty project to work in, and no settings from outside."""
    return workplace(tmp_path, monkeypatch, columns=100)


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
    return own_process


@pytest.fixture
def run():
    return in_process
