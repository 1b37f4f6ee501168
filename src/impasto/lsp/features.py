"""What the server answers: one handler for each request and notification of the protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from lsprotocol import types

from impasto.errors import ImpastoError
from impasto.lsp import fixing
from impasto.lsp.completing import complete
from impasto.lsp.hovering import hover
from impasto.lsp.locating import definitions
from impasto.lsp.outlining import outline
from impasto.lsp.projects import Overrides
from impasto.lsp.server import Server

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from impasto.lsp.checking import Change, Found
    from impasto.lsp.documents import Document
    from impasto.lsp.fixing import Action

Answer: TypeAlias = "Callable[[Server, Document, Any], Awaitable[Any]]"
Handler: TypeAlias = "Callable[[Server, Any], Awaitable[Any]]"

_TRIGGERS: Final = ("_", "<", "|", ".", "[", "/", "{", ":", " ")
FIX_ALL: Final = "source.fixAll.impasto"
_KINDS: Final = (types.CodeActionKind.QuickFix, FIX_ALL)


def serve() -> Server:
    """Return a server with all its features."""
    server = Server()
    for name, (handler, options) in _FEATURES.items():
        server.feature(name, options)(handler)
    return server


def initialize(ls: Server, params: types.InitializeParams) -> None:
    """Take the settings that come with the first message."""
    ls.projects.overrides = Overrides.of(params.initialization_options)


def initialized(ls: Server, _params: types.InitializedParams) -> None:
    """Begin to watch files."""
    ls.watch()


def shutdown(ls: Server, _params: None) -> None:
    """Remember that the client said goodbye."""
    ls.is_shut_down = True


def did_change_configuration(ls: Server, params: types.DidChangeConfigurationParams) -> None:
    """Take new settings of the editor."""
    ls.configure(params.settings)


def did_change_watched_files(ls: Server, _params: types.DidChangeWatchedFilesParams) -> None:
    """Check again what may depend on files that changed."""
    ls.refresh()


def did_save(ls: Server, params: types.DidSaveTextDocumentParams) -> None:
    """Check again: clients that watch no files tell of packs and included files like this."""
    if params.text_document.uri in ls.open_documents:
        ls.refresh()


def about_document(answer: Answer) -> Handler:
    """Return the handler of a request that `answer` answers for a snapshot of the document.

    Of a document that is not open there is nothing to say; why settings, or a text too broken
    for what is asked, stand in the way is written into the client's log.
    """

    async def handle(ls: Server, params: Any) -> Any:
        document = ls.snapshot(params.text_document.uri)
        if document is None:
            return None
        try:
            return await answer(ls, document, params)
        except ImpastoError as error:
            ls.say(str(error))
            return None

    return handle


@about_document
async def on_hover(ls: Server, document: Document, params: types.HoverParams) -> types.Hover | None:
    """Answer textDocument/hover."""
    place = ls.wire.place(document, params.position)
    found = await ls.checked(document.uri, document)
    told = await ls.work(hover, document, place, await ls.project(document), found)
    return ls.wire.hover(document, told) if told else None


@about_document
async def on_completion(
    ls: Server, document: Document, params: types.CompletionParams
) -> types.CompletionList:
    """Answer textDocument/completion."""
    place = ls.wire.place(document, params.position)
    offered = await ls.work(complete, document, place, await ls.project(document))
    items = [ls.wire.completion(document, one) for one in offered]
    return types.CompletionList(is_incomplete=False, items=items)


@about_document
async def on_definition(
    ls: Server, document: Document, params: types.DefinitionParams
) -> list[types.Location]:
    """Answer textDocument/definition."""
    place = ls.wire.place(document, params.position)
    targets = await ls.work(definitions, document, place, await ls.project(document))
    return [ls.wire.location(target) for target in targets]


@about_document
async def on_symbols(
    ls: Server, document: Document, _params: types.DocumentSymbolParams
) -> list[types.DocumentSymbol]:
    """Answer textDocument/documentSymbol."""
    return [ls.wire.symbol(document, one) for one in await ls.work(outline, document)]


@about_document
async def on_formatting(
    ls: Server, document: Document, _params: types.DocumentFormattingParams
) -> list[types.TextEdit]:
    """Answer textDocument/formatting."""
    changes = await ls.work(fixing.formatting, document, await ls.project(document))
    return [ls.wire.edit(document, change) for change in changes]


@about_document
async def on_code_action(
    ls: Server, document: Document, params: types.CodeActionParams
) -> list[types.CodeAction]:
    """Answer textDocument/codeAction; what takes work is left for codeAction/resolve."""
    found = await ls.checked(document.uri, document)
    where = ls.wire.range_from(document, params.range)
    wanted = params.context.only
    actions = []
    if _is_wanted(types.CodeActionKind.QuickFix, wanted):
        actions += [_quick_fix(ls, document, one) for one in fixing.actions(found, where)]
    if _is_wanted(FIX_ALL, wanted) and fixing.has_safe_fix(found):
        data = {"uri": document.uri, "all": True}
        actions.append(types.CodeAction("Fix all that is safe to fix", FIX_ALL, data=data))
    if not _can_resolve(ls):
        actions = [await on_resolve(ls, one) if one.data else one for one in actions]
    return [one for one in actions if one.edit or one.data]


def _is_wanted(kind: str, wanted: Sequence[str] | None) -> bool:
    """Whether a client that asks for the kinds `wanted` takes an action of a kind."""
    return not wanted or any(kind == one or kind.startswith(f"{one}.") for one in wanted)


def _can_resolve(ls: Server) -> bool:
    """Whether the client asks for the changes of an action when it is chosen."""
    texts = ls.client_capabilities.text_document
    actions = texts.code_action if texts else None
    support = actions.resolve_support if actions and actions.data_support else None
    return support is not None and "edit" in support.properties


def _quick_fix(ls: Server, document: Document, action: Action) -> types.CodeAction:
    finding = action.found.diagnostic
    data = None
    if action.changes is None:
        start = action.found.range.start
        data = {"uri": document.uri, "code": finding.code, "place": [*start]}
    return types.CodeAction(
        action.title,
        types.CodeActionKind.QuickFix,
        diagnostics=[ls.wire.diagnostic(document, action.found)],
        is_preferred=True if action.is_fix and action.safe else None,
        edit=_edit(ls, document, action.changes) if action.changes else None,
        data=data,
    )


async def on_resolve(ls: Server, action: types.CodeAction) -> types.CodeAction:
    """Answer codeAction/resolve: put in the changes."""
    data = action.data if isinstance(action.data, dict) else {}
    document = ls.snapshot(str(data.get("uri")))
    if document is None:
        return action
    found = await ls.checked(document.uri, document)
    project = await ls.project(document)
    action.data = None
    if data.get("all"):
        changes = await ls.work(fixing.fix_all, document, found, project)
    else:
        finding = _finding(found, data)
        given = (document, finding, found, project)
        changes = await ls.work(fixing.ignoring, *given) if finding else ()
    action.edit = _edit(ls, document, changes) if changes else None
    return action


def _finding(found: Sequence[Found], data: dict[str, object]) -> Found | None:
    """Return the finding that the data of an action means."""
    return next(
        (
            one
            for one in found
            if one.diagnostic.code == data.get("code") and [*one.range.start] == data.get("place")
        ),
        None,
    )


def _edit(ls: Server, document: Document, changes: Sequence[Change]) -> types.WorkspaceEdit:
    workspace = ls.client_capabilities.workspace
    known = workspace.workspace_edit if workspace else None
    versioned = bool(known and known.document_changes)
    return ls.wire.workspace_edit(document, changes, versioned=versioned)


_FEATURES: Final[dict[str, tuple[Callable[..., Any], object]]] = {
    types.INITIALIZE: (initialize, None),
    types.INITIALIZED: (initialized, None),
    types.SHUTDOWN: (shutdown, None),
    types.WORKSPACE_DID_CHANGE_CONFIGURATION: (did_change_configuration, None),
    types.WORKSPACE_DID_CHANGE_WATCHED_FILES: (did_change_watched_files, None),
    types.TEXT_DOCUMENT_DID_SAVE: (did_save, None),
    types.TEXT_DOCUMENT_HOVER: (on_hover, None),
    types.TEXT_DOCUMENT_COMPLETION: (
        on_completion,
        types.CompletionOptions(trigger_characters=_TRIGGERS),
    ),
    types.TEXT_DOCUMENT_DEFINITION: (on_definition, None),
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: (on_symbols, None),
    types.TEXT_DOCUMENT_CODE_ACTION: (
        on_code_action,
        types.CodeActionOptions(code_action_kinds=_KINDS, resolve_provider=True),
    ),
    types.CODE_ACTION_RESOLVE: (on_resolve, None),
    types.TEXT_DOCUMENT_FORMATTING: (on_formatting, None),
}
