"""What a batch may cost, and what of that is spent."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from impasto.client.request import Sendable


class Budget:
    """US dollars that may be spent; `price` estimates an image, None where nobody knows.

    An image without a price is thought to cost nothing until the backend says what it cost. What
    is under way counts as spent, so the limit holds however many run at once.
    """

    def __init__(
        self, most: float | None, price: Callable[[Sendable], float | None], spent: float = 0.0
    ) -> None:
        self.most = most
        self.spent = spent
        self.price = price
        self._reserved = 0.0

    def reserve(self, price: float | None) -> bool:
        """Set the price of an image aside; return False where there is too little left."""
        price = price or 0.0
        if self.most is not None and self.spent + self._reserved + price > self.most + 1e-9:
            return False
        self._reserved += price
        return True

    def settle(self, price: float | None, cost: float | None) -> None:
        """Replace what was set aside by what was paid, as far as anybody knows."""
        self._reserved -= price or 0.0
        self.spent += cost or 0.0
