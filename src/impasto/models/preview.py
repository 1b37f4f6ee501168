"""Previews: what a prompt comes to, quickly and cheaply, as the model's card says.

A faster sibling paints, where the backend serves one; else the model itself paints with fewer
steps, at a lower quality or in a smaller size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from impasto.models.card import Size
from impasto.models.parameters import MEGAPIXELS
from impasto.models.prices import price
from impasto.models.sizes import ratio_of, size_for_ratio

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.models.card import ModelCard

_STEPS: Final = "num_inference_steps"
_OWN: Final = (_STEPS, "guidance_scale", "quality", "style")
"""What is set for one model says nothing to its sibling, which has values of its own."""
_ANYWHERE: Final = (None, "proof")
"""Backends at which no model has a place of its own."""


class Preview(Struct, frozen=True):
    """A request for a preview of `of`: the card of the model to ask at its backend, and changes.

    `parameters` go over those of the request; None takes one away. `price` and `full_price` are
    in US dollars, None where no card says.
    """

    of: ModelCard
    card: ModelCard
    parameters: dict[str, Any]
    full_price: float | None = None
    price: float | None = None

    @property
    def is_cheaper(self) -> bool:
        """Whether there is anything that makes it a preview."""
        return self.card.id != self.of.id or bool(self.parameters)

    def __str__(self) -> str:
        if not self.is_cheaper:
            why = self.of.preview.note or "its card says none"
            return f"there is no quicker way to see what {self.of.id} paints: {why}"
        ways = [f"painted by {self.card.id}"] if self.card.id != self.of.id else []
        size = [
            str(self.parameters[side]) for side in ("width", "height") if side in self.parameters
        ]
        if len(size) == 2 and None not in size:
            ways.append(f"size {'x'.join(size)}")
        ways += [
            f"{name} {value}" for name, value in self.parameters.items() if _is_told(name, value)
        ]
        cost = ""
        if self.price is not None and self.full_price is not None and self.price < self.full_price:
            cost = f"; about ${self.price:.3g} instead of ${self.full_price:.3g}"
        return f"a preview of {self.of.id}: {', '.join(ways)}{cost}"

    def to_json(self) -> dict[str, object]:
        """Return what is previewed and how, as a JSON-ready object."""
        return {
            "of": self.of.id,
            "model": self.card.id,
            "parameters": self.parameters,
            "text": str(self),
            "price": self.price,
            "full_price": self.full_price,
        }


def _is_told(name: str, value: object) -> bool:
    return value is not None and name not in ("width", "height")


def preview(card: ModelCard, backend: str | None, parameters: Mapping[str, Any]) -> Preview:
    """Return how to preview a request for the model of `card` at `backend`.

    `parameters` are those that would be sent for the whole image, under canonical names.
    """
    served = card.for_backend(backend)
    full = price(served, parameters)
    sibling = _sibling(served, backend)
    if sibling:
        changes = {
            **dict.fromkeys(n for n in _OWN if n in parameters),
            **_shape(served, parameters),
        }
        kept = {name: value for name, value in parameters.items() if name not in changes}
        return Preview(served, sibling, changes, full, price(sibling, kept))
    changes = {**_settings(served, parameters), **_smaller(served, parameters)}
    return Preview(served, served, changes, full, price(served, {**parameters, **changes}))


def _sibling(served: ModelCard, backend: str | None) -> ModelCard | None:
    from impasto.models.registry import load_model  # noqa: PLC0415 - most cards have none

    for name in served.preview.models:
        card = load_model(name)
        if backend in _ANYWHERE or backend in card.backends:
            return card.for_backend(backend)
    return None


def _shape(served: ModelCard, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the shape that the model has where nobody says one, for its sibling may have another."""
    default = served.parameters.get("aspect_ratio")
    if parameters.keys() & {"width", "height", "aspect_ratio", MEGAPIXELS}:
        return {}
    if served.sizes.default:
        return {"aspect_ratio": ratio_of(served.sizes.default)}
    known = default.default if default else None
    return {"aspect_ratio": known} if isinstance(known, str) and ":" in known else {}


def _settings(served: ModelCard, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the card's preview that differ from the request's; steps only fewer."""
    wanted = {n: v for n, v in served.preview.parameters.items() if n in served.parameters}
    steps, fewer = parameters.get(_STEPS), wanted.get(_STEPS)
    if isinstance(steps, int) and isinstance(fewer, int) and steps <= fewer:
        del wanted[_STEPS]
    return {name: value for name, value in wanted.items() if parameters.get(name) != value}


def _smaller(served: ModelCard, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return a smaller size of the same shape, where the card has one."""
    sizes, share = served.sizes, served.preview.area
    if share is None or sizes.mode == "ratio":
        return {}
    default = sizes.default or Size(1024, 1024)
    width, height = (parameters.get(side) for side in ("width", "height"))
    if not (isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0):
        width, height = default
    size = size_for_ratio(sizes, width / height, share * width * height)
    if size.width * size.height >= width * height:
        return {}
    gone = dict.fromkeys(n for n in ("aspect_ratio", MEGAPIXELS) if n in parameters)
    return {"width": size.width, "height": size.height, **gone}
