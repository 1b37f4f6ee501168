"""A second, independent reader of what A1111 makes of a prompt, for tests of the writer.

Written from the description of the pipeline alone: networks are taken out, AND splits the rest,
a number behind a part is its weight, schedules are resolved for every step, brackets weigh.
It shares no line with the product, and the oracle cases hold it to the real parser.
"""

from __future__ import annotations

import re
from typing import NamedTuple

NETWORK = re.compile(r"<(\w+):([^>]+)>")
AND = re.compile(r"\bAND\b")
PART_NUMBER = re.compile(r":\s*([-+]?(?:\d+\.?|\d*\.\d+))\s*\Z")
WEIGHT = re.compile(r":\s*([+-]?[.\d]+)\s*\)")
WHEN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
BREAK = re.compile(r"\s*\bBREAK\b\s*")


def pipeline(text, steps=20):
    """Return [(weight of the AND part, last step, [[text, weight], ...]), ...]."""
    found = []
    for part in AND.split(NETWORK.sub("", text)):
        number = PART_NUMBER.search(part)
        weight = float(number[1]) if number else 1.0
        body = part[: number.start()].rstrip() if number else part.rstrip()
        found += [(weight, until, attention(seen)) for until, seen in schedule(body, steps)]
    return found


# Attention


def attention(text):
    """Return the runs of text with their weights, equal neighbours merged."""
    runs, round_open, square_open = [], [], []
    at = 0

    def scale(start, factor):
        for run in runs[start:]:
            run[1] *= factor

    while at < len(text):
        sign = text[at]
        number = WEIGHT.match(text, at) if sign == ":" else None
        if sign == "\\":
            escaped = text[at + 1 : at + 2]
            runs.append([escaped if escaped and escaped in "()[]\\" else "", 1.0])
            at += 2 if escaped and escaped in "()[]\\" else 1
            continue
        if sign == "(":
            round_open.append(len(runs))
        elif sign == "[":
            square_open.append(len(runs))
        elif number and round_open:
            scale(round_open.pop(), float(number[1]))
            at = number.end()
            continue
        elif number:
            runs.append([number[0], 1.0])
            at = number.end()
            continue
        elif sign == ")" and round_open:
            scale(round_open.pop(), 1.1)
        elif sign == "]" and square_open:
            scale(square_open.pop(), 1 / 1.1)
        elif sign in ")]:":
            runs.append([sign, 1.0])
        else:
            end = next((n for n in range(at, len(text)) if text[n] in "\\()[]:"), len(text))
            runs += _with_breaks(text[at:end])
            at = end
            continue
        at += 1
    for start in round_open:
        scale(start, 1.1)
    for start in square_open:
        scale(start, 1 / 1.1)
    return _merged(runs or [["", 1.0]])


def _with_breaks(text):
    first, *others = BREAK.split(text)
    return [[first, 1.0], *(run for other in others for run in (["BREAK", -1], [other, 1.0]))]


def _merged(runs):
    found = [list(runs[0])]
    for text, weight in runs[1:]:
        if found[-1][1] == weight:
            found[-1][0] += text
        else:
            found.append([text, weight])
    return found


# Schedules


class Scheduled(NamedTuple):
    before: list
    after: list
    when: str


class Alternate(NamedTuple):
    fields: list


class BrokenError(Exception):
    """The grammar of schedules does not accept the text, so nothing in it is a schedule."""


def schedule(text, steps=20):
    """Return [(last step, text), ...]: what the attention reader is given, for every stretch."""
    try:
        nodes, _ = _sequence(text, 0, "")
    except BrokenError:
        return [(steps, text)]
    ends = {steps}
    _collect(nodes, steps, ends)
    return [(end, _text_at(nodes, end, steps)) for end in sorted(ends)]


