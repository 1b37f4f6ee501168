"""Word lists of dynamicprompts and its kin: lines of text, and trees in YAML or JSON.

Ours have the same folders and the same names, but lines in the canonical syntax. Lines that
start with "#" are comments; `3::` before a line is its odds; an object of a weight and a text is
how sd-webui-prompt-postprocessor writes the same. Facts: dynamicprompts.wildcards of
adieyal/dynamicprompts, and the wildcard files of acorderob/sd-webui-prompt-postprocessor.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from impasto.dialects.api import read, write
from impasto.styles.exchange import texts
from impasto.styles.exchange.base import (
    LEFT_OUT,
    NO_STYLE,
    TEXT_CHANGED,
    UNKNOWN_KEY,
    Exported,
    Format,
    Given,
    Imported,
    finding,
    tame,
)
from impasto.syntax.parser import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from impasto.diagnostics import Diagnostic, Loss
    from impasto.source import Span

_ODDS = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)::")
_UNSAFE = re.compile(r'[\\:*?"<>|\x00-\x1f\x7f\ud800-\udfff]')
_LONGEST: Final = 100
_TREES: Final = (".yaml", ".yml", ".json")
_HEARD: Final = frozenset(("weight", "text"))

Line = tuple[str, "Span"]


class Wildcards(Format):
    """Word lists."""

    name = "wildcards"
    title = "dynamicprompts"
    suffixes = (".txt", *_TREES)
    dialect = "dynamicprompts"

    def recognise(self, given: Given) -> float:
        """Return how surely a file is a word list: a tree of texts, or any text."""
        if given.path.suffix == ".txt":
            return 0.3
        data = given.data
        values = data if isinstance(data, list) else []
        if isinstance(data, dict):
            values = [item for v in data.values() for item in (v if isinstance(v, list) else [v])]
        is_yaml = given.path.suffix in (".yaml", ".yml")
        return 0.3 if is_yaml or (values and isinstance(values[0], (str, dict))) else 0.0

    def read(self, given: Given) -> Imported:
        """Return the lists of a file by name, every line in the canonical syntax."""
        lists: dict[str, tuple[str, ...]] = {}
        findings: list[Diagnostic] = []
        for name, lines in _lists(given, findings):
            found = (self._line(text, span, findings) for text, span in lines)
            kept = tuple(line for line in found if line)
            lists[name] = (*lists.get(name, ()), *kept)
        return Imported((), tuple(findings), {}, lists)

    def _line(self, text: str, span: Span, findings: list[Diagnostic]) -> str:
        """Return a line in the canonical syntax, "" where it says nothing."""
        odds = _ODDS.match(text)
        weight = f"{odds[1]}::" if odds else ""
        words = " ".join(tame(text[odds.end() if odds else 0 :]).split())
        if not words:
            return ""
        if "\ufffd" in words:
            message = "characters were lost; U+FFFD stands for them"
            findings.append(finding(TEXT_CHANGED, message, span))
        prompt = read(words, self.dialect)
        findings += texts.placed(prompt.diagnostics, span)
        if len(prompt.parts) > 1:
            message = "AND makes two prompts of this line, which no line of a list can be"
            findings.append(finding(LEFT_OUT, message, span))
            return ""
        return weight + " ".join(prompt.canonical.split())

    def write_lists(self, lists: Mapping[str, Iterable[str]]) -> Exported:
        """Return a text file for each list, in a folder for each part of its name."""
        files: dict[str, str] = {}
        losses: list[Loss] = []
        for name, lines in lists.items():
            found = [self._written(line, losses) for line in lines]
            files[f"{name}.txt"] = "".join(f"{line}\n" for line in found)
        return Exported(files, tuple(losses))

    def _written(self, line: str, losses: list[Loss]) -> str:
        odds = _ODDS.match(line)
        weight = f"{odds[1]}::" if odds else ""
        written = write(parse(line[odds.end() if odds else 0 :], recover=True), self.dialect)
        losses += written.losses
        return weight + " ".join(written.text.split())


def _lists(given: Given, findings: list[Diagnostic]) -> Iterator[tuple[str, Iterable[Line]]]:
    """Yield the lists of a file."""
    if given.path.suffix == ".txt":
        yield given.name, _text_lines(given, findings)
        return
    document: Any = given.json if given.path.suffix == ".json" else _yaml(given)
    work: list[tuple[str, tuple[str | int, ...], Any]] = [(given.name, (), document.data)]
    while work:
        name, path, value = work.pop()
        if isinstance(value, dict):
            inner = ((f"{name}/{_safe(key)}", (*path, key), v) for key, v in value.items())
            work += reversed(list(inner))
        elif value is not None:
            items = value if isinstance(value, list) else [value]
            places = [document.span((*path, at)) for at in range(len(items))]
            yield name, _tree_lines(zip(items, places, strict=True), findings)


def _safe(key: str) -> str:
    """Return a key as part of a list's name, which becomes a path."""
    parts = (_UNSAFE.sub("-", part.strip())[:_LONGEST] for part in key.split("/"))
    return "/".join(part if part.strip(".") else "list" for part in parts)


def _yaml(given: Given) -> Any:
    from impasto import yamlsource  # noqa: PLC0415 - only trees in YAML need it

    return yamlsource.load(given.source)


def _text_lines(given: Given, findings: list[Diagnostic]) -> Iterator[Line]:
    at = 0
    for line in given.source.text.split("\n"):
        text = line.strip()
        span = given.source.span(at, at + len(line.rstrip()))
        at += len(line) + 1
        if text.startswith("#"):
            findings.append(finding(NO_STYLE, "a comment was passed over", span))
        elif text:
            yield text, span


def _tree_lines(items: Iterable[tuple[Any, Span]], findings: list[Diagnostic]) -> Iterator[Line]:
    for item, span in items:
        if isinstance(item, dict) and isinstance(item.get("text"), str):
            odds = item.get("weight")
            number = isinstance(odds, (int, float)) and not isinstance(odds, bool) and odds >= 0
            for key in sorted(item.keys() - _HEARD):
                message = f'"{key}" of a line stays behind: our lists have odds alone'
                findings.append(finding(UNKNOWN_KEY, message, span))
            yield f"{odds:f}::{item['text']}" if number else item["text"], span
        elif isinstance(item, (str, int, float)) and not isinstance(item, bool):
            yield str(item), span
        else:
            findings.append(finding(LEFT_OUT, "this is no line of a word list", span))
