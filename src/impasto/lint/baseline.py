"""Baselines: findings that were there before, so that an old project can begin with a clean run.

A finding is known again by its file, its code, what is underlined and the line around it, not by
the number of the line, so it may move. Paths are seen from the folder of the baseline.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from impasto.diagnostics import Diagnostic
from impasto.errors import FileError
from impasto.lint.fingerprints import fingerprint
from impasto.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from impasto.source import Span

DEFAULT: Final = "impasto-baseline.json"
STALE: Final = ("IMP891", "stale-baseline", "info")
_FORMAT: Final = 1
_LONGEST: Final = 80
_MARK: Final = re.compile(r'"fingerprint"\s*:\s*"([^"]*)"')
"""Inside of a JSON text a quote has a backslash, so this is in each entry once."""
_Key: TypeAlias = tuple[str, str]
"""A file and a fingerprint."""


class Baseline:
    """The findings that the file at `path` knows."""

    def __init__(self, path: Path, entries: Iterable[dict[str, Any]] = (), text: str = "") -> None:
        self.path = path
        self.folder = path.absolute().parent
        self._source = Source(text, str(path))
        self._codes: dict[_Key, str] = {}
        self._places: dict[_Key, Span] = {}
        self._left: Counter[_Key] = Counter()
        for entry, mark in zip_longest(entries, _MARK.finditer(text)):
            key = (str(entry["file"]), str(entry["fingerprint"]))
            self._left[key] += int(entry.get("count", 1))
            self._codes[key] = str(entry.get("code", ""))
            self._places[key] = self._source.span(*mark.span(1))

    def knows(self, finding: Diagnostic) -> bool:
        """Whether the finding was there before; each entry counts as often as it says."""
        key = self._key(finding)
        if not self._left[key]:
            return False
        self._left[key] -= 1
        return True

    def gone(self, checked: Iterable[str], asked: Callable[[str], bool]) -> list[Diagnostic]:
        """Return a note for each entry that is left, where it can be known that it is gone.

        That is in the files that were `checked` and in absent ones, for codes that were `asked`
        about.
        """
        left = [key for key, count in self._left.items() if count > 0 and asked(self._codes[key])]
        known = {self._name(path) for path in checked}
        others = {file for file, _ in left} - known
        known |= {file for file in others if not (self.folder / file).exists()}
        return [self._stale(key, self._left[key]) for key in left if key[0] in known]

    def _stale(self, key: _Key, count: int) -> Diagnostic:
        often = f" ({count} times)" if count > 1 else ""
        message = f"{self._codes[key]} in {key[0]} is gone{often}"
        return Diagnostic(*STALE, message, self._places[key], hint=_HINT)

    def write(self, findings: Iterable[Diagnostic]) -> int:
        """Write the findings to the file; return how many they are.

        Raises:
            FileError: it cannot be written.
        """
        known: dict[_Key, dict[str, Any]] = {}
        total = 0
        for finding in findings:
            total += 1
            key = self._key(finding)
            if key not in known:
                known[key] = _entry(finding, *key)
            known[key]["count"] += 1
        rows = [json.dumps(known[key]) for key in sorted(known)]
        body = ",\n".join(f"  {row}" for row in rows)
        text = f'{{"format": {_FORMAT}, "findings": [\n{body}\n]}}\n' if rows else _EMPTY
        try:
            self.path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise FileError(f"cannot write {self.path}: {error.strerror or error}") from error
        return total

    def _key(self, finding: Diagnostic) -> _Key:
        name = finding.span.file if finding.span else ""
        return self._name(name), fingerprint(finding)

    def _name(self, path: str) -> str:
        return os.path.relpath(path, self.folder).replace(os.sep, "/")


_HINT: Final = "--write-baseline writes the baseline without it"
_EMPTY: Final = f'{{"format": {_FORMAT}, "findings": []}}\n'


def _entry(finding: Diagnostic, file: str, mark: str) -> dict[str, Any]:
    text = ""
    if finding.span:
        source, start, end = finding.span.in_file()
        text = source.text[start : min(end, start + _LONGEST)]
    return {"file": file, "code": finding.code, "fingerprint": mark, "text": text, "count": 0}


def load(path: Path) -> Baseline:
    """Return the baseline in the file at `path`.

    Raises:
        FileError: it is not there or is none.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        hint = "make it with --write-baseline"
        raise FileError(f"there is no baseline {path}", hint=hint) from None
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"cannot read {path}: {error}") from error
    try:
        data = json.loads(text)
        if data["format"] != _FORMAT:
            raise FileError(f"{path} has the format {data['format']!r}, not {_FORMAT}")
        return Baseline(path, data["findings"], text)
    except (
        ValueError,
        OverflowError,
        LookupError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        hint = "write it anew with --write-baseline"
        raise FileError(f"{path} is no baseline: {error}", hint=hint) from error
