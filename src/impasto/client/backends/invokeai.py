"""InvokeAI: a graph into the queue, an item for each image, files on the server.

Source: InvokeAI 6.14.2, routers session_queue, model_manager and images, and its invocations.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from secrets import randbelow
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from impasto.client import download, problems
from impasto.client.backends._workflow import fill
from impasto.client.backends.service import Service, json_object, model_name, text_of
from impasto.client.exchange import Call, Outcome, Sleep, Status, Ticket
from impasto.client.pictures import Found
from impasto.client.secret import quoted
from impasto.client.waits import pauses
from impasto.diagnostics import did_you_mean
from impasto.errors import (
    GenerationFailed,
    InvalidRequest,
    ProtocolError,
    ResultExpired,
    UnknownNameError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from impasto.client.backends.base import Settings
    from impasto.client.exchange import Answer, Steps
    from impasto.client.request import Request

_FOLDER: Final = Path(__file__).with_name("_graphs")
_QUEUE: Final = "/api/v1/queue/default"
_SEEDS: Final = 1 << 32
_MODEL: Final = ("key", "hash", "name", "base", "type")
_BASES: Final = {"sdxl": "sdxl", "sd1": "sd-1"}
_FAILED: Final = frozenset({"failed", "canceled"})


class InvokeAI(Service):
    """`POST …/enqueue_batch`, `GET …/i/{item}` for each image, `GET /api/v1/images/i/{name}/full`.

    The checkpoint is the parameter `checkpoint`, else the model's name, else the first of the
    model's family that is installed. `n` images are `n` items with seeds one after the other.
    """

    name = "invokeai"
    address = "http://127.0.0.1:9090"
    lost = "check the base URL: it is where the page of InvokeAI itself opens"

    def exchange(self, request: Request, settings: Settings) -> Steps[Outcome]:
        """Put the filled graph into the queue and wait for its images."""
        base = self.base(settings)
        installed: Answer = yield self.look(f"{base}/api/v2/models/?model_type=main", settings)
        model = _chosen(json_object(installed, settings.api_key), request)
        seed = randbelow(_SEEDS) if request.seed is None else request.seed
        body = {"batch": _batch(request, model, seed), "prepend": False}
        headers = self.headers(settings)
        answer: Answer = yield Call(
            "POST", f"{base}{_QUEUE}/enqueue_batch", headers, body, secret=True
        )
        data = json_object(answer, settings.api_key)
        batch = data.get("batch")
        batch_id = text_of(batch if isinstance(batch, dict) else {}, "batch_id", answer)
        state = {"items": _items(data, answer), "id": batch_id, "seed": str(seed)}
        cancel = {"batch_ids": [batch_id]}
        url = f"{base}{_QUEUE}/cancel_by_batch_ids"
        yield Ticket(state, (Call("PUT", url, headers, cancel, secret=True),))
        return (yield from self.resume(request, settings, state))

    def resume(
        self,
        request: Request,  # noqa: ARG002 - the server knows what was asked
        settings: Settings,
        state: Mapping[str, str],
    ) -> Steps[Outcome]:
        """Look at each item of the batch until it has ended, then fetch the images."""
        base = self.base(settings)
        items = state["items"].split(",")
        found: list[Found] = []
        for number, item in enumerate(items):
            data = yield from self._ended(f"{base}{_QUEUE}/i/{item}", settings, number / len(items))
            names = [quote(name, safe="") for name in _names(data)]
            found += (Found(url=f"{base}/api/v1/images/i/{name}/full") for name in names)
        if not found:
            raise GenerationFailed(f"the queue of {base} ended without an image", billed="no")
        images, host = yield from download.collect(tuple(found), base)
        return Outcome(images, seed=int(state["seed"]), request_id=state["id"], host=host)

    def _ended(self, url: str, settings: Settings, share: float) -> Steps[dict[str, Any]]:
        """Return an item that is completed; `share` of the batch was done before it."""
        for pause in pauses():
            answer: Answer = yield self.look(url, settings)
            if answer.status == 404:
                raise ResultExpired(
                    f"{answer.host} does not know the job any more",
                    billed="no",
                    hint="its queue may have been cleared; ask for the image again",
                    status=answer.status,
                )
            data = json_object(answer, settings.api_key)
            status = str(data.get("status"))
            if status == "completed":
                return data
            if status in _FAILED:
                raise _failed(data, answer)
            yield Status(status.replace("_", " "), share or None)
            yield Sleep(pause)
        raise AssertionError


def _batch(request: Request, model: dict[str, Any], seed: int) -> dict[str, object]:
    given = {k: v for k, v in request.parameters.items() if k not in ("checkpoint", "n")}
    graph = json.loads((_FOLDER / f"{model['base']}.json").read_bytes())
    fill(graph["nodes"].values(), replace(request, parameters=given))
    graph["nodes"]["model"]["model"] = model
    count = request.parameters.get("n", 1)
    if not isinstance(count, int) or count < 1:
        raise InvalidRequest('"n" must be a whole number above 0', fields={"n": str(count)})
    seeds = [(seed + number) % _SEEDS for number in range(count)]
    data = [[{"node_path": "noise", "field_name": "seed", "items": seeds}]]
    return {"graph": graph, "runs": 1, "data": data, "origin": "impasto"}


def _chosen(data: dict[str, Any], request: Request) -> dict[str, Any]:
    """Return what names the checkpoint in a graph.

    Raises:
        InvalidRequest: it is not installed, or there is no graph for its kind.
    """
    found = data.get("models")
    models = [m for m in found if isinstance(m, dict)] if isinstance(found, list) else []
    painters = [m for m in models if m.get("type") == "main" and all(k in m for k in _MODEL)]
    wanted = str(request.parameters.get("checkpoint") or model_name(request))
    named = [m for m in painters if wanted in (m["key"], m["name"])]
    if not named and not request.parameters.get("checkpoint"):
        base = _base(request.model)
        named = [m for m in painters if m["base"] == base]
    if not named:
        raise _not_installed(wanted, tuple(str(m["name"]) for m in painters))
    if not (_FOLDER / f"{named[0]['base']}.json").is_file():
        kinds = ", ".join(sorted(path.stem for path in _FOLDER.glob("*.json")))
        raise InvalidRequest(
            f'there is no graph for "{wanted}"', hint=f"InvokeAI is asked for models of {kinds}"
        )
    return {key: named[0][key] for key in _MODEL}


def _base(model: str) -> str | None:
    """Return InvokeAI's word for the family of a model that we know."""
    from impasto.models.registry import load_model  # noqa: PLC0415 - cards only where one is asked

    try:
        return _BASES.get(load_model(model).family)
    except UnknownNameError:
        return None


