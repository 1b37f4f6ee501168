"""What is known about a model, and how a backend changes it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import Struct


class Size(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


class Encoder(Struct, frozen=True, forbid_unknown_fields=True):
    """A text encoder: how many `tokens` it reads, its own markers included, and its `role`."""

    name: str
    tokens: int
    role: str = ""


class ParameterSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """What a model takes for one parameter of a request. Bounds are inclusive.

    `sent_as` is the name under which a backend takes it from this model, where that is another
    one than the backend has for all models; an empty text leaves it out.
    """

    type: Literal["integer", "number", "text", "boolean"] = "integer"
    min: int | float | None = None
    max: int | float | None = None
    multiple_of: int | None = None
    default: bool | int | float | str | None = None
    recommended: tuple[float, float] | None = None
    choices: tuple[str, ...] = ()
    note: str = ""
    source: str = ""
    sent_as: str | None = None


class Sizes(Struct, frozen=True, forbid_unknown_fields=True):
    """Which sizes a model paints.

    `mode`: "free" takes any width and height within the bounds, "fixed" only the sizes of
    `fixed`, "ratio" takes a ratio and no pixels, only those of `ratios` if there are any.
    `multiple`, `min` and `max` hold for each side; `min_pixels` and `max_pixels` for their
    product; `max_ratio` for the longer side divided by the shorter. `target_pixels` is the area
    the model was trained for, `recommended` its sizes. `tiers` are the names of areas that a model
    takes as `resolution`: "1k" is 1024x1024, "2k" 2048x2048, "768sq" 768x768.
    """

    mode: Literal["free", "fixed", "ratio"]
    multiple: int = 1
    min: int | None = None
    max: int | None = None
    min_pixels: int | None = None
    max_pixels: int | None = None
    max_ratio: float | None = None
    target_pixels: int | None = None
    default: Size | None = None
    fixed: tuple[Size, ...] = ()
    recommended: tuple[Size, ...] = ()
    ratios: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    note: str = ""
    source: str = ""


class Guide(Struct, frozen=True, forbid_unknown_fields=True):
    """What the API guide says of a model: typical `seconds`, largest size or sizes, features."""

    name: str
    seconds: int
    summary: str
    features: tuple[str, ...] = ()
    max_size: Size | None = None
    sizes: tuple[Size, ...] = ()
    size_note: str = ""


class Preview(Struct, frozen=True, forbid_unknown_fields=True):
    """How to see quickly and cheaply what a prompt comes to.

    `models` are siblings that are faster or cheaper: the first that the backend serves paints.
    Where it serves none, the model itself paints with `parameters` (steps only go down) and `area`
    of the pixels, a share below 1. `note` says why it is so, or why there is no way.
    """

    models: tuple[str, ...] = ()
    parameters: dict[str, bool | int | float | str] = {}
    area: float | None = None
    note: str = ""
    source: str = ""


class ModelCard(Struct, frozen=True, forbid_unknown_fields=True):
    """What is known about a model.

    The facts are those of the model's maker; `for_backend` gives those of a place where the
    model is reached. `writing` is how it wants to be spoken to and `dialect` the syntax of its
    prompt. `negative`: "field" has a field for the negative prompt, "syntax" a place in the
    prompt, "none" neither. `lacks` says of parameters that it does not have why. `documents`
    names parameters that a backend's own guide promises whatever the maker says. `declines` names
    what the maker says it will not paint: "living artists". `served_as` is what a backend calls
    the model.

    `status`: "legacy" is served and has better followers, "retiring" will be switched off, on the
    day `shutdown` if that is known, "retired" has been. `price_usd` is the list price of an image,
    or of a megapixel; where further megapixels cost less that is `price_further_usd`, and where
    the price goes by quality `price_by_quality` has it, with the highest as `price_usd`. `unknown`
    lists facts that no public source tells. `origin` says which file of the user's a card is
    from, and which keys of a built-in card that file changes.
    """

    id: str
    title: str
    vendor: str
    family: str
    writing: Literal["tags", "prose", "phrases"]
    dialect: str
    negative: Literal["field", "syntax", "none"]
    sizes: Sizes
    sources: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    status: Literal["active", "legacy", "retiring", "retired"] = "active"
    status_note: str = ""
    shutdown: str | None = None
    replaced_by: tuple[str, ...] = ()
    access: str = ""
    licence: str = ""
    max_chars: int | None = None
    encoders: tuple[Encoder, ...] = ()
    parameters: dict[str, ParameterSpec] = {}
    lacks: dict[str, str] = {}
    documents: tuple[str, ...] = ()
    declines: tuple[str, ...] = ()
    negative_note: str = ""
    weights_note: str = ""
    seed_effect: Literal["fixed", "partial", "none"] = "fixed"
    seed_note: str = ""
    price_usd: float | None = None
    price_per: Literal["image", "megapixel"] = "image"
    price_further_usd: float | None = None
    price_by_quality: dict[str, float] = {}
    price_note: str = ""
    preview: Preview = Preview()
    guide: Guide | None = None
    notes: tuple[str, ...] = ()
    served_as: str = ""
    backends: dict[str, dict[str, Any]] = {}
    unknown: tuple[str, ...] = ()
    origin: str = ""
    backend: str | None = None

    def __hash__(self) -> int:
        return hash((self.id, self.backend))

    def for_backend(self, name: str | None) -> ModelCard:
        """Return the card as it is at backend `name`: this card, where nothing else is known.

        In a backend's part of a card a mapping changes only the keys it has, and `null` takes
        a parameter away.
        """
        if name is None or name not in self.backends:
            return self
        return _at_backend(self, name)

    def to_json(self) -> dict[str, Any]:
        """Return the card as a JSON-ready object."""
        built: dict[str, Any] = msgspec.to_builtins(self)
        return built


@lru_cache(maxsize=512)
def _at_backend(card: ModelCard, name: str) -> ModelCard:
    return msgspec.convert(merged(card.to_json(), name), ModelCard)


def merged(raw: dict[str, Any], backend: str) -> dict[str, Any]:
    """Return the plain data of a card with what it says of `backend` merged in."""
    own = {key: value for key, value in raw.items() if key != "backends"}
    changes = dict(raw["backends"][backend])
    sources = [*own.get("sources", ()), *changes.pop("sources", ())]
    found = {**merge(own, changes), "sources": sources, "backend": backend}
    taken_away = found.get("parameters", {})
    found["parameters"] = {name: spec for name, spec in taken_away.items() if spec is not None}
    return found


def merge(base: dict[str, Any], changes: dict[str, Any], *, keep: bool = False) -> dict[str, Any]:
    """Return the plain data of a card with `changes`: mappings by key, `null` takes one away.

    With `keep` it stays as `null`: in a backend's part it takes away what the model itself has.
    """
    result = dict(base)
    for key, value in changes.items():
        known = result.get(key)
        if isinstance(value, dict) and isinstance(known, dict):
            result[key] = (
                _merged_parts(known, value) if key == "backends" else merge(known, value, keep=keep)
            )
        elif keep:
            result[key] = value
        elif value is None and (key in _PARAMETERS or isinstance(known, dict)):
            result.pop(key, None)
        else:
            result[key] = value
    return result


def _merged_parts(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of backends with `changes`; `null` takes a whole part away."""
    parts = {name: part for name, part in base.items() if changes.get(name, part) is not None}
    for name, part in changes.items():
        if part is not None:
            parts[name] = merge(parts.get(name, {}), part, keep=True)
    return parts


CANONICAL = (
    "width",
    "height",
    "aspect_ratio",
    "num_inference_steps",
    "guidance_scale",
    "seed",
    "n",
    "quality",
    "style",
    "output_format",
)
"""The names of the parameters of a request."""

_PARAMETERS = frozenset(CANONICAL)
