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
import threading
import time
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from impasto.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from impasto.errors import BackendError

FORMAT: Final = 1
State = Literal["sent", "running", "done", "failed"]
_TABLES: Final = """
create table if not exists batch (format integer not null, plan text not null);
create table if not exists image (
    number integer primary key, key text not null, state text not null,
    attempts integer not null, ticket text not null, files text not null, facts text not null,
    changed real not null
);
"""


class Row(NamedTuple):
    """What is known of an image.

    `key` is that of its request, `ticket` the state of its job, `files` where its images were
    saved; `facts` are those of the result or of the error. `changed` is in seconds since 1970.
    """

    number: int
    key: str
    state: State
    attempts: int
    ticket: dict[str, str]
    files: tuple[str, ...]
    facts: dict[str, Any]
    changed: float

    def to_json(self) -> dict[str, Any]:
        """Return the row as a JSON-ready object."""
        return self._asdict()


class Summary(NamedTuple):
    """How many images are in each state, what was paid in US dollars, and what is in doubt.

    `doubtful` counts requests that may have been paid for without an image to show for it.
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
            self._db = sqlite3.connect(
                path, timeout=30, isolation_level=None, check_same_thread=False
            )
            self._db.execute("pragma journal_mode = wal")
            self._db.execute("pragma synchronous = normal")
            self._db.executescript(_TABLES)
        except (OSError, sqlite3.Error) as error:
            raise FileError(f"the journal {path} cannot be used: {error}") from error
        self._claim(plan)

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

    def row(self, number: int, key: str) -> Row | None:
        """Return what is known of the image `number`, None where it was never sent.

        Raises:
            FileError: it was another request then.
        """
        rows = self._run("select * from image where number = ?", number)
        if not rows:
            return None
        found = _row(rows[0])
        if found.key != key:
            raise FileError(
                f"image {number} is another one than the journal {self.path} knows",
                hint="the batch was changed; choose another journal for it",
            )
        return found

    def sent(self, number: int, key: str) -> None:
        """Write that the request of an image is about to leave."""
        self._run(
            "insert into image values (?, ?, 'sent', 1, '{}', '[]', '{}', ?) on conflict (number)"
            " do update set state = 'sent', attempts = attempts + 1, ticket = '{}', facts = '{}',"
            " changed = excluded.changed",
            number,
            key,
            time.time(),
        )

    def running(self, number: int, ticket: Mapping[str, str]) -> None:
        """Write the ticket of an image's job, before anybody looks for it."""
        self._set(number, "running", "ticket", dict(ticket))

    def done(self, number: int, key: str, files: list[str], facts: Mapping[str, object]) -> None:
        """Write that an image is there, in `files`."""
        self._run(
            "insert into image values (?, ?, 'done', 0, '{}', ?, ?, ?) on conflict (number)"
            " do update set state = 'done', files = excluded.files, facts = excluded.facts,"
            " changed = excluded.changed",
            number,
            key,
            json.dumps(files),
            json.dumps(dict(facts)),
            time.time(),
        )

    def failed(self, number: int, error: BackendError) -> None:
        """Write why there is no image."""
        self._set(number, "failed", "facts", error_json(error))

    def rows(self) -> Iterator[Row]:
        """Yield all rows by number."""
        for row in self._run("select * from image order by number"):
            yield _row(row)

    def summary(self) -> Summary:
        """Return the counts and the cost."""
        (found,) = self._run(
            "select coalesce(sum(state = 'done'), 0), coalesce(sum(state = 'failed'), 0),"
            " coalesce(sum(state in ('sent', 'running')), 0),"
            " coalesce(sum(json_extract(facts, '$.cost')), 0.0),"
            " coalesce(sum(state = 'sent' or json_extract(facts, '$.billed') in ('yes', 'maybe')), 0)"
            " from image"
        )
        return Summary(*found)

    def _set(self, number: int, state: State, column: str, value: object) -> None:
        self._run(
            f"update image set state = ?, {column} = ?, changed = ? where number = ?",  # noqa: S608
            state,
            json.dumps(value),
            time.time(),
            number,
        )

    def _run(self, statement: str, *values: object) -> list[Any]:
        with self._lock:
            try:
                return self._db.execute(statement, values).fetchall()
            except sqlite3.Error as error:
                raise FileError(f"the journal {self.path} cannot be used: {error}") from error


def error_json(error: BackendError) -> dict[str, object]:
    """Return an error as a JSON-ready object; nothing in it holds a key."""
    facts: dict[str, object] = {
        "type": type(error).__name__,
        "message": error.message,
        "hint": error.hint,
        "billed": error.billed,
        "status": error.status,
        "request_id": error.request_id,
    }
    return {name: fact for name, fact in facts.items() if fact not in (None, "")}


def _row(row: tuple[Any, ...]) -> Row:
    number, key, state, attempts, ticket, files, facts, changed = row
    return Row(
        number,
        key,
        state,
        attempts,
        json.loads(ticket),
        tuple(json.loads(files)),
        json.loads(facts),
        changed,
    )
