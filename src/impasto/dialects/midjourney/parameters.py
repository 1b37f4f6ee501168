"""Midjourney's parameters: ` --ar 16:9 --seed 42 --v 6` at the end of a prompt.

Ranges are those of Midjourney's parameter list, and so is what exists in which version.
"""

from __future__ import annotations

import math
import re
from math import gcd
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.diagnostics import Loss, did_you_mean
from impasto.syntax.runs import number

if TYPE_CHECKING:
    from collections.abc import Mapping

PICTURES: Final = 4
"""Every job paints so many pictures."""


class Range(NamedTuple):
    """A number that `option` takes, from `low` to `high`."""

    option: str
    low: float
    high: float
    whole: bool = True


RANGES: Final = {
    "seed": Range("seed", 0, 4294967295),
    "stylize": Range("stylize", 0, 1000),
    "chaos": Range("chaos", 0, 100),
    "weird": Range("weird", 0, 3000),
    "stop": Range("stop", 10, 100),
    "image_weight": Range("iw", 0, 3, whole=False),
    "style_weight": Range("sw", 0, 1000),
    "character_weight": Range("cw", 0, 100),
    "omni_weight": Range("ow", 1, 1000),
    "experimental": Range("exp", 0, 100),
}
"""The numbers that Midjourney takes, by canonical name."""
QUALITIES: Final = {6: ("0.25", "0.5", "1", "2"), 7: ("1", "2", "4")}
"""What `--q` takes, by version; version 8 has no `--q`."""
VERSIONS: Final = {
    "quality": (1, 7),
    "character_reference": (6, 6),
    "character_weight": (6, 6),
    "omni_reference": (7, 7),
    "omni_weight": (7, 7),
    "experimental": (7, 99),
}
"""The first and the last version that has a parameter, where not all have it."""
_REFERENCES: Final = {
    "style_reference": "sref",
    "character_reference": "cref",
    "omni_reference": "oref",
}
_FLAGS: Final = ("tile",)
_SIZE = ("width", "height")
_ORDER: Final = (
    "aspect_ratio", "seed", *list(RANGES)[1:], "quality", "style", *_REFERENCES, *_FLAGS, "n",
)  # fmt: skip
PARAMETERS: Final = frozenset((*_ORDER, *_SIZE))
"""The canonical names of what Midjourney takes at the end of a prompt."""
RATIO = re.compile(r"([1-9][0-9]{0,5}):([1-9][0-9]{0,5})")
_INSTEAD: Final = {
    "num_inference_steps": "quality comes nearest",
    "guidance_scale": "stylize, 0 to 1000, comes nearest: less follows the prompt more closely",
    "output_format": "the gateway decides on the format",
}


def parameters_suffix(
    parameters: Mapping[str, object], version: str
) -> tuple[str, tuple[Loss, ...]]:
    """Return the parameters as Midjourney writes them, with a space in front, and the losses.

    Names are the canonical ones: aspect_ratio (or width and height), seed, stylize, chaos, weird,
    quality, style, stop, image_weight, style_reference, tile …; a value of None counts as absent.
    `version` is "6", "6.1", "7", "8.1" or "niji 6". What Midjourney lacks, or a value that it would refuse, is
    a loss of the kind "parameter".
    """
    losses: list[Loss] = []
    given = {name: value for name, value in parameters.items() if value is not None}
    _ratio_of_size(given, losses)
    major = major_of(version)
    pieces = []
    for name in _ORDER:
        if name in given and exists(name, major):
            pieces += _option(name, given.pop(name), losses, major)
    losses += [_unknown(name, value, major) for name, value in given.items()]
    family, _, niji = version.strip().lower().partition("niji")
    pieces.append(f"--niji {niji.strip()}" if niji else f"--v {family.strip()}")
    return " " + " ".join(pieces), tuple(losses)


def major_of(version: str) -> int:
    """Return the number before the dot of a version such as "6.1" or "niji 7"; 0 without one."""
    found = re.search(r"[0-9]{1,4}", version)
    return int(found[0]) if found else 0


def exists(name: str, major: int) -> bool:
    """Whether Midjourney `major` has the parameter `name`, which is one of its parameters."""
    first, last = VERSIONS.get(name, (1, 99))
    return first <= major <= last


