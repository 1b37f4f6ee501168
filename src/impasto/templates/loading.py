"""Environments that read included files: one for each folder that prompt files lie in."""

from __future__ import annotations

import posixpath
from collections import OrderedDict
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from typing import TYPE_CHECKING

from jinja2.exceptions import TemplateNotFound
from jinja2.loaders import FunctionLoader

from impasto.source import Source
from impasto.templates.environment import PromptEnvironment
from impasto.templates.fences import divide
from impasto.templates.marks import CAPACITY
from impasto.templates.origins import readable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jinja2 import nodes

_MAX_ENVIRONMENTS = 16
_MAX_PIECES = CAPACITY // 16
_MAX_TEXT = 4_000_000


_watching: ContextVar[set[str] | None] = ContextVar("impasto_includes", default=None)


@contextmanager
def watched() -> Iterator[set[str]]:
    """Gather the paths of all files that templates ask for meanwhile, absent ones too."""
    paths: set[str] = set()
    token = _watching.set(paths)
    try:
        yield paths
    finally:
        _watching.reset(token)


def note(path: Path) -> None:
    """Tell `watched` of a file that is read, or would be if it were there."""
    paths = _watching.get()
    if paths is not None:
        paths.add(str(path.absolute()))


class Environment(PromptEnvironment):
    """A prompt environment that reads included files from one folder."""

    def __init__(self, folder: Path | None) -> None:
        super().__init__(loader=FunctionLoader(self._load) if folder else None)
        self._folder = folder
        self._numbers = count()
        self._roots: set[str] = set()
        self._length = 0

    def register(self, source: Source, base: str = "") -> str:
        """Return the name under which Jinja knows `source`, which extends the file `base`."""
        key = f"{next(self._numbers)}:{source.name}"
        self.sources[key] = source
        self.bases[key] = base
        self._roots.add(key)
        self._length += len(source.text) + 1000
        return key

    def join_path(self, template: str, parent: str) -> str:
        """Return the name of a file that `parent` includes, seen from the folder."""
        folder = "" if parent in self._roots else posixpath.dirname(parent)
        return posixpath.normpath(posixpath.join(folder, template))

    def tree(self, name: str) -> nodes.Template:
        """Return the syntax tree of an included file.

        Raises:
            TemplateNotFound, TemplateSyntaxError: there is no such file, or Jinja refuses it.
        """
        return self._parse(self._load(name)[0], name, name)

    def _load(self, name: str) -> tuple[str, str, Callable[[], bool]]:
        """Return the text of an included file, without its front matter."""
        assert self._folder is not None
        path = self._folder / name
        note(path)
        if not path.resolve().is_relative_to(self._folder.resolve()):
            raise TemplateNotFound(name, f'"{name}" lies outside the folder of the prompt file')
        if not path.is_file():
            raise TemplateNotFound(name, f'there is no file "{path}" to include')
        before = path.stat().st_mtime_ns
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise TemplateNotFound(name, f'"{path}" is not UTF-8 text') from error
        head, body = divide(readable(Source(text, str(path))))
        self.bases[name] = _base(head)
        self.sources[name] = readable(body)

        def is_new() -> bool:
            note(path)
            return path.is_file() and path.stat().st_mtime_ns == before

        return self.sources[name].text, str(path), is_new

    @property
    def is_full(self) -> bool:
        """Whether another template could run out of marks, or too much text is held."""
        return len(self.pieces) > _MAX_PIECES or self._length > _MAX_TEXT


def _base(head: Source) -> str:
    """Return the file that a front matter extends, or "".

    Raises:
        FileError: it is no YAML.
    """
    if "extends" not in head.text:
        return ""
    from impasto import yamlsource  # noqa: PLC0415 - yaml is needed for files that extend alone

    data = yamlsource.load(head).data
    found = data.get("extends") if isinstance(data, dict) else None
    return found if isinstance(found, str) else ""


_environments: OrderedDict[Path | None, Environment] = OrderedDict()


def environment_for(folder: Path | None) -> Environment:
    """Return the environment whose templates include files from `folder`."""
    found = _environments.get(folder)
    if found is None or found.is_full:
        found = _environments[folder] = Environment(folder)
        if len(_environments) > _MAX_ENVIRONMENTS:
            _environments.popitem(last=False)
    return found
