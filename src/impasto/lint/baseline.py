"""Baselines: findings that were there before, so that an old project can begin with a clean run.

A finding is known again by its file, its code, what is underlined and the line around it, not by
the number of the line, so it may move. Paths are seen from the folder of the baseline.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

from impasto.diagnostics import Diagnostic
from impasto.errors import FileError
from impasto.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

DEFAULT: Final = "impasto-baseline.json"
STALE: Final = ("IMP891", "stale-baseline", "info")
_FORMAT: Final = 1
_LONGEST: Final = 80


def fingerprint(finding: Diagnostic) -> str:
    """Return what knows a finding again in its file, wherever its line moves to."""
    if finding.span is None:
        return _hash(finding.code, finding.message)
    file, start, end = finding.span.in_file()
    line = file.line(file.position(start)[0]) if file.text else finding.message
    return _hash(finding.code, " ".join(line.split()), " ".join(file.text[start:end].split()))


def _hash(*parts: str) -> str:
    joined = "\0".join(parts).encode("utf-8", "surrogatepass")
    return blake2b(joined, digest_size=10).hexdigest()


class Baseline:
    """The findings that the file at `path` knows."""

    def __init__(self, path: Path, entries: Iterable[dict[str, Any]] = (), text: str = "") -> None:
        self.path = path
        self.folder = path.absolute().parent
        self._text = text
        self._codes: dict[tuple[str, str], str] = {}
        self._left: Counter[tuple[str, str]] = Counter()
        for entry in entries:
            key = (str(entry["file"]), str(entry["fingerprint"]))
            self._left[key] += int(entry.get("count", 1))
            self._codes[key] = str(entry.get("code", ""))

    def knows(self, finding: Diagnostic) -> bool:
        """Whether the finding was there before; each entry counts as often as it says."""
        key = self._key(finding)
        if not self._left[key]:
            return False
        self._left[key] -= 1
        return True

    def gone(self, checked: Iterable[str]) -> list[Diagnostic]:
        """Return a note for each entry of the `checked` files, or of absent ones, that is left."""
        here = {self._name(path) for path in checked}
        source = Source(self._text, str(self.path))
        found = []
        for (file, mark), count in self._left.items():
            if count > 0 and (file in here or not (self.folder / file).exists()):
                at = max(self._text.find(mark), 0)
                what = f"{self._codes[(file, mark)]} in {file} is gone"
                message = f"{what}{f' ({count} times)' if count > 1 else ''}"
                span = source.span(at, at + len(mark))
                found.append(Diagnostic(*STALE, message, span, hint=_HINT))
        return found

    def write(self, findings: Iterable[Diagnostic]) -> int:
        """Write the findings to the file; return how many they are.

        Raises:
            FileError: it cannot be written.
        """
        known: dict[tuple[str, str], dict[str, Any]] = {}
        total = 0
        for finding in findings:
            total += 1
            key = self._key(finding)
            entry = known.setdefault(key, _entry(finding, *key))
            entry["count"] += 1
        rows = [json.dumps(known[key]) for key in sorted(known)]
        body = ",\n".join(f"  {row}" for row in rows)
        text = f'{{"format": {_FORMAT}, "findings": [\n{body}\n]}}\n' if rows else _EMPTY
        try:
            self.path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise FileError(f"cannot write {self.path}: {error.strerror or error}") from error
        return total

    def _key(self, finding: Diagnostic) -> tuple[str, str]:
        name = finding.span.file if finding.span else ""
        return self._name(name), fingerprint(finding)

    def _name(self, path: str) -> str:
        return os.path.relpath(path, self.folder).replace(os.sep, "/")


_HINT: Final = "--write-baseline writes the baseline without it"
_EMPTY: Final = f'{{"format": {_FORMAT}, "findings": []}}\n'


def _entry(finding: Diagnostic, file: str, mark: str) -> dict[str, Any]:
    text = finding.span.text[:_LONGEST] if finding.span else ""
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
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        hint = "write it anew with --write-baseline"
        raise FileError(f"{path} is no baseline: {error}", hint=hint) from error
