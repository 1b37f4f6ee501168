"""What `impasto rerun` makes: the job that an image's metadata describe, and what was asked then."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from impasto.cli.inputs import Job, scalar
from impasto.errors import BadValueError, FileError, ImpastoError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.config import Config
    from impasto.images.generation import Generation
    from impasto.models.card import ModelCard

_PROMPT: Final = "prompt"
_NEGATIVE: Final = {"negative": "negative_prompt", "negative_prompt": "negative_prompt"}
_SAMPLING: Final = ("sampler", "scheduler")
_SAME_NAMES: Final = {
    "a1111": "a1111",
    "forge": "a1111",
    "sdnext": "a1111",
    "comfyui": "comfyui",
    "sdcpp": "sdcpp",
    "invokeai": "invokeai",
    "swarmui": "swarmui",
    "novelai": "novelai",
}
"""Tool -> the backend that has the same names for samplers."""


class Redo(NamedTuple):
    """A job made of metadata.

    `asked` are the prompt, the negative prompt and the parameters as they were sent, where just
    that is to be sent again. `notes` are sentences about what could not be taken along.
    """

    job: Job
    asked: Mapping[str, Any] | None
    notes: tuple[str, ...]


class Wanted(NamedTuple):
    """What is to be different: values of variables, the prompts, parameters."""

    values: dict[str, object]
    texts: dict[str, str]
    parameters: dict[str, object]

    def __bool__(self) -> bool:
        return bool(self.values or self.texts or self.parameters)


_NOTHING: Final = Wanted({}, {}, {})
_CHANGED: Final = "its template or its styles have changed since"


def wanted(given: Mapping[str, object], made: Generation, card: ModelCard) -> Wanted:
    """Tell apart what `--set` changes: variables of the template, prompts, parameters.

    Raises:
        UnknownNameError: there is nothing of that name.
        BadValueError: a prompt without words.
    """
    variables, parameters = variables_of(made), _known(made, card)
    found = Wanted({}, {}, {})
    for name, value in given.items():
        if name in variables:
            found.values[name] = value
        elif name == _PROMPT and not str(value).strip():
            raise BadValueError("the prompt cannot be empty", hint="leave it away to keep it")
        elif name == _PROMPT or name in _NEGATIVE:
            found.texts[_NEGATIVE.get(name, name)] = str(value)
        elif name in parameters:
            found.parameters[name] = scalar(value) if isinstance(value, str) else value
        else:
            raise _unknown(name, variables, parameters)
    return found


def _known(made: Generation, card: ModelCard) -> tuple[str, ...]:
    """Return the names of parameters that make sense."""
    from impasto.models.card import CANONICAL
    from impasto.models.parameters import ALIASES

    return (*CANONICAL, *ALIASES, "size", "resolution", *card.parameters, *_recorded(made))


def _unknown(name: str, variables: frozenset[str], parameters: tuple[str, ...]) -> UnknownNameError:
    known = (*variables, _PROMPT, *_NEGATIVE, *parameters)
    hint = "it has no template; --set changes prompt, negative and the parameters of the request"
    if variables:
        hint = f"its template has the variables {', '.join(sorted(variables))}"
    return UnknownNameError("variable or parameter", name, known, hint)


def _recorded(made: Generation) -> dict[str, Any]:
    found = (made.record or {}).get("parameters")
    return dict(found) if isinstance(found, dict) else {}


def variables_of(made: Generation) -> frozenset[str]:
    """Return the variables of the template that an image carries; none where there is no template.

    Raises:
        SourceError: the template is damaged.
    """
    from impasto.source import Source
    from impasto.templates.promptfile import PromptFile
    from impasto.templates.template import Template

    template = _template(made)
    if template is None:
        return frozenset()
    name, text = template
    if not _is_file(template):
        return frozenset(Template(Source(text, name)).variables)
    try:
        return frozenset(PromptFile(Source(text, name)).variables)
    except FileError:
        return frozenset()


def _template(made: Generation) -> tuple[str, str] | None:
    found = (made.record or {}).get("template")
    if not isinstance(found, dict) or not isinstance(found.get("text"), str):
        return None
    # The image may be anybody's, and no name of a file has what cannot be printed.
    name = "".join(filter(str.isprintable, str(found.get("name") or "")))
    return name or "template", found["text"]


def _is_file(template: tuple[str, str]) -> bool:
    return template[0] != "template"


def redo(
    made: Generation, change: Wanted, card: ModelCard, config: Config, places: Places, *, same: bool
) -> Redo:
    """Return what is to be made again, for the model of `card`.

    `same` says that model and backend are those of the image.
    """
    if made.record is None:
        return _foreign(made, change, config)
    again = same and not change
    asked = _asked(made, card) if again else None
    plain = Redo(_from_canonical(made, change, config), asked, ())
    if not _is_given(made) or "prompt" in change.texts:
        return plain
    today = _says_the_same(_from_given(made, _NOTHING, config, places), made, card)
    if today or change.values:
        notes = () if today else (f"{_CHANGED}; what it makes today is taken",)
        return Redo(_from_given(made, change, config, places), asked, notes)
    return plain if again else plain._replace(notes=(f"{_CHANGED}; the prompt is taken as it was",))


def _is_given(made: Generation) -> bool:
    """Whether a record says what was asked for, and not only what was sent."""
    return isinstance((made.record or {}).get("given"), dict)


def _asked(made: Generation, card: ModelCard) -> dict[str, Any]:
    """Return what was sent, with the seed that the server chose."""
    parameters = _recorded(made)
    if made.seed is not None and "seed" in card.parameters:
        parameters.setdefault("seed", made.seed)
    return {
        "prompt": made.prompt,
        "negative_prompt": made.negative_prompt,
        "parameters": parameters,
    }


def _from_given(made: Generation, change: Wanted, config: Config, places: Places) -> Job:
    """Return the job that a record tells, with what is to be different."""
    record = made.record or {}
    given, values = record["given"], record.get("values")
    template = _template(made)
    source = places.source(template) if template else str(given.get("prompt") or "")
    seed = given.get("seed")
    styles = given.get("styles")
    return Job(
        source,
        config,
        bool(template) and isinstance(source, str),
        {**(values if isinstance(values, dict) else {}), **change.values},
        tuple(map(str, styles)) if isinstance(styles, list) else (),
        change.texts.get("negative_prompt", given.get("negative")),
        _overridden(given.get("parameters"), made, change),
        seed if isinstance(seed, int) else None,
        given.get("dialect"),
    )


class Places(NamedTuple):
    """Where the template of an image may lie: beside the image, here, or anew in `scratch`."""

    image: Path
    scratch: Path

    def source(self, template: tuple[str, str]) -> str | Path:
        """Return the text of a template, or the path of a `.prompt` file that has it."""
        name, text = template
        if not _is_file(template):
            return text
        for folder in (Path(), self.image.parent):
            if _holds(folder / Path(name).name, text):
                return folder / Path(name).name
        path = self.scratch / Path(name).name
        path.write_text(text, "utf-8")
        return path


def _holds(path: Path, text: str) -> bool:
    from impasto.compose.api import read_text

    try:
        return read_text(path) == text
    except FileError:
        return False


def _overridden(known: object, made: Generation, change: Wanted) -> dict[str, object]:
    """Return parameters with the seed of the image, and with what is to be different."""
    from impasto.models.parameters import normalize, overridden

    found = normalize(known) if isinstance(known, dict) else {}
    if made.seed is not None and made.seed >= 0:
        found.setdefault("seed", made.seed)
    return overridden(found, normalize(change.parameters))


def _says_the_same(job: Job, made: Generation, card: ModelCard) -> bool:
    """Whether what was asked for still makes the prompt that is recorded."""
    from impasto.compose.composition import Composition

    record = made.record or {}
    try:
        found = job.prompt(str(record.get("model") or card.id))
        unwanted = job.unwanted or ""
    except ImpastoError:
        return False
    if isinstance(found, Composition):
        text, unwanted = found.text, str(found.negative_prompt)
    else:
        text = found.canonical
    recorded = (record.get("canonical"), record.get("canonical_negative") or "")
    return (text, unwanted) == recorded


def _from_canonical(made: Generation, change: Wanted, config: Config) -> Job:
    """Return the job of the prompt in a record, which is in the canonical syntax."""
    record = made.record or {}
    canonical = record.get("canonical")
    origin = None if isinstance(canonical, str) or "prompt" in change.texts else made.dialect
    text = change.texts.get("prompt", canonical if origin is None else made.prompt)
    unwanted = record.get("canonical_negative") if origin is None else made.negative_prompt
    negative = change.texts.get("negative_prompt", unwanted)
    parameters = _overridden(_recorded(made), made, change)
    seed = parameters.get("seed") if "prompt" in change.texts else None
    seed = seed if isinstance(seed, int) and seed >= 0 else None
    return Job(str(text), config, False, {}, (), negative, parameters, seed, origin)


def _foreign(made: Generation, change: Wanted, config: Config) -> Redo:
    """Return the job of an image of another tool; its prompt is read in the tool's dialect."""
    parameters = _overridden(made.parameters(), made, change)
    notes = list(_left_out(made))
    backend = config.backend
    sampling = [name for name in _SAMPLING if name in parameters and name not in change.parameters]
    if sampling and _SAME_NAMES.get(made.tool) != backend:
        said = ", ".join(f"{name} {parameters.pop(name)}" for name in sampling)
        notes.append(f"{said}: a name of {made.tool}, which {backend} may not know; left out")
    text = change.texts.get("prompt", made.prompt)
    negative = change.texts.get("negative_prompt", made.negative_prompt) or None
    seed = made.seed if made.seed is not None and made.seed >= 0 else None
    job = Job(text, config, False, {}, (), negative, parameters, seed, made.dialect)
    return Redo(job, None, tuple(notes))


def _left_out(made: Generation) -> list[str]:
    from impasto.images.generation import loras_in

    notes = list(made.unread)
    inside = loras_in(made.prompt)
    loras = [f"{lora.name} ({lora.weight:g})" for lora in made.loras if lora not in inside]
    if loras:
        notes.append(f"adapters that are not in the prompt are left out: {', '.join(loras)}")
    if made.others:
        notes.append(f"these have no counterpart and are left out: {', '.join(made.others)}")
    return notes
