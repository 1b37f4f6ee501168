"""What the prompt of a command is: texts, files, values and styles, read and made ready."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from impasto.cli.given import given_source, given_text
from impasto.errors import BadValueError, OpenPromptError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from impasto.compose.composition import Composition
    from impasto.config import Config
    from impasto.syntax.prompt import Prompt
    from impasto.templates.promptfile import PromptFile

_JINJA = re.compile(r"\{\{|\{%|\{#")
_WHOLE = re.compile(r"[-+]?[0-9]{1,18}")
_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,18}\.?[0-9]{0,18}|\.[0-9]{1,18})")


class Job(NamedTuple):
    """What a command works on; `source` is prompt text, or the path of a `.prompt` file.

    `origin` is the dialect of a text that is not in the canonical syntax.
    """

    source: str | Path
    config: Config
    template: bool
    values: Mapping[str, object]
    styles: tuple[str, ...]
    negative: str | None
    parameters: Mapping[str, object]
    seed: int | None
    origin: str | None = None

    @property
    def is_plain(self) -> bool:
        """Whether the text is the whole prompt: nothing to fill in or to put around."""
        return isinstance(self.source, str) and not self.template and not self.styles

    def prompt(self, model: str | None = None) -> Prompt | Composition:
        """Return the prompt as it stands where that is all, else the composition.

        Raises:
            OpenPromptError: there are choices and no seed.
        """
        if not self.is_plain:
            return self.compose(model)
        prompt = self._read()
        return self.compose(model) if _is_open(prompt) else prompt

    def _read(self) -> Prompt:
        """Return the text as its dialect means it; what a seed draws, as the dialect's host does."""
        assert isinstance(self.source, str)
        if self.origin is None:
            from impasto.syntax.parser import parse

            return parse(self.source)
        from impasto.cli.readings import read_in

        prompt = read_in(self.source, self.origin)
        if self.seed is None or not _is_open(prompt):
            return prompt
        from impasto.compose.expansion import expand
        from impasto.config import folders

        found = expand(prompt, wildcards=folders(self.config, "wildcards"))
        name = f"prompt drawn with seed {self.seed}"
        return read_in(found.draw(self.seed), found.host, name)

    @property
    def unwanted(self) -> str | None:
        """The negative prompt in the canonical syntax."""
        if not self.negative or self.origin is None:
            return self.negative
        from impasto.cli.readings import read_in

        return read_in(self.negative, self.origin, "negative prompt").canonical

    def compose(self, model: str | None = None) -> Composition:
        """Return the composition for `model`, or for the one that its file names.

        Raises:
            OpenPromptError: there are choices and no seed.
        """
        from impasto.compose.api import compose
        from impasto.config import folders, library

        try:
            return compose(
                self.source if self.origin is None else self._read(),
                values=self.values,
                styles=self.styles,
                negative=self.unwanted,
                parameters=self.parameters,
                model=model,
                seed=self.seed,
                template=self.template or None,
                library=library(self.config),
                wildcards=folders(self.config, "wildcards"),
            )
        except OpenPromptError as error:
            raise self._open() from error

    def _open(self) -> OpenPromptError:
        if isinstance(self.source, str) and not self.template and _JINJA.search(self.source):
            return OpenPromptError(
                "the text has {{ … }} of a template in it\n"
                "  hint: add --template, or give its variables with --set"
            )
        return OpenPromptError(
            "the prompt has choices, {a|b} or __list__\n  hint: draw from them with --seed 1, 2, 3 …"
        )

    @property
    def front(self) -> PromptFile | None:
        """The `.prompt` file, if that is what there is."""
        if not isinstance(self.source, Path):
            return None
        from impasto.compose.api import prompt_file

        return prompt_file(self.source)

    def model(self) -> str | None:
        """Return the model that the file asks for, else the configured one."""
        front = self.front
        return (front.front.model if front else None) or self.config.model()


def _is_open(prompt: Prompt) -> bool:
    from impasto.variations.draw import is_open

    return any(is_open(part.children) for part in prompt.parts)


def job(options: dict[str, Any], config: Config, origin: str | None = None) -> Job:
    """Return the job that the options of `prompt_options` describe.

    With `origin` the text, or the whole file, is a prompt in that dialect; "auto" is the one that
    it was probably written for.

    Raises:
        click.UsageError: no prompt, or two, or a template in a foreign dialect.
        FileError: a file or the standard input cannot be read.
        UnknownNameError: the dialect is unknown.
    """
    if origin is not None:
        text = given_text(options["text"], options["file"])
        return job_of(text, options, config, origin)
    source = given_source(options["text"], options["file"])
    return job_of(source, options, config)


def job_of(
    source: str | Path, options: dict[str, Any], config: Config, origin: str | None = None
) -> Job:
    """Return the job for a source that was read already; the other options are as above.

    Raises:
        click.UsageError: a template in a foreign dialect.
        UnknownNameError: the dialect is unknown.
    """
    if origin is not None:
        from impasto.cli.readings import resolved

        if options["template"] or options["values"]:
            raise click.UsageError(
                "--from reads a finished prompt, so --template and --set have no place"
            )
        origin = resolved(str(source), origin)
    values = read_values(options["values"])
    if isinstance(source, Path) and values:
        values = _typed(source, values)
    return Job(
        source,
        config,
        isinstance(source, str) and bool(options["template"] or values),
        values,
        tuple(options["styles"]),
        options["negative"],
        read_parameters(options["parameters"]),
        options["seed"],
        origin,
    )


def pair(text: str, option: str) -> tuple[str, str]:
    """Cut "name=value" in two.

    Raises:
        click.UsageError: there is no name or no "=".
    """
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise click.UsageError(f'{option} takes NAME=VALUE, and "{text}" is not that')
    return name.strip(), value


def read_values(given: Sequence[str]) -> dict[str, object]:
    """Return the values of --set; a name that is given several times has a list of them.

    Raises:
        FileError: the file of "name=@file" cannot be read.
    """
    found: dict[str, list[str]] = {}
    for text in given:
        name, value = pair(text, "--set")
        found.setdefault(name, []).append(_value(value))
    return {name: items[0] if len(items) == 1 else items for name, items in found.items()}


def _value(text: str) -> str:
    """Return the text, or the file that "@file" names; "@@" is a plain "@"."""
    if not text.startswith("@"):
        return text
    if text.startswith("@@"):
        return text[1:]
    from impasto.compose.api import read_text

    return read_text(Path(text[1:])).rstrip("\n")


def _typed(path: Path, values: dict[str, object]) -> dict[str, object]:
    """Return the values as far as a command line cannot say their kind."""
    from impasto.compose.api import prompt_file

    variables = prompt_file(path).variables
    found = dict(values)
    for name, value in values.items():
        if name not in variables:
            continue
        kind = variables[name].type
        if kind == "list" and not isinstance(value, list):
            found[name] = [value]
        elif kind != "list" and isinstance(value, list):
            raise BadValueError(
                f'"{name}" is set {len(value)} times, and it takes one {kind}',
                prompt_file(path).document.key_span(("variables", name)),
            )
        else:
            same = [c for c in variables[name].choices if str(c) == value]
            found[name] = same[0] if same else value
    return found


def read_parameters(given: Sequence[str]) -> dict[str, object]:
    """Return the parameters of --param, numbers as numbers."""
    pairs = (pair(text, "--param") for text in given)
    return {name: scalar(value.strip()) for name, value in pairs}


def scalar(text: str) -> object:
    """Return the number or truth value that a text is, else the text."""
    if _WHOLE.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    return {"true": True, "false": False}.get(text.lower(), text)
