"""Results that need not be made twice: an index in SQLite, the images as files by their SHA-256.

A result is kept under the key of its request. Images are written before the index names them,
each under a name of its own and moved into place in one step, so several processes may share a
folder and any of them may be killed at any moment. Nothing in it is a pickle, and no key of a
service is ever written.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from impasto._caches import user_cache
from impasto.client.request import Picture, Result
from impasto.errors import FileError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from impasto.client.request import Request

FORMAT: Final = 1
GRACE: Final = 3600.0
"""Seconds for which a file without an entry is left alone: its entry may be on the way."""
_REWRITES: Final = (
    "enhance_prompt",
    "go_fast",
    "magic_prompt",
    "prompt_extend",
    "prompt_upsampling",
)
_TABLE = """
create table if not exists entry (
    key text primary key, backend text not null, model text not null, prompt text not null,
    created real not null, used real not null, size integer not null,
    images text not null, facts text not null
) without rowid
"""


class Entry(NamedTuple):
    """A result that is kept: `images` are (SHA-256, kind), times are seconds since 1970."""

    key: str
    backend: str
    model: str
    prompt: str
    created: float
    used: float
    size: int
    images: tuple[tuple[str, str], ...]
    facts: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return the entry as a JSON-ready object."""
        images = [{"sha256": sha, "kind": kind} for sha, kind in self.images]
        return {**self._asdict(), "images": images}


class Damage(NamedTuple):
    """What `verify` found: an entry's `key` (or a file without one) and what is wrong."""

    key: str
    message: str


def default_folder() -> Path:
    """Return the user's folder for results, in the place that the system has for caches."""
    from pathlib import Path  # noqa: PLC0415 - only where no other folder is named

    return Path(user_cache()) / "results"


def key_of(request: Request, host: str = "") -> str:
    """Return the SHA-256 of all that a request says, and of the server that it goes to."""
    said = {
        "format": FORMAT,
        "backend": request.backend,
        "host": host,
        "model": request.model,
        "prompt": request.prompt,
        "negative_prompt": request.negative_prompt,
        "parameters": dict(request.parameters),
    }
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def is_reproducible(request: Request) -> bool:
    """Whether the same request gives the same image, so that a kept one is as good as a new one.

    It needs a seed, a model whose card says that seeds fix the image, and nothing that rewrites
    the prompt on the way. The proof is always the same.
    """
    if request.backend == "proof":
        return True
    if request.seed is None:
        return False
    if any(request.parameters.get(name) for name in _REWRITES):
        return False
    return _fixes_seeds(request)


def _fixes_seeds(request: Request) -> bool:
    from impasto.models.registry import load_model  # noqa: PLC0415 - only where a seed was given

    try:
        card = load_model(request.model).for_backend(request.backend)
    except UnknownNameError:
        return False
    return card.seed_effect == "fixed"


