"""What a line of a batch asks for: the translation to send, the name of its file, its price."""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Struct

from impasto.cli.batchlines import KEYS, BadLineError
from impasto.cli.batchnames import name_of
from impasto.cli.preflight import Wishes, prepare, refused
from impasto.diagnostics import did_you_mean
from impasto.errors import ImpastoError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.cli.batchinput import Line
    from impasto.cli.inputs import Job
    from impasto.cli.preflight import Prepared
    from impasto.client.request import Result, Sendable
    from impasto.config import Config
    from impasto.models.preview import Preview
    from impasto.recipes.images import Image
    from impasto.translate.translation import Translation

OWN = frozenset({"proof", "a1111", "comfyui", "sdcpp", "invokeai", "swarmui", "diffusers"})
"""Backends that run on a machine of one's own, where an image costs nothing."""
_BUILT = ("model", "prompt", "negative_prompt", "parameters")
_KEPT = ("values", "styles", "losses", "choice", "preview_of")


class Ready(Struct, frozen=True):
    """An image of `impasto build`: translated already."""

    model: str
    backend: str
    prompt: str
    negative_prompt: str
    parameters: dict[str, Any]
    losses: tuple[object, ...] = ()


class Item(NamedTuple):
    """An image to make: where its line stands, the name of its file, what is sent.

    What was asked for is a `job`; a recipe's image has none. `facts` go into the record as well.
    """

    number: int
    place: str
    name: str
    translation: Sendable
    job: Job | None = None
    facts: Mapping[str, object] = MappingProxyType({})

    def record(self, result: Result) -> dict[str, object]:
        """Return the record of the image."""
        from impasto.cli.record import record_of

        found: Any = self.translation
        if self.job:
            return {**record_of(result, found, self.job), **self.facts}
        from impasto import __version__

        return {"impasto": __version__, **result.record(), **self.facts}


