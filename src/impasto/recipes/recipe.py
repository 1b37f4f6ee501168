"""A recipe as it is written: read, checked, and where each part of it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from impasto.compose.api import prompt_file, read_text
from impasto.diagnostics import did_you_mean
from impasto.errors import BadValueError, FileError, UnknownNameError
from impasto.models.parameters import normalize
from impasto.models.registry import load_model
from impasto.recipes.axis import MODEL, SEED, STYLES, Axis, Where, same
from impasto.recipes.checks import check
from impasto.recipes.schema import UNCHANGED, RecipeModel, SeedsModel
from impasto.schemas import validate
from impasto.source import Source
from impasto.templates.template import Template

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from impasto.recipes.schema import VariantModel
    from impasto.recipes.tomlsource import TomlDocument
    from impasto.styles.library import Library
    from impasto.templates.promptfile import PromptFile
    from impasto.yamlsource import Document

SUFFIXES: Final = (".yaml", ".yml", ".toml")
TEMPLATE_FILES: Final = (".prompt", ".j2", ".jinja")
"""A template of one line that ends so is the name of a file."""

_ELSEWHERE: Final = {MODEL: "models", "models": "models", SEED: "seeds", "seeds": "seeds"}


class RecipeFile:
    """A recipe, and the place of everything in it.

    `model` is what it says, `document` the file. `template` and `negative` are compiled, `file` is
    the `.prompt` file where there is one. `variants` has for the id of every model what is
    different for it.

    Raises:
        FileError: the recipe breaks the schema, or contradicts itself; with the place.
        SourceError: its template is broken, or a value is none for its variable.
    """

    def __init__(self, source: Source, folder: Path) -> None:
        self.document = read_document(source)
        self.folder = folder
        self.model = validate(RecipeModel, self.document)  # type: ignore[arg-type]
        self.file: PromptFile | None = None
        self.template = self._template()
        self.negative = self._own_text("negative") if self.model.negative else None
        self.variants = self._variants()
        self.variant_negatives = {
            name: Template(self.text(("models", self._written[name], "negative")), self.folder)
            for name, one in self.variants.items()
            if one.negative
        }
        self.axes = tuple(self._matrix())
        self.parameters = self._parameters(("parameters",), self.model.parameters)
        self.variant_parameters = {
            name: self._parameters(("models", self._written[name], "parameters"), one.parameters)
            for name, one in self.variants.items()
        }
        check(self)

    @property
    def name(self) -> str:
        """What the recipe is called in messages: its file."""
        return self.document.source.name

    @property
    def variables(self) -> frozenset[str]:
        """The variables that the templates take."""
        own = (self.template, *([self.negative] if self.negative else []))
        taken = self.file.used | self.file.variables.keys() if self.file else frozenset()
        templates = (*own, *self.variant_negatives.values())
        return taken.union(*(template.variables for template in templates)) - {MODEL}

    @property
    def seeds(self) -> Sequence[int]:
        """The seeds that every combination is made with; none where it has its own."""
        seeds = self.model.seeds
        if isinstance(seeds, SeedsModel):
            return range(seeds.start, seeds.start + seeds.count)
        return seeds

    @property
    def own_templates(self) -> tuple[Template, ...]:
        """The templates that stand in the recipe itself."""
        own = () if self.file else (self.template,)
        return (*own, *([self.negative] if self.negative else []), *self.variant_negatives.values())

    def has(self, path: Where) -> bool:
        """Whether the recipe says something at `path`."""
        data: Any = self.document.data
        for step in path:
            if not (isinstance(data, dict) and step in data):
                return isinstance(data, list) and isinstance(step, int)
            data = data[step]
        return True

    def written_as(self, model: str) -> str | int | None:
        """Return the step that leads to a model below `models`, None where it is not there."""
        return self._written.get(model)

    def parameter_paths(self, model: str, parameter: str) -> Iterator[Where]:
        """Yield where the recipe gives a parameter, by its canonical name, to a model."""
        variant = self.variants.get(model)
        if variant:
            path = ("models", self._written[model], "parameters")
            yield from _naming(path, variant.parameters, parameter)
        yield from _naming(("parameters",), self.model.parameters, parameter)

    def error(self, message: str, path: Where, *, hint: str = "", key: bool = False) -> FileError:
        """Return the error `message` about what stands at `path`."""
        span = self.document.key_span(path) if key else self.document.span(path)
        return FileError(message, span, hint=hint)

    def text(self, path: Where) -> Source:
        """Return the text at `path`, with the positions of the file."""
        return self.document.text(path)

    def style_uses(self) -> Iterator[Source]:
        """Yield every reference to a style, with its place."""
        model = self.model
        yield from self._texts(("styles",), len(model.styles))
        for name, variant in self.variants.items():
            yield from self._texts(("models", self._written[name], "styles"), len(variant.styles))
        for at, item in enumerate(model.matrix.get(STYLES, [])):
            yield from self._uses_at(("matrix", STYLES, at), item)
        for at, rule in enumerate(model.include):
            yield from self._uses_at(("include", at, STYLES), rule.get(STYLES, []))

    def check_styles(self, library: Library) -> None:
        """Find every style that is named.

        Raises:
            FileError: there is none of that name.
            SourceError: its pack is broken, or the reference is.
        """
        if self.file:
            self._check_front_styles(self.file, library)
        for use in self.style_uses():
            try:
                library.find(use)
            except UnknownNameError as error:
                place = use.span(0, len(use.text))
                what = f'unknown {error.kind} "{error.name}"'
                raise FileError(what, place, hint=error.hint) from error

    def _check_front_styles(self, file: PromptFile, library: Library) -> None:
        for at, use in enumerate(file.front.styles):
            try:
                library.find(use)
            except UnknownNameError as error:
                place = file.span("styles", at)
                what = f'unknown {error.kind} "{error.name}"'
                raise FileError(what, place, hint=error.hint) from error

    # Reading.

    def _template(self) -> Template:
        name = self.model.template.strip()
        if "\n" in name or not name.endswith(TEMPLATE_FILES):
            return self._own_text("template")
        path = self.folder / name
        try:
            read_text(path)
        except FileError as error:
            raise self.error(error.message, ("template",), hint=error.hint) from error
        self.file = prompt_file(path)
        return self.file.template

    def _own_text(self, key: str) -> Template:
        return Template(self.text((key,)), self.folder)

    def _variants(self) -> dict[str, VariantModel]:
        """Return what is different for each model, by its id."""
        given = self.model.models
        named = given if isinstance(given, dict) else dict.fromkeys(given)
        if len(named) < len(given):
            twice = next(at for at, name in enumerate(given) if name in list(given)[:at])
            raise self.error("this model stands here twice", ("models", twice))
        found: dict[str, VariantModel] = {}
        self._written: dict[str, str | int] = {}
        for at, (name, variant) in enumerate(named.items()):
            step: str | int = name if isinstance(given, dict) else at
            card = self._model_id(name, ("models", step), key=isinstance(given, dict))
            if card in found:
                what = f'"{name}" is the model {card}, which stands here already'
                raise self.error(what, ("models", step), key=True)
            self._written[card] = step
            found[card] = variant or UNCHANGED
            self._check_backend(card, found[card], step)
        return found

    def _check_backend(self, model: str, variant: VariantModel, step: str | int) -> None:
        known = load_model(model).backends
        if variant.backend and variant.backend not in known:
            hint = did_you_mean(variant.backend, list(known))
            hint = hint or f"its backends are {', '.join(known) or 'only its maker'}"
            what = f'{model} has no backend "{variant.backend}"'
            raise self.error(what, ("models", step, "backend"), hint=hint)

    def _model_id(self, name: object, path: Where, *, key: bool = False) -> str:
        try:
            return load_model(str(name)).id
        except UnknownNameError as error:
            what = f'unknown model "{name}"'
            raise self.error(what, path, hint=error.hint, key=key) from error

    def _parameters(self, path: Where, given: Mapping[str, object]) -> dict[str, Any]:
        try:
            return normalize(given)
        except BadValueError as error:
            place = (*path, _guilty(given))
            raise self.error(error.message, place, hint=error.hint, key=True) from error

    def _matrix(self) -> Iterator[Axis]:
        for name, values in self.model.matrix.items():
            path = ("matrix", name)
            if name in _ELSEWHERE and name not in self.variables:
                hint = f'write "{_ELSEWHERE[name]}:" at the left, beside "matrix:"'
                raise self.error(
                    f'"{name}" is no variable of the matrix', path, hint=hint, key=True
                )
            if not values:
                hint = "give it values, or take it out"
                raise self.error(
                    f'"{name}" has no values, so there would be no images',
                    path,
                    hint=hint,
                    key=True,
                )
            found = [self.value(name, value, (*path, at)) for at, value in enumerate(values)]
            for at, value in enumerate(found):
                if any(same(value, other) for other in found[:at]):
                    raise self.error("this value stands here twice", (*path, at))
            yield Axis(name, found)

    def value(self, name: str, value: Any, path: Where) -> Any:
        """Return a value of the axis or key `name` as it is compared and used.

        Raises:
            FileError: it is none for that name.
        """
        if name == STYLES:
            items = value if isinstance(value, list) else [value]
            for item in items:
                if not isinstance(item, str):
                    raise self.error("a style is named by a text", path)
            return tuple(items)
        if name == MODEL:
            return self._model_id(value, path)
        if name == SEED and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
            raise self.error("a seed is a whole number from 0", path)
        return value

    def _texts(self, path: Where, size: int) -> Iterator[Source]:
        return (self.text((*path, at)) for at in range(size))

    def _uses_at(self, path: Where, item: Any) -> Iterator[Source]:
        if isinstance(item, list):
            yield from self._texts(path, len(item))
        else:
            yield self.text(path)


def read_document(source: Source) -> Document | TomlDocument:
    """Read a recipe's file: TOML where its name ends so, else YAML.

    Raises:
        FileError: with the place of what is neither.
    """
    if source.name.lower().endswith(".toml"):
        from impasto.recipes.tomlsource import load as load_toml  # noqa: PLC0415

        return load_toml(source)
    from impasto.yamlsource import load  # noqa: PLC0415 - a recipe is one or the other

    return load(source)


def load_recipe(path: Path) -> RecipeFile:
    """Return the recipe in the file at `path`, YAML or TOML by its name.

    Raises:
        FileError: it cannot be read, breaks the schema or contradicts itself.
        SourceError: its template is broken, or a value is none for its variable.
    """
    return RecipeFile(Source(read_text(path), str(path)), path.parent)


def _naming(path: Where, given: Mapping[str, object], parameter: str) -> Iterator[Where]:
    for name, value in given.items():
        if parameter in (name, *normalize({name: value})):
            yield (*path, name)


def _guilty(parameters: Mapping[str, object]) -> str:
    """Return the parameter that has no canonical form."""
    for name, value in parameters.items():
        try:
            normalize({name: value})
        except BadValueError:
            return name
    return list(parameters)[-1]
