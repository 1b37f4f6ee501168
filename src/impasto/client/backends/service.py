"""What services over HTTP share: their address, the key, and their names for things."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit, urlunsplit

from impasto.client import answers, problems
from impasto.client.exchange import Call, host_of
from impasto.client.secret import quoted
from impasto.errors import AuthError, InvalidRequest, ProtocolError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.client.backends.base import Settings
    from impasto.client.exchange import Answer
    from impasto.client.request import Request
    from impasto.client.secret import Secret
    from impasto.models.card import ModelCard, ParameterSpec

_TAIL = re.compile(r"(?:/+v1)?/+images/+generations/*$|/+(?:v1(?:/+images)?/*)?$")
_VERSION = re.compile(r"/v[0-9]+(?:(?:alpha|beta)[0-9]*)?(?=/|$)")
_COMMANDS = "<sd_cpp_extra_args>"


class Service:
    """A backend that is reached over HTTP.

    `address` is where the service is, unless the user names another place; `keys` are the
    environment variables that its users keep their key in, `place` the one that names the server
    the key is for where that is another than `address`; `needs_key` says that nothing works
    without one. `scheme` stands before the key in the header `header`. `names` translates our
    names of parameters into the service's; None leaves a parameter out. Jobs may be looked for at
    the address itself and at `hosts`, whose names begin with a dot where all below them count.
    `lost` is what to do where the service does not know the address of a request (404).
    """

    name: ClassVar[str]
    needs_network: ClassVar[bool] = True
    address: ClassVar[str] = ""
    keys: ClassVar[tuple[str, ...]] = ()
    place: ClassVar[str] = ""
    needs_key: ClassVar[bool] = False
    header: ClassVar[str] = "authorization"
    scheme: ClassVar[str] = "Bearer "
    names: ClassVar[Mapping[str, str | None]] = {}
    hosts: ClassVar[tuple[str, ...]] = ()
    lost: ClassVar[str] = "check the base URL, and that the server has this interface"

    def base(self, settings: Settings) -> str:
        """Return the address of the service, without a slash at its end.

        Raises:
            InvalidRequest: there is none, or it is no address.
        """
        return base_url(settings.base_url or self.address, self.name)

    def headers(self, settings: Settings, accept: str = "application/json") -> Headers:
        """Return the headers of a call that may carry the key.

        Raises:
            AuthError: the service needs a key and there is none.
        """
        if self.needs_key and not settings.api_key:
            where = " or ".join((*self.keys, "IMPASTO_API_KEY"))
            raise AuthError(f"{self.name} needs a key", hint=f"set {where}, or pass api_key=")
        headers: Headers = {"accept": accept}
        if settings.api_key:
            headers[self.header] = settings.api_key.behind(self.scheme)
        return headers

    def fields(self, request: Request) -> dict[str, object]:
        """Return the parameters of a request under the service's names.

        The name that a model has for one at this service goes before the service's own. Width and
        height under the same name are one text, "1024x768".

        Raises:
            InvalidRequest: a value that JSON cannot say.
        """
        known = _specs(request)
        found: dict[str, object] = {}
        for name, value in request.parameters.items():
            spec = known.get(name)
            own = (
                self.names.get(name, name) if spec is None or spec.sent_as is None else spec.sent_as
            )
            if not own or value is None:
                continue
            said = sayable(name, value)
            said = str(said) if spec and spec.type == "text" else said
            if own in found:
                said = f"{found[own]}x{said}" if name == "height" else f"{said}x{found[own]}"
            found[own] = said
        return found

    def look(self, url: str, settings: Settings) -> Call:
        """Return the call that looks at a job at the address that the service named for it.

        Raises:
            ProtocolError: the address is another's; the key is not sent there.
        """
        headers = self.headers(settings)
        url = self.own(url, settings)
        return Call("GET", url, headers, timeout="poll", idempotent=True, secret=True)

    def own(self, url: str, settings: Settings) -> str:
        """Return an address that the service named, if it is the service's.

        Raises:
            ProtocolError: it is another's; the key is not sent there.
        """
        try:
            parts = urlsplit(url)
        except ValueError:
            parts = urlsplit("")
        host = parts.hostname or ""
        known = any(host == h or (h[0] == "." and host.endswith(h)) for h in self.hosts)
        if (known and parts.scheme == "https") or host_of(url) == host_of(self.base(settings)):
            return url
        raise ProtocolError(
            f"the job is to be looked for at {quoted(host, None, 100) or 'no host'}, "
            "which is not the service's",
            billed="maybe",
            hint="the key is not sent there; name the server that you trust as the base URL",
        )


Headers = dict[str, "str | Secret"]


def model_name(request: Request) -> str:
    """Return what the backend calls the model of a request; the user's word where nobody knows."""
    card = _card(request)
    return (card and card.served_as) or request.model