def _sequence(text, at, stops):
    """Read up to one of `stops` outside brackets; strings, schedules and alternations."""
    nodes = []
    while at < len(text) and text[at] not in stops:
        sign = text[at]
        if sign == "\\":
            if at + 1 == len(text):
                raise BrokenError
            nodes.append(text[at : at + 2])
            at += 2
        elif sign in "[(":
            inner, at = (_square if sign == "[" else _round)(text, at, nested=bool(stops))
            nodes += inner
        elif sign in ":])":
            if stops and (stops != ")" or sign != ":" or ":" in nodes):
                raise BrokenError
            nodes.append(sign)
            at += 1
        elif sign == "|":
            raise BrokenError
        else:
            nodes.append(sign)
            at += 1
    return nodes, at


def _once(read):
    """Read a bracket once, or fail once: without memory, nesting costs powers of three."""
    last = {"text": None}

    def remembered(text, at):
        if last["text"] != text:
            last.clear()
            last["text"] = text
        if at not in last:
            try:
                last[at] = read(text, at)
            except BrokenError:
                last[at] = None
        if last[at] is None:
            raise BrokenError
        return last[at]

    return remembered


def _round(text, at, *, nested):
    try:
        return _parentheses(text, at)
    except BrokenError:
        return _bare(text, at, nested)


@_once
def _parentheses(text, at):
    inner, end = _sequence(text, at + 1, ")")
    if end >= len(text):
        raise BrokenError
    return ["(", *inner, ")"], end + 1


def _square(text, at, *, nested):
    """Read `[…]`: a schedule, an alternation, or brackets that weigh."""
    for attempt in (_scheduled, _alternate, _emphasis):
        try:
            return attempt(text, at)
        except BrokenError:
            continue
    return _bare(text, at, nested)


def _bare(text, at, nested):
    """A bracket that opens nothing is a sign at the top, and breaks what it stands in."""
    if nested:
        raise BrokenError
    return [text[at]], at + 1


@_once
def _scheduled(text, at):
    fields, end = [], at
    while True:
        field, end = _sequence(text, end + 1, ":]|")
        if end >= len(text) or text[end] == "|":
            raise BrokenError
        fields.append(field)
        if text[end] == "]":
            break
    *prompts, last = fields
    when = "".join(last) if all(isinstance(x, str) for x in last) else ""
    if not 1 <= len(prompts) <= 2 or not WHEN.fullmatch(when.strip()):
        raise BrokenError
    before, after = prompts if len(prompts) == 2 else ([], prompts[0])
    return [Scheduled(before, after, when.strip())], end + 1


@_once
def _alternate(text, at):
    fields, end = [], at
    while True:
        field, end = _sequence(text, end + 1, "|]")
        if end >= len(text):
            raise BrokenError
        fields.append(field)
        if text[end] == "]":
            break
    if len(fields) < 2:
        raise BrokenError
    return [Alternate(fields)], end + 1


@_once
def _emphasis(text, at):
    inner, end = _sequence(text, at + 1, "]")
    if end >= len(text):
        raise BrokenError
    return ["[", *inner, "]"], end + 1


def _until(node, steps):
    when = float(node.when)
    return min(steps, int(when * steps if "." in node.when else when))


def _collect(nodes, steps, ends):
    for node in nodes:
        if isinstance(node, Scheduled):
            if _until(node, steps) >= 1:
                ends.add(_until(node, steps))
            _collect([*node.before, *node.after], steps, ends)
        elif isinstance(node, Alternate):
            ends.update(range(1, steps + 1))
            for field in node.fields:
                _collect(field, steps, ends)


def _text_at(nodes, step, steps):
    pieces = []
    for node in nodes:
        if isinstance(node, Scheduled):
            shown = node.before if step <= _until(node, steps) else node.after
            pieces.append(_text_at(shown, step, steps))
        elif isinstance(node, Alternate):
            pieces.append(_text_at(node.fields[(step - 1) % len(node.fields)], step, steps))
        else:
            pieces.append(node)
    return "".join(pieces)