def _option(name: str, value: object, losses: list[Loss], major: int) -> list[str]:
    """Return the option for one parameter, none where the value says nothing."""
    if name in RANGES:
        return _number(name, value, RANGES[name], losses)
    text = str(value).strip()
    if name == "aspect_ratio":
        found = RATIO.fullmatch(text)
        if found:
            return [f"--ar {int(found[1])}:{int(found[2])}"]
        return _refused(name, value, "two whole numbers such as 16:9", losses)
    if name == "quality":
        text = number(value) if isinstance(value, float) else text
        allowed = QUALITIES[7 if major >= 7 else 6]
        if text in allowed:
            return [f"--q {text}"]
        return _refused(name, value, f"one of {', '.join(allowed)}", losses)
    if name == "style":
        return ["--style raw"] if text == "raw" else _refused(name, value, '"raw"', losses)
    if name == "n":
        if text != str(PICTURES):
            losses.append(_always_four(value))
        return []
    if name in _FLAGS:
        return [f"--{name}"] if value else []
    if text and not re.search(r"\s-|[\n\r]", f" {text}"):
        return [f"--{_REFERENCES[name]} {text}"]
    return _refused(name, value, "an address or a code", losses)


def _number(name: str, value: object, allowed: Range, losses: list[Loss]) -> list[str]:
    """Return the option for a number, brought into its range."""
    low, high = number(allowed.low), number(allowed.high)
    kind = "a whole number" if allowed.whole else "a number"
    if not isinstance(value, (int, float)) or not _fits(value, whole=allowed.whole):
        return _refused(name, value, f"{kind} from {low} to {high}", losses)
    near = min(max(value, allowed.low), allowed.high)
    if near != value:
        losses.append(
            Loss(
                "parameter",
                f"{name} goes from {low} to {high} in Midjourney",
                f"{name}={value}",
                instead=f"{number(near)} was sent",
                hint=f"set {name} to {number(near)}",
            )
        )
    return [f"--{allowed.option} {number(near)}"]


def _fits(value: float, *, whole: bool) -> bool:
    """Whether it is a number that can be sent, a whole one where that is asked."""
    if isinstance(value, float):
        return value.is_integer() if whole else math.isfinite(value)
    return not isinstance(value, bool)


def _refused(name: str, value: object, allowed: str, losses: list[Loss]) -> list[str]:
    losses.append(
        Loss(
            "parameter",
            f"Midjourney takes {name} only as {allowed}",
            f"{name}={value}",
            instead="it was left out",
            hint=f"set {name} to {allowed}, or leave it out",
        )
    )
    return []


def _always_four(value: object) -> Loss:
    return Loss(
        "parameter",
        f"a job of Midjourney always paints {PICTURES} pictures",
        f"n={value}",
        instead="it was left out",
        hint="take the picture you like from each job",
    )


def _ratio_of_size(given: dict[str, object], losses: list[Loss]) -> None:
    """Turn width and height into a ratio where no ratio is given."""
    size = [given.pop(name, None) for name in _SIZE]
    width, height = (side if isinstance(side, int) and side > 0 else 0 for side in size)
    if size == [None, None]:
        return
    told = "it was left out"
    if width and height and "aspect_ratio" not in given:
        common = gcd(width, height)
        given["aspect_ratio"] = f"{width // common}:{height // common}"
        told = f"--ar {given['aspect_ratio']} was sent"
    losses.append(
        Loss(
            "parameter",
            "Midjourney takes a ratio and no pixels",
            f"{size[0]}x{size[1]}",
            severity="info" if width and height else "warning",
            instead=told,
            hint="set aspect_ratio",
        )
    )


def _unknown(name: str, value: object, major: int) -> Loss:
    known = tuple(other for other in (*_ORDER, *_SIZE) if exists(other, major))
    hint = _INSTEAD.get(name) or did_you_mean(name, known) or "leave it out"
    where = f"Midjourney {major}" if name in VERSIONS else "Midjourney"
    return Loss(
        "parameter",
        f"{where} has no {name}",
        f"{name}={value}",
        instead="it was left out",
        hint=hint,
    )
