"""`impasto.lock`: which packs came from elsewhere, and what exactly they are.

The lock is TOML, without dates and in the order of names, so the same packs give the same bytes.
It lies beside the folder of the packs that it pins. Each pinned pack is the file NAME.yaml there.
"""

from __future__ import annotations

import json
import re
import tomllib
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from impasto.diagnostics import did_you_mean
from impasto.errors import LockError
from impasto.source import Source
from impasto.styles.sharing.files import name_of, written_whole

if TYPE_CHECKING:
    from pathlib import Path

    from impasto.source import Span

FORMAT: Final = 1
_HEAD = """\
# Style packs that came from elsewhere, written by `impasto styles add`.
# `impasto styles sync` restores them; `impasto styles outdated` looks for newer ones.
format = 1
"""
_RULES: Final = {
    "name": (r"[a-z0-9][a-z0-9_-]{0,79}", "a name of small letters, digits, - and _"),
    "version": (r"\d+\.\d+\.\d+\S*", "a version such as 1.0.0"),
    "source": (r"[^\x00-\x1f\x7f\ud800-\udfff]+", "a path or an address"),
    "sha256": (r"[0-9a-f]{64}", "64 digits of a SHA-256"),
}
_MEND = "restore the file from version control, or remove it and add the packs again"


def digest(data: bytes) -> str:
    """Return the SHA-256 of a pack's file, as 64 digits."""
    return sha256(data).hexdigest()


class Pin(NamedTuple):
    """A pack that came from `source`: an address, or a path as seen from the lock's folder."""

    name: str
    version: str
    source: str
    sha256: str


class Lock:
    """The pins by name; `text` is where they were read."""

    def __init__(self, pins: dict[str, Pin], text: Source) -> None:
        self.pins = pins
        self.text = text

    def __repr__(self) -> str:
        return f"Lock({', '.join(self.pins)})"

    def span(self, name: str) -> Span:
        """Return where the pack `name` is pinned."""
        found = re.search(
            rf"""^\s*name\s*=\s*["']{re.escape(name)}["']""", self.text.text, re.MULTILINE
        )
        return self.text.span(*found.span()) if found else self.text.span(0, 0)

    def verify(self, path: Path) -> None:
        """Check the file of a pack against its pin; one that is not pinned passes.

        Raises:
            LockError: the file is missing, or has another content.
        """
        pin = self.pins.get(path.stem)
        if pin is None or path.suffix != ".yaml":
            return
        problem = mismatch(pin, path)
        if problem:
            hint = (
                f"impasto styles sync restores it; impasto styles remove {pin.name} --keep makes "
                "it a pack of your own"
            )
            raise LockError(problem, self.span(pin.name), hint=hint)

    def with_pins(self, pins: dict[str, Pin]) -> Lock:
        """Return a lock with these pins; their place is still that of this one."""
        return Lock(pins, self.text)


def mismatch(pin: Pin, path: Path) -> str:
    """Return what is wrong with the file of a pinned pack, "" where nothing is."""
    try:
        data = path.read_bytes()
    except OSError:
        return f'the pack "{pin.name}" is pinned, but there is no file {name_of(path)}'
    if digest(data) == pin.sha256:
        return ""
    return f'{name_of(path)} is not the pack "{pin.name}" {pin.version} that is pinned'


def read(path: Path) -> Lock:
    """Return the lock at `path`; without a file it is empty.

    Raises:
        LockError: it is no lock; file, line and column are given.
    """
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        return Lock({}, Source("", name_of(path)))
    except (OSError, UnicodeDecodeError) as error:
        raise LockError(f"cannot read {name_of(path)}: {error}", hint=_MEND) from error
    source = Source(text, name_of(path))
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what = re.sub(r"\s*\(at [^()]*\)\Z", "", str(error))
        what = f"this is no TOML: {what[:1].lower()}{what[1:]}"
        raise LockError(what, _at(source, error), hint=_MEND) from None
    return Lock(_pins(data, source), source)


def _at(source: Source, error: tomllib.TOMLDecodeError) -> Span:
    found = re.search(r"line (\d+), column (\d+)", str(error))
    start = len(source.text.rstrip())
    if found:
        start = min(source.line_starts[int(found[1]) - 1] + int(found[2]) - 1, start)
    return source.span(start, start + 1)


def _pins(data: dict[str, Any], source: Source) -> dict[str, Pin]:
    start = source.span(0, 0)
    if data.get("format") != FORMAT:
        hint = "a newer impasto may have written it"
        raise LockError(f"this lock is not of format {FORMAT}", start, hint=hint)
    packs = data.get("pack", [])
    if not isinstance(packs, list) or data.keys() > {"format", "pack"}:
        raise LockError("a lock has the key format and tables [[pack]]", start, hint=_MEND)
    starts = [found.start() for found in re.finditer(r"^[ \t]*\[\[", source.text, re.MULTILINE)]
    pins: dict[str, Pin] = {}
    for number, entry in enumerate(packs):
        at = starts[number] if number < len(starts) else 0
        span = source.span(at, at + len("[[pack]]") if at else 0)
        pin = _pin(entry, span)
        if pin.name in pins:
            raise LockError(f'the pack "{pin.name}" is pinned twice', span, hint=_MEND)
        pins[pin.name] = pin
    return pins


def _pin(entry: object, span: Span) -> Pin:
    if not isinstance(entry, dict):
        raise LockError("a pack is a table", span, hint=_MEND)
    for key in entry:
        if key not in _RULES:
            raise LockError(f'unknown key "{key}"', span, hint=did_you_mean(key, list(_RULES)))
    for key, (pattern, expected) in _RULES.items():
        value = entry.get(key)
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise LockError(f'"{key}" should be {expected}, not {value!r}', span, hint=_MEND)
    return Pin(**entry)


def write(lock: Lock, path: Path) -> None:
    """Write the lock in one step; without pins the file goes away.

    Raises:
        PackError: it cannot be written.
    """
    if lock.pins:
        written_whole(path, written(lock).encode())
    else:
        path.unlink(missing_ok=True)


def written(lock: Lock) -> str:
    """Return the text of a lock."""
    entries = [_HEAD]
    for _, pin in sorted(lock.pins.items()):
        lines = [f"{key} = {_quoted(value)}\n" for key, value in pin._asdict().items()]
        entries.append("\n[[pack]]\n" + "".join(lines))
    return "".join(entries)


def _quoted(text: str) -> str:
    """Return a basic string of TOML; control characters never come here."""
    return json.dumps(text, ensure_ascii=False)
