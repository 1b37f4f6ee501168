from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from client import server
from impasto.client import AsyncClient, Client

KEY = "sk-Loopback0123456789"


@pytest.fixture(scope="session")
def acts():
    """What a site can do: the module `server`."""
    return server


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    ours = ("IMPASTO_API_KEY", "IMPASTO_BASE_URL", "OPENAI_BASE_URL", "AZURE_OPENAI_ENDPOINT")
    for name in (*ours, "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture
def images():
    """The host of the images."""
    site = server.Site(server.image())
    yield site
    site.close()


@pytest.fixture
def api(images):
    """The API; it names an image on the other host."""
    site = server.Site(server.url(f"{images.url}/a.png?token=t"))
    yield site
    site.close()


@dataclass
class Said:
    """A translation, as far as clients look at it."""

    prompt: str = "A cute cartoon cat sitting on a rainbow"
    model: str = "flux-1.1-pro"
    backend: str = "gateway"
    negative_prompt: str = "low quality, blurry, deformed"
    parameters: dict = field(default_factory=dict)
    losses: tuple = ()
    diagnostics: tuple = ()


@pytest.fixture
def said():
    return Said


class Sync:
    """A `Client` whose waits are written down instead of waited for."""

    kind = Client

    def __init__(self):
        self.sleeps = []

    def _sleep(self, seconds):
        self.sleeps.append(seconds)

    def open(self, **options):
        client = self.kind(**{"api_key": KEY, "timeout": 20.0, **options})
        client._sleep = self._sleep
        client._policy = replace(client._policy, jitter=lambda: 1.0)
        return client

    def generate(self, translation, **options):
        with self.open(**options) as client:
            return client.generate(translation)

    def batch(self, translations, progress=None, **options):
        with self.open(**options) as client:
            return dict(client.batch(translations, progress=progress))


class Async(Sync):
    """The same of an `AsyncClient`."""

    kind = AsyncClient

    async def _sleep(self, seconds):
        self.sleeps.append(seconds)

    def generate(self, translation, **options):
        async def go():
            async with self.open(**options) as client:
                return await client.generate(translation)

        return asyncio.run(go())

    def batch(self, translations, progress=None, **options):
        async def go():
            async with self.open(**options) as client:
                return {i: r async for i, r in client.batch(translations, progress=progress)}

        return asyncio.run(go())


@pytest.fixture(params=[Sync, Async], ids=["sync", "async"])
def client(request):
    """Each test with it runs under both clients."""
    return request.param()
