"""Between what the rooms say and what the protocol sends: positions, findings, names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from impasto.lsp.documents import Place, Range, to_column, to_units

if TYPE_CHECKING:
    from collections.abc import Iterable

    from impasto.lsp.checking import Change, Found
    from impasto.lsp.completing import Completion
    from impasto.lsp.documents import Document
    from impasto.lsp.hovering import Hover
    from impasto.lsp.locating import Target
    from impasto.lsp.outlining import Symbol

SOURCE = "impasto"

_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}
_COMPLETIONS = {
    "attribute": types.CompletionItemKind.Property,
    "file": types.CompletionItemKind.File,
    "filter": types.CompletionItemKind.Function,
    "key": types.CompletionItemKind.Field,
    "model": types.CompletionItemKind.Class,
    "parameter": types.CompletionItemKind.Property,
    "reference": types.CompletionItemKind.Keyword,
    "rule": types.CompletionItemKind.Constant,
    "style": types.CompletionItemKind.Module,
    "type": types.CompletionItemKind.TypeParameter,
    "variable": types.CompletionItemKind.Variable,
    "variant": types.CompletionItemKind.EnumMember,
    "wildcard": types.CompletionItemKind.File,
}
_SYMBOLS = {
    "key": types.SymbolKind.Key,
    "prompt": types.SymbolKind.String,
    "style": types.SymbolKind.Class,
    "template": types.SymbolKind.String,
    "variable": types.SymbolKind.Variable,
    "variant": types.SymbolKind.EnumMember,
}


class Wire:
    """Puts things into the protocol's words, columns in code units of one `encoding`."""

    def __init__(self, encoding: str) -> None:
        self.encoding = encoding

    def place(self, document: Document, position: types.Position) -> Place:
        """Return the place that a client's position means."""
        last = len(document.lines) - 1
        if position.line > last:
            return Place(last, len(document.lines[last]))
        line = document.lines[position.line]
        return Place(position.line, to_column(line, position.character, self.encoding))

    def range_from(self, document: Document, given: types.Range) -> Range:
        """Return the range that a client's range means; one that is reversed is turned round."""
        first, second = self.place(document, given.start), self.place(document, given.end)
        return Range(min(first, second), max(first, second))

    def position(self, document: Document, place: Place) -> types.Position:
        """Return the client's position of a place."""
        line = document.lines[place.line] if place.line < len(document.lines) else ""
        return types.Position(place.line, to_units(line, place.column, self.encoding))

    def range(self, document: Document, given: Range) -> types.Range:
        """Return the client's range."""
        start, end = given
        return types.Range(self.position(document, start), self.position(document, end))

    def edit(self, document: Document, change: Change) -> types.TextEdit:
        """Return a change as an edit."""
        return types.TextEdit(self.range(document, change.range), change.text)

    def diagnostic(self, document: Document, found: Found) -> types.Diagnostic:
        """Return a finding; its place in another file is told as related to it."""
        finding = found.diagnostic
        parts = [finding.message]
        if finding.expected:
            parts[0] += f"; expected {' or '.join(finding.expected)}"
        if finding.hint:
            parts.append(finding.hint)
        elsewhere = found.elsewhere
        return types.Diagnostic(
            range=self.range(document, found.range),
            message="\n".join(
                parts if elsewhere is None else [f"{elsewhere}: {parts[0]}", *parts[1:]]
            ),
            severity=_SEVERITIES[finding.severity],
            code=finding.code or None,
            source=SOURCE,
        )

    def hover(self, document: Document, found: Hover) -> types.Hover:
        """Return a hover."""
        content = types.MarkupContent(types.MarkupKind.Markdown, found.text)
        return types.Hover(content, self.range(document, found.range))

    def completion(self, document: Document, found: Completion) -> types.CompletionItem:
        """Return a completion."""
        told = types.MarkupContent(types.MarkupKind.Markdown, found.help) if found.help else None
        return types.CompletionItem(
            label=found.name,
            kind=_COMPLETIONS[found.kind],
            detail=found.detail or None,
            documentation=told,
            filter_text=found.name,
            text_edit=types.TextEdit(self.range(document, found.range), found.text or found.name),
        )

    def location(self, target: Target) -> types.Location:
        """Return where a name is defined."""
        return types.Location(target.document.uri, self.range(target.document, target.range))

    def symbol(self, document: Document, found: Symbol) -> types.DocumentSymbol:
        """Return a symbol with those inside it."""
        return types.DocumentSymbol(
            name=found.name,
            kind=_SYMBOLS[found.kind],
            range=self.range(document, found.range),
            selection_range=self.range(document, found.name_range),
            detail=found.detail or None,
            children=[self.symbol(document, child) for child in found.children],
        )

    def workspace_edit(
        self, document: Document, changes: Iterable[Change], *, versioned: bool
    ) -> types.WorkspaceEdit:
        """Return changes of one document, for the version that it has where clients know of it."""
        edits = [self.edit(document, change) for change in changes]
        if not versioned:
            return types.WorkspaceEdit(changes={document.uri: edits})
        identifier = types.OptionalVersionedTextDocumentIdentifier(document.uri, document.version)
        return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(identifier, edits)])