def _not_installed(wanted: str, known: tuple[str, ...]) -> InvalidRequest:
    names = quoted(", ".join(known), None) or "none"
    hint = did_you_mean(wanted, known) or f"installed are: {names}; -p checkpoint=NAME names one"
    return InvalidRequest(
        f'InvokeAI has no model "{wanted}" installed', fields={"checkpoint": "unknown"}, hint=hint
    )


def _items(data: dict[str, Any], answer: Answer) -> str:
    """Return the numbers of the batch's items, with commas.

    Raises:
        ProtocolError: there are none.
    """
    items = data.get("item_ids")
    if isinstance(items, list) and items and all(isinstance(item, int) for item in items):
        return ",".join(map(str, items))
    raise ProtocolError(
        f"{answer.host} took the batch without saying its items: {problems.read(answer).message}",
        hint="this needs a newer InvokeAI, which names them",
        status=answer.status,
    )


def _failed(data: dict[str, Any], answer: Answer) -> GenerationFailed:
    kind, why = data.get("error_type") or "", data.get("error_message") or "no reason given"
    said = quoted(f"{kind}: {why}" if kind else str(why), None)
    hint = "look at the server's own log"
    if data["status"] == "canceled":
        hint = "somebody stopped it at the server"
    elif "OutOfMemory" in str(kind) or "out of memory" in str(why).lower():
        hint = "choose a smaller size; the server's graphics memory is full"
    return GenerationFailed(
        f"{answer.host} says: {data['status']} ({said})", billed="no", hint=hint
    )


def _names(data: dict[str, Any]) -> Iterator[str]:
    """Yield the names of the images that an item made."""
    session = data.get("session")
    results = session.get("results") if isinstance(session, dict) else None
    for result in results.values() if isinstance(results, dict) else ():
        image = result.get("image") if isinstance(result, dict) else None
        name = image.get("image_name") if isinstance(image, dict) else None
        if isinstance(name, str) and name:
            yield name
