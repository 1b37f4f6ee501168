"""The phrase under a cursor: what it weighs as written, in the prompt that it becomes part of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from impasto import yamlsource
from impasto.compose.recipe import Recipe
from impasto.dialects.api import read
from impasto.errors import ImpastoError, OpenPromptError, UnknownNameError
from impasto.lint.samples import Placeholder, samples
from impasto.lsp.documents import Place, Range
from impasto.models.registry import load_model
from impasto.source import Source
from impasto.styles.layer import ANYTHING, Anything, Target
from impasto.styles.library import Pack
from impasto.syntax.nodes import Choice, Node, Part, Text, Wildcard
from impasto.syntax.parser import parse
from impasto.syntax.prompt import Prompt
from impasto.syntax.runs import TEXT, flatten
from impasto.syntax.walk import rebuild
from impasto.templates.promptfile import PromptFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from impasto.compose.composition import Composition
    from impasto.lsp.documents import Document
    from impasto.lsp.projects import Project
    from impasto.styles.library import Library, Style
    from impasto.syntax.runs import Run

Whole: TypeAlias = "Prompt | Composition"
Where: TypeAlias = "Callable[[Run], tuple[int, int]]"
"""Says where in the file a run was written; (-1, -1) if it was not."""

_SUBJECT = "a subject"
_SIGNS = re.compile(r"[()\[\]{}|:.0-9+-]*")
"""What may stand between a cursor and the text that it is about: brackets and numbers."""


class Spot(NamedTuple):
    """A text that has one weight, in the prompt `whole`.

    `weight` is the effective one, that of its AND part aside, which is `part_weight`. The text is
    the one with the number `nth` (from 0) of those that read the same. `start` and `end` are
    offsets in the text that was read, a file or a line, `range` is that in the document.
    """

    whole: Whole
    text: str
    weight: float
    part_weight: float
    nth: int
    start: int
    end: int
    is_negative: bool = False
    range: Range = Range(Place(0, 0), Place(0, 0))


def spot_at(document: Document, place: Place, project: Project) -> Spot | None:
    """Return the spot at a place of a document, or None where no prompt text stands."""
    if document.suffix in (".txt", ""):
        return _in_line(document, place, project)
    if document.suffix is None:
        return None
    offset = document.offset(place)
    for composition in compositions(document, place, project):
        found = _in_composition(composition, document, offset)
        if found:
            return found
    return None


def prompt_of_line(document: Document, line: int, project: Project) -> Prompt | None:
    """Return the prompt that stands in a line of a text file, None for a comment or nothing."""
    text = document.lines[line]
    if not text.strip() or text.startswith("# "):
        return None
    return read(text, project.settings.dialect_of(document.name), name=document.name)


def _in_line(document: Document, place: Place, project: Project) -> Spot | None:
    written = prompt_of_line(document, place.line, project)
    if written is None:
        return None
    prompt = closed_at(written, place.column)
    parts = ((flatten(p.children, prompt.source, commas=True), p.weight) for p in prompt.parts)
    found = _nearest(
        prompt, parts, lambda run: (run.span.start, run.span.end), place.column, prompt.text
    )
    if found is None:
        return None
    line = Range(Place(place.line, found.start), Place(place.line, found.end))
    return found._replace(range=line)


def _in_composition(composition: Composition, document: Document, offset: int) -> Spot | None:
    def where(run: Run) -> tuple[int, int]:
        file, start, end = run.span.in_file()
        return (start, end) if file.name == document.name else (-1, -1)

    positive = (
        ([r for p in part.phrases for r in p.runs], part.weight) for part in composition.parts
    )
    negative = [([run for phrase in composition.negative for run in phrase.runs], 1.0)]
    found = _nearest(composition, positive, where, offset, document.text)
    if found is None:
        found = _nearest(composition, negative, where, offset, document.text)
        found = found._replace(is_negative=True) if found else None
    if found is None:
        return None
    place = Range(document.place(found.start), document.place(found.end))
    return found._replace(range=place)


def _nearest(
    whole: Whole, parts: Iterable[tuple[list[Run], float]], where: Where, at: int, text: str
) -> Spot | None:
    """Return the text at an offset of the file `text`, or the one whose brackets stand there."""
    best: tuple[int, Spot] | None = None
    for runs, part_weight in parts:
        before: list[str] = []
        for run in runs:
            if run.kind != TEXT:
                continue
            start, end = where(run)
            said = run.text.strip()
            distance = max(start - at, at - end, 0)
            if said and start >= 0 and (best is None or distance < best[0]):
                nth = "".join(before).count(said)
                start, end = _trimmed(text, start, end)
                best = (distance, Spot(whole, said, run.weight, part_weight, nth, start, end))
            before.append(run.text)
    if best is None:
        return None
    spot = best[1]
    between = text[at : spot.start] if at < spot.start else text[spot.end : at]
    return spot if _SIGNS.fullmatch(between) else None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return [start, end) without the spaces at its ends."""
    piece = text[start:end]
    head = len(piece) - len(piece.lstrip())
    return start + head, max(start + head, start + len(piece.rstrip()))


