"""What `impasto batch` says to programs: an event in each line of standard output."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from impasto.cli.batchtold import Told, Trouble, trouble_of

if TYPE_CHECKING:
    from impasto.cli.batchplan import Item
    from impasto.client.events import Event
    from impasto.client.exchange import News
    from impasto.errors import ImpastoError


class ToldAsJson(Told):
    """An object in each line of standard output."""

    def _say(self, event: str, facts: dict[str, object]) -> None:
        from impasto.cli.lines import line_writer

        line_writer()({"event": event, **facts})
        sys.stdout.flush()

    def started(self, facts: dict[str, object]) -> None:
        """Write the event "started"."""
        places = {"folder": str(self.folder), "journal": str(self.journal)}
        self._say("started", {"format": 1, "images": self.total, **facts, **places})

    def news(self, number: int, news: News) -> None:
        """Write the events "ticket" and "status"."""
        from impasto.client.exchange import Ticket

        if isinstance(news, Ticket):
            self._say("ticket", {"number": number, "state": dict(news.state)})
        else:
            told = {"text": news.text, "share": news.share, "wait": news.wait}
            self._say("status", {"number": number, **told})

    def event(self, event: Event, item: Item) -> None:
        """Write the events "done", "cached", "kept", "failed" and "unsent"."""
        super().event(event, item)
        facts: dict[str, object] = {"number": event.number, "line": item.place}
        if event.error:
            where = {"image_url": event.error.image_url} if event.error.image_url else {}
            self._say("failed", {**facts, **_error(trouble_of(event.error)), **where})
            return
        name = "done" if event.how in ("made", "resumed") else event.how
        if event.files:
            facts["files"] = list(event.files)
        if event.result:
            facts["seed"] = event.result.seed
        if name == "done":
            facts |= {"resumed": event.how == "resumed", "cost": event.cost}
        self._say(name, facts)

    def broken(self, number: int, place: str, error: ImpastoError) -> None:
        """Write the event "failed"."""
        super().broken(number, place, error)
        self._say("failed", {"number": number, "line": place, **_error(trouble_of(error))})

    def summary(self, facts: dict[str, Any]) -> None:
        """Write the event "summary"."""
        self._say("summary", facts)


def _error(trouble: Trouble) -> dict[str, object]:
    kind, message, hint, billed = trouble
    return {"error": kind, "message": message, "hint": hint, "billed": billed}
