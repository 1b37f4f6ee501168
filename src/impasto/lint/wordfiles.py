"""Checking word lists: every line of a wildcards file is a prompt of its own."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from impasto import yamlsource
from impasto.errors import FileError
from impasto.lint.prompts import check_prompt
from impasto.lint.reading import read
from impasto.lint.tables import Cell, cell_source
from impasto.lint.views import Words
from impasto.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from impasto.lint.check import Check

_ODDS: Final = re.compile(r"\s*(?:\d+(?:\.\d*)?|\.\d+)::")
_JSON_TEXT: Final = re.compile(r'"((?:[^"\\]++|\\.)*+)"(\s*:)?')


def check_words(check: Check) -> None:
    """Check a word list: a text file, or a tree in YAML or JSON."""
    name = check.source.name.lower()
    if name.endswith(".json"):
        lists = _of_json(check)
    elif name.endswith((".yaml", ".yml")):
        lists = _of_yaml(check)
    else:
        lists = [("", list(_of_text(check.source)))]
    for called, lines in lists:
        words = [_word(line) for line in lines]
        spans = tuple(line.span(start, len(line.text.rstrip())) for line, start in words)
        odds = tuple(line.text[:start].strip() for line, start in words)
        check.show("words", Words(called, spans, odds))
        for line, start in words:
            text = line.text[start:].rstrip()
            if text:
                source = Source(text, parent=line, anchors=((0, start),))
                check_prompt(read(source, check.dialect), check)


def _word(line: Source) -> tuple[Source, int]:
    """Return a line and where its text begins, behind its odds and spaces."""
    odds = _ODDS.match(line.text)
    begin = odds.end() if odds else 0
    return line, begin + len(line.text[begin:]) - len(line.text[begin:].lstrip())


def _of_text(source: Source) -> Iterator[Source]:
    """Yield the lines of a text file; comments and empty lines are none."""
    at = 0
    for line in source.text.split("\n"):
        if line.strip() and not line.startswith("# "):
            yield Source(line, parent=source, anchors=((0, at),))
        at += len(line) + 1


def _of_yaml(check: Check) -> list[tuple[str, list[Source]]]:
    """Return the lists of a YAML file, named by the keys that lead to them."""
    document = yamlsource.load(check.source)
    found: list[tuple[str, list[Source]]] = []
    work: list[tuple[tuple[str | int, ...], object]] = [((), document.data)]
    while work:
        keys, value = work.pop()
        if isinstance(value, dict):
            work += [((*keys, key), inner) for key, inner in reversed(value.items())]
            continue
        lines = value if isinstance(value, list) else [value]
        places = [(*keys, at) for at in range(len(lines))] if isinstance(value, list) else [keys]
        texts = [document.text(at) for at in _texts(lines, places, document, check)]
        for text in texts:
            check.note_scalar(text)
        found.append(("/".join(map(str, keys)), texts))
    return found


def _texts(
    lines: list[object],
    places: list[tuple[str | int, ...]],
    document: yamlsource.Document,
    check: Check,
) -> Iterable[tuple[str | int, ...]]:
    """Yield the places of the lines that are texts; others are errors."""
    for line, place in zip(lines, places, strict=True):
        if isinstance(line, str):
            yield place
        elif isinstance(line, (list, dict)):
            check.add(FileError("a line of a word list is a text", document.span(place)).diagnostic)


def _of_json(check: Check) -> list[tuple[str, list[Source]]]:
    """Return the texts of a JSON file that are no keys."""
    source = check.source
    try:
        json.loads(source.text)
    except json.JSONDecodeError as error:
        message = f"this is no JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise FileError(message, source.span(error.pos, error.pos + 1)) from None
    except RecursionError:
        raise FileError("this JSON is nested too deep", source.span(0, 1)) from None
    lines: list[Source] = []
    for found in _JSON_TEXT.finditer(source.text):
        if found[2] is None and found[1].strip():
            cell = Cell(json.loads(f'"{found[1]}"'), found.start(1), found.end(1), "json")
            check.quotes.append((cell.start, cell.end, cell.kind))
            lines.append(cell_source(cell, source))
    return [("", lines)]
