"""What a batch tells of its images, and where it puts them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from impasto.client.request import Result
    from impasto.errors import BackendError

How = Literal["made", "resumed", "cached", "kept", "failed", "unsent"]


class Event(NamedTuple):
    """What became of an image: its number, how it came about, its files or its error.

    "made" was asked for now, "resumed" is a job of an earlier run, "cached" an equal request of
    before, "kept" was there already; "unsent" would have broken the budget, or came after `stop`.
    `cost` is what was spent on it now, in US dollars: what the backend said, else the estimate,
    None where nobody knows.
    """

    number: int
    how: How
    files: tuple[str, ...] = ()
    result: Result | None = None
    error: BackendError | None = None
    cost: float | None = None


class Saver(Protocol):
    """Where images go: each number has a place of its own."""

    def save(self, number: int, result: Result) -> list[str]:
        """Write the images, whole or not at all, the first one last; return the files."""

    def find(self, number: int) -> list[str]:
        """Return the files of an image that was saved before, none where the first is missing."""
