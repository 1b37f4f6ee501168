"""The canonical tree of texts with switches: leaves at absolute weights, switches at the top."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from impasto.dialects.comfyui.parentheses import Segment, segments, unescaped
from impasto.dialects.comfyui.switches import (
    Item,
    Line,
    Load,
    Piece,
    Switch,
    chunks,
    is_plain,
    touches,
)
from impasto.dialects.settle import sane
from impasto.syntax.nodes import Alternate, Group, Node, Reference, Schedule, Value
from impasto.syntax.runs import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_EMBEDDING = re.compile(r"(?:\A|(?<=[ \n]))embedding:([^\s,:<>()\[\]{}|\\#]+)")


class _Task(NamedTuple):
    """One field to build: its line, the runs of it, and the numbers of the tasks inside."""

    line: Line
    found: tuple[Segment, ...]
    inner: dict[int, list[int | tuple[Node, ...]]]


def nodes(outer: Line) -> tuple[Node, ...]:
    """Return the tree of a line that is fit: texts at absolute weights, switches at the top."""
    tasks: list[_Task] = []
    waiting: list[tuple[Line, float]] = [(outer, 1.0)]
    while len(tasks) < len(waiting):
        line, weight = waiting[len(tasks)]
        found = segments(line.text, weight)
        inner: dict[int, list[int | tuple[Node, ...]]] = {}
        for at, switch, own in _weights(line, found):
            inner[at] = []
            for field in switch.fields:
                if is_plain(field):
                    inner[at].append(_plain(field, own))
                    continue
                inner[at].append(len(waiting))
                waiting.append((Line(field), own))
        tasks.append(_Task(line, found, inner))
    done: list[tuple[Node, ...]] = [()] * len(tasks)
    for place in reversed(range(len(tasks))):
        done[place] = tuple(_built(tasks[place], done))
    return done[0]


def _weights(line: Line, found: Sequence[Segment]) -> Iterable[tuple[int, Switch, float]]:
    """Yield (offset, switch, weight of the run around it)."""
    runs = iter(found)
    run = next(runs, None)
    for at, item in line.inserts:
        while run is not None and run.end <= at:
            run = next(runs, None)
        if isinstance(item, Switch):
            yield at, item, run.weight if run is not None else 1.0


def _built(task: _Task, done: list[tuple[Node, ...]]) -> Iterable[Node]:
    line, inserts = task.line, iter(task.line.inserts)
    insert = next(inserts, None)
    for start, end, weight in task.found:
        at = start
        while insert is not None and insert[0] < end:
            place, item = insert
            yield from leaves(line, at, place, weight)
            yield _inserted(place, item, task, done)
            at = max(at, place + isinstance(item, Switch))
            insert = next(inserts, None)
        yield from leaves(line, at, end, weight)
    while insert is not None:
        yield _inserted(*insert, task, done)
        insert = next(inserts, None)


def _inserted(place: int, item: Load | Switch, task: _Task, done: list[tuple[Node, ...]]) -> Node:
    if isinstance(item, Load):
        return item.node
    return _switch(item, [done[n] if isinstance(n, int) else n for n in task.inner[place]])


def _plain(field: list[Item], weight: float) -> tuple[Node, ...]:
    """Return the nodes of a field that is one text at most."""
    if not field:
        return ()
    text, start, end = field[0]  # type: ignore[misc]
    if not text:
        return ()
    value = Value(text, start, end)
    return (value,) if weight == 1 else (_weighed((value,), weight, start, end),)


def _weighed(found: tuple[Node, ...], weight: float, start: int, end: int) -> Group:
    return Group("round", found, f":{number(sane(weight))}", start, end)


def _switch(item: Switch, fields: list[tuple[Node, ...]]) -> Node:
    """Return the canonical node of a switch, schedules inside each other from the last on."""
    if item.order is None:
        return Alternate(tuple(fields), item.start, item.end)
    shown = [(fields[at], mark) for at, mark in item.order]
    return in_turn(shown, item.start, item.end)


def in_turn(shown: Sequence[tuple[tuple[Node, ...], str]], start: int, end: int) -> Schedule:
    """Return a schedule of several texts, each up to its mark, the last one to the end."""
    after = shown[-1][0]
    for before, mark in reversed(shown[:-1]):
        after = (Schedule(before, after, mark, start, end),)
    assert isinstance(after[0], Schedule)
    return after[0]


def verbatim(text: str, found: Iterable[Segment]) -> Iterable[Node]:
    """Yield the nodes of a text that is the source itself."""
    if "embedding:" in text:
        line = Line([Piece(text, 0, len(text))])
        for start, end, weight in found:
            yield from leaves(line, start, end, weight)
        return
    slashed = "\\" in text or "\0" in text
    for start, end, weight in found:
        value = text[start:end]
        node = Value(unescaped(value) if slashed else value, start, end)
        yield node if weight == 1 else _weighed((node,), weight, start, end)


def leaves(line: Line, start: int, end: int, weight: float) -> Sequence[Node]:
    """Return the nodes of a stretch of one weight; an embedding is a reference."""
    if start >= end:
        return ()
    text = line.text[start:end]
    first, last = line.start_of(start), line.end_of(end)
    if "embedding:" in text:
        found = _with_embeddings(line, text, start)
    else:
        found = (Value(unescaped(text), first, last),)
    return found if weight == 1 else (_weighed(found, weight, first, last),)


def _with_embeddings(line: Line, text: str, offset: int) -> tuple[Node, ...]:
    """Return the texts and embeddings of a text that stands at `offset`."""
    found: list[Node] = []
    at = 0
    for name in _EMBEDDING.finditer(text):
        if at < name.start():
            found.append(_value(line, text[at : name.start()], offset + at))
        span = line.start_of(offset + name.start()), line.end_of(offset + name.end())
        found.append(Reference(f"<embedding:{name[1]}>", *span))
        at = name.end()
    if at < len(text):
        found.append(_value(line, text[at:], offset + at))
    return tuple(found)


def _value(line: Line, text: str, start: int) -> Value:
    return Value(unescaped(text), line.start_of(start), line.end_of(start + len(text)))


def tree(items: Iterable[Item], chunk: re.Pattern[str]) -> tuple[Node, ...] | None:
    """Return the nodes of items and the breaks between them; None where a switch is not fit."""
    items = list(items)
    if touches(items, chunk):
        return None
    found: list[Node] = []
    for inside, sign in chunks(items, chunk):
        line = Line(inside)
        if not line.is_fit():
            return None
        found += nodes(line)
        if sign is not None:
            found.append(sign)
    return tuple(found)