class Cache:
    """Results in a folder; may be used from several threads and processes.

    Raises:
        FileError: the folder cannot be written, or its index is no index of ours.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._db = _opened(folder / "index.db")
        except (OSError, sqlite3.Error) as error:
            raise FileError(
                f"the cache {folder} cannot be used: {error}",
                hint="choose another folder, or remove this one",
            ) from error

    def close(self) -> None:
        """Close the index."""
        self._db.close()

    def get(self, request: Request, host: str = "") -> Result | None:
        """Return the result of an equal request, None where there is none that is whole."""
        key = key_of(request, host)
        entry = self._entry(key)
        if entry is None:
            return None
        pictures = [self._picture(sha, kind) for sha, kind in entry.images]
        whole = [picture for picture in pictures if picture]
        if len(whole) < len(pictures):
            self._run("delete from entry where key = ?", key)
            return None
        self._run("update entry set used = ? where key = ?", time.time(), key)
        return Result(whole[0].data, whole[0].kind, request, others=tuple(whole[1:]), **entry.facts)

    def recall(self, request: Request, host: str = "") -> Result | None:
        """Return the result of an equal request, where it is as good as a new one."""
        return self.get(request, host) if is_reproducible(request) else None

    def keep(self, result: Result, host: str = "") -> None:
        """Keep a result, where an equal request would give it again."""
        if is_reproducible(result.request):
            self.put(result, host)

    def holds(self, request: Request, host: str = "") -> bool:
        """Whether there is a result of an equal request; its images are not read."""
        return self._entry(key_of(request, host)) is not None

    def put(self, result: Result, host: str = "") -> Entry:
        """Keep a result and return its entry."""
        pictures = (Picture(result.image, result.kind), *result.others)
        images = tuple((self._written(p.data), p.kind) for p in pictures)
        now = time.time()
        request = result.request
        entry = Entry(
            key_of(request, host),
            request.backend,
            request.model,
            request.prompt.encode("utf-8", "backslashreplace").decode(),  # for `ls` only
            now,
            now,
            sum(len(p.data) for p in pictures),
            images,
            {name: getattr(result, name) for name in _FACTS},
        )
        row = (*entry[:7], json.dumps(images), json.dumps(entry.facts))
        self._run("insert or replace into entry values (?, ?, ?, ?, ?, ?, ?, ?, ?)", *row)
        return entry

    def entries(self) -> Iterator[Entry]:
        """Yield the entries, the newest first."""
        for row in self._run("select * from entry order by created desc, key"):
            yield _entry(row)

    def find(self, prefix: str) -> Entry:
        """Return the entry whose key begins with `prefix`.

        Raises:
            UnknownNameError: there is none, or there are several.
        """
        rows = self._run("select * from entry where substr(key, 1, ?) = ?", len(prefix), prefix)
        if len(rows) == 1 and prefix:
            return _entry(rows[0])
        known = tuple(entry.key for entry in self.entries())
        hint = f"{len(rows)} keys begin so" if rows else '"impasto cache ls" lists the keys'
        raise UnknownNameError("cache entry", prefix, known, hint)

    def path(self, sha: str) -> Path:
        """Return where the image with this SHA-256 lies."""
        return self.folder / "blobs" / sha[:2] / sha

    def prune(self, *, before: float | None = None, most: int | None = None) -> tuple[int, int]:
        """Remove entries last used `before` a time, then the oldest until `most` bytes are left.

        Files that no entry names go as well. Returns the numbers of entries and bytes removed.
        """
        oldest_first = sorted(self.entries(), key=lambda entry: (entry.used, entry.key))
        excess = sum(e.size for e in oldest_first) - most if most is not None else 0
        removed: list[Entry] = []
        for entry in oldest_first:
            if excess <= 0 and not (before is not None and entry.used < before):
                continue
            self._run("delete from entry where key = ?", entry.key)
            excess -= entry.size
            removed.append(entry)
        # A file that was touched after its entry was made may be wanted by an entry to come.
        free = {sha: entry.created for entry in removed for sha, _ in entry.images}
        return len(removed), self._swept(free)

    def verify(self) -> tuple[int, list[Damage]]:
        """Read everything; return how many entries there are and what is wrong with any."""
        found: list[Damage] = []
        number = 0
        for entry in self.entries():
            number += 1
            for sha, kind in entry.images:
                if self._picture(sha, kind) is None:
                    state = "is damaged" if self.path(sha).exists() else "is missing"
                    found.append(Damage(entry.key, f"the image {sha} {state}"))
        return number, found

    def _entry(self, key: str) -> Entry | None:
        rows = self._run("select * from entry where key = ?", key)
        return _entry(rows[0]) if rows else None

    def _picture(self, sha: str, kind: str) -> Picture | None:
        try:
            data = self.path(sha).read_bytes()
        except OSError:
            return None
        return Picture(data, kind) if hashlib.sha256(data).hexdigest() == sha else None

    def _written(self, data: bytes) -> str:
        """Write an image where it is not there yet, and return its SHA-256."""
        sha = hashlib.sha256(data).hexdigest()
        path = self.path(sha)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists() and path.stat().st_size == len(data):
                os.utime(path)  # a sweep leaves it alone until its entry is there
                return sha
            part = path.with_name(f"{sha}.{os.getpid()}-{threading.get_ident()}.part")
            part.write_bytes(data)
            part.replace(path)
        except OSError as error:
            raise FileError(f"cannot write to the cache: {path}: {error.strerror}") from error
        return sha

    def _swept(self, free: dict[str, float]) -> int:
        """Remove files that no entry names: old ones, and those of `free` not touched since.

        Returns how many bytes they had.
        """
        named = {sha for entry in self.entries() for sha, _ in entry.images}
        old = time.time() - GRACE
        removed = 0
        for path in self.folder.glob("blobs/*/*"):
            try:
                state = path.stat()
                if path.name in named or state.st_mtime > free.get(path.name, old):
                    continue
                path.unlink()
            except FileNotFoundError:
                continue  # another process sweeps, too
            removed += state.st_size
        return removed

    def _run(self, statement: str, *values: object) -> list[Any]:
        with self._lock:
            try:
                return self._db.execute(statement, values).fetchall()
            except sqlite3.Error as error:
                raise FileError(
                    f"the cache {self.folder} cannot be used: {error}",
                    hint="choose another with --cache, or do without (--no-cache)",
                ) from error


def _opened(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    try:
        db.execute("pragma journal_mode = wal")
        # A power cut may lose the newest entries, never break those before.
        db.execute("pragma synchronous = normal")
        db.execute(_TABLE)
    except sqlite3.Error:
        db.close()
        raise
    return db


_FACTS: Final = ("seed", "revised_prompt", "cost", "seconds", "request_id")


def _entry(row: Iterable[Any]) -> Entry:
    key, backend, model, prompt, created, used, size, images, facts = row
    pairs = tuple((sha, kind) for sha, kind in json.loads(images))
    return Entry(key, backend, model, prompt, created, used, size, pairs, json.loads(facts))
