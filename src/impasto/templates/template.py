"""Render a template into prompt text, its values kept apart and its origins known."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import Template as JinjaTemplate
from jinja2 import TemplateError as JinjaError
from jinja2 import TemplateSyntaxError
from jinja2.meta import find_referenced_templates, find_undeclared_variables

from impasto.errors import ImpastoError
from impasto.templates.failures import fail, syntax_error, too_deep, too_large
from impasto.templates.insert import insert, insertions
from impasto.templates.loading import Environment, environment_for
from impasto.templates.origins import RenderedSource, readable, strip
from impasto.templates.run import MAX_SOURCE, RUN, LimitExceeded, Run, concat
from impasto.templates.text import unmarked

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jinja2 import nodes

    from impasto.source import Source

_MAX_SKELETONS = 256


class Skeleton:
    """The text of one render without its values, which stand in it as marks.

    `memory` is for whoever reads the text, so that it is read once for all values.
    """

    __slots__ = ("memory", "source", "text")

    def __init__(self, text: str, source: RenderedSource) -> None:
        self.text = text
        self.source = source
        self.memory: dict[str, Any] = {}


class Rendered(NamedTuple):
    """A skeleton and the values that its marks stand for."""

    skeleton: Skeleton
    values: list[str]


class Template:
    """A template; `render` is cheap to repeat, for skeletons are kept.

    `variables` are the names it takes from outside, those of its includes among them.

    Raises:
        TemplateError: Jinja does not accept the template; file, line and column are given.
        TemplateLimitError: it is too long or nested too deep.
    """

    def __init__(self, source: Source, folder: Path | None = None) -> None:
        self.source = source = readable(source)
        if len(source.text) > MAX_SOURCE:
            raise too_large(source)
        self._environment = environment = environment_for(folder)
        key = environment.register(source)
        try:
            tree = environment._parse(source.text, key, key)  # noqa: SLF001 - one parse, two uses
            names = _variables(tree, key, environment, set())
            code = environment.compile(tree, key, key)
        except TemplateSyntaxError as error:
            raise syntax_error(error, environment, source) from error
        except (RecursionError, SyntaxError, MemoryError, LimitExceeded) as error:
            raise too_deep(source) from error
        self.variables = frozenset(names - environment.globals.keys())
        self._jinja = JinjaTemplate.from_code(environment, code, environment.globals)
        self._skeletons: OrderedDict[str, Skeleton] = OrderedDict()

    def render(self, values: Mapping[str, object]) -> Rendered:
        """Render with `values`.

        Raises:
            UndefinedVariableError: a variable has no value.
            TemplateLimitError: the template runs, loops or writes too much.
            BadValueError: a value stands where a number or a name must stand, and is none.
            TemplateError: anything else that fails in the template.
        """
        run = Run()
        token = RUN.set(run)
        try:
            context = self._jinja.new_context(unmarked(values))  # type: ignore[arg-type]
            raw = concat(self._jinja.root_render_func(context))
        except ImpastoError:
            raise
        except Exception as error:  # noqa: BLE001 - every failure of a template gets a place
            fail(error, self._environment, self.source, self.variables, values)
        finally:
            RUN.reset(token)
        skeleton = self._skeletons.get(raw)
        if skeleton is None:
            skeleton = self._skeleton(raw, run.values)
        return Rendered(skeleton, run.values)

    def _skeleton(self, raw: str, values: list[str]) -> Skeleton:
        """Return the skeleton of what Jinja wrote, kept unless it holds a value itself."""
        name = self.source.name
        text, origins = strip(raw, self._environment.pieces, self.source)
        inserted = insertions(text, values, origins, name)
        if inserted:
            text, origins = insert(text, inserted, origins)
        skeleton = Skeleton(text, RenderedSource(text, name, origins))
        if not inserted:
            self._skeletons[raw] = skeleton
            if len(self._skeletons) > _MAX_SKELETONS:
                self._skeletons.popitem(last=False)
        return skeleton


def _variables(
    tree: nodes.Template, name: str, environment: Environment, seen: set[str]
) -> set[str]:
    """Return the names that a template and the files it includes by name take from outside."""
    found = set(find_undeclared_variables(tree))
    for included in find_referenced_templates(tree):
        key = environment.join_path(included, name) if included else ""
        if not key or key in seen or environment.loader is None:
            continue
        seen.add(key)
        try:
            text, _, _ = environment.loader.get_source(environment, key)
            inner = environment._parse(text, key, key)  # noqa: SLF001
        except (JinjaError, ImpastoError, ValueError, OSError):
            continue  # rendering says what is wrong with it, and where
        found |= _variables(inner, key, environment, seen)
    return found
