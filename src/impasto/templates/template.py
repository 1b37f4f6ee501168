"""Render a template into prompt text, its values kept apart and its origins known."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import Template as JinjaTemplate
from jinja2 import TemplateError as JinjaError
from jinja2 import TemplateSyntaxError, nodes
from jinja2.meta import find_referenced_templates, find_undeclared_variables

from impasto.errors import ImpastoError
from impasto.templates.blocks import outermost, silent
from impasto.templates.failures import fail, syntax_error, too_deep, too_large
from impasto.templates.insert import insert, insertions
from impasto.templates.lexed import lex, pieces
from impasto.templates.loading import Environment, environment_for
from impasto.templates.origins import RenderedSource, readable, spelled, strip
from impasto.templates.run import MAX_SOURCE, RUN, LimitExceeded, Run, concat
from impasto.templates.shapes import shape_of
from impasto.templates.text import unmarked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from jinja2.runtime import Context

    from impasto.source import Source
    from impasto.templates.environment import StandIn

_MAX_SKELETONS = 256
_LOADERS = ("include", "import", "extends")


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

    `variables` are the names it takes from outside, those of its includes among them; `blocks` and
    `outermost` are its own blocks, and the lines of those that stand in no other. With `base` it
    extends that file where it fills blocks or is empty (`extends`), with `block` all of it is one;
    the block `apart` is not part of what it writes.

    Raises:
        TemplateError: Jinja does not accept the template; file, line and column are given.
        TemplateLimitError: it is too long or nested too deep.
    """

    def __init__(
        self,
        source: Source,
        folder: Path | None = None,
        *,
        base: str = "",
        block: str = "",
        apart: str = "",
        environment: Environment | None = None,
    ) -> None:
        self.source = source = readable(source)
        if len(source.text) > MAX_SOURCE:
            raise too_large(source)
        self.environment = environment = environment or environment_for(folder)
        self.name = key = environment.register(source, base)
        self.outermost: dict[str, int] = {}
        try:
            shape = None if base or block else shape_of(lex(source))
            if shape is None:
                self._jinja, self.variables = self._compiled(base, block)
            else:
                self._jinja, self.variables = environment.stand_in(shape, key)
            self._pieces = environment.pieces if shape is None else pieces(source)
            self._texts = {} if shape is None else spelled(self._pieces)
        except TemplateSyntaxError as error:
            raise syntax_error(error, environment, source) from error
        except (RecursionError, SyntaxError, MemoryError, LimitExceeded) as error:
            raise too_deep(source) from error
        self._apart = apart
        self.extends = key in environment.extending
        self._skeletons: OrderedDict[str, Skeleton] = OrderedDict()

    def _compiled(self, base: str, block: str) -> StandIn:
        """Return a template of its own: text may be a value in it."""
        source, key, environment = self.source, self.name, self.environment
        tree = environment._parse(source.text, key, key)  # noqa: SLF001 - one parse, two uses
        self.outermost = outermost(tree)
        if block:
            tree.body = [nodes.Block(block, tree.body, False, False, lineno=1)]
        code, names = environment.compiled(tree, key)
        if base or any(word in source.text for word in _LOADERS):
            names |= _included(tree, key, environment, set())
        template = JinjaTemplate.from_code(environment, code, environment.globals)
        template.name = key
        return template, names - environment.globals.keys()

    @property
    def blocks(self) -> dict[str, Callable[[Context], Iterator[str]]]:
        """What writes each block of the template."""
        return self._jinja.blocks

    def inherited_blocks(self) -> set[str]:
        """Return the blocks of all that the template extends by its front matter."""
        found: set[str] = set()
        name = self.name
        while name in self.environment.extending:
            name = self.environment.join_path(self.environment.bases[name], name)
            found |= {block.name for block in self.environment.tree(name).find_all(nodes.Block)}
        return found

    def root(self, context: Context) -> Iterator[str]:
        """Return what writes the template."""
        return self._jinja.root_render_func(context)

    def render(
        self,
        values: Mapping[str, object],
        seed: int | None = 0,
        write: Callable[[Context], Iterable[str]] | None = None,
    ) -> Rendered:
        """Render with `values`; `seed` draws, None draws nothing. `write` writes another text.

        Raises:
            OpenPromptError: the template draws, and there is no seed.
            UndefinedVariableError: a variable has no value.
            TemplateLimitError: the template runs, loops or writes too much.
            BadValueError: a value stands where a number or a name must stand, and is none.
            TemplateError: anything else that fails in the template.
        """
        run = Run(seed)
        token = RUN.set(run)
        try:
            context = self._jinja.new_context(unmarked(values))  # type: ignore[arg-type]
            raw = concat((write or self._write)(context))
            skeleton = self._skeletons.get(raw) or self._skeleton(raw, run.values)
        except ImpastoError:
            raise
        except Exception as error:  # noqa: BLE001 - every failure of a template gets a place
            fail(error, self.environment, self.source, self.variables, values)
        finally:
            RUN.reset(token)
        return Rendered(skeleton, run.values)

    def _write(self, context: Context) -> Iterable[str]:
        if self._apart:
            context.blocks.setdefault(self._apart, []).insert(0, silent)
        return self.root(context)

    def _skeleton(self, raw: str, values: list[str]) -> Skeleton:
        """Return the skeleton of what Jinja wrote, kept unless it holds a value itself."""
        name = self.source.name
        text, origins = strip(raw, self._pieces, self._texts, self.source)
        inserted = insertions(text, values, origins, name)
        if inserted:
            text, origins = insert(text, inserted, origins)
        skeleton = Skeleton(text, RenderedSource(text, name, origins))
        if not inserted:
            self._skeletons[raw] = skeleton
            if len(self._skeletons) > _MAX_SKELETONS:
                self._skeletons.popitem(last=False)
        return skeleton


def _included(
    tree: nodes.Template, name: str, environment: Environment, seen: set[str]
) -> set[str]:
    """Return the names that the files which a template includes by name take from outside."""
    found: set[str] = set()
    for included in find_referenced_templates(tree):
        key = environment.join_path(included, name) if included else ""
        if not key or key in seen or environment.loader is None:
            continue
        seen.add(key)
        try:
            inner = environment.tree(key)
        except (JinjaError, ImpastoError, ValueError, OSError):
            continue  # rendering says what is wrong with it, and where
        found |= set(find_undeclared_variables(inner)) | _included(inner, key, environment, seen)
    return found
