"""`compose`: from what a caller has to a composition."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impasto.compose.recipe import Recipe
from impasto.errors import FileError, StyleError, UnknownNameError
from impasto.models.parameters import normalize, overridden
from impasto.models.registry import load_model
from impasto.source import Source
from impasto.styles.api import default_library
from impasto.styles.layer import ANYTHING, Target
from impasto.syntax.parser import parse
from impasto.syntax.prompt import Prompt
from impasto.templates.template import Template
from impasto.variations.wordlists import Wordlists

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from impasto.compose.composition import Composition
    from impasto.errors import BadValueError
    from impasto.styles.library import Library
    from impasto.templates.promptfile import PromptFile

_MAX_KEPT = 256
_templates: OrderedDict[tuple[str, str], Template] = OrderedDict()
_files: OrderedDict[tuple[Path, int, int], PromptFile] = OrderedDict()


def compose(
    source: str | Path | Prompt,
    *,
    values: Mapping[str, object] | None = None,
    styles: Sequence[str] = (),
    negative: str | None = None,
    parameters: Mapping[str, object] | None = None,
    model: str | None = None,
    seed: int | None = None,
    index: int | None = None,
    template: bool | None = None,
    library: Library | None = None,
    wildcards: Sequence[Path] = (),
) -> Composition:
    """Compose a prompt from a text, a template or a file, with values and styles.

    Args:
        source: prompt text (a template with `template=True`), a `.prompt` file, or a prompt.
        values: what the template's variables stand for. Values are data: whatever they hold,
            they change no weight and start no syntax.
        styles: names of styles, "pack/style" or "style", each with an optional ":weight".
        negative: more of the negative prompt, read like `source`.
        parameters: for the model, with canonical names; they win over those of styles and file.
        model: whose variants of the styles to use; None takes the styles' own texts.
        seed: draws from choices, `{a|b}`.
        index: takes the combination with this number instead, counted from 0.
        template: whether a text is a template; files are, unless this is False.
        wildcards: folders of word lists.
        library: where styles are looked up; the built-in packs by default.

    Raises:
        SourceError: a prompt, template, value or style is broken, with its place.
        UnknownNameError: a style or model that nobody defines.
        OpenPromptError: the prompt has choices and there is no seed.
    """
    recipe = _recipe(source, dict(values or {}), negative, template=template)
    library = library or default_library()
    file = recipe.pop("file", None)
    front = file.front if file else None
    if file:
        _check_styles(file, library)
    recipe["styles"] = (*(front.styles if front else ()), *styles)
    own = recipe.pop("own_parameters", {})
    recipe["parameters"] = overridden(own, normalize(parameters)) if parameters else own
    model = model or (front.model if front else None)
    found = Recipe(
        seed=seed,
        combination=index,
        lists=Wordlists(tuple(wildcards)) if wildcards else None,
        library=library,
        model=model,
        **recipe,
    )
    return found.compose(target_of(model))


def target_of(model: str | None) -> Target:
    """Return what styles may know of a model."""
    return ANYTHING if model is None else load_model(model)


def _recipe(
    source: str | Path | Prompt,
    values: dict[str, object],
    negative: str | None,
    *,
    template: bool | None,
) -> dict[str, Any]:
    if isinstance(source, Path):
        return _from_file(source, values, negative, template=template)
    if isinstance(source, Prompt):
        return _plain(source, values, negative)
    if not template:
        return _plain(parse(source), values, negative)
    positive = template_of(source)
    unwanted = template_of(negative, "negative prompt") if negative else None
    used = positive.variables | (unwanted.variables if unwanted else frozenset())
    for name in values:
        if name not in used:
            raise _unknown_value(name, tuple(used))
    return {"positive": positive, "negative": unwanted, "values": values}


def _plain(prompt: Prompt, values: dict[str, object], negative: str | None) -> dict[str, Any]:
    for name in values:
        raise _unknown_value(name, ())
    unwanted = parse(negative, name="negative prompt") if negative else None
    return {"positive": prompt, "negative": unwanted, "values": values}


def _unknown_value(name: str, known: tuple[str, ...]) -> BadValueError:
    from impasto.templates.promptfile import unknown_value  # noqa: PLC0415 - yaml is slow to import

    return unknown_value(name, known)


def _from_file(
    path: Path, values: dict[str, object], negative: str | None, *, template: bool | None
) -> dict[str, Any]:
    if template is False:
        text = read_text(path)
        return _plain(parse(text, origin=Source(text, str(path))), values, negative)
    file = prompt_file(path)
    more = (template_of(negative, "negative prompt"),) if negative else ()
    return {
        "positive": file.template,
        "negative": file.negative,
        "unwanted": more,
        "values": file.check(values),
        "file": file,
        "own_parameters": file.parameters,
    }


def _check_styles(file: PromptFile, library: Library) -> None:
    """Raise about a style of a file that cannot be found, with its place there."""
    for at in range(len(file.front.styles)):
        try:
            library.find(file.text("styles", at))
        except UnknownNameError as error:
            place = file.span("styles", at)
            raise StyleError(f'unknown style "{error.name}"', place, hint=error.hint) from error


def template_of(text: str, name: str = "template") -> Template:
    """Return the template of a text, compiled once.

    Raises:
        TemplateError: Jinja does not accept it.
    """
    found = _templates.get((text, name))
    if found is None:
        found = _templates[text, name] = Template(Source(text, name))
        if len(_templates) > _MAX_KEPT:
            _templates.popitem(last=False)
    return found


def prompt_file(path: Path) -> PromptFile:
    """Return the `.prompt` file at `path`, read again when it changed.

    Raises:
        FileError: it cannot be read, or its front matter is broken.
        TemplateError: Jinja does not accept it.
    """
    text = read_text(path)
    state = path.stat()
    key = (path, state.st_mtime_ns, state.st_size)
    found = _files.get(key)
    if found is None or found.is_stale:
        from impasto.templates.promptfile import PromptFile  # noqa: PLC0415 - yaml is slow to import

        found = _files[key] = PromptFile(Source(text, str(path)), path.parent)
        if len(_files) > _MAX_KEPT:
            _files.popitem(last=False)
    return found


def read_text(path: Path) -> str:
    """Return the text of a file.

    Raises:
        FileError: it is not there or is no UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise unreadable(path, error) from error
    except UnicodeDecodeError as error:
        raise FileError(f"cannot read {path}: it is not UTF-8 text") from error


def unreadable(path: Path, error: OSError) -> FileError:
    """Return the error about a file that is not there or cannot be read."""
    if isinstance(error, FileNotFoundError):
        return FileError(f"there is no file {path}", hint=near_files(path))
    return FileError(f"cannot read {path}: {error.strerror or error}")


def near_files(path: Path) -> str:
    """Return a hint at a file in the same folder with nearly the name of `path`, or ""."""
    from impasto.diagnostics import did_you_mean  # noqa: PLC0415

    folder = path.parent
    return did_you_mean(path.name, [p.name for p in folder.iterdir()]) if folder.is_dir() else ""
