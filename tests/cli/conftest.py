from __future__ import annotations

import pytest

from client import server
from commands import in_process, own_process, workplace


@pytest.fixture(scope="session")
def acts():
    """What a site can do: the module `server`."""
    return server


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """An empty folder to work in, and no settings from outside."""
    return workplace(tmp_path, monkeypatch)


@pytest.fixture
def run():
    return in_process


@pytest.fixture
def impasto():
    return own_process


@pytest.fixture
def images():
    site = server.Site(server.image())
    yield site
    site.close()


@pytest.fixture
def api(images):
    """A server that names an image on another host."""
    site = server.Site(server.url(f"{images.url}/a.png?token=t"))
    yield site
    site.close()
