"""The server: open documents, checks that run while one types, and a life that nothing ends."""

from __future__ import annotations

import asyncio
import logging
import traceback
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method

from impasto.errors import ImpastoError
from impasto.lsp.checking import Checker, Found, trouble
from impasto.lsp.documents import Document
from impasto.lsp.places import PACKS
from impasto.lsp.projects import Overrides, Projects
from impasto.lsp.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from impasto.lsp.projects import Project

_T = TypeVar("_T")

PAUSE: Final = 0.15
"""Seconds without a change before a document is checked; longer where a check takes longer."""
_LONGEST_PAUSE: Final = 1.0
_SLICES_SHOWN: Final = 20
"""After so many slices of a long check what is known is shown."""

_WATCHED = ("**/impasto.toml", "**/pyproject.toml", "**/*.{yaml,yml,txt,json,prompt,j2,jinja}")


class Open:
    """An open document with what was found in it at `checked_version`."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.checker = Checker()
        self.found: list[Found] = []
        self.checked_version: int | None = None
        self.task: asyncio.Task[None] | None = None
        self.cost = 0.0


class _Protocol(LanguageServerProtocol):
    """Keeps documents as `documents.Document` does: Python's idea of a line is not the protocol's."""

    _server: Server

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        self._server.open(params.text_document)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        self._server.change(params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        self._server.close(params.text_document.uri)


class Server(LanguageServer):
    """The language server. All work on texts is done in one thread, the protocol in another."""

    def __init__(self) -> None:
        from impasto import __version__  # noqa: PLC0415 - a name that loads when it is asked for

        super().__init__(
            "impasto",
            str(__version__),
            protocol_cls=_Protocol,
            text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
        )
        self.open_documents: dict[str, Open] = {}
        self.projects = Projects()
        self.is_shut_down = False
        self._worker = ThreadPoolExecutor(1, "impasto")

    @cached_property
    def wire(self) -> Wire:
        """What puts things into the client's words, once it has said which encoding it counts in."""
        return Wire(str(self.workspace.position_encoding or "utf-16"))

    def run(self, stdin: BinaryIO, stdout: BinaryIO) -> int:
        """Serve until the client ends it; return 0 if it said so before, else 1."""
        logging.getLogger("pygls").setLevel(logging.CRITICAL)  # the client's log has all there is
        try:
            self.start_io(stdin, stdout)
        finally:
            self._worker.shutdown(wait=True, cancel_futures=True)
        return 0 if self.is_shut_down else 1

    async def work(self, job: Callable[..., _T], *given: Any) -> _T:
        """Do a job in the thread for work; a job that has not begun can be cancelled."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, job, *given)

    # Documents.

    def open(self, item: types.TextDocumentItem) -> None:
        """Take a document that the client has opened."""
        self.close(item.uri)
        document = Document(item.uri, item.text, item.version, item.language_id)
        self.open_documents[item.uri] = Open(document)
        self.schedule(item.uri, at_once=True)

    def change(self, params: types.DidChangeTextDocumentParams) -> None:
        """Change a document as the client did, and check it soon."""
        uri = params.text_document.uri
        opened = self.open_documents.get(uri)
        if opened is None:
            return
        document = opened.document
        for change in params.content_changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                document.change(change.text, self.wire.range_from(document, change.range))
            else:
                document.change(change.text)
        document.version = params.text_document.version
        self.schedule(uri)

    def close(self, uri: str) -> None:
        """Forget a document, and what was found in it."""
        opened = self.open_documents.pop(uri, None)
        if opened is None:
            return
        if opened.task:
            opened.task.cancel()
        self._publish(opened.document, [], version=None)
        if opened.document.suffix in PACKS:
            self._worker.submit(self.projects.release, uri)
            self.schedule_all()

    def snapshot(self, uri: str) -> Document | None:
        """Return an open document as it is now."""
        opened = self.open_documents.get(uri)
        return opened.document.snapshot() if opened else None

    # Checks.

    def configure(self, told: object) -> None:
        """Take the editor's own settings."""
        self.projects.overrides = Overrides.of(told)
        self.refresh()

    def refresh(self) -> None:
        """Check everything again: settings, packs or lists have changed."""
        self._worker.submit(self.projects.forget)
        self.schedule_all()

    def schedule_all(self, but: str = "") -> None:
        """Check every open document soon."""
        for uri in self.open_documents:
            if uri != but:
                self.schedule(uri)

    def schedule(self, uri: str, *, at_once: bool = False) -> None:
        """Check a document after a pause in typing; a check of an older text is given up."""
        opened = self.open_documents[uri]
        if opened.task:
            opened.task.cancel()
        pause = 0.0 if at_once else min(max(PAUSE, opened.cost), _LONGEST_PAUSE)
        opened.task = asyncio.get_running_loop().create_task(self._check_soon(opened, pause))

    async def _check_soon(self, opened: Open, pause: float) -> None:
        try:
            await asyncio.sleep(pause)
            await self._check(opened)
        except Exception as error:  # noqa: BLE001 - a check that fails must not end the server
            self._publish_trouble(opened, error)

    async def _check(self, opened: Open) -> None:
        document = opened.document.snapshot()
        loop = asyncio.get_running_loop()
        began = loop.time()
        steps = await self.work(self._steps, opened, document)
        slices = 0
        found: list[Found] = []
        while (known := await self.work(next, steps, None)) is not None:
            found = known
            slices += 1
            if slices % _SLICES_SHOWN == 0:
                self._publish(document, found, document.version)
        opened.cost = loop.time() - began
        opened.found, opened.checked_version = found, document.version
        self._publish(document, found, document.version)
        if document.suffix in PACKS:
            await self._use_pack(document)

    def _steps(self, opened: Open, document: Document) -> Iterator[list[Found]]:
        """Begin a check, in the thread for work."""
        try:
            project = self.projects.of(document)
        except ImpastoError as error:
            return iter([[trouble(error)]])
        return opened.checker.steps(document, project)

    async def _use_pack(self, document: Document) -> None:
        """Let the other documents see a pack as it is in the editor."""
        if await self.work(self.projects.hold, document):
            self.schedule_all(but=document.uri)

    async def checked(self, uri: str, document: Document) -> list[Found]:
        """Return what is to find in a snapshot of an open document, checked now if need be."""
        opened = self.open_documents[uri]
        if opened.checked_version == document.version:
            return opened.found
        steps = await self.work(self._steps, opened, document)
        found: list[Found] = []
        while (known := await self.work(next, steps, None)) is not None:
            found = known
        return found

    async def project(self, document: Document) -> Project:
        """Return the project of a document.

        Raises:
            ImpastoError: its settings cannot be used.
        """
        return await self.work(self.projects.of, document)

    def _publish(self, document: Document, found: list[Found], version: int | None) -> None:
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(
                document.uri,
                [self.wire.diagnostic(document, one) for one in found],
                version=version,
            )
        )

    # Errors.

    def _publish_trouble(self, opened: Open, error: Exception) -> None:
        self.report_server_error(error, None)
        what = ImpastoError(f"this could not be checked, by a mistake in impasto: {error!r}")
        self._publish(opened.document, [trouble(what)], opened.document.version)

    def report_server_error(self, error: Exception, source: object) -> None:  # noqa: ARG002
        """Write an error into the client's log; the server lives on."""
        told = "".join(traceback.format_exception(error)).rstrip()
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, told))

    def say(self, message: str) -> None:
        """Write into the client's log what is no mistake of ours."""
        self.window_log_message(types.LogMessageParams(types.MessageType.Warning, message))

    def watch(self) -> None:
        """Ask the client to say when settings, packs, lists or included files change."""
        workspace = self.client_capabilities.workspace
        watching = workspace.did_change_watched_files if workspace else None
        if not watching or not watching.dynamic_registration:
            return
        options = types.DidChangeWatchedFilesRegistrationOptions(
            [types.FileSystemWatcher(glob) for glob in _WATCHED]
        )
        method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
        registration = types.Registration("impasto-files", method, options)
        self.client_register_capability(types.RegistrationParams([registration]))
