"""Blocks of prompt files that extend others, and the block `negative`, which stands apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError

from impasto.templates.marks import PIECE
from impasto.templates.run import concat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from jinja2 import Environment
    from jinja2.runtime import Context

    from impasto.source import Source
    from impasto.templates.ancestry import Level
    from impasto.templates.template import Rendered, Template

    Block = Callable[[Context], Iterator[str]]

NEGATIVE = "negative"
_UNSEEN = (
    nodes.Block,
    nodes.Macro,
    nodes.Assign,
    nodes.AssignBlock,
    nodes.Import,
    nodes.FromImport,
)


def extend(tree: nodes.Template, base: str, name: str, environment: Environment) -> bool:
    """Let `tree` extend `base` where it fills blocks or says nothing itself; return whether it does.

    Raises:
        TemplateSyntaxError: it fills blocks and holds text beside them, which nobody would see.
    """
    seen = next((node for node in tree.body if _is_seen(node)), None)
    if seen is not None and tree.find(nodes.Block):
        what = "text beside the blocks of a file that extends another is never seen"
        raise TemplateSyntaxError(what, _line(seen), name, name)
    if seen is None:
        first = nodes.Extends(nodes.Const(base), lineno=1)
        first.set_environment(environment)
        tree.body.insert(0, first)
    return seen is None


def _is_seen(node: nodes.Node) -> bool:
    """Whether a part of a template writes something outside of blocks."""
    if isinstance(node, nodes.If):
        inner = (*node.body, *node.elif_, *node.else_)
        return any(_is_seen(part) for part in inner)
    if isinstance(node, nodes.Output):
        return not all(_is_blank(part) for part in node.nodes)
    return not isinstance(node, _UNSEEN)


def _is_blank(part: nodes.Node) -> bool:
    return isinstance(part, nodes.TemplateData) and not PIECE.sub("", part.data).strip()


def _line(seen: nodes.Node) -> int:
    """Return the line of the first thing that is seen."""
    for part in seen.find_all((nodes.TemplateData, nodes.Expr)):
        if isinstance(part, nodes.TemplateData):
            text = PIECE.sub("", part.data)
            if text.strip():
                return part.lineno + text[: len(text) - len(text.lstrip())].count("\n")
        else:
            return part.lineno
    return seen.lineno


def outermost(tree: nodes.Template) -> dict[str, int]:
    """Return the blocks of a template that stand in no other block, and their lines."""
    return {node.name: node.lineno for node in tree.body if isinstance(node, nodes.Block)}


def silent(_context: Context) -> Iterator[str]:
    """Write nothing: what a block is while the other prompt is rendered."""
    return iter(())


class Negative:
    """The negative prompt of a file: its key or its block, those of what it extends behind it.

    It renders like a template: `keys` are the keys `negative` by the names of their files, "" for
    the file itself.
    """

    def __init__(
        self, body: Template, levels: Sequence[Level], keys: Mapping[str, Template]
    ) -> None:
        self._body = body
        self._names = [level.name for level in levels]
        self._keys = keys
        self.source: Source = keys[""].source if "" in keys else body.source
        self.variables = body.variables.union(*(key.variables for key in keys.values()))

    def render(self, values: Mapping[str, object], seed: int | None = 0) -> Rendered:
        """Render with `values`; errors are those of `Template.render`."""
        return self._body.render(values, seed, self._write)

    def _write(self, context: Context) -> Iterable[str]:
        """Run the templates for what they set, then write the block."""
        blocks = context.blocks
        for found in self._keys.values():
            _add(blocks, found.blocks, but=NEGATIVE)
        blocks.setdefault(NEGATIVE, []).insert(0, silent)
        self._run(context)
        written = {block.__globals__["name"]: block for block in blocks[NEGATIVE][1:]}
        blocks[NEGATIVE] = [block for name in self._names for block in self._of(name, written)]
        return blocks[NEGATIVE][0](context) if blocks[NEGATIVE] else ()

    def inherited_blocks(self) -> set[str]:
        """Return the blocks of the negative prompts that the file extends."""
        return {name for key in self._keys.values() for name in key.blocks} - {NEGATIVE}

    def _run(self, context: Context) -> None:
        """Run the file, and what it extends as far as that is not run by Jinja."""
        concat(self._body.root(context))
        environment, runs_next = self._body.environment, self._body.extends
        for name in self._names[1:]:
            if not runs_next:
                base = environment.get_template(name)
                _add(context.blocks, base.blocks)
                concat(base.root_render_func(context))
            runs_next = name in environment.extending

    def _of(self, name: str, written: Mapping[str, Block]) -> list[Block]:
        """Return the negative prompt of one file, in a list, or an empty one."""
        if name in self._keys:
            return [self._keys[name].blocks[NEGATIVE]]
        found = written.get(name or self._body.name)
        return [found] if found else []


def _add(blocks: dict[str, list[Block]], more: Mapping[str, Block], but: str = "") -> None:
    for name, block in more.items():
        if name != but:
            blocks.setdefault(name, []).append(block)
