from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from realservers import cached
from realservers.server import Server


def _unfit():
    """Return why nothing can be started here, empty if it can."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return "a server takes 1 GB and a core: run pytest tests/realservers by itself"
    return cached.missing()


def pytest_collection_modifyitems(items):
    if why := _unfit():
        here = Path(__file__).parent
        for item in (item for item in items if here in item.path.parents):
            item.add_marker(pytest.mark.skip(why))


@pytest.fixture(scope="session")
def sd_server(tmp_path_factory):
    """The real server of stable-diffusion.cpp, for all tests."""
    server = Server(tmp_path_factory.mktemp("sd-server") / "log.txt")
    yield server
    server.kill()


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    for name in ("IMPASTO_API_KEY", "IMPASTO_BASE_URL", "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@dataclass
class Said:
    """What is asked for: a small picture in one step, unless told else."""

    prompt: str = "a red fox"
    negative_prompt: str = ""
    model: str = "stable-diffusion-xl"
    backend: str = "sdcpp"
    parameters: dict = field(default_factory=dict)
    losses: tuple = ()

    def __post_init__(self):
        self.parameters = {"width": 64, "height": 64, **self.parameters}


@pytest.fixture
def said():
    return Said
