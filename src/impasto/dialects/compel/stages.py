"""What compel makes of a text: prompts, blends, swaps and LoRAs, with their weights.

`conjunction` answers in the form in which compel's own answers were recorded; `parse` gives the
same with places.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from typing import Any, NamedTuple

from msgspec import Struct

from impasto.dialects.compel import terminals as terms
from impasto.dialects.compel.grammar import Scanner
from impasto.dialects.compel.nodes import Item, Lora, Mistake, Piece, Unread
from impasto.dialects.compel.runs import Fragment, Fused, Swapped, flatten
from impasto.errors import PromptSyntaxError
from impasto.source import Source

_UNSPACED = re.compile(r",(\S)")


class Blend(Struct, frozen=True):
    """Prompts that are mixed into one, with the weights as written."""

    prompts: list[list[Fragment]]
    weights: list[float]
    normalize: bool


class Parsed(NamedTuple):
    """A conjunction: prompts or one blend, their weights, and the LoRAs to load.

    Positions in it are those of `text`, which is the text that was given with a space put behind
    each comma; `place` translates them. `rest` is where the text begins that compel leaves unread.
    """

    prompts: list[list[Fragment] | Blend]
    weights: list[float]
    loras: list[Lora]
    mistakes: tuple[Mistake, ...]
    unread: tuple[Unread, ...]
    text: str
    added: list[int]
    rest: int

    def place(self, at: int) -> int:
        """Return the offset in the text that was given."""
        return at - bisect_left(self.added, at) if self.added else at


@lru_cache(maxsize=4)
def parse(text: str) -> Parsed:
    """Return what compel makes of `text`; what it would raise on are `mistakes`.

    The last few are remembered, for a text that was read is mostly asked for its weights next.
    """
    spaced, added = _spaced(text)
    return _Reader(spaced).parse(added)


def conjunction(text: str) -> Any:
    """Return [[text, weight], …] of a single plain prompt, else an object with all of it.

    Raises:
        PromptSyntaxError: compel raises on the text.
    """
    parsed = parse(text)
    if parsed.mistakes:
        first = parsed.mistakes[0]
        span = Source(text).span(parsed.place(first.start), parsed.place(first.end))
        raise PromptSyntaxError(first.message, span, hint=first.hint)
    prompts = [_answer(prompt) for prompt in parsed.prompts]
    if len(prompts) == 1 and not parsed.loras and parsed.weights == [1.0]:
        return prompts[0] if isinstance(prompts[0], list) else _and(prompts, parsed)
    return _and(prompts, parsed)


def _and(prompts: list[Any], parsed: Parsed) -> dict[str, Any]:
    loras = [[lora.name, lora.weight] for lora in parsed.loras]
    return {"and": prompts, "weights": parsed.weights, "loras": loras, "type": "AND"}


def _answer(prompt: list[Fragment] | Blend) -> Any:
    if isinstance(prompt, Blend):
        blended = [_listed(p) for p in prompt.prompts]
        return {"blend": blended, "weights": prompt.weights, "normalize": prompt.normalize}
    return _listed(prompt)


def _listed(prompt: list[Fragment]) -> list[Any]:
    """Return the fragments as lists and objects, swaps in swaps to any depth."""
    found: list[Any] = []
    work = [(prompt, found)]
    while work:
        fragments, into = work.pop()
        for fragment in fragments:
            if isinstance(fragment, Fused):
                into.append([fragment.text, fragment.weight])
                continue
            before: list[Any] = []
            after: list[Any] = []
            work += [(fragment.original, before), (fragment.edited, after)]
            into.append({"swap": [before, after], "options": fragment.node.options})
    return found


def _spaced(text: str) -> tuple[str, list[int]]:
    """Return the text with a space behind each comma, and where spaces were put in."""
    added: list[int] = []
    for found in _UNSPACED.finditer(text):
        added.append(found.start(1) + len(added))
    return (_UNSPACED.sub(r", \1", text), added) if added else (text, added)


class _Reader:
    """The outermost level: a conjunction, a blend, or a prompt, with LoRAs around it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.mistakes: list[Mistake] = []
        self.scanner = Scanner(text, self.mistakes)
        self.rest = len(text)

    def parse(self, added: list[int]) -> Parsed:
        if not self.text.strip():
            empty = Fused(1.0, [Piece("", 0, 0)])
            return Parsed([[empty]], [1.0], [], (), (), self.text, added, self.rest)
        prompts, weights, loras = self._conjunction()
        found = tuple(dict.fromkeys(self.mistakes)), tuple(self.scanner.unread)
        return Parsed(prompts, weights, loras, *found, self.text, added, self.rest)

    def _conjunction(self) -> tuple[list[list[Fragment] | Blend], list[float], list[Lora]]:
        at = self.scanner.skip(0)
        call = self._call(at)
        if call and call.name != "blend":
            self.rest = call.end
            return self._anded(call)
        leading: list[Item] = []
        while not call and (lora := self.scanner.lora(at)):
            leading.append(lora[0])
            at = self.scanner.skip(lora[1])
            call = self._call(at)
        if call and call.name == "blend":
            return self._blended(call, leading)
        items, end = self.scanner.prompt(at)
        self._expect_end(end)
        fragments, loras = flatten([*leading, *items])
        return ([fragments], [1.0], loras) if fragments else ([], [], loras)

    def _anded(self, call: _Call) -> tuple[list[list[Fragment] | Blend], list[float], list[Lora]]:
        weights = self._weights(call, call.options)
        prompts: list[list[Fragment] | Blend] = []
        kept: list[float] = []
        loras: list[Lora] = []
        for items, weight in zip(call.prompts, weights, strict=True):
            fragments, found = flatten(items)
            loras += found
            if fragments:
                prompts.append(fragments)
                kept.append(weight)
        return prompts, kept, loras

    def _blended(
        self, call: _Call, leading: list[Item]
    ) -> tuple[list[list[Fragment] | Blend], list[float], list[Lora]]:
        normalize = not call.options or call.options[-1][0] != "no_normalize"
        weights = self._weights(call, call.options if normalize else call.options[:-1])
        loras = [item for item in leading if isinstance(item, Lora)]
        prompts: list[list[Fragment]] = []
        for items in call.prompts:
            fragments, found = flatten(items)
            loras += found
            prompts.append(fragments)
        self._check_blend(call, prompts)
        at = self.scanner.skip(call.end)
        while lora := self.scanner.lora(at):
            loras += [lora[0]] if isinstance(lora[0], Lora) else []
            at = self.scanner.skip(lora[1])
        self._expect_end(at)
        return [Blend(prompts, weights, normalize)], [1.0], loras

    def _check_blend(self, call: _Call, prompts: list[list[Fragment]]) -> None:
        if any(isinstance(f, Swapped) for prompt in prompts for f in prompt):
            hint = "take the swap out of the blend"
            self._mistake("compel cannot swap inside a blend", call, hint)
        if not all(prompts):
            self._mistake("compel cannot blend a prompt without any text", call, 'write it as ""')

    def _expect_end(self, at: int) -> None:
        at = self.scanner.skip(at)
        if at < len(self.text):
            what = "compel expects the end of the prompt here and raises an error"
            hint = "leave out what follows, or put it into one of the blended prompts"
            if self.text[at] in "\x0b\x0c":
                hint = "replace the vertical tab or form feed by a space"
            self.mistakes.append(Mistake(what, at, len(self.text), hint))

    def _mistake(self, message: str, call: _Call, hint: str = "") -> None:
        self.mistakes.append(Mistake(message, call.start, call.end, hint))

    def _weights(self, call: _Call, options: list[tuple[str, float | str | None]]) -> list[float]:
        """Return one weight for each prompt; 1.0 where they are missing or make no sense."""
        count = len(call.prompts)
        weights = []
        for name, _ in options:
            try:
                weights.append(float(name))
            except ValueError:
                self._mistake(f'"{name}" is no weight', call, "write numbers, one for each prompt")
                weights.append(1.0)
        if options and len(weights) != count:
            hint = "give each prompt one weight, or leave all of them out"
            self._mistake(f"{len(weights)} weights for {count} prompts", call, hint)
        return weights if len(weights) == count else [1.0] * count

    def _call(self, at: int) -> _Call | None:
        """Return the `("a", "b").name(…)` at `at`."""
        if not self.text.startswith("(", at):
            return None
        prompts: list[list[Item]] = []
        start = end = at
        while not prompts or self.text.startswith(",", end):
            found = self._operand(self.scanner.skip(end + 1))
            if found is None:
                return None
            prompts.append(found[0])
            end = self.scanner.skip(found[1])
        call = terms.CALL.match(self.text, end + 1) if self.text.startswith(")", end) else None
        if call is None:
            return None
        options, end = self.scanner.options(call.end())
        closing = terms.CLOSE.match(self.text, end)
        name = "blend" if call[1] == "blend" else "and"
        return _Call(name, prompts, options, start, closing.end()) if closing else None

    def _operand(self, at: int) -> tuple[list[Item], int] | None:
        sign = self.text[at : at + 1]
        if sign == "(":
            return self.scanner.group(at)
        if sign == '"':
            return self.scanner.quoted(at) or self.scanner.quoted_prompt(at)
        return self.scanner.word(at)


class _Call(NamedTuple):
    name: str
    prompts: list[list[Item]]
    options: list[tuple[str, float | str | None]]
    start: int
    end: int
