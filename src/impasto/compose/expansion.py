"""`expand`: the prompts that choices, word lists and variables stand for, as texts."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from msgspec.structs import replace

from impasto.dialects import dialect as load_dialect
from impasto.dialects.api import CANONICAL, read, write
from impasto.errors import OpenPromptError, PromptSyntaxError
from impasto.syntax.nodes import Group, Part, Schedule
from impasto.syntax.parser import parse
from impasto.syntax.printer import print_parts
from impasto.syntax.walk import walk
from impasto.syntax.weights import runs
from impasto.variations.combinations import Space
from impasto.variations.draw import draw, part_seed
from impasto.variations.wordlists import Wordlists

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from impasto.syntax.nodes import Node
    from impasto.syntax.prompt import Prompt


def expand(
    source: str | Prompt, dialect: str = CANONICAL, *, wildcards: Sequence[Path] = ()
) -> Expansion:
    """Return the prompts that an open prompt stands for.

    Args:
        source: text in `dialect`, or a prompt.
        dialect: "impasto", "dynamicprompts", or another one that has choices.
        wildcards: folders of word lists.

    Raises:
        PromptSyntaxError: the text is no prompt in that dialect.
        UnknownNameError: the dialect, a word list or a variable is unknown.
        OpenPromptError: lists or variables name each other in a circle.
        FileError: a word list cannot be read.
    """
    if isinstance(source, str):
        source = parse(source) if dialect == CANONICAL else read(source, dialect)
    for finding in source.diagnostics:
        if finding.severity == "error":
            raise PromptSyntaxError(
                finding.message, finding.span, expected=finding.expected, hint=finding.hint
            )
    return Expansion(source, Wordlists(tuple(wildcards)))


class Expansion:
    """All prompts that `prompt` stands for, numbered from 0 to `count` - 1.

    The leftmost choice turns slowest. Texts are as the next program is to read them: `host` is
    the dialect it reads. dynamicprompts leaves brackets to A1111, so its texts have no escapes.
    """

    def __init__(self, prompt: Prompt, lists: Wordlists) -> None:
        self.prompt = prompt
        dialect = load_dialect(prompt.dialect) if prompt.meaning else None
        self.host = (dialect.host if dialect else "") or prompt.dialect
        self._tail = dialect.tail(prompt.text) if dialect else ""
        self._lists = lists
        self._spaces = [Space(lists) for _ in prompt.parts]
        self._sizes = [
            space.count(part.children)
            for space, part in zip(self._spaces, prompt.parts, strict=True)
        ]
        self.count = prod(self._sizes)

    def pick(self, index: int) -> str:
        """Return the prompt with a number.

        Raises:
            OpenPromptError: there are not so many.
        """
        if not 0 <= index < self.count:
            raise OpenPromptError(f"there is no prompt {index:,}: they are 0 to {self.count - 1:,}")
        found: list[tuple[Node, ...]] = []
        for at in reversed(range(len(self._sizes))):
            index, own = divmod(index, self._sizes[at])
            found.append(self._spaces[at].pick(self.prompt.parts[at].children, own))
        return self._print(found[::-1])

    def iterate(self, start: int = 0) -> Iterator[str]:
        """Yield the prompts from number `start` on; memory does not grow with their number.

        Raises:
            OpenPromptError: there are not so many.
        """
        if not 0 <= start < self.count:
            return iter((self.pick(start),))
        if len(self._sizes) != 1:
            return map(self.pick, range(start, self.count))
        closed = self._spaces[0].iterate(self.prompt.parts[0].children, start)
        return (self._print([nodes]) for nodes in closed)

    def draw(self, seed: int) -> str:
        """Return the prompt that `seed` draws, the same on every machine."""
        parts = enumerate(self.prompt.parts)
        closed = [draw(part.children, part_seed(seed, at), self._lists) for at, part in parts]
        return self._print(closed)

    def _print(self, closed: list[tuple[Node, ...]]) -> str:
        pairs = zip(self.prompt.parts, closed, strict=True)
        parts = tuple(Part(children, part.mark) for part, children in pairs)
        if self.prompt.meaning is None:
            return print_parts(parts)
        return (
            f"{self._foreign(parts)} {self._tail}".rstrip() if self._tail else self._foreign(parts)
        )

    def _foreign(self, parts: tuple[Part, ...]) -> str:
        nodes = tuple(node for part in parts for node in part.children)
        if any(isinstance(node, (Group, Schedule)) for node in walk(nodes)):
            return write(replace(self.prompt, parts=parts), self.prompt.dialect).text
        return "".join(text for text, _ in runs(nodes))
