"""`impasto batch --estimate`: how many images there are to make, and what they will cost."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from impasto.client.cache import is_reproducible, key_of
from impasto.client.request import Request

if TYPE_CHECKING:
    from impasto.cli.batchplan import Item
    from impasto.cli.terminal import Terminal
    from impasto.client.cache import Cache
    from impasto.client.journal import Journal
    from impasto.client.saving import Folder


class Estimate:
    """Counts images by what would become of them, and prices by model."""

    def __init__(
        self, folder: Folder, journal: Journal | None, cache: Cache | None, host: str, backend: str
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.models: dict[str, _Price] = {}
        self._folder = folder
        self._journal = journal
        self._cache = cache
        self._host = host
        self._backend = backend

    def add(self, item: Item, price: float | None) -> None:
        """Count an image; `price` is what it costs where it has to be made."""
        how = self._how(item)
        self.counts[how] += 1
        if how == "make":
            model = item.translation.model
            known = self.models.get(model, _Price(0, 0, 0.0))
            self.models[model] = _Price(
                known.images + 1, known.unpriced + (price is None), known.cost + (price or 0.0)
            )

    def _how(self, item: Item) -> str:
        request = Request.of(item.translation, self._backend)
        row = self._journal.row(item.number) if self._journal else None
        if row and row.key == key_of(request, self._host):
            if row.state != "failed" and self._folder.find(item.number):
                return "kept"
            if row.state == "running":
                return "resume"
        if self._cache and is_reproducible(request) and self._cache.holds(request, self._host):
            return "cached"
        return "make"

    def to_json(self) -> dict[str, Any]:
        """Return the estimate as a JSON-ready object, in US dollars."""
        counts = {how: self.counts[how] for how in ("make", "resume", "cached", "kept", "broken")}
        models = {name: price.to_json() for name, price in self.models.items()}
        return {
            "format": 1,
            "images": self.counts.total(),
            **counts,
            "cost": round(sum(price.cost for price in self.models.values()), 6),
            "unpriced": sum(price.unpriced for price in self.models.values()),
            "models": models,
        }

    def show(self, terminal: Terminal) -> None:
        """Write the estimate for people."""
        facts = self.to_json()
        words = {
            "make": "to make",
            "resume": "jobs to fetch",
            "cached": "in the cache",
            "kept": "there already",
            "broken": "broken",
        }
        parts = [f"{facts[how]:,} {word}" for how, word in words.items() if facts[how]]
        count = facts["images"]
        terminal.line(f"{count:,} {'image' if count == 1 else 'images'}: {', '.join(parts)}")
        for name, price in self.models.items():
            told = f"${price.cost:.2f}" if price.unpriced < price.images else "price unknown"
            some = (
                f", price of {price.unpriced:,} unknown"
                if told[0] == "$" and price.unpriced
                else ""
            )
            terminal.line(f"  {name}: {price.images:,} to make, {told}{some}")
        least = "at least " if facts["unpriced"] else ""
        terminal.line(f"cost: {least}${facts['cost']:.2f} by the prices of the model cards")


class _Price(NamedTuple):
    images: int
    unpriced: int
    cost: float

    def to_json(self) -> dict[str, object]:
        return {**self._asdict(), "cost": round(self.cost, 6)}
