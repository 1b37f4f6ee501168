"""Checking `.prompt` files and bare templates: front matter, template, what they compose to."""

from __future__ import annotations

import re
from posixpath import basename
from typing import TYPE_CHECKING, Final, NamedTuple

from jinja2 import TemplateNotFound, TemplateSyntaxError

from impasto.compose.recipe import Recipe, keep_cut
from impasto.diagnostics import Diagnostic
from impasto.errors import (
    BadValueError,
    OpenPromptError,
    SourceError,
    StyleError,
    TemplateError,
    UnknownNameError,
)
from impasto.lint import jinjatext
from impasto.lint.prompts import check_prompt, visit_nodes
from impasto.lint.samples import Placeholder, Sample, numeric, samples
from impasto.lint.targets import LintTarget, check_composition_for, placed
from impasto.lint.views import BrokenTemplate, CompositionView, FileView
from impasto.models.parameters import normalize_one
from impasto.models.registry import load_model
from impasto.styles.layer import ANYTHING, Target, layers
from impasto.syntax.parser import parse
from impasto.templates.promptfile import PromptFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from impasto.compose.composition import Composition
    from impasto.compose.recipe import Renders
    from impasto.lint.check import Check
    from impasto.source import Span
    from impasto.templates.blocks import Negative
    from impasto.templates.template import Rendered, Template


_TAGS: Final = ("{{", "{%", "{#")


def check_file(check: Check) -> None:
    """Check a `.prompt` file, or a template without front matter."""
    try:
        file = PromptFile(check.source, check.folder)
    except TemplateError as error:
        stop_at_template(error, check)
        return
    templates = [file.template, *([file.negative] if file.negative else [])]
    if file.negative:
        check.note_scalar(file.negative.source)
    views = tuple(jinjatext.view_of(template.source) for template in templates)
    for view in views:
        check.show("template", view)
    check.show("file", FileView(file, views, check.linter.library))
    for template in templates:
        check_own_text(template, check)
    _Composing(file, check).run()


def stop_at_template(error: TemplateError, check: Check) -> None:
    """Stop at a template that Jinja refuses: at what a rule knows of the cause, else at the error."""
    before = len(check.findings)
    if error.span is not None:
        check.show("broken_template", BrokenTemplate(error.span.source, error))
    causes = check.findings[before:]
    del check.findings[before:]
    if causes:
        check.stops += causes
    else:
        check.stop(error)


def check_own_text(template: Template | Negative, check: Check) -> None:
    """Show the rules the text of a template as it was written, every branch of it."""
    text = jinjatext.own_text(template.source)
    if text is None:
        return  # nothing to fill in: what is rendered is what was written
    prompt = parse(text.text, recover=True, origin=text)
    if not prompt.diagnostics:  # branches in a row may not balance; each render must
        visit_nodes(prompt, check)


class _Filled(NamedTuple):
    """A template that is rendered already."""

    rendered: Rendered
    variables: frozenset[str] = frozenset()

    def render(self, _values: Mapping[str, object], _seed: int | None = 0) -> Rendered:
        """Return what was rendered."""
        return self.rendered


def check_rendered(
    template: Template | Negative, values: dict[str, object], target: Target, check: Check
) -> Rendered:
    """Show the rules a template that was filled with values, and return what it was filled to.

    Raises:
        SourceError: it cannot be rendered.
    """
    given = {"model": target, **values}
    unknown = {name: Placeholder(name) for name in template.variables - given.keys()}
    rendered = template.render({**unknown, **given})
    skeleton = rendered.skeleton
    if skeleton.memory.get("checked") is check:
        return rendered  # the values are others, and no rule sees them
    skeleton.memory["checked"] = check
    prompt = parse(skeleton.text, recover=True, origin=skeleton.source)
    if not prompt.diagnostics:
        keep_cut(skeleton, prompt)
    whole = not any(tag in template.source.text for tag in _TAGS)
    check_prompt(prompt, check, sample=not whole)
    return rendered


