"""Word lists behind wildcards: text files, and trees in YAML or JSON.

`__animals/cats__` is the list `animals/cats`: the file animals/cats.txt of a folder, or the entry
`cats` of animals.yaml or of a key `animals` in any tree. `*` stands for any part of one name,
`**` for any number of names. A line is a prompt of its own; `3::` before it are its odds; a line
that starts with `# ` is a comment.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec.structs import replace

from impasto.diagnostics import did_you_mean
from impasto.errors import FileError, OpenPromptError, UnknownNameError
from impasto.source import Source, Span
from impasto.syntax.escapes import literal
from impasto.syntax.parser import parse
from impasto.syntax.walk import rebuild

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from impasto.syntax.nodes import Node, Wildcard

_ODDS = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)::")
_SUFFIXES = (".txt", ".yaml", ".yml", ".json")
ODDS_SCALE = 1_000_000


class Word(NamedTuple):
    """One line of a list: its text, its odds and where it stands."""

    text: str
    odds: int
    span: Span

    def nodes(self) -> tuple[Node, ...]:
        """Return the line as a prompt.

        Raises:
            PromptSyntaxError: it is none.
        """
        origin = Source(self.text, parent=self.span.source, anchors=((0, self.span.start),))
        prompt = parse(self.text, origin=origin)
        return tuple(node for part in prompt.parts for node in part.children)


class Words:
    """The lines of all lists that one wildcard names."""

    def __init__(self, lines: Sequence[Word]) -> None:
        self.lines = tuple(lines)
        self.sums = list(accumulate(word.odds for word in self.lines))

    def __len__(self) -> int:
        return len(self.lines)


class Wordlists:
    """The lists below some folders, read when they are first asked for; the first folder wins."""

    def __init__(self, folders: Sequence[Path] = ()) -> None:
        self._folders = tuple(folders)
        self._lists: dict[str, list[Word]] | None = None
        self._found: dict[str, Words] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all lists."""
        return tuple(self._all())

    def find(self, pattern: str, span: Span | None = None) -> Words:
        """Return the lines that the wildcard `pattern` stands for.

        Raises:
            UnknownNameError: no list has such a name; the nearest is proposed.
            FileError: a list cannot be read.
        """
        found = self._found.get(pattern)
        if found is None:
            found = self._found[pattern] = Words(self._lines(literal(pattern), span))
        return found

    def _lines(self, pattern: str, span: Span | None) -> list[Word]:
        lists = self._all()
        names = [pattern] if pattern in lists else list(self._matching(pattern, lists))
        lines = [word for name in names for word in lists[name]]
        if not lines:
            place = f"{span}: " if span else ""
            hint = did_you_mean(pattern, list(lists)) or (
                f"there are {len(lists)} lists" if lists else "no folder of word lists is given"
            )
            raise UnknownNameError("wildcard", f"{place}{pattern}", (), hint)
        return lines

    @staticmethod
    def _matching(pattern: str, lists: dict[str, list[Word]]) -> Iterator[str]:
        if "*" not in pattern:
            below = f"{pattern}/"
            return (name for name in lists if name.startswith(below))
        matches = re.compile("/".join(_glob(part) for part in pattern.split("/")))
        return (name for name in lists if matches.fullmatch(name))

    def _all(self) -> dict[str, list[Word]]:
        if self._lists is None:
            self._lists = {}
            for folder in self._folders:
                for name, words in _folder(folder):
                    self._lists.setdefault(name, words)
        return self._lists


_OPEN = re.compile(r"[{\\]|__")
MAX_NESTING = 64


def _glob(part: str) -> str:
    """Return the expression for one name of a wildcard; `**` is any number of names."""
    if part == "**":
        return ".*"
    return "[^/]*".join(re.escape(piece) for piece in part.split("*"))


def is_open_text(text: str) -> bool:
    """Whether a line may hold a choice or a wildcard."""
    return _OPEN.search(text) is not None


def within(name: str, path: tuple[str, ...]) -> tuple[str, ...]:
    """Return `path` with one more list.

    Raises:
        OpenPromptError: the lists name each other in a circle.
    """
    if name in path or len(path) >= MAX_NESTING:
        circle = " -> ".join(f"__{n}__" for n in (*path, name))
        raise OpenPromptError(f"word lists name each other in a circle: {circle}")
    return (*path, name)


def placed(nodes: tuple[Node, ...], wildcard: Wildcard) -> tuple[Node, ...]:
    """Return the nodes of a line with the span of the wildcard that they stand for."""

    def place(node: Node) -> Node:
        return replace(node, start=wildcard.start, end=wildcard.end)

    return rebuild(nodes, place)


def _folder(folder: Path) -> Iterator[tuple[str, list[Word]]]:
    if not folder.is_dir():
        raise FileError(f"there is no folder {folder}")
    for path in sorted(folder.rglob("*")):
        if path.suffix not in _SUFFIXES or not path.is_file():
            continue
        name = path.relative_to(folder).with_suffix("").as_posix()
        source = Source(_read(path), str(path))
        if path.suffix == ".txt":
            yield name, _words(source)
        else:
            yield from _tree(name, path, source)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise FileError(f"cannot read {path}: {reason}") from error


def _words(source: Source) -> list[Word]:
    """Return the lines of a text file."""
    found: list[Word] = []
    at = 0
    for line in source.text.split("\n"):
        if line.strip() and not line.startswith("# "):
            found.append(_word(line, source, at))
        at += len(line) + 1
    return found


def _word(line: str, source: Source, at: int) -> Word:
    odds = _ODDS.match(line)
    begin = odds.end() if odds else 0
    text = line[begin:].strip()
    start = at + begin + (len(line[begin:]) - len(line[begin:].lstrip()))
    scaled = round(float(odds[1]) * ODDS_SCALE) if odds else ODDS_SCALE
    return Word(text, scaled, source.span(start, start + len(text)))


def _tree(name: str, path: Path, source: Source) -> Iterator[tuple[str, list[Word]]]:
    """Yield the lists of a YAML or JSON file, named by the keys that lead to them."""
    if path.suffix == ".json":
        import json  # noqa: PLC0415 - only such trees need it

        try:
            data, place = json.loads(source.text), None
        except ValueError as error:
            raise FileError(f"{path} is no JSON: {error}") from error
    else:
        from impasto import yamlsource  # noqa: PLC0415 - only trees need it

        place = yamlsource.load(source)
        data = place.data
    work: list[tuple[str, tuple[str | int, ...], Any]] = [(name, (), data)]
    while work:
        called, keys, value = work.pop()
        if isinstance(value, dict):
            work += [
                (f"{called}/{key}", (*keys, key), inner) for key, inner in reversed(value.items())
            ]
        elif value is not None:
            lines = value if isinstance(value, list) else [value]
            words = [_entry(line, source, place, (*keys, at)) for at, line in enumerate(lines)]
            yield called, words


def _entry(line: Any, source: Source, place: Any, keys: tuple[str | int, ...]) -> Word:
    if not isinstance(line, (str, int, float)):
        span = place.span(keys) if place else source.span(0, 0)
        raise FileError("a line of a word list is a text", span)
    start = place.span(keys).start if place else 0
    found = _word(str(line), source, start)
    return Word(found.text, found.odds, source.span(start, start))
