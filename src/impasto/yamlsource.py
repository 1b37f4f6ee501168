"""YAML files read with positions: plain data now, line and column of any part when asked.

The files are read by YAML 1.2's core schema, with one thing less: a number with a leading zero
(`007`) stays text. So `no`, `on`, `16:9` and dates are text, too. What a file of data does not
need and what makes reading it dangerous or ambiguous is refused: anchors and aliases, tags,
several documents, keys that are not text, a key twice, nesting deeper than `MAX_DEPTH`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Any

import yaml
from yaml.composer import Composer
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.scanner import Scanner

from impasto import _yamldata, _yamltext
from impasto.errors import FileError
from impasto.source import Source, Span

try:
    from yaml._yaml import CParser
except ImportError:  # a PyYAML that was built without libyaml
    CParser = None  # type: ignore[assignment, misc]

if TYPE_CHECKING:
    from pathlib import Path as FilePath

MAX_DEPTH = 64
"""How deep lists and mappings may be nested."""

Path = tuple[str | int, ...]
"""Where a value is: keys of mappings and indexes of lists, from the top of the document."""


class _TooDeepError(Exception):
    """A node deeper than `MAX_DEPTH`; its argument is the node around it."""


class _Compose:
    """What turns a parser into a composer of bare nodes: no tags resolved, depth limited.

    Both of PyYAML's composers are recursive and the one in C has no limit of its own, so the
    depth is counted while they run.
    """

    depth = 0

    def resolve(self, _kind: type, _value: object, _implicit: object) -> str:
        return ""

    def descend_resolver(self, parent: Node | None, _index: object) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _TooDeepError(parent)

    def ascend_resolver(self) -> None:
        self.depth -= 1


class _PureLoader(_Compose, Reader, Scanner, Parser, Composer):
    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)


_Loader: Any = _PureLoader
if CParser is not None:

    class _FastLoader(_Compose, CParser):
        pass

    _Loader = _FastLoader


class Document:
    """A YAML document: `data`, and where every part of it was written.

    `data` is made of dict, list, str, int, float, bool and None.
    """

    def __init__(self, source: Source, root: Node | None) -> None:
        self.source = source
        self._root = root
        self._pairs: dict[int, dict[str, tuple[Node, Node]]] = {}
        self.data: Any = None if root is None else _yamldata.build(root, source)

    def __repr__(self) -> str:
        return f"Document({self.source.name!r})"

    def span(self, path: Path = ()) -> Span:
        """Return the span of the value at `path`.

        Steps that the document does not have are skipped, so for a path that leads nowhere this
        is its deepest existing part: its key, where it has one.
        """
        key, node, whole = self._find(path)
        if node is None:
            return self.source.span(0, 0)
        return self._span(node if whole or key is None else key)

    def key_span(self, path: Path) -> Span:
        """Return the span of the key at the end of `path`; for a list's item, of the item."""
        key, node, _ = self._find(path)
        found = key or node
        return self.source.span(0, 0) if found is None else self._span(found)

    def text(self, path: Path) -> Source:
        """Return the scalar at `path` as a source whose positions are those of the file.

        Raises:
            KeyError: there is no scalar at `path`.
        """
        _, node, whole = self._find(path)
        if not whole or not isinstance(node, ScalarNode):
            raise KeyError(path)
        start, end = node.start_mark.index, node.end_mark.index
        raw = self.source.text[start:end]
        pairs = _yamltext.anchors(node.value, raw, node.style or "")
        anchors = tuple((here, there + start) for here, there in pairs)
        return Source(node.value, parent=self.source, anchors=anchors)

    def error(
        self, message: str, path: Path = (), *, hint: str = "", key: bool = False
    ) -> FileError:
        """Return the error `message` about the value at `path`, or with `key` about its key."""
        return FileError(message, self.key_span(path) if key else self.span(path), hint=hint)

    def _find(self, path: Path) -> tuple[Node | None, Node | None, bool]:
        """Return key and value at the deepest part of `path`, and whether that is all of it."""
        key, node, whole = None, self._root, True
        for step in path:
            found = self._child(node, step)
            if found is None:
                whole = False
            else:
                (key, node), whole = found, True
        return key, node, whole

    def _child(self, node: Node | None, step: str | int) -> tuple[Node | None, Node] | None:
        """Return key and value of one step down from `node`, or None if there is none."""
        if isinstance(node, MappingNode) and isinstance(step, str):
            return self._pairs_of(node).get(step)
        if isinstance(node, SequenceNode) and isinstance(step, int) and 0 <= step < len(node.value):
            return None, node.value[step]
        return None

    def _pairs_of(self, node: MappingNode) -> dict[str, tuple[Node, Node]]:
        """Return keys and values of a mapping by name, sorted in when one is first looked up."""
        found = self._pairs.get(id(node))
        if found is None:
            found = self._pairs[id(node)] = {pair[0].value: pair for pair in node.value}
        return found

    def _span(self, node: Node) -> Span:
        start = node.start_mark.index
        end = start + len(self.source.text[start : _yamldata.end_of(node)].rstrip())
        return self.source.span(start, end)