class _Composing:
    """The renders and compositions of one file."""

    def __init__(self, file: PromptFile, check: Check) -> None:
        self.file = file
        self.check = check
        self.target = self._own_target()
        self.styles = self._styles()

    def run(self) -> None:
        """Render with every sample; compose what could be rendered."""
        for sample in samples(self.file):
            recipe = self._rendered(sample)
            if recipe is not None:
                self._compose(recipe)

    def _own_target(self) -> Target:
        """Return the model that the file asks for; what has no card is a rule's business."""
        try:
            return load_model(self.file.front.model) if self.file.front.model else ANYTHING
        except UnknownNameError:  # the rule unknown-model says it
            return ANYTHING

    def _styles(self) -> tuple[str, ...]:
        """Return the styles that work, and remember where the file brings in which."""
        found: list[str] = []
        library = self.check.linter.library
        homes: dict[str, Span] = {}
        own = self.check.source.name

        def home(span: Span) -> Span | None:  # of no object that holds it, so that all go at once
            style = library.style_at(span) if span.file != own else None
            return homes.get(style.name) if style else None

        self.check.home = home
        for at, use in enumerate(self.file.front.styles):
            place = self.file.span("styles", at)
            try:
                style, weight = library.find(self.file.text("styles", at))
                homes.setdefault(style.name, place)
                for layer in layers(style, weight, self.target, library):
                    homes.setdefault(layer.style.name, place)
            except SourceError as error:
                self.check.add(self._unusable(use, place, error).diagnostic)
            except UnknownNameError:  # the rule unknown-style says it
                continue
            else:
                found.append(use)
        return tuple(found)

    def _unusable(self, use: str, place: Span, error: SourceError) -> SourceError:
        """Return the error about a style, with its place in this file."""
        if error.span and error.span.file == self.check.source.name:
            return error
        where = f"; {error.span}" if error.span else ""
        message = f'the style "{use}" cannot be used: {error.message}{where}'
        return StyleError(message, place, hint=error.hint)

    def _rendered(self, sample: Sample) -> Recipe | None:
        """Render with `sample`, or another that works; return what to compose, or None."""
        problem: SourceError | None = None
        for attempt in _attempts(sample, self.file):
            mark = len(self.check.findings)
            try:
                recipe = self._recipe(self.file.check(attempt.values))
            except SourceError as error:
                del self.check.findings[mark:]
                problem = problem or error
            else:
                return recipe
        if problem and sample.certain:
            self._not_rendered(problem)
        return None

    def _recipe(self, values: dict[str, object]) -> Recipe:
        """Render and check both prompts; return what to compose of them.

        Raises:
            SourceError: one cannot be rendered.
        """
        file = self.file
        positive = self._filled(file.template, values)
        negative = self._filled(file.negative, values) if file.negative else None
        unknown = {name: Placeholder(name) for name in file.used - values.keys() - {"model"}}
        return Recipe(
            positive,
            negative,
            {**unknown, **values},
            self.styles,
            file.parameters,
            seed=0,
            library=self.check.linter.library,
            model=file.front.model if self.target is not ANYTHING else None,
        )

    def _not_rendered(self, problem: SourceError) -> None:
        """Report a failing render, as an error where every value was the author's to give."""
        found = problem.diagnostic
        guessed = self.file.used - self.file.variables.keys() - {"model"}
        if not guessed or not _may_be_the_values(problem):
            self.check.add(found)
            return
        names = ", ".join(sorted(guessed))
        message = f"it could not be rendered with sample values: {found.message}"
        hint = f"declare {names} in the front matter, with a type or a default"
        self.check.add(Diagnostic("IMP204", "not-rendered", "info", message, found.span, hint=hint))

    def _filled(self, template: Template | Negative, values: dict[str, object]) -> Renders:
        """Return a template as it is filled, unless it is another text for another model."""
        rendered = check_rendered(template, values, self.target, self.check)
        return template if "model" in template.variables else _Filled(rendered)

    def _compose(self, recipe: Recipe) -> None:
        composition = self._composition(recipe)
        if composition is None:
            return
        self.check.show("composition", CompositionView(composition))
        for finding in composition.diagnostics:
            self.check.add(placed(finding, self._place))
        targets = dict.fromkeys(self.check.linter.targets)
        if self.target is not ANYTHING:
            targets.setdefault(LintTarget(load_model(self.target.id)))
        for target in targets:
            check_composition_for(target, composition, self.check, self._place)

    def _composition(self, recipe: Recipe) -> Composition | None:
        try:
            return recipe.compose(self.target)
        except (
            OpenPromptError,
            UnknownNameError,
        ):  # wildcards: the rest can be checked all the same
            return recipe._replace(positive=parse(""), negative=None).compose(self.target)
        except SourceError:  # reported where it was rendered
            return None

    def _place(self, parameter: str) -> Span | None:
        """Return where the file says something of a parameter: its own line, or a style's."""
        for name in self.file.front.parameters:
            if parameter in (name, *_stands_for(name, self.file.front.parameters[name])):
                return self.file.document.key_span(("parameters", name))
        if not parameter:
            return self.file.span("styles")
        if parameter == "model":
            return self.file.span("model") if self.file.front.model else None
        if parameter == "negative_prompt" and self.file.front.negative:
            return self.file.document.key_span(("negative",))
        if parameter == "prompt":
            body = self.file.template.source
            return body.span(0, len(body.text.rstrip()))
        return self._style_place(parameter)

    def _style_place(self, parameter: str) -> Span | None:
        library = self.check.linter.library
        for at, use in reversed(list(enumerate(self.file.front.styles))):  # the last one wins
            if use not in self.styles:
                continue
            style, weight = library.find(use)
            for layer in layers(style, weight, self.target, library):
                if parameter in layer.parameters or (
                    parameter == "negative_prompt" and layer.negative
                ):
                    return self.file.span("styles", at)
        return None


def _attempts(sample: Sample, file: PromptFile) -> Iterator[Sample]:
    """Yield a sample, and once that has failed the one with numbers in it."""
    yield sample
    yield numeric(sample, file)


def _may_be_the_values(problem: SourceError) -> bool:
    """Whether other values could help: a file that is named and absent is so with all of them."""
    cause = problem.__cause__
    if not isinstance(cause, TemplateNotFound) or problem.span is None:
        return not isinstance(cause, TemplateSyntaxError)
    named = rf"""["'][^"']*{re.escape(basename(cause.name or ""))}["']"""
    return not re.search(named, problem.span.source.text)


def _stands_for(name: str, value: object) -> tuple[str, ...]:
    try:
        return tuple(normalize_one(name, value))
    except BadValueError:
        return ()
