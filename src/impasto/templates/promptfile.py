"""`.prompt` files: YAML front matter with typed variables, then a template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.diagnostics import did_you_mean
from impasto.errors import BadValueError, FileError, TemplateError
from impasto.models.parameters import normalize, overridden
from impasto.templates.ancestry import Level, Stamp, ancestry
from impasto.templates.blocks import NEGATIVE, Negative
from impasto.templates.failures import line_span
from impasto.templates.frontmatter import FrontMatter, VariableModel, json_schema, merged
from impasto.templates.template import Template
from impasto.templates.values import Checker, fault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from impasto.source import Source, Span

__all__ = ["FrontMatter", "PromptFile", "VariableModel", "json_schema", "unknown_value"]


class PromptFile:
    """A template with its front matter, and with what it extends merged into both.

    `front` is the merged front matter, `variables` are its variables by name, `parameters` have
    their canonical names, `document` is the file's own front matter. `files` are the paths of all
    it is made of, its own first.

    Raises:
        FileError: a front matter breaks the schema, or what it extends cannot be used; file, line
            and key are given.
        TemplateError: Jinja does not accept the template.
    """

    def __init__(self, source: Source, folder: Path | None = None) -> None:
        self.source = source
        self._levels, self._stamps = ancestry(source, folder)
        own = self._levels[0]
        self.document = own.document
        self.front = self._levels[-1].front
        for level in reversed(self._levels[:-1]):
            self.front = merged(self.front, level.front, level.document.data or {})
        self.variables = {n: v or VariableModel() for n, v in self.front.variables.items()}
        self.parameters = self._parameters()
        self._checker = Checker(self.variables)
        self._check_variables()
        base = own.front.extends
        self.template = Template(own.body, folder, base=base, apart=NEGATIVE)
        self.negative = self._negative(folder)
        self._check_blocks()

    @property
    def own_variables(self) -> tuple[str, ...]:
        """The variables that the file itself speaks of, not those that it inherits alone."""
        return tuple(self._levels[0].front.variables)

    @property
    def used(self) -> frozenset[str]:
        """The variables that the templates use."""
        return self.template.variables | (self.negative.variables if self.negative else set())

    @property
    def files(self) -> tuple[str, ...]:
        """The names of the file and of those that it extends."""
        return tuple(level.document.source.locate(0)[0].name for level in self._levels)

    @property
    def is_stale(self) -> bool:
        """Whether a file that it extends has changed since."""
        return any(stamp != Stamp.of(stamp.path) for stamp in self._stamps)

    def span(self, *path: str | int) -> Span:
        """Return where a part of the merged front matter stands."""
        level, path = self._home(path)
        return level.document.span(path)

    def text(self, *path: str | int) -> Source:
        """Return a text of the merged front matter as a source with positions in its file."""
        level, path = self._home(path)
        return level.document.text(path)

    def parameter_span(self, name: str) -> Span:
        """Return where the parameter of a canonical name is written, under whatever name."""
        for level in self._levels:
            for key, value in level.front.parameters.items():
                if name in normalize({key: value}):
                    return level.document.key_span(("parameters", key))
        return self.key_span(("parameters",))

    def _home(self, path: tuple[str | int, ...]) -> tuple[Level, tuple[str | int, ...]]:
        """Return the file that says what stands at `path`, and the path there."""
        if path[:1] == ("styles",) and len(path) > 1:
            return self._style_home(int(path[1]))
        holds = (level for level in self._levels if _has(level.document.data, path))
        return next(holds, self._levels[0]), path

    def _style_home(self, at: int) -> tuple[Level, tuple[str | int, ...]]:
        for level in reversed(self._levels):
            if at < len(level.front.styles):
                return level, ("styles", at)
            at -= len(level.front.styles)
        return self._levels[0], ("styles",)

    def _parameters(self) -> dict[str, object]:
        """Return the parameters of all files by their canonical names.

        Raises:
            FileError: one has no canonical form.
        """
        found: dict[str, object] = {}
        for level in reversed(self._levels):
            given = level.front.parameters
            try:
                found = overridden(found, normalize(given))
            except BadValueError as error:
                place = level.document.key_span(("parameters", _guilty(given)))
                raise FileError(error.message, place, hint=error.hint) from error
        return found

    def _check_variables(self) -> None:
        """Refuse a variable that no value could suit.

        Raises:
            FileError: with the place of what is wrong.
        """
        for name, variable in self.variables.items():
            wrong = fault(name, variable)
            if wrong:
                at = ("variables", name)
                span = self.span(*at, wrong.key) if wrong.key else self.key_span(at)
                raise FileError(wrong.message, span, expected=wrong.expected)

    def _negative(self, folder: Path | None) -> Template | Negative | None:
        """Return the template of the negative prompt, if there is one.

        Raises:
            FileError: it is written twice.
        """
        body, own = self.template, self._levels[0]
        if own.front.negative and NEGATIVE in body.blocks:
            hint = f"keep the key or the block {NEGATIVE}"
            place = self.document.key_span((NEGATIVE,))
            raise FileError("the negative prompt is written twice", place, hint=hint)
        if len(self._levels) == 1 and NEGATIVE not in body.blocks:
            text = self.document.text((NEGATIVE,)) if own.front.negative else None
            return Template(text, folder) if text else None
        keys = {
            level.name: Template(
                level.document.text((NEGATIVE,)), block=NEGATIVE, environment=body.environment
            )
            for level in self._levels
            if level.front.negative
        }
        return Negative(body, self._levels, keys)

    def _check_blocks(self) -> None:
        """Refuse a block that nothing it extends has, which nobody would see.

        Raises:
            TemplateError: with the place of the block.
        """
        if not self.template.extends:
            return
        known = self.template.inherited_blocks()
        if isinstance(self.negative, Negative):
            known |= self.negative.inherited_blocks()
        for name, line in self.template.outermost.items():
            if name not in known | {NEGATIVE}:
                hint = did_you_mean(name, sorted(known)) or "its blocks are " + ", ".join(
                    sorted(known)
                )
                place = line_span(self.template.source, line, name)
                message = f'"{self.front.extends}" has no block "{name}" to fill'
                raise TemplateError(message, place, hint=hint if known else "it has no blocks")

    def key_span(self, path: tuple[str | int, ...]) -> Span:
        """Return where a key of the merged front matter stands."""
        level, path = self._home(path)
        return level.document.key_span(path)

    def check(self, values: Mapping[str, object]) -> dict[str, object]:
        """Return `values` with their types and with the defaults.

        Raises:
            BadValueError: a value is missing, misspelt or not what its variable accepts.
        """
        unknown = [name for name in values if name not in self.variables]
        for name in unknown:
            if name not in self.used:
                raise unknown_value(name, (*self.variables, *self.used))
        checked = self._checker.check(values, lambda name: self.key_span(("variables", name)))
        return {**{name: values[name] for name in unknown}, **checked}


def unknown_value(name: str, known: tuple[str, ...]) -> BadValueError:
    """Return the error about a value that no variable takes."""
    names = sorted(set(known) - {"model"})
    hint = did_you_mean(name, names)
    if not hint:
        hint = f"it knows {', '.join(names)}" if names else "it has no variables"
    return BadValueError(f'the template has no variable "{name}"', hint=hint)


def _guilty(parameters: Mapping[str, object]) -> str:
    """Return the parameter that has no canonical form."""
    for name, value in parameters.items():
        try:
            normalize({name: value})
        except BadValueError:
            return name
    return list(parameters)[-1]


def _has(data: object, path: tuple[str | int, ...]) -> bool:
    """Whether a front matter says something at `path`."""
    for step in path:
        if not isinstance(data, dict) or step not in data:
            return False
        data = data[step]
    return True
