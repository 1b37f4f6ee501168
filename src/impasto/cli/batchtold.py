"""What `impasto batch` says to people while it works and at the end."""

from __future__ import annotations

import shlex
import sys
import time
from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple

import click

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from impasto.cli.batchplan import Item
    from impasto.cli.terminal import Terminal
    from impasto.client.events import Event
    from impasto.client.exchange import News
    from impasto.errors import ImpastoError

_SHOWN = 3
THERE = ("made", "resumed", "cached", "kept")
"""How an image comes about that is there in the end."""


class Trouble(NamedTuple):
    """Why images are missing: an error as it is shown."""

    kind: str
    message: str
    hint: str
    billed: str


def trouble_of(error: ImpastoError) -> Trouble:
    """Return an error as it is shown and compared with others."""
    message = getattr(error, "message", "")
    hint = getattr(error, "hint", "") if message else ""
    message = message or str(error)
    return Trouble(type(error).__name__, message, hint, getattr(error, "billed", "no"))


class Told:
    """Counts what becomes of the images and says it.

    `total` is how many lines there are, None where nobody knows before the end. `refused` are the
    places of lines that were no images to make, `unfetched` counts paid images that lie elsewhere.
    """

    def __init__(self, folder: Path, journal: Path, total: int | None, notes: Terminal) -> None:
        self.folder = folder
        self.journal = journal
        self.total = total
        self.notes = notes
        self.counts: Counter[str] = Counter()
        self.cost = 0.0
        self.unpriced = 0
        self.troubles: dict[Trouble, list[str]] = {}
        self.refused: list[tuple[str, Trouble]] = []
        self.unfetched = 0
        self._start = time.monotonic()

    @property
    def there(self) -> int:
        """How many images are there."""
        return sum(self.counts[how] for how in THERE)

    @property
    def missing(self) -> int:
        """How many lines have no image: failed, not sent, or not reached."""
        return max(self.total or 0, self.counts.total()) - self.there

    def shown(self) -> AbstractContextManager[object]:
        """Return what is open while the batch runs."""
        return nullcontext()

    def started(self, facts: dict[str, object]) -> None:
        """Say where the images come from and go to."""

    def news(self, number: int, news: News) -> None:
        """Say how far an image is."""

    def event(self, event: Event, item: Item) -> None:
        """Count and say what became of an image."""
        self.counts[event.how] += 1
        self.cost += event.cost or 0.0
        self.unpriced += event.cost is None and event.how in ("made", "failed")
        if event.error:
            self.troubles.setdefault(trouble_of(event.error), []).append(item.place)
            self.unfetched += bool(event.error.image_url)

    def broken(self, number: int, place: str, error: ImpastoError) -> None:  # noqa: ARG002
        """Count and say that a line is no image to make."""
        self.counts["failed"] += 1
        trouble = trouble_of(error)
        self.refused.append((place, trouble))
        self.troubles.setdefault(trouble, []).append(place)

    def facts(self, doubtful: int, losing: int, stopped: str) -> dict[str, object]:
        """Return the summary, JSON-ready.

        `doubtful` may have been billed without an image, `losing` lose something on their way to
        their model, `stopped` says why the rest was not sent.
        """
        counts = {how: self.counts[how] for how in (*THERE, "failed")}
        return {
            "format": 1,
            "images": max(self.total or 0, self.counts.total()),
            **counts,
            "unsent": self.missing - self.counts["failed"],
            "seconds": round(time.monotonic() - self._start, 3),
            "cost": round(self.cost, 6),
            "unpriced": self.unpriced,
            "maybe_billed": doubtful,
            "losing": losing,
            "stopped": stopped,
            "folder": str(self.folder),
            "journal": str(self.journal),
        }

    def summary(self, facts: dict[str, Any]) -> None:
        """Say how it ended."""


