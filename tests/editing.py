"""What the tests of the language server share: documents with a cursor in them, a project."""

from pathlib import Path

from impasto.lsp.documents import Document, Place
from impasto.lsp.projects import Overrides, Project

CURSOR = "‸"


def document(text, name="x.prompt", folder=Path("/nowhere")):
    return Document((folder / name).as_uri(), text, 1)


def at_cursor(text, name="x.prompt", folder=Path("/nowhere")):
    """Return the document and the place of the one ‸ in it."""
    before, _, behind = text.partition(CURSOR)
    place = Place(before.count("\n"), len(before.rpartition("\n")[2]))
    return document(before + behind, name, folder), place


def project(folder, **overrides):
    return Project(folder, Overrides(**overrides), {})
