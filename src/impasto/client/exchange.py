"""What an exchange with a backend says and hears, without any IO.

An exchange is a generator. It yields what it wants done (`Call`, `Sleep`, `Work`), receives what
came of it (`Answer` for a call, the value for work) and returns an `Outcome`. Where the server
takes the request as a job it yields a `Ticket` before it asks for the job the first time, and a
`Status` as often as it learns something. The same generator runs under both clients;
`retry.persevere` wraps it, `drive` does what it asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from impasto.client.request import Picture
    from impasto.client.secret import Secret

MiB = 1 << 20
MAX_IMAGE = 64 * MiB
# Four images of the greatest size in base64, and the JSON around them.
MAX_ANSWER = 344 * MiB

Stage = Literal["submit", "poll", "download"]


def host_of(url: str) -> str:
    """Return host and port of `url`, never a user name or password; empty where it has none."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return ""


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request.

    The body is `json`, or `form` as multipart/form-data: texts, and (file name, bytes) for files.
    `secret` calls go over the connection that may carry the key; the others over one that knows
    no key and no cookies. `settled` says of an answer that its status is no reason to ask again:
    some servers tell of a failed job with a 503. `heard` is given every line of the body as it
    comes, and `aside` is asked again and again until the answer is there; what they make of it is
    news. An `idempotent` call may be repeated without paying twice. The answer
    may have `limit` bytes; `seconds` is what is left for the call, set by `persevere`.
    """

    method: str
    url: str
    headers: Mapping[str, str | Secret] = field(default_factory=dict)
    json: object = None
    form: Mapping[str, str | tuple[str, bytes]] | None = None
    timeout: Stage = "submit"
    idempotent: bool = False
    secret: bool = False
    limit: int = MAX_ANSWER
    settled: Callable[[Answer], bool] | None = field(default=None, repr=False, compare=False)
    heard: Callable[[bytes], News | None] | None = field(default=None, repr=False, compare=False)
    aside: Aside | None = field(default=None, repr=False, compare=False)
    seconds: float = 300.0

    @property
    def host(self) -> str:
        """Host and port."""
        return host_of(self.url)


@dataclass(frozen=True, slots=True)
class Aside:
    """A look at how far a call is, made every so many seconds while its answer is awaited."""

    call: Call
    read: Callable[[Answer], News | None]
    every: float = 1.0


@dataclass(frozen=True, slots=True)
class Sleep:
    """Wait for `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Work:
    """Run `run`, which blocks (a name looked up, a picture drawn); its value is the reply."""

    run: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A job that the server took; `state` is all it takes to ask for it again, now or later.

    Its values are texts without a key, so it can be written down; without any, the job can only
    be given up. `cancel` does that; what comes of it is not waited for.
    """

    state: Mapping[str, str]
    cancel: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True)
class Status:
    """How far a job is: in words, as a share from 0 to 1 where it is known, as a preview.

    `wait` is how many seconds the server makes us wait before the request is sent again.
    """

    text: str = ""
    share: float | None = None
    wait: float | None = None
    preview: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP response, read to its end; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    host: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A call without a whole answer.

    "connect": nothing was sent. "timeout": no answer in time. "cut": the connection broke after
    sending began. "large": more than the limit. "url": the address cannot be called. `lasting`
    failures will not be mended by trying again.
    """

    kind: Literal["connect", "timeout", "cut", "large", "url"]
    text: str
    cause: BaseException | None = None
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an exchange brings home; the client makes a `Result` of it."""

    pictures: tuple[Picture, ...]
    seed: int | None = None
    revised_prompt: str | None = None
    cost: float | None = None
    request_id: str = ""
    host: str = ""


T = TypeVar("T")
Step: TypeAlias = Call | Sleep | Work | Ticket | Status
News: TypeAlias = Ticket | Status
Watch: TypeAlias = Callable[[News], None]
# What is received depends on the step: an Answer for a Call, the value for Work.
Steps: TypeAlias = Generator[Step, Any, T]
