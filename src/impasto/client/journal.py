"""What a batch has asked for and what came of it, written down before it matters.

One row for each image, in SQLite with a write-ahead log. A row says "sent" before the request
leaves, "running" with the job's ticket before the job is looked at the first time, then "done" or
"failed". A batch that was killed at any moment goes on from there: what is done is left alone, a
job is looked for by its ticket, and only a row that was still "sent" is in doubt: nobody can know
whether the server took it.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import threading
import time
from contextlib import closing
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TextIO

from impasto.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from impasto.errors import BackendError

FORMAT: Final = 1
_UNUSABLE: Final = "see that its folder can be written to and has room, or choose another"
State = Literal["sent", "running", "done", "failed"]
_TABLES: Final = (
    "create table if not exists batch (format integer not null, plan text not null)",
    """create table if not exists image (
    number integer primary key, key text not null, state text not null,
    attempts integer not null, ticket text not null, files text not null, facts text not null,
    changed real not null, spent real not null
)""",
)


_NOTHING: Final[Mapping[str, object]] = MappingProxyType({})


class Row(NamedTuple):
    """What is known of an image.

    `key` is that of its request, `ticket` the state of its job, `files` where its images were
    saved; `facts` are those of the result or of the error, where "asked" is the request. `changed` is in seconds since 1970.
    `spent` is what all tries may have cost, in US dollars.
    """

    number: int
    key: str
    state: State
    attempts: int
    ticket: dict[str, str]
    files: tuple[str, ...]
    facts: dict[str, Any]
    changed: float
    spent: float

    def to_json(self) -> dict[str, Any]:
        """Return the row as a JSON-ready object."""
        return self._asdict()


class Summary(NamedTuple):
    """How many images are in each state, what was spent in US dollars, and what is in doubt.

    `cost` is that of all tries, those without an image too, as far as prices are known. `doubtful` counts requests that may have been paid for without an image to show for it.
    """

    done: int
    failed: int
    open: int
    cost: float
    doubtful: int


class Journal:
    """The journal of one batch, in the file at `path`; may be used from several threads.

    `plan` identifies the batch: the same file cannot serve another one.

    Raises:
        FileError: the file cannot be used, is no journal, or belongs to another batch.
    """

    def __init__(self, path: Path, plan: str) -> None:
        self.path = path
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock_file = _claimed(path)
            self._db = sqlite3.connect(
                path, timeout=30, isolation_level=None, check_same_thread=False
            )
        except (OSError, sqlite3.Error) as error:
            said = error.strerror if isinstance(error, OSError) else error
            raise FileError(f"the journal {path} cannot be used: {said}", hint=_UNUSABLE) from error
        try:
            self._run("pragma journal_mode = wal")
            self._run("pragma synchronous = normal")
            for table in _TABLES:
                self._run(table)
            self._claim(plan)
        except FileError:
            self.close()
            raise

    def _claim(self, plan: str) -> None:
        rows = self._run("select format, plan from batch")
        if not rows:
            self._run("insert into batch values (?, ?)", FORMAT, plan)
            return
        if rows[0] != (FORMAT, plan):
            raise FileError(
                f"the journal {self.path} is of another batch",
                hint="choose another journal, or remove this one to begin anew",
            )

    def close(self) -> None:
        """Close the file."""
        self._db.close()
        self._lock_file.close()

    def row(self, number: int) -> Row | None:
        """Return what is known of the image `number`, None where it was never sent."""
        rows = self._run("select * from image where number = ?", number)
        return _row(rows[0]) if rows else None

    def sent(
        self, number: int, key: str, price: float = 0.0, asked: Mapping[str, object] = _NOTHING
    ) -> None:
        """Write that the request of an image is about to leave; it costs about `price`.

        The price counts as spent at once: after a kill nobody knows better. `asked` says what the
        request is; it stands in the facts of an image that does not come.
        """
        self._run(
            "insert into image values (?, ?, 'sent', 1, '{}', '[]', ?, ?, ?)"
            " on conflict (number) do update set state = 'sent', attempts = attempts + 1,"
            " ticket = '{}', facts = excluded.facts, changed = excluded.changed,"
            " spent = spent + excluded.spent",
            number,
            key,
            json.dumps({"asked": dict(asked)}, default=str),
            time.time(),
            price,
        )

    def correct(self, number: int, more: float) -> None:
        """Write that an image cost so much more than was thought, or less."""
        if more:
            self._run("update image set spent = spent + ? where number = ?", more, number)

    def running(self, number: int, ticket: Mapping[str, str]) -> None:
        """Write the ticket of an image's job, before anybody looks for it."""
        self._set(number, "running", "ticket", dict(ticket))

    def done(self, number: int, key: str, files: list[str], facts: Mapping[str, object]) -> None:
        """Write that an image is there, in `files`."""
        self._run(
            "insert into image values (?, ?, 'done', 0, '{}', ?, ?, ?, 0) on conflict (number)"
            " do update set state = 'done', files = excluded.files, facts = excluded.facts,"
            " changed = excluded.changed",
            number,
            key,
            json.dumps(files),
            json.dumps(dict(facts)),
            time.time(),
        )

    def failed(
        self,
        number: int,
        error: BackendError,
        *,
        lives: bool = False,
        asked: Mapping[str, object] = _NOTHING,
    ) -> None:
        """Write why there is no image; a job that `lives` is looked for again."""
        facts = {**error_json(error), "asked": dict(asked)}
        self._set(number, "running" if lives else "failed", "facts", facts)

    def rows(self) -> Iterator[Row]:
        """Yield all rows by number."""
        for row in self._run("select * from image order by number"):
            yield _row(row)

    def summary(self) -> Summary:
        """Return the counts and the cost."""
        (found,) = self._run(
            "select coalesce(sum(state = 'done'), 0), coalesce(sum(state = 'failed'), 0),"
            " coalesce(sum(state in ('sent', 'running')), 0),"
            " coalesce(sum(spent), 0.0),"
            " coalesce(sum(state = 'sent' or json_extract(facts, '$.billed') in ('yes', 'maybe')), 0)"
            " from image"
        )
        return Summary(*found)

    def _set(self, number: int, state: State, column: str, value: object) -> None:
        self._run(
            f"update image set state = ?, {column} = ?, changed = ? where number = ?",  # noqa: S608
            state,
            json.dumps(value, default=str),
            time.time(),
            number,
        )

    def _run(self, statement: str, *values: object) -> list[Any]:
        with self._lock:
            try:
                return self._db.execute(statement, values).fetchall()
            except sqlite3.Error as error:
                raise FileError(
                    f"the journal {self.path} cannot be used: {error}", hint=_UNUSABLE
                ) from error


