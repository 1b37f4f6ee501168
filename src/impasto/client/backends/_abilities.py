"""What stable-diffusion.cpp's server can do, and which requests go beyond it.

The server replaces a value that it cannot use by one of its own and does not say so: an unknown
sampler by its default, 200 steps by 100, a number of the wrong type by nothing. Source: what the
server of stable-diffusion-cpp-python 0.4.7 does, and its answer on `/sdcpp/v1/capabilities`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from impasto.client import problems
from impasto.client.secret import quoted
from impasto.diagnostics import did_you_mean
from impasto.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.client.exchange import Answer
    from impasto.client.request import Request

Range: TypeAlias = tuple[int | None, int | None]

_LISTS = {"sampler": "samplers", "scheduler": "schedulers"}
_DEFAULT = "default"
# Nowhere told: the server cuts what is above.
_MOST_STEPS = 100


def check(request: Request, answer: Answer) -> None:
    """Refuse what the server that gave `answer` would silently replace.

    Raises:
        InvalidRequest: an unknown name, no whole number where one must stand, or one too large.
    """
    able = problems.json_of(answer) if answer.status == 200 else None
    if not isinstance(able, dict):
        return
    given = {name: value for name, value in request.parameters.items() if value is not None}
    for name in (name for name in _LISTS if name in given):
        _check_name(name, str(given[name]), able.get(_LISTS[name]), answer.host)
    ranges = _ranges(able.get("limits"))
    for name in (name for name in ranges if name in given):
        _check_number(name, given[name], ranges[name])


def _check_name(name: str, value: str, listed: object, host: str) -> None:
    if not isinstance(listed, list) or value in (*listed, _DEFAULT):
        return
    known = [quoted(str(each), None, 40) for each in listed]
    raise InvalidRequest(
        f'{host} has no {name} "{quoted(value, None, 40)}"',
        fields={name: "the server does not know it"},
        hint=did_you_mean(value, known) or f"it has {', '.join(known)}",
    )


def _ranges(limits: object) -> Mapping[str, Range]:
    told: dict[str, Any] = limits if isinstance(limits, dict) else {}
    return {
        "width": (told.get("min_width"), told.get("max_width")),
        "height": (told.get("min_height"), told.get("max_height")),
        "n": (1, told.get("max_batch_count")),
        "num_inference_steps": (1, _MOST_STEPS),
        "seed": (None, None),
        "clip_skip": (None, None),
    }


def _check_number(name: str, value: object, allowed: Range) -> None:
    least, most = allowed
    number = value if isinstance(value, int) and not isinstance(value, bool) else None
    if number is not None and (least or number) <= number <= (most or number):
        return
    words = [f"from {least}"] * (least is not None) + [f"to {most}"] * (most is not None)
    takes = " ".join(["a whole number", *words])
    raise InvalidRequest(
        f'the parameter "{name}" is {value!r:.40}; the server takes {takes}',
        fields={name: takes},
        hint=f"it would paint with a value of its own instead; give {name} {takes}",
    )
