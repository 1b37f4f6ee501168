"""An editor that speaks to a real server over its standard streams."""

from __future__ import annotations

import asyncio
import sys

import pytest
from lsprotocol import types
from pytest_lsp import client_capabilities, make_test_lsp_client

COMMAND = [sys.executable, "-m", "impasto", "lsp"]


class Editor:
    """A client with some documents open in a folder; it keeps all diagnostics it was sent."""

    def __init__(self, folder):
        self.folder = folder
        self.client = make_test_lsp_client()
        self.published = []
        self.registered = []
        self.news = asyncio.Event()
        self.texts = {}
        self.versions = {}
        self.server = None
        self.client.protocol.fm.features.pop(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)

        @self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def take(params):
            self.published.append(params)
            self.news.set()

        @self.client.feature(types.CLIENT_REGISTER_CAPABILITY)
        def register(params):
            self.registered += [r.method for r in params.registrations]
            self.news.set()

    def uri(self, name):
        return (self.folder / name).as_uri()

    def item(self, name):
        return types.TextDocumentIdentifier(self.uri(name))

    def open(self, name, text, language="impasto"):
        self.texts[name], self.versions[name] = text, 1
        item = types.TextDocumentItem(self.uri(name), language, 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def change(self, name, text, start=None, end=None):
        """Replace what lies between two (line, character), or everything."""
        self.versions[name] += 1
        item = types.VersionedTextDocumentIdentifier(self.versions[name], self.uri(name))
        if start is None:
            change = types.TextDocumentContentChangeWholeDocument(text)
        else:
            where = types.Range(types.Position(*start), types.Position(*(end or start)))
            change = types.TextDocumentContentChangePartial(where, text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(item, [change]))

    async def findings(self, name):
        """Wait for the diagnostics of the version at hand; return pairs (code, range as text)."""
        return [(d.code, str(d.range)) for d in await self.diagnostics(name)]

    async def diagnostics(self, name):
        while True:
            for params in reversed(self.published):
                if params.uri == self.uri(name) and params.version == self.versions[name]:
                    return list(params.diagnostics)
            self.news.clear()
            await asyncio.wait_for(self.news.wait(), 30)

    async def registrations(self):
        """Wait until the server has asked to be told of something; return what of."""
        while not self.registered:
            self.news.clear()
            await asyncio.wait_for(self.news.wait(), 30)
        return self.registered

    async def next_diagnostics(self, name):
        """Forget what was sent and wait for new diagnostics."""
        self.published.clear()
        return await self.diagnostics(name)

    async def logged(self, text):
        """Wait until the server has written a message with `text` into the log."""
        while not any(text in message.message for message in self.client.log_messages):
            await asyncio.wait_for(self.client.wait_for_notification("window/logMessage"), 30)

    async def hover(self, name, line, character):
        params = types.HoverParams(self.item(name), types.Position(line, character))
        return await self.client.text_document_hover_async(params)

    async def actions(self, name, line, character, only=None):
        place = types.Position(line, character)
        context = types.CodeActionContext([], only=only)
        params = types.CodeActionParams(self.item(name), types.Range(place, place), context)
        return await self.client.text_document_code_action_async(params)

    async def start(self, command, capabilities, options):
        await self.client.start_io(*command, cwd=self.folder)
        self.server = self.client._server
        self.result = await self.client.initialize_session(
            types.InitializeParams(
                capabilities=capabilities,
                root_uri=self.folder.as_uri(),
                initialization_options=options,
            )
        )

    async def stop(self):
        await asyncio.wait_for(self.client.shutdown_session(), 60)

    def move(self, folder):
        """Begin anew in another folder."""
        self.folder = folder
        self.published.clear()


@pytest.fixture(scope="module")
def loop():
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def shared(loop, tmp_path_factory):
    """A server that many tests use, each in a folder of its own."""
    editor = Editor(tmp_path_factory.mktemp("shared"))
    loop.run(editor.start(COMMAND, client_capabilities("visual_studio_code"), None))
    yield editor
    loop.run(editor.stop())


@pytest.fixture
def editing(loop, shared, tmp_path):
    """Return what runs a scenario, a coroutine that is given an `Editor`, with the shared server."""
    shared.move(tmp_path)
    return lambda scenario: loop.run(asyncio.wait_for(scenario(shared), 60))


@pytest.fixture
def own_server(loop, tmp_path):
    """Return what runs a scenario with a server of its own."""

    async def session(scenario, capabilities, options, command):
        editor = Editor(tmp_path)
        await editor.start(command, capabilities, options)
        await asyncio.wait_for(scenario(editor), 60)
        await editor.stop()

    def run(scenario, capabilities=None, options=None, command=COMMAND):
        wanted = capabilities or types.ClientCapabilities()
        loop.run(session(scenario, wanted, options, command))

    return run