def load(source: Source) -> Document:
    """Read the YAML document in `source`.

    Raises:
        FileError: with the place of what is not YAML, or not YAML that impasto reads.
    """
    if source.text.startswith("\ufeff"):
        source = Source(source.text[1:], parent=source, anchors=((0, 1),))
    root = _compose(source)
    if ("&" in source.text or "*" in source.text) and _may_hold_anchors(source.text, root):
        _refuse_anchors(source)
    return Document(source, root)


def load_file(path: FilePath, name: str | None = None) -> Document:
    """Read the YAML file at `path`, which is called `name` in messages.

    Raises:
        FileError: the file cannot be read, or as `load`.
    """
    name = name or str(path)
    try:
        text = path.read_bytes().decode()
    except OSError as error:
        raise FileError(f"cannot read {name}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise FileError(
            f"{name} is not UTF-8 text: line {line} holds the byte 0x{error.object[error.start]:02x}",
            hint="save the file with the encoding UTF-8",
        ) from error
    return load(Source(text, name))


def _compose(source: Source) -> Node | None:
    try:
        loader = _Loader(source.text)
    except (UnicodeEncodeError, ReaderError) as error:
        raise _character_error(source, error) from error
    try:
        root: Node | None = loader.get_single_node()
    except _TooDeepError as error:
        at = error.args[0].start_mark.index
        message = f"lists and mappings are nested deeper than {MAX_DEPTH} here"
        raise FileError(message, source.span(at, at + 1)) from None
    except ReaderError as error:
        raise _character_error(source, error) from error
    except yaml.MarkedYAMLError as error:
        message, at, end, expected, hint = _yamltext.explain(error, source.text)
        raise FileError(message, source.span(at, end), expected=expected, hint=hint) from error
    finally:
        loader.dispose()
    return root


def _character_error(source: Source, error: UnicodeEncodeError | ReaderError) -> FileError:
    """Return the error about a character that no YAML file may hold."""
    found = _FORBIDDEN.search(source.text)
    if not found:
        return FileError(f"this is not YAML: {error}")
    message = f"the character U+{ord(found[0]):04X} may not stand in a YAML file"
    hint = "remove it, or write it as an escape in double quotes"
    return FileError(message, source.span(found.start(), found.end()), hint=hint)


# What YAML 1.1 and 1.2 call printable is everything but these.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]|(?<=.)\ufeff",
    re.DOTALL,
)

_MAYBE_ANCHOR = re.compile(r"(?<![^\s\[{,:])[&*][^\s,\[\]{}]")


def _may_hold_anchors(text: str, root: Node | None) -> bool:
    """Whether a `&` or `*` looks like an anchor or alias and does not lie within a text."""
    found = [match.start() for match in _MAYBE_ANCHOR.finditer(text)]
    texts = _texts_in(root) if found else []
    before = (bisect_left(texts, (at, 0)) - 1 for at in found)
    return any(i < 0 or texts[i][1] <= at for i, at in zip(before, found, strict=True))


def _texts_in(root: Node | None) -> list[tuple[int, int]]:
    """Return where every scalar begins and ends, sorted; an alias leads to one node again."""
    found: list[tuple[int, int]] = []
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, ScalarNode):
            found.append((node.start_mark.index, node.end_mark.index))
        elif isinstance(node, MappingNode):
            waiting += [part for pair in node.value for part in pair]
        elif isinstance(node, SequenceNode):
            waiting += node.value
    return sorted(found)


def _refuse_anchors(source: Source) -> None:
    """Raise if one of the `&` and `*` is an anchor or an alias, and not part of a text."""
    loader = _Loader(source.text)
    try:
        while loader.check_token():
            token = loader.get_token()
            if isinstance(token, (yaml.AnchorToken, yaml.AliasToken)):
                sign, kind = (
                    ("&", "anchors") if isinstance(token, yaml.AnchorToken) else ("*", "aliases")
                )
                raise FileError(
                    f'"{sign}{token.value}" is read as one of YAML\'s {kind}, which impasto does not use',
                    source.span(token.start_mark.index, token.end_mark.index),
                    hint="if it is text, put it in quotes; otherwise repeat the value",
                )
    finally:
        loader.dispose()
