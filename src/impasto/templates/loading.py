"""Environments that read included files: one for each folder that prompt files lie in."""

from __future__ import annotations

import posixpath
from collections import OrderedDict
from itertools import count
from typing import TYPE_CHECKING

from jinja2.exceptions import TemplateNotFound
from jinja2.loaders import FunctionLoader

from impasto.source import Source
from impasto.templates.environment import PromptEnvironment
from impasto.templates.fences import body
from impasto.templates.marks import CAPACITY
from impasto.templates.origins import readable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_MAX_ENVIRONMENTS = 16
_MAX_PIECES = CAPACITY // 16
_MAX_TEXT = 4_000_000


class Environment(PromptEnvironment):
    """A prompt environment that reads included files from one folder."""

    def __init__(self, folder: Path | None) -> None:
        super().__init__(loader=FunctionLoader(self._load) if folder else None)
        self._folder = folder
        self._numbers = count()
        self._roots: set[str] = set()
        self._length = 0

    def register(self, source: Source) -> str:
        """Return the name under which Jinja knows `source`."""
        key = f"{next(self._numbers)}:{source.name}"
        self.sources[key] = source
        self._roots.add(key)
        self._length += len(source.text) + 1000
        return key

    def join_path(self, template: str, parent: str) -> str:
        """Return the name of a file that `parent` includes, seen from the folder."""
        folder = "" if parent in self._roots else posixpath.dirname(parent)
        return posixpath.normpath(posixpath.join(folder, template))

    def _load(self, name: str) -> tuple[str, str, Callable[[], bool]]:
        """Return the text of an included file, without its front matter."""
        assert self._folder is not None
        path = self._folder / name
        if not path.resolve().is_relative_to(self._folder.resolve()):
            raise TemplateNotFound(name, f'"{name}" lies outside the folder of the prompt file')
        if not path.is_file():
            raise TemplateNotFound(name, f'there is no file "{path}" to include')
        before = path.stat().st_mtime_ns
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise TemplateNotFound(name, f'"{path}" is not UTF-8 text') from error
        self.sources[name] = readable(body(readable(Source(text, str(path)))))

        def is_new() -> bool:
            return path.is_file() and path.stat().st_mtime_ns == before

        return self.sources[name].text, str(path), is_new

    @property
    def is_full(self) -> bool:
        """Whether another template could run out of marks, or too much text is held."""
        return len(self.pieces) > _MAX_PIECES or self._length > _MAX_TEXT


_environments: OrderedDict[Path | None, Environment] = OrderedDict()


def environment_for(folder: Path | None) -> Environment:
    """Return the environment whose templates include files from `folder`."""
    found = _environments.get(folder)
    if found is None or found.is_full:
        found = _environments[folder] = Environment(folder)
        if len(_environments) > _MAX_ENVIRONMENTS:
            _environments.popitem(last=False)
    return found
