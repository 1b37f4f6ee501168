"""What a line of a batch asks for: the translation to send, the name of its file, its price."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Struct

from impasto.cli.batchlines import KEYS, BadLineError
from impasto.cli.files import IMAGE_SUFFIXES, slug
from impasto.diagnostics import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.cli.batchlines import Line
    from impasto.cli.inputs import Job
    from impasto.client.request import Result, Sendable
    from impasto.config import Config
    from impasto.translate.translation import Translation

_OWN = frozenset({"proof", "a1111", "comfyui", "sdcpp", "invokeai", "swarmui", "diffusers"})
"""Backends that run on a machine of one's own, where an image costs nothing."""
_BUILT = ("model", "prompt", "negative_prompt", "parameters")
_KEPT = ("values", "styles", "losses", "choice")
_UNSAFE = re.compile(r"[^\w\-. ]+")


class Ready(Struct, frozen=True):
    """An image of `impasto build`: translated already; `facts` go into its record."""

    model: str
    backend: str
    prompt: str
    negative_prompt: str
    parameters: dict[str, Any]
    facts: dict[str, Any] = {}
    losses: tuple[object, ...] = ()


class Item(NamedTuple):
    """An image to make: where its line stands, the name of its file, what is sent."""

    number: int
    place: str
    name: str
    translation: Sendable
    job: Job | None

    def record(self, result: Result) -> dict[str, object]:
        """Return the record of the image."""
        from impasto.cli.record import record_of

        found: Any = self.translation
        if self.job:
            return record_of(result, found, self.job)
        from impasto import __version__

        return {"impasto": __version__, **result.record(), **found.facts}


class Planner:
    """Makes items of lines; `options` are those of the command."""

    def __init__(self, config: Config, backend: str, options: Mapping[str, Any]) -> None:
        from impasto.cli.inputs import read_parameters
        from impasto.config import DEFAULT_MODEL

        self.config = config
        self._model = config.model() or DEFAULT_MODEL
        self.backend = backend
        self.force: bool = options["force"]
        self.losing = 0
        self._styles = tuple(options["styles"])
        self._seed: int | None = options["seed"]
        self._parameters = read_parameters(options["parameters"])
        self._names: dict[str, str] = {}

    def item(self, line: Line) -> Item:
        """Return the image that a line asks for.

        Raises:
            BadLineError: it says something else than what to make.
            ImpastoError: its prompt, its model or a style is wrong, or a limit is broken.
        """
        data = line.data
        if isinstance(data, BadLineError):
            raise data
        if "error" in data and "prompt" not in data:
            raise BadLineError("the recipe could not make this image", hint=_message(data["error"]))
        built = all(key in data for key in _BUILT)
        made = _ready(data) if built else self._translated(line.number, data)
        translation, job, words = made
        self.losing += bool(translation.losses or (job is None and data.get("losses")))
        return Item(line.number, line.place, self._name(line, words), translation, job)

    def price(self, translation: Sendable) -> float | None:
        """Return what an image costs in US dollars by its model's card, None where it is silent."""
        from impasto.errors import UnknownNameError
        from impasto.models.registry import load_model

        if self.backend in _OWN:
            return 0.0
        try:
            card = load_model(translation.model).for_backend(self.backend)
        except UnknownNameError:
            return None
        if card.price_usd is None:
            return None
        asked = translation.parameters
        size = card.sizes.default
        width = asked.get("width") or (size.width if size else 1024)
        height = asked.get("height") or (size.height if size else 1024)
        area = width * height / 1e6 if card.price_per == "megapixel" else 1.0  # type: ignore[operator]
        count = asked.get("n")
        return card.price_usd * area * (count if isinstance(count, int) else 1)

    def _translated(self, number: int, data: dict[str, Any]) -> tuple[Translation, Job, str]:
        from impasto.cli.translate import translations
        from impasto.models.registry import load_model

        _check(data)
        job = self._job(number, data)
        card = load_model(data.get("model") or self._model).for_backend(self.backend)
        parameters = dict(job.parameters)
        if job.seed is not None and ("seed" in card.parameters or "seed" in data):
            parameters["seed"] = job.seed
        job = job._replace(parameters=parameters)
        found = translations(job, [card.id], self.backend, add_seed=False)[0]
        errors = [one for one in found.limits if one.severity == "error"]
        if errors and not self.force:
            raise BadLineError(f"{card.id} refuses this: {errors[0].message}", hint=errors[0].hint)
        return found, job, found.canonical

    def _job(self, number: int, data: dict[str, Any]) -> Job:
        from impasto.cli.inputs import Job

        given = data.get("parameters") or {}
        seed = data.get("seed", given.get("seed"))
        if seed is None and self._seed is not None:
            seed = self._seed + number - 1
        return Job(
            source=data["prompt"],
            config=self.config,
            template=False,
            values={},
            styles=(*_styles(data), *self._styles),
            negative=data.get("negative"),
            parameters={**self._parameters, **given},
            seed=seed if isinstance(seed, int) and seed >= 0 else None,
        )

    def _name(self, line: Line, words: str) -> str:
        """Return the name of the image's file without its extension, like no other's."""
        given = line.data.get("output") if isinstance(line.data, dict) else None
        name = _safe(given) if given else f"{line.number:05}-{slug(words)}"
        before = self._names.setdefault(name.casefold(), line.place)
        if before != line.place:
            raise BadLineError(
                f'"{name}" is already what {before} is called', hint='give it another "output"'
            )
        return name


