"""What stands between a YAML scalar and its value, and YAML's error messages in plain words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yaml import MarkedYAMLError

Pairs = list[tuple[int, int]]
"""Offsets in a value with their offsets in the file; between two pairs both run in step."""

_WORD = re.compile(r"\S+")
_FOLD = r"(?P<fold>[ \t]*(?:\r\n|\r|\n)(?:[ \t]*(?:\r\n|\r|\n))*[ \t]*)"
_SINGLE = re.compile(f"(?P<text>[^'\\s]+|[ \\t](?![ \\t]*[\\r\\n]))|(?P<quote>'')|{_FOLD}")
_DOUBLE = re.compile(
    r'(?P<text>[^"\\\s]+|[ \t](?![ \t]*[\r\n]))'
    r"|(?P<join>\\(?:\r\n|\r|\n)[ \t]*)"
    r"|(?P<escape>\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.))"
    f"|{_FOLD}"
)


def anchors(value: str, raw: str, style: str) -> Pairs:
    """Return how offsets in `value` map to offsets in `raw`, which is how it was written.

    `style` is YAML's: "" plain, "'" and '"' quoted, "|" literal, ">" folded.
    """
    if style in ("'", '"'):
        return _merge(_quoted(value, raw, style))
    if style:
        return _merge(_words(value, raw, raw.find("\n") + 1))
    return [(0, 0)] if value == raw else _merge(_words(value, raw, 0))


def _words(value: str, raw: str, start: int) -> Iterator[tuple[int, int]]:
    """Yield the words of `value`, found in order from `raw[start]` on."""
    yield 0, start
    for word in _WORD.finditer(value):
        found = raw.find(word[0], start)
        if found >= 0:
            yield word.start(), found
            start = found + len(word[0])


def _quoted(value: str, raw: str, style: str) -> Pairs:
    """Return the pairs of a quoted scalar: exact, or by words if it holds a rare line end."""
    if value == raw[1:-1]:
        return [(0, 1)]
    pairs: Pairs = [(0, 1)]
    here, at = 0, 1
    pattern = _SINGLE if style == "'" else _DOUBLE
    while (piece := pattern.match(raw, at, len(raw) - 1)) is not None:
        pairs.append((here, at))
        here += _length(piece)
        at = piece.end()
    if at == len(raw) - 1 and here == len(value):
        return [*pairs, (here, at)]
    return list(_words(value, raw, 1))


def _length(piece: re.Match[str]) -> int:
    """Return how many characters of the value a piece of a quoted scalar stands for."""
    kind = piece.lastgroup
    if kind == "text":
        return len(piece[0])
    if kind == "fold":
        breaks = len(re.findall(r"\r\n|\r|\n", piece[0]))
        return max(breaks - 1, 1)
    return 0 if kind == "join" else 1


def _merge(pairs: Iterator[tuple[int, int]] | Pairs) -> Pairs:
    """Return `pairs` without those that follow from the one before."""
    merged: Pairs = []
    for here, there in pairs:
        if merged and merged[-1][0] == here:
            merged[-1] = (here, there)
        elif not merged or there - here != merged[-1][1] - merged[-1][0]:
            merged.append((here, there))
    return merged


QUOTE = "put the text in quotes"
_ESCAPE = "\\xNN, \\uNNNN and \\UNNNNNNNN are the escapes with digits"
_ALIAS = "this is read as one of YAML's anchors or aliases, which impasto does not use"
_TOKENS = {"\t": "a tab cannot indent YAML", "": "the text ends too early"}
# What libyaml and PyYAML's own parser say: (part of the message, what it means, expected, hint).
_PROBLEMS = (
    (
        "mapping values are not allowed",
        'a ": " inside a text starts a second key',
        (),
        "put the text in quotes, or check the indentation",
    ),
    (
        "could not find expected ':'",
        "this is neither a key nor a value",
        ("a key with ':' behind it",),
        "write key: value, and indent the lines of a long text deeper than their key",
    ),
    (
        "unknown escape character",
        "a backslash in double quotes starts an escape, and this is none",
        (),
        "use single quotes or a block (|), where a backslash is a backslash; or write two",
    ),
    ("hexdecimal number", "this escape needs more digits", (), _ESCAPE),
    ("hexadecimal numbers", "this escape needs more digits", (), _ESCAPE),
    ("undefined alias", _ALIAS, (), QUOTE),
    ("duplicate anchor", _ALIAS, (), QUOTE),
    ("alphabetic or numeric character", _ALIAS, (), QUOTE),
    ("but found another document", "a second document starts here", (), "one file is one document"),
    ("expected <document start>", "this follows a finished document", (), ""),
    ("expected '<document start>'", "this follows a finished document", (), ""),
    ("document separator", "the quote opened here is never closed", (), "close it"),
    ("document indicator", "the quote opened here is never closed", (), "close it"),
    ("directive", "a line that starts with '%' is a directive of YAML", (), QUOTE),
    (
        "',' or ']'",
        "this list is not continued or closed",
        ("','", "']'"),
        "texts with [ ] need quotes",
    ),
    (
        "',' or '}'",
        "this mapping is not continued or closed",
        ("','", "'}'"),
        "texts with { } need quotes",
    ),
    ("entries are not allowed", "a list cannot start here", (), "start it in its own line"),
    ("mapping keys are not allowed", "a key cannot start here", (), "start it in its own line"),
    ("expected node content", "no value can start like this", (), QUOTE),
    ("expected the node content", "no value can start like this", (), QUOTE),
    (
        "expected '-' indicator",
        "this stands where a list goes on, and is no item of it",
        ("'-'",),
        "check the indentation",
    ),
    (
        "expected key",
        "this does not fit the keys above",
        ("a key",),
        "check the indentation, and quotes that end too early",
    ),
    ("expected <block end>", "this does not fit the lines above", (), "check the indentation"),
    (
        "comment or line break",
        "only a comment may follow here",
        (),
        "start the text in the next line",
    ),
    (
        "comment or a line break",
        "only a comment may follow here",
        (),
        "start the text in the next line",
    ),
    (
        "chomping or indentation",
        "only a comment may follow here",
        (),
        "start the text in the next line",
    ),
    ("indentation indicator", "the digit after '|' or '>' is 1 to 9", (), "leave it away"),
)
_AT_CONTEXT = ("could not find expected ':'", "document separator", "document indicator")


def explain(error: MarkedYAMLError, text: str) -> tuple[str, int, int, tuple[str, ...], str]:
    """Return message, start, end, what was expected and a hint for an error of the YAML parser."""
    problem, context = error.problem or "", error.context or ""
    mark = error.problem_mark or error.context_mark
    at = min(mark.index, len(text)) if mark else 0
    if "quoted scalar" in context and "end of stream" in problem and error.context_mark:
        at = error.context_mark.index
        return "the quote opened here is never closed", at, at + 1, (), "close it"
    if "cannot start any token" in problem:
        return _bad_start(text, at)
    if error.context_mark and any(part in problem for part in _AT_CONTEXT):
        at = error.context_mark.index
    for part, message, expected, hint in _PROBLEMS:
        if part in problem:
            if "','" in expected and error.context_mark:
                message += f"; it opens in line {error.context_mark.line + 1}"  # noqa: PLW2901
            return message, at, _word_end(text, at), expected, hint
    said = f"{context}, {problem}" if context else problem
    return f"this is not YAML: {said}", at, _word_end(text, at), (), ""


def _bad_start(text: str, at: int) -> tuple[str, int, int, tuple[str, ...], str]:
    found = text[at : at + 1]
    message = _TOKENS.get(found, f"{found!r} cannot start a text")
    return message, at, at + 1, (), "indent with spaces" if found == "\t" else QUOTE


def _word_end(text: str, at: int) -> int:
    """Return the end of the word at `at`, at least one character on."""
    word = _WORD.match(text, at)
    return word.end() if word else at + 1
