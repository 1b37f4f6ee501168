"""OpenAI Images at Azure: the deployment stands in the path, the version in the query.

Source: Microsoft's reference of Azure OpenAI, 2025-04-01-preview, and litellm 1.109.1.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qs, quote, urlencode, urlsplit, urlunsplit

from impasto.client import problems
from impasto.client.backends.openai import OpenAI
from impasto.client.backends.service import base_url, model_name
from impasto.errors import InvalidRequest, ModerationRefused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from impasto.client.backends.base import Settings
    from impasto.client.exchange import Answer, Outcome, Steps
    from impasto.client.request import Request

VERSION = "2025-04-01-preview"
"""The first that knows gpt-image; it knows DALL·E as well."""
_TAIL = re.compile(r"/+openai(?:/+deployments(?:/+[^/]+(?:/+images(?:/+generations)?)?)?)?/*$")
_FILTERS = ("content_filter_results", "content_filter_result", "prompt_filter_results")


class Azure(OpenAI):
    """`POST /openai/deployments/{deployment}/images/generations?api-version=…`.

    The deployment is the parameter `deployment`, else the model's name; the version is the
    parameter `api_version`, else that of the base URL, else `VERSION`.
    """

    name = "azure"
    address = ""
    keys = ("AZURE_OPENAI_API_KEY",)
    place = "AZURE_OPENAI_ENDPOINT"
    lost: ClassVar[str] = (
        "check the base URL (https://NAME.openai.azure.com), and -p deployment=NAME"
    )
    header = "api-key"
    scheme = ""
    names: ClassVar[Mapping[str, str | None]] = {
        **OpenAI.names,
        "deployment": None,
        "api_version": None,
    }

    def exchange(self, request: Request, settings: Settings) -> Steps[Outcome]:
        """Ask for the images at the deployment."""
        place = replace(settings, base_url=self._place(request, settings))
        return (yield from super().exchange(request, place))

    def url(self, settings: Settings, model: str) -> str:  # noqa: ARG002 - it is in the address
        """Return the address that requests go to, which `exchange` has put together."""
        return settings.base_url

    def _place(self, request: Request, settings: Settings) -> str:
        parts = urlsplit(base_url(settings.base_url, self.name, _TAIL))
        given = request.parameters
        deployment = str(given.get("deployment") or model_name(request))
        named = parse_qs(parts.query).get("api-version", [VERSION])
        query = urlencode({"api-version": given.get("api_version") or named[0]})
        path = f"{parts.path}/openai/deployments/{quote(deployment, safe='')}/images/generations"
        return urlunsplit((parts.scheme, parts.netloc, path, query, ""))

    def check(self, answer: Answer, settings: Settings) -> None:
        """Raise what an answer tells instead of an image; what was filtered by its category."""
        data = problems.json_of(answer)
        found = data if isinstance(data, dict) else {}
        reasons = tuple(dict.fromkeys(_filtered(found)))
        if reasons and not _has_image(found):
            raise _refusal(answer, reasons)
        if answer.status == 404 and "deploymentnotfound" in problems.read(answer).codes:
            raise InvalidRequest(
                f"{answer.host} has no such deployment",
                fields={"deployment": "unknown"},
                hint="name one of the resource's own: -p deployment=NAME",
                status=answer.status,
            )
        super().check(answer, settings)


def _refusal(answer: Answer, reasons: tuple[str, ...]) -> ModerationRefused:
    done = answer.status == 200
    return ModerationRefused(
        f"{answer.host} refused the content: {', '.join(reasons)}",
        stage="output" if done else "input",
        reasons=reasons,
        billed="maybe" if done else "no",
        hint="rephrase what the filter names, or look at the deployment's content filter",
        status=answer.status,
    )


def _has_image(data: dict[str, Any]) -> bool:
    items = data.get("data")
    return isinstance(items, list) and any(
        isinstance(item, dict) and (item.get("b64_json") or item.get("url")) for item in items
    )


def _filtered(data: dict[str, Any]) -> Iterator[str]:
    """Yield the categories that a filter stopped: in the error, in what it holds, in the images."""
    error, items = _object(data.get("error")), data.get("data")
    inner = [_object(error.get(key)) for key in ("inner_error", "innererror")]
    images = map(_object, items if isinstance(items, list) else ())
    for part in (error, *inner, *images):
        for name in _FILTERS:
            for category, told in _object(part.get(name)).items():
                if _object(told).get("filtered") is True:
                    yield str(category)[:40]


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