def _specs(request: Request) -> Mapping[str, ParameterSpec]:
    card = _card(request)
    return card.parameters if card else {}


def _card(request: Request) -> ModelCard | None:
    """Return what is known of the model at the backend."""
    from impasto.models.registry import load_model  # noqa: PLC0415 - cards only where one is asked

    try:
        return load_model(request.model).for_backend(request.backend)
    except UnknownNameError:
        return None


def json_object(answer: Answer, secret: Secret | None = None) -> dict[str, Any]:
    """Return the JSON object of an answer that has to be one.

    Raises:
        BackendError: an error status, or something else than an object.
    """
    if not 200 <= answer.status < 300:
        raise answers.refused(answer, secret)
    data = problems.json_of(answer)
    if not isinstance(data, dict):
        raise answers.no_json(answer, problems.read(answer, secret))
    return data


def text_of(data: Mapping[str, Any], key: str, answer: Answer) -> str:
    """Return a text that an answer must have.

    Raises:
        ProtocolError: it is missing.
    """
    value = data.get(key)
    if isinstance(value, str) and value:
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise ProtocolError(
        f'{answer.host} answered without "{key}"',
        status=answer.status,
        billed="maybe",
        hint="check that the base URL is the one of this service",
    )


def spoken(request: Request) -> str:
    """Return the prompt, for an interface that stable-diffusion.cpp's server has too.

    There what stands in this tag is no text but sets parameters of the request, its size, steps
    and input images among them; so a value that found its way into a prompt could.

    Raises:
        InvalidRequest: the prompt holds the tag.
    """
    if _COMMANDS not in request.prompt:
        return request.prompt
    raise InvalidRequest(
        f"the prompt holds {_COMMANDS}, which stable-diffusion.cpp's server obeys",
        fields={"prompt": f"holds {_COMMANDS}"},
        hint="leave it out; its own backend, sdcpp, takes all parameters as parameters",
    )


def sayable(name: str, value: object) -> object:
    """Return the value of a parameter.

    Raises:
        InvalidRequest: JSON cannot say it.
    """
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InvalidRequest(
            f'the parameter "{name}" has a value that cannot be sent: {value!r:.80}',
            fields={name: str(error)},
            hint="numbers, texts, lists and mappings of them can be sent",
        ) from error
    return value


def base_url(base: str, backend: str, tail: re.Pattern[str] | None = None) -> str:
    """Return an address without a slash at its end, and without what `tail` matches there.

    Raises:
        InvalidRequest: not an http or https address, or one with a password in it.
    """
    if not base:
        raise InvalidRequest(
            f'the backend "{backend}" needs the address of a server',
            hint="set IMPASTO_BASE_URL or pass base_url=, such as https://api.example.com",
        )
    try:
        parts = urlsplit(base.strip())
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise InvalidRequest(f'"{_shown(base)}" is not a base URL', hint=_hint(base))
    if "@" in parts.netloc:
        raise InvalidRequest(
            "the base URL holds a user name or password",
            hint="leave it out of the address and pass the key as api_key= or IMPASTO_API_KEY",
        )
    path = (tail.sub("", parts.path) if tail else parts.path).rstrip("/")
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))


def images_url(base: str, backend: str) -> str:
    """Return the address that images are asked for at, under an address of any usual form.

    The guide's has no version and gets /v1; one that ends in a version of its own, or goes on
    after it (/api/v3, /v1beta/openai), is taken as the official client of OpenAI takes it.

    Raises:
        InvalidRequest: not an http or https address, or one with a password in it.
    """
    parts = urlsplit(base_url(base, backend, _TAIL))
    version = "" if _VERSION.search(parts.path) else "/v1"
    return urlunsplit(parts._replace(path=f"{parts.path}{version}/images/generations"))


def _shown(base: str) -> str:
    """Return what may be shown of a broken address: no user name or password."""
    return re.sub(r"^(\w*:?/*)[^/]*@", r"\1", base)[:100]


def _hint(base: str) -> str:
    if "://" in base or not base.strip("/ "):
        return "a base URL looks like https://api.example.com"
    local = base.startswith(("localhost", "127.", "192.168.", "10."))
    return f'did you mean "{"http" if local else "https"}://{_shown(base)}"?'