def _check(data: dict[str, Any]) -> None:
    """Refuse what is not of the right kind, and keys that nobody reads.

    Raises:
        BadLineError: as said.
    """
    for key in data:
        if key not in KEYS:
            hint = did_you_mean(key, KEYS) or f"keys are {', '.join(KEYS)}"
            raise BadLineError(f'there is no key "{key}"', hint=hint)
    if not isinstance(data.get("prompt"), str) or not data["prompt"].strip():
        raise BadLineError('the text "prompt" is missing')
    for key in ("negative", "model", "output"):
        if not isinstance(data.get(key) or "", str):
            raise BadLineError(f'"{key}" is a text')
    seed = data.get("seed")
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int) or seed < 0):
        raise BadLineError('"seed" is a whole number, 0 or more')
    if not isinstance(data.get("parameters") or {}, dict):
        raise BadLineError('"parameters" is an object: {"steps": 30}')


def _styles(data: dict[str, Any]) -> tuple[str, ...]:
    found: list[str] = []
    for key in ("style", "styles"):
        given = data.get(key) or []
        found += [given] if isinstance(given, str) else given
    if not all(isinstance(one, str) for one in found):
        raise BadLineError('"styles" is a list of names: ["noir", "house/dusk:0.5"]')
    return tuple(found)


def _ready(data: dict[str, Any]) -> tuple[Ready, None, str]:
    texts = [data[key] for key in ("model", "prompt", "negative_prompt")]
    if not all(isinstance(text, str) for text in texts) or not isinstance(data["parameters"], dict):
        raise BadLineError("this is no image of a recipe", hint='"impasto build" writes them')
    model, prompt, negative = texts
    facts = {key: data[key] for key in _KEPT if data.get(key)}
    backend = str(data.get("backend") or "")
    return Ready(model, backend, prompt, negative, data["parameters"], facts), None, prompt


def _message(error: object) -> str:
    return str(error.get("message", "")) if isinstance(error, dict) else str(error)


def _safe(output: str) -> str:
    """Return the name that a line gives, as one below the folder of the batch.

    Raises:
        BadLineError: it leads out of it, or nothing is left of it.
    """
    parts = output.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or ":" in parts[0]:
        raise BadLineError(f'"{output}" leads out of the folder', hint="name a file below it")
    clean = [_UNSAFE.sub("-", part).strip(". ") for part in parts]
    last = clean[-1]
    for suffix in IMAGE_SUFFIXES:
        last = last[: -len(suffix)] if last.lower().endswith(suffix) else last
    if not all((*clean[:-1], last)) or any(len(part.encode()) > 200 for part in clean):
        raise BadLineError(f'"{output}" is no name of a file')
    return "/".join((*clean[:-1], last))