class ToldToPeople(Told):
    """A bar on a terminal, plain lines elsewhere; files' names where somebody reads them."""

    _advance: Callable[[int, int], None] | None = None

    def shown(self) -> AbstractContextManager[object]:
        """Return the bar."""
        from contextlib import contextmanager

        from impasto.client.progress import bar

        @contextmanager
        def drawn() -> Any:
            with bar(self.total) as self._advance:
                yield

        return drawn()

    def started(self, facts: dict[str, object]) -> None:
        """Say where images come from."""
        where = facts["host"] or f"the backend {facts['backend']}"
        if facts["backend"] == "proof":
            self.notes.line("drawing proofs of what models hear, not paintings")
        else:
            self.notes.line(f"asking {where}; images go to {self.folder}")

    def event(self, event: Event, item: Item) -> None:
        """Write the names of the files, where standard output is read by a program."""
        super().event(event, item)
        if event.how not in ("kept", "failed", "unsent") and not sys.stdout.isatty():
            for file in event.files:
                click.echo(file)
        self._move()

    def broken(self, number: int, place: str, error: ImpastoError) -> None:
        """Count it; it is shown at the end."""
        super().broken(number, place, error)
        self._move()

    def _move(self) -> None:
        if self._advance:
            self._advance(self.counts.total(), self.counts["failed"])

    def summary(self, facts: dict[str, Any]) -> None:
        """Write the errors, each once with its lines, the counts, the bill, and how to go on."""
        show_troubles(self.troubles, self.notes)
        self.notes.line(_counted(facts))
        bill = _bill(facts)
        if bill:
            self.notes.line(bill)
        if facts["losing"]:
            lost = f"{facts['losing']:,} lose something on the way; impasto translate shows what"
            self.notes.line(lost)
        if self.unfetched:
            images = f"{self.unfetched:,} paid image{'s' * (self.unfetched > 1)}"
            self.notes.line(
                f"{images} could not be fetched; impasto sheet {self.folder} shows where they lie"
            )
        if facts["stopped"]:
            self.notes.line(f"stopped: {facts['stopped']}")
        if self.there < facts["images"] or (self.total is None and facts["stopped"]):
            self.notes.line(f"go on with the same command, what is there is kept:\n  {_command()}")


def show_troubles(troubles: dict[Trouble, list[str]], notes: Terminal) -> None:
    """Write errors, each once with the lines that have it."""
    for trouble, places in troubles.items():
        more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
        paid = {"no": "", "yes": " (it was billed)", "maybe": " (it may have been billed)"}
        where = ", ".join(places[:_SHOWN]) + more
        text = f"{where}: error: {trouble.message}{paid[trouble.billed]}"
        notes.finding(f"{text}\n  hint: {trouble.hint}" if trouble.hint else text)


def _counted(facts: dict[str, Any]) -> str:
    words = {
        "made": "made",
        "resumed": "fetched from jobs of before",
        "cached": "from the cache",
        "kept": "there already",
        "failed": "failed",
        "unsent": "not sent",
    }
    parts = [f"{facts[how]:,} {word}" for how, word in words.items() if facts[how]]
    count = facts["images"]
    noun = "image" if count == 1 else "images"
    return f"{count:,} {noun} in {_time(facts['seconds'])}: {', '.join(parts)}"


def _time(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def _bill(facts: dict[str, Any]) -> str:
    parts = [f"spent about ${facts['cost']:.2f}"] if facts["cost"] else []
    if facts["unpriced"]:
        parts.append(f"nobody knows what {facts['unpriced']:,} of them cost")
    if facts["maybe_billed"]:
        parts.append(f"{facts['maybe_billed']:,} may have been billed without an image")
    return "; ".join(parts)


def _command() -> str:
    """Return the command as it was given; an address may hold a password, so it goes without."""
    from impasto.client.exchange import host_of

    given = sys.argv[1:]
    shown = [
        arg.replace(arg.partition("://")[2].partition("/")[0], host_of(arg))
        if "@" in arg and "://" in arg
        else arg
        for arg in given
    ]
    return shlex.join(["impasto", *shown])
