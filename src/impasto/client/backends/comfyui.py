"""ComfyUI: a graph in API format, a place in the queue, files on the server.

Source: ComfyUI 0.3.64 server.py and execution.py, and recorded answers of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode
from uuid import uuid4

from impasto.client import download, problems
from impasto.client.backends._workflow import graph_of
from impasto.client.backends.service import Service, json_object, text_of
from impasto.client.exchange import Call, Outcome, Sleep, Status, Ticket
from impasto.client.pictures import Found
from impasto.client.secret import quoted
from impasto.client.waits import pauses
from impasto.errors import GenerationFailed, InvalidRequest, ResultExpired

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from impasto.client.backends.base import Settings
    from impasto.client.exchange import Answer, Steps
    from impasto.client.request import Request


class ComfyUI(Service):
    """`POST /prompt`, `GET /history/{id}` until it is there, `GET /view` for each image."""

    name = "comfyui"
    address: ClassVar[str] = "http://127.0.0.1:8188"
    lost: ClassVar[str] = "check the base URL: it is where the page of ComfyUI itself opens"

    def exchange(self, request: Request, settings: Settings) -> Steps[Outcome]:
        """Put the filled graph into the queue and wait for its images."""
        base, headers = self.base(settings), self.headers(settings)
        graph = graph_of(request)
        body = {"prompt": graph, "client_id": uuid4().hex}
        answer: Answer = yield Call("POST", f"{base}/prompt", headers, body, secret=True)
        if answer.status == 400 and (refusal := _refusal(answer)):
            raise refusal
        job = text_of(json_object(answer, settings.api_key), "prompt_id", answer)
        state = {"id": job, "seed": _seed(graph)}
        cancel = (
            Call("POST", f"{base}/queue", headers, {"delete": [job]}, secret=True),
            Call("POST", f"{base}/interrupt", headers, {"prompt_id": job}, secret=True),
        )
        yield Ticket(state, cancel)
        return (yield from self.resume(request, settings, state))

    def resume(
        self,
        request: Request,  # noqa: ARG002 - the server knows what was asked
        settings: Settings,
        state: Mapping[str, str],
    ) -> Steps[Outcome]:
        """Look for the job in the history until it is there."""
        base = self.base(settings)
        lost = 0
        for pause in pauses():
            answer: Answer = yield self.look(f"{base}/history/{state['id']}", settings)
            entry = json_object(answer, settings.api_key).get(state["id"])
            if isinstance(entry, dict):
                return (yield from self._ended(entry, answer, base, state))
            lost = 0 if (yield from self._is_known(base, settings, state["id"])) else lost + 1
            if lost > 1:  # once may be the moment between the queue and the history
                break
            yield Sleep(pause)
        raise ResultExpired(
            f"{answer.host} does not know the job {state['id']} any more",
            billed="no",
            hint="the server may have been restarted; ask for the image again",
        )

    def _ended(
        self, entry: dict[str, Any], answer: Answer, base: str, state: Mapping[str, str]
    ) -> Steps[Outcome]:
        if trouble := _trouble(entry, answer):
            raise trouble
        found = tuple(Found(url=f"{base}/view?{urlencode(name)}") for name in _files(entry))
        if not found:
            raise GenerationFailed(
                f"{answer.host} ran the workflow and saved no image",
                billed="no",
                hint="the workflow needs a node that saves images, such as SaveImage",
            )
        images, host = yield from download.collect(found, base)
        seed = int(state["seed"]) if state.get("seed") else None
        return Outcome(images, seed=seed, request_id=state["id"], host=host)

    def _is_known(self, base: str, settings: Settings, job: str) -> Steps[bool]:
        """Tell where in the queue the job is; return whether it is there at all."""
        answer: Answer = yield self.look(f"{base}/queue", settings)
        data = problems.json_of(answer)
        if not isinstance(data, dict):
            return True
        waiting = [entry[1] for entry in data.get("queue_pending") or ()]
        running = [entry[1] for entry in data.get("queue_running") or ()]
        if job in running:
            yield Status("running")
        elif job in waiting:
            yield Status(f"in the queue, {waiting.index(job) + len(running)} before it")
        return job in running or job in waiting


def _refusal(answer: Answer) -> InvalidRequest | None:
    """Return why the server does not run a graph, by node and input."""
    data = problems.json_of(answer)
    if not isinstance(data, dict) or not isinstance(data.get("node_errors"), dict):
        return None
    fields = dict(_node_errors(data["node_errors"]))
    said = quoted(str((data.get("error") or {}).get("message", "")), None)
    return InvalidRequest(
        f"{answer.host} refuses the workflow: {said}",
        fields=fields,
        hint="; ".join(f"{name}: {why}" for name, why in fields.items()) or "look at the graph",
        status=answer.status,
    )


def _node_errors(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for node, told in found.items():
        for error in told.get("errors") or () if isinstance(told, dict) else ():
            name = (error.get("extra_info") or {}).get("input_name") or "inputs"
            said = error.get("details") or error.get("message") or ""
            yield quoted(f"{node}.{name}", None, 80), quoted(str(said), None)


def _trouble(entry: dict[str, Any], answer: Answer) -> GenerationFailed | None:
    """Return the error that a node ran into."""
    status = entry.get("status") or {}
    if status.get("status_str") != "error":
        return None
    said, hint = "the workflow failed", "look at the server's own log"
    for kind, data in status.get("messages") or ():
        if kind == "execution_error":
            why = quoted(str(data.get("exception_message", "")), None)
            said = f"{data.get('node_type')} failed: {why}"
            if "out of memory" in why.lower() or "OutOfMemory" in str(data.get("exception_type")):
                hint = "choose a smaller size or batch; the server's graphics memory is full"
        elif kind == "execution_interrupted":
            said, hint = "the job was interrupted", "somebody stopped it at the server"
    return GenerationFailed(f"{answer.host} says: {said}", billed="no", hint=hint)


def _files(entry: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Yield what names each image that was saved; previews only where nothing else is there."""
    images = [
        image
        for output in (entry.get("outputs") or {}).values()
        for image in (output.get("images") or () if isinstance(output, dict) else ())
        if isinstance(image, dict) and image.get("filename")
    ]
    saved = [image for image in images if image.get("type") == "output"]
    for image in saved or images:
        yield {key: str(image.get(key, "")) for key in ("filename", "subfolder", "type")}


def _seed(graph: dict[str, dict[str, Any]]) -> str:
    """Return the seed in the graph, empty where there is none or several."""
    seeds = {
        str(value)
        for node in graph.values()
        for name, value in node["inputs"].items()
        if name in ("seed", "noise_seed") and isinstance(value, int)
    }
    return seeds.pop() if len(seeds) == 1 else ""
