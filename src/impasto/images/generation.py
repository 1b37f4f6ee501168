"""What made an image, in the same words whichever tool wrote it down."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Mapping

UNKNOWN: Final = frozenset(("", "None", "NONE", "none", "null"))
"""Texts that tools write where there is nothing to say."""

_WHOLE = re.compile(r"[-+]?\d{1,20}")
_NUMBER = re.compile(r"[-+]?(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})(?:[eE][-+]?\d{1,2})?")
_SIZE = re.compile(r"\D{0,3}(\d{1,6})\s*[x×X*, ]{1,3}\s*(\d{1,6})\D{0,3}")
_LORA = re.compile(r"<(?:lora|lyco):([^:<>]+)(?::([-+]?[\d.]{1,20}))?(?::[^<>]*)?>")


class Lora(Struct, frozen=True):
    """An adapter that took part; weight 1 where nothing is said."""

    name: str
    weight: float = 1.0


class Generation(Struct, frozen=True, kw_only=True):
    """What made an image, as far as its metadata tell.

    `tool` is the name of the reader, `software` how the tool calls itself. `prompt` and
    `negative_prompt` are written in `dialect`. Sizes are those that were asked for, in pixels.
    `others` are the parameters without a place here, under the tool's own names. `unread` are
    sentences about what is there and could not be read. `infotext` is the text of a WebUI as it
    stands, `record` our own record.
    """

    tool: str
    software: str = ""
    dialect: str = "plain"
    prompt: str = ""
    negative_prompt: str = ""
    seed: int | None = None
    steps: int | None = None
    cfg: float | None = None
    sampler: str = ""
    scheduler: str = ""
    width: int | None = None
    height: int | None = None
    model: str = ""
    loras: tuple[Lora, ...] = ()
    others: dict[str, Any] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    infotext: str = ""
    record: dict[str, Any] | None = None

    def parameters(self) -> dict[str, object]:
        """Return what a request takes of it, under impasto's names."""
        known = {
            "seed": self.seed if self.seed is None or self.seed >= 0 else None,
            "num_inference_steps": self.steps,
            "guidance_scale": self.cfg,
            "width": self.width,
            "height": self.height,
            "sampler": self.sampler,
            "scheduler": self.scheduler,
        }
        return {name: value for name, value in known.items() if value not in (None, "")}


def loras_in(prompt: str) -> tuple[Lora, ...]:
    """Return the adapters that a prompt asks for as `<lora:name:weight>`."""
    return tuple(
        Lora(name, number(weight) or 0.0 if weight else 1.0)
        for name, weight in _LORA.findall(prompt)
    )


def whole(value: object) -> int | None:
    """Return the whole number that a tool wrote, as a number or as a text; None if it is none."""
    if isinstance(value, str):
        value = value.strip()
        return int(value) if _WHOLE.fullmatch(value) else whole(number(value))
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def number(value: object) -> float | None:
    """Return the number that a tool wrote, None if it is none."""
    if isinstance(value, str):
        text = value.strip()
        return number(float(text)) if _NUMBER.fullmatch(text) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if isinstance(value, int) and abs(value) > 2**64:
        return None
    return float(value) if math.isfinite(value) else None


class Fields:
    """Takes the known parameters out of what a tool wrote; `left` are the others.

    What is there and is not what it should be is told in `unread`.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.left = dict(data)
        self.unread: list[str] = []

    def take(self, *names: str) -> Any:
        """Return the first of `names` that is there and take it out, None if none is."""
        for name in names:
            if name in self.left:
                return self.left.pop(name)
        return None

    def text(self, *names: str) -> str:
        """Return a text, "" where there is none."""
        value = self.take(*names)
        if isinstance(value, (dict, list)):
            self._odd(names, value, "text")
            return ""
        return "" if value is None else str(value)

    def name(self, *names: str) -> str:
        """Return a text that names something; "None" names nothing."""
        value = self.text(*names).strip()
        return "" if value in UNKNOWN else value

    def whole(self, *names: str) -> int | None:
        """Return a whole number, None where there is none."""
        value = self.take(*names)
        found = whole(value)
        if found is None and value not in (None, ""):
            self._odd(names, value, "whole number")
        return found

    def number(self, *names: str) -> float | None:
        """Return a number, None where there is none."""
        value = self.take(*names)
        found = number(value)
        if found is None and value not in (None, ""):
            self._odd(names, value, "number")
        return found

    def size(self, *names: str) -> tuple[int | None, int | None]:
        """Return width and height of a text such as "512x768" or "(512, 768)"."""
        value = self.take(*names)
        if value in (None, ""):
            return None, None
        found = _SIZE.fullmatch(str(value)[:64])
        if found is None:
            self._odd(names, value, "size")
            return None, None
        return int(found[1]), int(found[2])

    def _odd(self, names: tuple[str, ...], value: object, kind: str) -> None:
        self.unread.append(f'"{names[0]}" is no {kind}: {str(value)[:60]!r}')
