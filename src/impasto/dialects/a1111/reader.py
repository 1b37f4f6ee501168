"""Reading A1111: a text to a tree and to what the real parser would stumble over."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from impasto.diagnostics import Diagnostic, Severity
from impasto.dialects.a1111.emphasis import Place, ReadError, flat, mark_of
from impasto.dialects.a1111.schedule import brackets, slices, steps_of
from impasto.dialects.a1111.stages import (
    MODERN,
    Grammar,
    emphasis,
    subprompts,
    without_networks,
)
from impasto.dialects.a1111.tree import Crossing, Tag, tags_of, tree
from impasto.dialects.base import Reading
from impasto.syntax.nodes import Alternate, Node, Part, Schedule

if TYPE_CHECKING:
    from impasto.dialects.a1111.schedule import Bracket
    from impasto.dialects.a1111.stages import Network, Subprompt
    from impasto.source import Source

STEPS: Final = 20
_COMMENT = re.compile(r"#[^\n]*+")
_LOOKS_SCHEDULED = re.compile(
    r"\[(?<!\\\[)(?:[^\[\]:|]*+(?::[^\[\]:|]*+)?:\s*+[-+]?[0-9.]++\s*+|[^\[\]:|]*+(?:\|[^\[\]:|]*+)++)\]"
)
_WORD_BREAK = re.compile(r"\bBREAK\b")


def read(source: Source, grammar: Grammar = MODERN) -> Reading:
    """Return what a text means to A1111. Never raises on text."""
    return _Reader(source, grammar).read()


class _Reader:
    """One text that is being read."""

    def __init__(self, source: Source, grammar: Grammar) -> None:
        self.source = source
        self.text = source.text
        self.grammar = grammar
        self.clean, self.networks = without_networks(self.text)
        self.tags, self.place = tags_of(self.networks, self.text)
        self.placed = 0
        self.found: list[Diagnostic] = []

    def read(self) -> Reading:
        """Return the reading."""
        if "#" in self.text and not self.grammar.old:
            self._note_comments()
        for tag in self.networks:
            if tag.kind == "embedding":
                self._note_embedding(tag)
        parts = subprompts(self.clean)
        if len(parts) == 1 and parts[0].weight != 1:
            self._note_part_weight(parts[0])
        return Reading(tuple([self._part(part) for part in parts]), tuple(self.found))

    def _part(self, part: Subprompt) -> Part:
        tags = self._tags_until(part)
        nodes = self._nodes(part, tags)
        mark = mark_of(part.weight) if part.weight != 1 else ""
        start, end = self.place(part.start, False), self.place(part.behind, True)
        first = min(start, tags[0].node.start) if tags else start
        return Part(nodes, mark, first, max(first, end, tags[-1].node.end if tags else 0))

    def _tags_until(self, part: Subprompt) -> tuple[Tag, ...]:
        """Return the tags that come next, up to the end of a part, placed within its text."""
        last = part.behind if part.behind < len(self.clean) else len(self.clean) + 1
        first = self.placed
        while self.placed < len(self.tags) and self.tags[self.placed].at < last:
            self.placed += 1
        mine = self.tags[first : self.placed]
        length = part.end - part.start
        return tuple([Tag(min(max(tag.at - part.start, 0), length), tag.node) for tag in mine])

    def _nodes(self, part: Subprompt, tags: tuple[Tag, ...]) -> tuple[Node, ...]:
        text = self.clean[part.start : part.end]
        place = self.place
        if part.start:
            place = _shifted(place, part.start)
        found = self._brackets(text, place)
        problems: list[ReadError] = []
        try:
            nodes = tree(text, found, self.grammar, place, tags, problems)
        except Crossing:
            references: tuple[Node, ...] = tuple([tag.node for tag in tags])
            nodes = (*references, *self._untangled(text, found, place, problems))
        self._note_numbers(problems, place)
        return nodes

    def _brackets(self, text: str, place: Place) -> list[Bracket]:
        try:
            found = brackets(text, old=self.grammar.old)
            if found:
                steps_of(found, STEPS, old=self.grammar.old)
        except ReadError as error:
            self._note_number(error, place)
            return []
        if found is None:
            self._note_gave_up(text, place)
        return found or []

    def _untangled(
        self, text: str, found: list[Bracket], place: Place, problems: list[ReadError]
    ) -> tuple[Node, ...]:
        if "BREAK" in text:
            self._note_breaks(text, place)
        if not found:
            self._note(
                "IMP501",
                "crossing-brackets",
                "info",
                "round and square brackets cross, or hold BREAK, so every text was given its own"
                " weight",
                place(0, False),
                place(len(text), True),
            )
            return tuple(flat(emphasis(text, self.grammar.tokens, problems), place))
        at = place(found[0].start, False), place(found[0].end, True)
        self._note(
            "IMP502",
            "read-step-by-step",
            "info",
            "a bracket, a weight or BREAK reaches across the border of this schedule, so the"
            f" prompt was read for each of {STEPS} steps",
            *at,
            hint="close every bracket in the field in which it opens",
        )
        return self._by_steps(text, found, place)

    def _by_steps(self, text: str, found: list[Bracket], place: Place) -> tuple[Node, ...]:
        """Return schedules over whole texts, or one alternation where the texts come in turns."""
        old = self.grammar.old
        known: dict[str, tuple[Node, ...]] = {}
        turns: list[tuple[Node, ...]] = []
        for step in range(1, STEPS + 1):
            there = list(slices(found, len(text), step, STEPS, old=old))
            shown = "".join([text[start:end] for start, end in there])
            if shown not in known:
                known[shown] = self._plain(shown, _pieced(place, there))
            turns.append(known[shown])
        return _in_turn(turns, place(0, False), place(len(text), True))

    def _plain(self, text: str, place: Place) -> tuple[Node, ...]:
        """Return the nodes of a text without schedules."""
        problems: list[ReadError] = []
        try:
            nodes = tree(text, [], self.grammar, place, (), problems)
        except Crossing:
            nodes = tuple(flat(emphasis(text, self.grammar.tokens, problems), place))
        self._note_numbers(problems, place)
        return nodes

    def _note(
        self,
        code: str,
        rule: str,
        severity: Severity,
        message: str,
        start: int,
        end: int,
        *,
        hint: str = "",
    ) -> None:
        span = self.source.span(start, max(start, end))
        self.found.append(Diagnostic(code, rule, severity, message, span, (), hint))

    def _note_numbers(self, problems: list[ReadError], place: Place) -> None:
        """Note each number once, also where the text was read by two ways."""
        for problem in {problem.start: problem for problem in problems}.values():
            self._note_number(problem, place)

    def _note_number(self, problem: ReadError, place: Place) -> None:
        start, end = place(problem.start, False), place(problem.end, True)
        self._note(
            "IMP503",
            "weight-not-a-number",
            "error",
            f"{problem}: A1111 fails on this prompt",
            start,
            end,
            hint="write the number with at most one dot, such as 1.2",
        )

    def _note_comments(self) -> None:
        for comment in _COMMENT.finditer(self.text):
            self._note(
                "IMP504",
                "comment-cut-off",
                "warning",
                'A1111 (1.8 and later) and Forge drop everything from "#" to the end of the line',
                *comment.span(),
                hint='spell it out: "sharp", "number", the name of the colour',
            )

    def _note_embedding(self, tag: Network) -> None:
        self._note(
            "IMP505",
            "embedding-in-a-tag",
            "warning",
            "A1111 takes this tag out of the text and loads nothing",
            tag.start,
            tag.end,
            hint=f"write the bare name, {tag.arguments.split(':')[0]}",
        )

    def _note_part_weight(self, part: Subprompt) -> None:
        self._note(
            "IMP506",
            "number-at-the-end",
            "warning",
            f"the number at the end weighs the whole prompt ({mark_of(part.weight)[1:]} times the"
            " guidance), also without AND",
            self.place(part.end, False),
            self.place(part.behind, True),
            hint="put a comma or a word behind it",
        )

    def _note_breaks(self, text: str, place: Place) -> None:
        """Say where BREAK stands in a group, as far as it is not a chunk break."""
        for run in emphasis(text, self.grammar.tokens, []):
            if run.weight < 0 and run.weight != -1 and _WORD_BREAK.fullmatch(run.text):
                self._note(
                    "IMP507",
                    "break-in-a-group",
                    "warning",
                    "BREAK inside brackets is no chunk break: the word itself is painted, at the"
                    f" weight {mark_of(run.weight)[1:]}",
                    place(run.start, False),
                    place(run.end, True),
                    hint="close the brackets before BREAK and open them again behind it",
                )

    def _note_gave_up(self, text: str, place: Place) -> None:
        for looks in _LOOKS_SCHEDULED.finditer(text):
            start, end = place(looks.start(), False), place(looks.end(), True)
            self.found.append(schedules_off(self.source, start, end))


def schedules_off(source: Source, start: int, end: int) -> Diagnostic:
    """Return the finding that what looks like a schedule at [start, end) is none."""
    return Diagnostic(
        "IMP508",
        "schedules-off",
        "warning",
        'a "|" outside brackets or a backslash at the end of a line turns off all schedules of the'
        " prompt; these brackets only weaken their text",
        source.span(start, end),
        (),
        'take the "|" or the backslash out',
    )


def unscheduled(source: Source) -> tuple[Diagnostic, ...]:
    """Return the findings for a text in which the schedules are off."""
    return tuple(
        [schedules_off(source, *found.span()) for found in _LOOKS_SCHEDULED.finditer(source.text)]
    )


def _shifted(place: Place, by: int) -> Place:
    def shifted(at: int, end: bool) -> int:
        return place(at + by, end)

    return shifted


def _pieced(place: Place, there: list[tuple[int, int]]) -> Place:
    """Return the way back from a text that was put together from the stretches `there`."""
    begins = [0, *accumulate(end - start for start, end in there)]

    def pieced(at: int, end: bool) -> int:
        if not there:
            return place(0, end)
        nth = min(max(bisect_right(begins, at - end) - 1, 0), len(there) - 1)
        return place(there[nth][0] + at - begins[nth], end)

    return pieced


def _in_turn(turns: list[tuple[Node, ...]], start: int, end: int) -> tuple[Node, ...]:
    """Return the schedule of what is there at every step, the same at neighbours told once."""
    for count in range(2, len(turns) // 2 + 1):
        if all(shown is turns[at % count] for at, shown in enumerate(turns)):
            return (Alternate(tuple(turns[:count]), start, end),)
    nodes = turns[-1]
    for at in range(len(turns) - 1, 0, -1):
        if turns[at - 1] is not turns[at]:
            nodes = (Schedule(turns[at - 1], nodes, f":{at}", start, end),)
    return nodes
