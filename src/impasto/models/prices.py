"""What an image costs by its model's card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.models.card import ModelCard

_UNKNOWN_SIZE: Final = (1024, 1024)


def price(card: ModelCard, parameters: Mapping[str, Any]) -> float | None:
    """Return the list price of a request in US dollars; None where the card is silent.

    Where prices go by quality and the request leaves it open, it is the highest.
    """
    each = card.price_by_quality.get(str(parameters.get("quality")), card.price_usd)
    if each is None:
        return None
    if card.price_per == "megapixel":
        each = _by_area(card, each, parameters)
    count = parameters.get("n")
    return each * (count if isinstance(count, int) else 1)


def _by_area(card: ModelCard, each: float, parameters: Mapping[str, Any]) -> float:
    """Return the price of an image whose megapixels are paid; the first whole where others differ."""
    width, height = (
        value if isinstance(value := parameters.get(name), int) and value > 0 else standard
        for name, standard in zip(
            ("width", "height"), card.sizes.default or _UNKNOWN_SIZE, strict=True
        )
    )
    area = width * height / 1e6
    if card.price_further_usd is None:
        return each * area
    return each + card.price_further_usd * max(area - 1, 0.0)
