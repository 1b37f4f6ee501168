"""What is sent and what comes back."""

from __future__ import annotations

import os
import re
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from impasto.errors import ImageError

if TYPE_CHECKING:
    from collections.abc import Mapping

_SUFFIX = {"jpeg": ".jpg"}
# "flux-1.1-pro" has no extension, though pathlib sees ".1-pro".
_EXTENSION = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}")


class Sendable(Protocol):
    """What the clients need of a translation."""

    @property
    def model(self) -> str:
        """The model's name."""

    @property
    def backend(self) -> str:
        """The backend whose limits the translation was checked against."""

    @property
    def prompt(self) -> str:
        """The final prompt."""

    @property
    def negative_prompt(self) -> str:
        """The final negative prompt, or an empty text."""

    @property
    def parameters(self) -> Mapping[str, object]:
        """Request parameters under their canonical names."""

    @property
    def losses(self) -> tuple[object, ...]:
        """What the model will not hear."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a backend is asked for; `origin` is the translation it was made of."""

    backend: str
    model: str
    prompt: str
    negative_prompt: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)
    origin: Sendable | None = field(default=None, repr=False, compare=False)

    @property
    def seed(self) -> int | None:
        """The seed that was asked for; -1 means any, as none does."""
        seed = self.parameters.get("seed")
        return seed if isinstance(seed, int) and not isinstance(seed, bool) and seed >= 0 else None

    def to_json(self) -> dict[str, object]:
        """Return what is asked for as a JSON-ready object, without what is empty."""
        facts: dict[str, object] = {
            "backend": self.backend,
            "model": self.model,
            "prompt": self.prompt,
            "negative_prompt": self.negative_prompt,
            "parameters": dict(self.parameters),
        }
        return {name: fact for name, fact in facts.items() if fact not in ("", {})}

    @classmethod
    def of(cls, translation: Sendable, backend: str) -> Request:
        """Return the request for `translation` at `backend`."""
        return cls(
            backend,
            translation.model,
            translation.prompt,
            translation.negative_prompt,
            dict(translation.parameters),
            translation,
        )


@dataclass(frozen=True, slots=True)
class Picture:
    """The bytes of one image and their kind ("png", "jpeg", "webp" …)."""

    data: bytes = field(repr=False)
    kind: str


@dataclass(frozen=True, slots=True)
class Result:
    """One image and how it came about.

    `seed`, `revised_prompt` and `cost` are what the backend said, or None. A seed that the image
    itself tells comes first; one that was asked for and not contradicted counts as said. `seconds` is the time from the request to the last
    byte, `attempts` how often the request was sent, `host` where the image came from. `others`
    are further images of the same request (`n` > 1).
    """

    image: bytes = field(repr=False)
    kind: str
    request: Request
    seed: int | None = None
    revised_prompt: str | None = None
    cost: float | None = None
    seconds: float = 0.0
    request_id: str = ""
    host: str = ""
    attempts: int = 1
    others: tuple[Picture, ...] = ()

    def record(self) -> dict[str, object]:
        """Return what made the image, JSON-ready, without what is not known."""
        facts: dict[str, object] = {
            **self.request.to_json(),
            "parameters": dict(self.request.parameters),
            "seed": self.seed,
            "revised_prompt": self.revised_prompt,
            "cost": self.cost,
            "seconds": round(self.seconds, 3),
            "request_id": self.request_id,
            "host": self.host,
        }
        return {name: fact for name, fact in facts.items() if fact not in (None, "")}

    def save(self, path: str | Path, *, record: Mapping[str, object] | None = None) -> Path:
        """Write the image to `path` and return where it is.

        A path without an extension gets the one of the image's kind. The file appears whole or
        not at all. With `record` the facts in it are written into the image.

        Raises:
            ImageError: the file cannot be written, or the image cannot hold the record.
        """
        return write_picture(Path(path), Picture(self.image, self.kind), record)

    def save_all(
        self, path: str | Path, *, record: Mapping[str, object] | None = None
    ) -> list[Path]:
        """Write every image of the request: `cat.png`, `cat-2.png` …; errors as in `save`."""
        first = self.save(path, record=record)
        names = (first.with_stem(f"{first.stem}-{n}") for n in range(2, len(self.others) + 2))
        rest = zip(names, self.others, strict=True)
        return [first, *(write_picture(name, other, record) for name, other in rest)]


def write_picture(path: Path, picture: Picture, record: Mapping[str, object] | None) -> Path:
    """Write an image, and the record into it; all else as in `Result.save`."""
    if not _EXTENSION.fullmatch(path.suffix):
        path = path.with_name(path.name + _SUFFIX.get(picture.kind, f".{picture.kind}"))
    data = picture.data
    if record:
        from impasto.images.metadata import embed  # noqa: PLC0415 - Pillow only where needed

        data = embed(data, record)
    return write_bytes(path, data)


def write_bytes(path: Path, data: bytes) -> Path:
    """Write a file whole or not at all, and return its path.

    Raises:
        ImageError: it cannot be written.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, part, data)
    except OSError as error:
        raise ImageError(f'cannot write "{path}": {error.strerror or error}') from error
    return path


def _replace(path: Path, part: Path, data: bytes) -> None:
    """Write `data` beside `path`, then move it there in one step."""
    try:
        part.write_bytes(data)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
