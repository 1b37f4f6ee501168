"""ComfyUI's graphs in API format, with places for what a request says.

A place is a text that is all of an input: "%prompt%", "%width%", or with a value for requests
that say nothing, "%num_inference_steps=28%". Its name is that of a parameter. A place without a
value falls back: the seed to one that is drawn, texts to nothing.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from secrets import randbelow
from typing import TYPE_CHECKING, Any, Final

from impasto.errors import FileError, InvalidRequest
from impasto.models.card import CANONICAL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from impasto.client.request import Request

Graph = dict[str, dict[str, Any]]
PARAMETER: Final = "workflow"
_NAMES: Final = frozenset(
    (*CANONICAL, "prompt", "negative_prompt", "checkpoint", "sampler", "scheduler")
)
_PLACE: Final = re.compile(r"%([a-z_]+)(?:=(.*))?%", re.DOTALL)
_FOLDER: Final = Path(__file__).with_name("_workflows")
_LARGEST_SEED: Final = 1 << 53


def graph_of(request: Request) -> Graph:
    """Return the graph for a request: the one that it names, else that of its model's family.

    Raises:
        FileError: the file cannot be read, or is no graph in API format.
        InvalidRequest: nobody knows a graph for the model, or it has no place for a parameter.
    """
    graph = _read(_path(request))
    fill((node["inputs"] for node in graph.values()), request)
    return graph


def fill(nodes: Iterable[dict[str, Any]], request: Request) -> None:
    """Put what the request says into the places among the inputs of each node.

    Raises:
        InvalidRequest: there is no place for a parameter.
    """
    values = {
        **{name: value for name, value in request.parameters.items() if value is not None},
        "prompt": request.prompt,
        "negative_prompt": request.negative_prompt,
    }
    values.pop(PARAMETER, None)
    used: set[str] = set()
    for inputs in nodes:
        for name, value in inputs.items():
            inputs[name] = _filled(value, values, used)
    _check_used(values, used)


def _path(request: Request) -> Path:
    given = request.parameters.get(PARAMETER)
    if given is not None:
        return Path(str(given))
    from impasto.errors import UnknownNameError  # noqa: PLC0415
    from impasto.models.registry import load_model  # noqa: PLC0415 - cards only where one is asked

    known = ", ".join(sorted(path.stem for path in _FOLDER.glob("*.json")))
    try:
        path = _FOLDER / f"{load_model(request.model).family}.json"
    except UnknownNameError:
        path = Path()
    if path.is_file():
        return path
    raise InvalidRequest(
        f'there is no workflow for "{request.model}"',
        fields={PARAMETER: "missing"},
        hint=f"name one in API format (-p workflow=FILE); built in are those of {known}",
    )


def _read(path: Path) -> Graph:
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise FileError(f"cannot read the workflow {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise FileError(f"the workflow {path} is no JSON: {error}") from error
    nodes = found.values() if isinstance(found, dict) else ()
    if isinstance(found, dict) and "nodes" in found:
        raise FileError(
            f"the workflow {path} is in the format of the editor",
            hint='export it for the API: "Export (API)" in the menu of ComfyUI',
        )
    if not nodes or not all(_is_node(node) for node in nodes):
        raise FileError(
            f"the workflow {path} is no graph in API format",
            hint="every entry has a class_type and inputs",
        )
    return found  # type: ignore[no-any-return]


def _is_node(node: object) -> bool:
    return isinstance(node, dict) and "class_type" in node and isinstance(node.get("inputs"), dict)


def _filled(value: object, values: dict[str, object], used: set[str]) -> object:
    """Return what an input gets: its own value, or that of the place it is."""
    place = _PLACE.fullmatch(value) if isinstance(value, str) else None
    if place is None or place[1] not in _NAMES:
        return value
    name, default = place[1], place[2]
    used.add(name)
    if name in values and not (name == "seed" and values[name] == -1):
        return values[name]
    if default is not None:
        return _typed(default)
    return randbelow(_LARGEST_SEED) if name == "seed" else ""


def _typed(text: str) -> object:
    """Return a default as the number that it is, else as text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _check_used(values: dict[str, object], used: set[str]) -> None:
    unused = [
        name for name, value in values.items() if name not in used and value not in ("", None)
    ]
    if not unused:
        return
    names = ", ".join(unused)
    raise InvalidRequest(
        f"the workflow has no place for {names}",
        fields=dict.fromkeys(unused, "no place"),
        hint=f'write "%{unused[0]}%" for the input that takes it, or leave it out',
    )
