"""The files of which a `.prompt` file is made: itself, what it extends, what that extends."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from impasto import yamlsource
from impasto.diagnostics import did_you_mean
from impasto.errors import FileError
from impasto.schemas import validate
from impasto.source import Source
from impasto.templates.fences import divide
from impasto.templates.frontmatter import FrontMatter
from impasto.templates.loading import note

if TYPE_CHECKING:
    from pathlib import Path

    from impasto.source import Span
    from impasto.yamlsource import Document


class Level(NamedTuple):
    """One file of the row; `name` is its path, seen from the folder of the first."""

    name: str
    document: Document
    front: FrontMatter
    body: Source


class Stamp(NamedTuple):
    """How a file was when it was read."""

    path: Path
    changed: int
    size: int

    @classmethod
    def of(cls, path: Path) -> Stamp:
        """Return the stamp of a file as it is now; of one that is gone, zeros."""
        try:
            state = path.stat()
        except OSError:
            return cls(path, 0, 0)
        return cls(path, state.st_mtime_ns, state.st_size)


def ancestry(source: Source, folder: Path | None) -> tuple[list[Level], list[Stamp]]:
    """Return the file `source` and all that it extends, itself first, and their stamps but its own.

    Raises:
        FileError: a front matter breaks the schema; a base is missing, lies outside of `folder`
            or extends the file itself. Each with its place.
    """
    found = [_level("", source)]
    stamps: list[Stamp] = []
    while found[-1].front.extends:
        last = found[-1]
        place = last.document.span(("extends",))
        if folder is None:
            raise FileError("only a file can extend another; this text has no folder", place)
        name = posixpath.normpath(posixpath.join(posixpath.dirname(last.name), last.front.extends))
        path = folder / name
        note(path)
        if name in [level.name for level in found] or str(path) == source.name:
            row = " → ".join([source.name, *(level.name for level in found[1:]), name])
            raise FileError(f"prompt files extend each other in a circle: {row}", place)
        stamps.append(Stamp.of(path))
        found.append(_level(name, _read(path, folder, place)))
    return found, stamps


def _level(name: str, source: Source) -> Level:
    head, body = divide(source)
    document = yamlsource.load(head)
    return Level(name, document, validate(FrontMatter, document), body)


def _read(path: Path, folder: Path, place: Span) -> Source:
    """Return the text of a file that another one extends.

    Raises:
        FileError: it is not there, not UTF-8, or outside of `folder`.
    """
    if not path.resolve().is_relative_to(folder.resolve()):
        raise FileError(f'"{path}" lies outside the folder of the prompt file', place)
    try:
        return Source(path.read_text(encoding="utf-8-sig"), str(path))
    except UnicodeDecodeError as error:
        raise FileError(f'"{path}" is not UTF-8 text', place) from error
    except OSError as error:
        near = [p.name for p in path.parent.glob("*.prompt")] if path.parent.is_dir() else []
        hint = did_you_mean(path.name, near)
        raise FileError(f'there is no file "{path}" to extend', place, hint=hint) from error
