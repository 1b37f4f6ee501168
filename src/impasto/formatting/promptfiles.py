"""`.prompt` files: front matter and a template."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from impasto.formatting import templates, yamlfiles
from impasto.formatting.changes import Change, apply, moved
from impasto.templates.fences import divide

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.source import Source

_SPACES_BEFORE_LINE_END = re.compile(r"[ \t]+(?=\n)")


def file_changes(source: Source) -> Iterator[Change]:
    """Yield the changes of a template with or without front matter.

    Raises:
        FileError: the front matter is never closed, or no YAML that impasto reads.
        TemplateError, PromptSyntaxError: the template, or the negative prompt, is none.
    """
    head, body = divide(source)
    if body is source:
        changes = list(templates.file_changes(source))
        if not _opens_front_matter(source.text, changes):
            yield from changes
        return
    start, end = head.anchors[0][1], body.anchors[0][1]
    behind = start + len(head.text)
    yield from _fence(source.text, 0, start)
    yield from moved(yamlfiles.front_changes(head), start)
    yield from _fence(source.text, behind, end)
    yield from moved(templates.file_changes(body), end)


def _opens_front_matter(text: str, changes: list[Change]) -> bool:
    """Whether a text without front matter would begin with a line of dashes after the changes."""
    return text.startswith("---") and apply(text, changes).partition("\n")[0] == "---"


def _fence(text: str, start: int, end: int) -> Iterator[Change]:
    """Yield the change that takes spaces from behind the dashes at [start, end)."""
    spaces = _SPACES_BEFORE_LINE_END.search(text, start, end)
    if spaces:
        yield Change(*spaces.span(), "")