class Planner:
    """Makes items of lines; `options` are those of the command."""

    def __init__(self, config: Config, backend: str, options: Mapping[str, Any]) -> None:
        from impasto.cli.inputs import read_parameters
        from impasto.config import DEFAULT_MODEL

        self.config = config
        self._model = config.model() or DEFAULT_MODEL
        self.backend = backend
        self.force: bool = options["force"]
        self.wishes = Wishes.of(options)
        self.losing = 0
        self.changes: Counter[str] = Counter()
        self._styles = tuple(options["styles"])
        self._seed: int | None = options["seed"]
        self._parameters = read_parameters(options["parameters"])
        self._names: dict[int, int] = {}

    def item(self, line: Line) -> Item:
        """Return the image that a line asks for.

        Raises:
            BadLineError: it says something else than what to make.
            ImpastoError: its prompt, its model or a style is wrong, or a limit is broken.
        """
        if isinstance(line.data, ImpastoError):
            raise line.data
        item = self._item(line, line.data)
        self.losing += bool(item.translation.losses)
        self._take_name(item)
        return item

    def _item(self, line: Line, data: dict[str, Any] | Image) -> Item:
        number, place = line.number, line.place
        if not isinstance(data, dict):
            self._refuse_options()
            self._check_limits(data.translation)
            self._count_changes(data.preview, data.translation)
            facts = {key: fact for key in _KEPT if (fact := data.to_json().get(key))}
            return Item(number, place, data.output, data.translation, facts=facts)
        if "error" in data and "prompt" not in data:
            raise BadLineError("the recipe could not make this image", hint=_message(data["error"]))
        if all(key in data for key in _BUILT):
            self._refuse_options(translated=True)
            ready = _ready(data, force=self.force)
            facts = {key: data[key] for key in _KEPT if data.get(key)}
            return Item(number, place, name_of(line, data, ready.prompt), ready, facts=facts)
        made = self._translated(number, data)
        facts = {"preview_of": made.preview.of.id} if made.preview else {}
        name = name_of(line, data, made.translation.canonical)
        return Item(number, place, name, made.translation, made.job, facts)

    @property
    def is_free(self) -> bool:
        """Whether images cost nothing: their server is one's own."""
        return self.backend in OWN

    def price(self, translation: Sendable) -> float | None:
        """Return what an image costs in US dollars by its model's card, None where it is silent."""
        from impasto.errors import UnknownNameError
        from impasto.models.prices import price
        from impasto.models.registry import load_model

        if self.is_free:
            return 0.0
        try:
            card = load_model(translation.model).for_backend(self.backend)
        except UnknownNameError:
            return None
        return price(card, translation.parameters)

    def _refuse_options(self, *, translated: bool = False) -> None:
        """Refuse what the recipe alone says, and what comes too late where it is translated.

        Raises:
            BadLineError: there is such an option.
        """
        given = {
            "--style": self._styles,
            "--param": self._parameters,
            "--seed": self._seed is not None,
            "--adapt": translated and self.wishes.adapt,
            "--preview": translated and self.wishes.preview,
        }
        for option, value in given.items():
            if value:
                late = option in ("--adapt", "--preview")
                hint = "give impasto batch the recipe itself" if late else "say it in the recipe"
                raise BadLineError(f"{option} cannot be added to an image of a recipe", hint=hint)

    def _check_limits(self, found: Translation) -> None:
        if errors := refused(found, self.wishes):
            raise _refusal(found.model, errors[0].message, errors[0].hint)

    def _translated(self, number: int, data: dict[str, Any]) -> Prepared:
        from impasto.models.registry import load_model

        _check(data)
        job = self._job(number, data)
        model = load_model(data.get("model") or self._model)
        card = model.for_backend(self.backend)
        parameters = dict(job.parameters)
        if job.seed is not None and ("seed" in card.parameters or "seed" in data):
            parameters["seed"] = job.seed
        job = job._replace(parameters=parameters)
        made = prepare(job, model, self.backend, self.wishes)
        self._check_limits(made.translation)
        self._count_changes(made.preview, made.translation)
        return made

    def _count_changes(self, preview: Preview | None, found: Translation) -> None:
        said = (*((preview,) if preview else ()), *found.changes)
        self.changes.update(map(str, said))

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

    def _take_name(self, item: Item) -> None:
        """Refuse a name that an image before has; further images of a request have "-2" … at the end.

        Raises:
            BadLineError: as said.
        """
        count = item.translation.parameters.get("n")
        more = range(2, (count if isinstance(count, int) else 1) + 1)
        for name in (item.name, *(f"{item.name}-{at}" for at in more)):
            # Hashes: there may be millions of names.
            before = self._names.setdefault(hash(name.casefold()), item.number)
            if before != item.number:
                raise BadLineError(
                    f'"{name}" is already what image {before} is called',
                    hint='give it another "output"',
                )


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


def _ready(data: dict[str, Any], *, force: bool) -> Ready:
    texts = [data[key] for key in ("model", "prompt", "negative_prompt")]
    if not all(isinstance(text, str) for text in texts) or not isinstance(data["parameters"], dict):
        raise BadLineError("this is no image of a recipe", hint='"impasto build" writes them')
    model, prompt, negative = texts
    for finding in _listed(data, "diagnostics"):
        if not force and isinstance(finding, dict) and finding.get("severity") == "error":
            raise _refusal(model, str(finding.get("message", "")), str(finding.get("hint", "")))
    backend, losses = str(data.get("backend") or ""), tuple(_listed(data, "losses"))
    return Ready(model, backend, prompt, negative, data["parameters"], losses)


def _listed(data: dict[str, Any], key: str) -> list[Any]:
    found = data.get(key)
    return found if isinstance(found, list) else []


def _refusal(model: str, message: str, hint: str) -> BadLineError:
    """Return the error for a request that its model would refuse."""
    return BadLineError(f"{model} refuses this: {message}", hint=hint)


def _message(error: object) -> str:
    return str(error.get("message", "")) if isinstance(error, dict) else str(error)