def closed_at(prompt: Prompt, offset: int) -> Prompt:
    """Return `prompt` with the options that stand at `offset`, else the first ones, for choices.

    Wildcards become their names.
    """

    def close(node: Node) -> Node | tuple[Node, ...]:
        if isinstance(node, Wildcard):
            return Text(node.name, node.start, node.end)
        if not isinstance(node, Choice) or not node.options:
            return node
        here = [option for option in node.options if option.start <= offset <= option.end]
        return (here or list(node.options))[0].children

    parts = tuple(Part(rebuild(p.children, close), p.mark, p.start, p.end) for p in prompt.parts)
    return Prompt(
        parts, prompt.text, prompt.name, prompt.dialect, (), prompt.meaning, prompt.origin
    )


def compositions(document: Document, place: Place, project: Project) -> Iterator[Composition]:
    """Yield what a template or the style at a place comes to, filled with one sample after another."""
    source = Source(document.text, document.name)
    try:
        if document.suffix in (".yaml", ".yml"):
            yield from _of_style(Pack(yamlsource.load(source)), place.line + 1, project.library)
        else:
            yield from _of_file(PromptFile(source, document.folder), project.library)
    except ImpastoError:  # the linter says what is wrong with it
        return


def _of_file(file: PromptFile, library: Library) -> Iterator[Composition]:
    target = target_of(file.front.model)
    styles = tuple(use for use in file.front.styles if _is_known(use, library))
    for sample in samples(file):
        unknown = {name: Placeholder(name) for name in file.used - sample.values.keys() - {"model"}}
        recipe = Recipe(
            file.template,
            file.negative,
            {**unknown, **sample.values},
            styles,
            file.parameters,
            seed=0,
            library=library,
            model=target.id or None,
        )
        yield from _composed(recipe, target)


def target_of(name: str | None) -> Target:
    """Return the model called `name`; no model in particular where nobody knows it."""
    try:
        return load_model(name) if name else ANYTHING
    except ImpastoError:
        return ANYTHING


def _is_known(use: str, library: Library) -> bool:
    try:
        library.find(use)
    except ImpastoError:
        return False
    return True


def _of_style(pack: Pack, line: int, library: Library) -> Iterator[Composition]:
    style = style_in(pack, line)
    if style is None:
        return
    known = library.with_pack(pack)
    targets = [ANYTHING, *(Anything(name, name, name) for name in style.model.variants)]
    for target in targets:
        subject = parse(_SUBJECT)
        recipe = Recipe(subject, None, {}, (style.name,), {}, seed=0, library=known)
        yield from _composed(recipe, target)


def style_in(pack: Pack, line: int) -> Style | None:
    """Return the style that `line`, counted from 1, belongs to."""
    before = [style for style in pack.styles.values() if style.span.line <= line]
    return max(before, key=lambda style: style.span.line, default=None)


def _composed(recipe: Recipe, target: Target) -> Iterator[Composition]:
    try:
        yield recipe.compose(target)
    except (OpenPromptError, UnknownNameError):  # wildcards
        return
