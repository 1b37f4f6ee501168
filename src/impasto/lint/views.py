"""What rules are shown beside the nodes of a prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

if TYPE_CHECKING:
    from impasto.compose.composition import Composition
    from impasto.errors import TemplateError
    from impasto.models.card import ModelCard
    from impasto.source import Source, Span
    from impasto.styles.library import Library, Pack
    from impasto.syntax.phrases import Phrase
    from impasto.templates.promptfile import PromptFile
    from impasto.translate.translation import Translation


class Name(Struct, frozen=True, gc=False):
    """A name in a template and where it stands."""

    text: str
    span: Span


class BrokenTemplate(NamedTuple):
    """Kind "broken_template": a template that Jinja does not accept."""

    source: Source
    error: TemplateError


class TemplateView(NamedTuple):
    """Kind "template": one template, of a file or a style.

    `names` are the names in its expressions, filters aside; `filters` those behind a bar;
    `includes` says that other templates are read in.
    """

    source: Source
    names: tuple[Name, ...]
    filters: tuple[Name, ...]
    includes: bool


class FileView(NamedTuple):
    """Kind "file": a `.prompt` file with its `templates`, the prompt and the negative prompt."""

    file: PromptFile
    templates: tuple[TemplateView, ...]
    library: Library


class PackView(NamedTuple):
    """Kind "pack": a style pack."""

    pack: Pack
    library: Library


class CompositionView(NamedTuple):
    """Kind "composition": what a file or a style composes to, for one model or for none."""

    composition: Composition


class TargetView(NamedTuple):
    """Kind "target": a prompt for one model. `phrases` are those of the positive prompt."""

    card: ModelCard
    translation: Translation
    phrases: tuple[Phrase, ...]


class Words(NamedTuple):
    """Kind "words": a word list, a file or the entry of a tree; `lines` are where each stands.

    `odds` are those that are written before a line, such as "3::", else an empty text.
    """

    name: str
    lines: tuple[Span, ...]
    odds: tuple[str, ...]