def rows_of(path: Path) -> list[Row]:
    """Return the rows of the journal at `path` by number; nothing is written, nobody is kept out.

    Raises:
        FileError: there is none that can be read.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            (told,) = db.execute("select format from batch").fetchone() or (None,)
            rows = db.execute("select * from image order by number").fetchall()
    except sqlite3.Error as error:
        raise FileError(f"{path} is no journal that can be read: {error}") from error
    if told != FORMAT:
        raise FileError(f"the journal {path} has a format other than {FORMAT}")
    return [_row(row) for row in rows]


def _claimed(path: Path) -> TextIO:
    """Lock the file beside the journal until it is closed, or its process has ended.

    Raises:
        FileError: another process has it.
    """
    handle = path.with_name(f"{path.name}.lock").open("a")
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - one system's

            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - the others'

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        handle.close()
        raise FileError(
            f"another run works with the journal {path}",
            hint="wait until it has ended, or choose another folder",
        ) from error
    return handle


def error_json(error: BackendError) -> dict[str, object]:
    """Return an error as a JSON-ready object; nothing in it holds a key."""
    facts: dict[str, object] = {
        "type": type(error).__name__,
        "message": error.message,
        "hint": error.hint,
        "billed": error.billed,
        "status": error.status,
        "request_id": error.request_id,
        "image_url": error.image_url,
    }
    return {name: fact for name, fact in facts.items() if fact not in (None, "")}


def _row(row: tuple[Any, ...]) -> Row:
    number, key, state, attempts, ticket, files, facts, changed, spent = row
    return Row(
        number,
        key,
        state,
        attempts,
        json.loads(ticket),
        tuple(json.loads(files)),
        json.loads(facts),
        changed,
        spent,
    )
