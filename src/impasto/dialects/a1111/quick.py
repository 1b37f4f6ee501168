"""The common prompt of A1111 in one pass: brackets that close, simple schedules, networks, BREAK.

What is not common is left to the slow way by returning None: this must never answer otherwise
than that does, and a test holds both together.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from impasto.dialects.a1111.emphasis import DOWN, around_breaks
from impasto.syntax.nodes import UP, Alternate, Break, Group, Node, Reference, Schedule, Value
from impasto.syntax.weights import BREAK_RUN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from impasto.syntax.prompt import Prompt
    from impasto.syntax.weights import Runs

_NUMBER = r"[+-]?(?:[0-9]{1,9}+(?:\.[0-9]*+)?+|\.[0-9]++)"
"""Longer ones may be beyond all measure, of which the slow way tells."""
_WEIGHT = rf": *+{_NUMBER} *+"
_LOOSE = r":(?!\s*+[+-]?[.\d]++\s*+\))"
"""A colon that begins no weight."""


def _scanner(lead: str, text: str, schedule: str) -> Callable[[str], list[tuple[str, ...]]]:
    """Return what cuts a text into steps: a text, and one thing behind it.

    The thing is a group with a weight, a schedule, a square group, a tag, a sign, or whatever
    else there is.
    """
    return re.compile(
        rf"({lead}*+)(?:\(({text}++)({_WEIGHT})?+\)|{schedule}|\[({text}++)\]"
        rf"|(<\w++:[^>]++>)|({_WEIGHT}\)|[()\[\]])|\Z|([\s\S]))"
    ).findall


_T = r"(?:[^\\()\[\]:|<]++|\\[()\[\]\\]|<(?!\w++:))"
_ANY = rf"(?:[^\\()\[\]:<]++|\\[()\[\]\\]|<(?!\w++:)|{_LOOSE})"
_scan = _scanner(rf"(?:{_T}|{_LOOSE})", _T, rf"\[({_T}*+)(:{_T}*+)??({_WEIGHT})\]")
_scan_unscheduled = _scanner(_ANY, _ANY, r"(?!)()()()")
_and = re.compile(r"\bAND\b").search
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_HALF_BREAK: Final = frozenset("BREAK")
_TROUBLE = re.compile(r"\w|.<embedding:", re.DOTALL)
"""A tag behind a word, which joins it to what follows; a tag that names no network."""
_DEPTH: Final = 50
"""How deep groups may nest. The order of three factors shows in the last bits of a product, and
the parser's is not that of the tree, so more than two must be equal."""
_ESCAPED = re.compile(r"(?:[^\\]++|\\[()\[\]\\])*+")


def nodes_of(text: str) -> tuple[Node, ...] | None:
    """Return the nodes of a text without AND and without a weight of the whole; None: the slow way.

    A bar outside brackets turns all schedules off.
    """
    if _is_plain(text):
        bare = text.rstrip()
        return (Value(bare, 0, len(bare)),) if bare else ()
    if "AND" in text and _and(text):
        return None
    if "<" in text and text.rfind(">") < text.rfind("<"):
        return None
    gave_up = "|" in text
    if gave_up and -1 < text.find("[") < text.find("|"):
        return None
    nodes = _nodes(text, scheduling=not gave_up)
    return tuple(nodes) if nodes is not None and _strip_end(nodes) else None


def _is_plain(text: str) -> bool:
    """Whether nothing has a meaning; ten searches take half the time of one regex."""
    return (
        ":" not in text
        and "(" not in text
        and "[" not in text
        and "\\" not in text
        and "<" not in text
        and ")" not in text
        and "]" not in text
        and "|" not in text
        and "AND" not in text
        and "BREAK" not in text
    )


def _nodes(
    text: str, *, scheduling: bool
) -> list[Node] | None:  # one loop on purpose: it is what a read costs
    nodes: list[Node] = []
    frames: list[tuple[str, list[Node], int]] = []
    pos = 0
    escapes, breaks, doubled = "\\" in text, "BREAK" in text, "::" in text
    scheduled = colon = False
    scan = _scan if scheduling else _scan_unscheduled
    for lead, up, up_mark, before, after, when, down, tag, sign, other in scan(text):
        if lead:
            end = pos + len(lead)
            if frames:
                if (scheduling and ":" in lead) or (breaks and "BREAK" in lead):
                    return None
            elif lead[0] == ":":
                colon = pos > 0
            if breaks and "BREAK" in lead:
                if scheduled and lead.startswith("BREAK"):
                    return None
                if not _add_breaks(nodes, lead, pos):
                    return None
            else:
                value = _ESCAPE.sub(r"\1", lead) if escapes and "\\" in lead else lead
                nodes.append(Value(value, pos, end))
            pos = end
        if up:
            end = pos + len(up) + 2 + len(up_mark)
            if breaks and "BREAK" in up:
                return None
            value = _ESCAPE.sub(r"\1", up) if escapes and "\\" in up else up
            child = Value(value, pos + 1, pos + 1 + len(up))
            if " " in up_mark:
                up_mark = up_mark.replace(" ", "")  # noqa: PLW2901
            nodes.append(Group("round", (child,), up_mark, pos, end))
            pos = end
        elif when:
            if text[pos - 1 : pos] in _HALF_BREAK or escapes or doubled:
                return None
            scheduled = True
            node = _schedule(before, after, when, pos)
            if node is None:
                return None
            nodes.append(node)
            pos = node.end
        elif sign:
            end = pos + len(sign)
            if sign == "(" or sign == "[":  # noqa: PLR1714 - a tuple costs more than it says
                frames.append((sign, nodes, pos))
                nodes = []
            else:
                if not frames:
                    return None
                opener, outer, opened = frames.pop()
                if (opener == "[") != (sign == "]"):
                    return None
                kind = "round" if opener == "(" else "square"
                mark = sign[:-1].replace(" ", "")
                outer.append(Group(kind, tuple(nodes), mark, opened, end))  # type: ignore[arg-type]
                nodes = outer
            pos = end
        elif down:
            end = pos + len(down) + 2
            if breaks and "BREAK" in down:
                return None
            value = _ESCAPE.sub(r"\1", down) if escapes and "\\" in down else down
            nodes.append(Group("square", (Value(value, pos + 1, end - 1),), "", pos, end))
            pos = end
        elif tag:
            if frames and (not scheduling or frames[-1][0] == "["):
                return None
            if _TROUBLE.match(text, pos - 1) if pos else tag.startswith("<embedding:"):
                return None
            if breaks and nodes and type(nodes[-1]) is Break:
                return None
            nodes.append(Reference(tag, pos, pos + len(tag)))
            pos += len(tag)
        elif other:
            return None
    if frames or pos != len(text) or (scheduled and colon):
        return None
    return nodes


def _add_breaks(nodes: list[Node], lead: str, start: int) -> bool:
    """Add a text that holds BREAK; False where the spaces to take off stand before a network."""
    pieces = around_breaks(lead, start)
    if not pieces[0][0] and nodes and type(nodes[-1]) is Reference:
        return False
    for nth, (piece, first, last) in enumerate(pieces):
        if nth % 2:
            nodes.append(Break(first, last))
        elif piece:
            nodes.append(Value(_ESCAPE.sub(r"\1", piece), first, last))
    return True


def _schedule(before: str, after: str, when: str, pos: int) -> Schedule | None:
    """Return the schedule of two texts; with one only, that comes later."""
    if before[-1:] in _HALF_BREAK or after[-1:] in _HALF_BREAK or "BREAK" in before + after:
        return None
    end = pos + 2 + len(before) + len(after) + len(when)
    when = when.replace(" ", "")
    first: tuple[Node, ...] = (Value(before, pos + 1, pos + 1 + len(before)),) if before else ()
    if not after:
        return Schedule((), first, when, pos, end)
    at = pos + 2 + len(before)
    second = (Value(after[1:], at, at + len(after) - 1),) if len(after) > 1 else ()
    return Schedule(first, second, when, pos, end)


def _strip_end(nodes: list[Node]) -> bool:
    """Take the spaces off the end, also before networks; False where a weight may stand there."""
    at = len(nodes) - 1
    while at >= 0:
        node = nodes[at]
        if type(node) is Value:
            text = node.value.rstrip()
            if len(text) < len(node.value):
                if not text:
                    del nodes[at]
                    at -= 1
                    continue
                nodes[at] = Value(text, node.start, node.end - len(node.value) + len(text))
            if not (text[-1].isdigit() or text[-1] == "."):
                return True
            return ":" not in text and (at == 0 or type(nodes[at - 1]) is not Reference)
        if type(node) is not Reference:
            return True
        at -= 1
    return True


def runs_of(prompt: Prompt, step: int, steps: int) -> Runs | None:
    """Return the runs of the first part as the attention parser gives them; None: the slow way.

    Only what the tree does not show, empty runs beside BREAK and lone backslashes, needs that.
    """
    text = prompt.text
    for finding in prompt.diagnostics:
        if finding.severity != "warning":
            return None
    if "\\" in text and _ESCAPED.fullmatch(text) is None:
        return None
    nodes = prompt.parts[0].children
    if len(nodes) == 1 and type(nodes[0]) is Value:
        return [(nodes[0].value, 1.0)]
    return _runs(nodes, step, steps, text.count("BREAK"))


def _runs(nodes: tuple[Node, ...], step: int, steps: int, breaks: int) -> Runs | None:
    """Return the runs of nodes, neighbours of equal weight joined."""
    found: Runs = []
    pieces: list[str] = []
    last = weight = 1.0
    rest = iter(nodes)
    factors: tuple[float, ...] = ()
    outer: list[tuple[Iterator[Node], float, tuple[float, ...]]] = []
    left = breaks
    while True:
        for node in rest:
            if isinstance(node, Value):
                if pieces and weight != last:
                    found.append(("".join(pieces), last))
                    pieces = []
                pieces.append(node.value)
                last = weight
            elif isinstance(node, Group):
                outer.append((rest, weight, factors))
                factors, weight = _inside(node, factors)
                rest = iter(node.children)
                break
            elif isinstance(node, (Schedule, Alternate)):
                if breaks:
                    return None  # the spaces that BREAK takes may stand before the schedule
                outer.append((rest, weight, factors))
                rest = iter(_shown(node, step, steps))
                break
            elif isinstance(node, Break):
                left -= 1
                if pieces and weight != last:
                    found.append(("".join(pieces), last))
                    pieces = []
                found += [("".join(pieces), weight), BREAK_RUN]
                pieces, last = [""], weight
        else:
            if not outer:
                break
            rest, weight, factors = outer.pop()
        if len(factors) > 2 and (len(factors) > _DEPTH or len(set(factors)) > 1):
            return None
    if pieces or not found:
        found.append(("".join(pieces), last))
    return None if left else found


def _inside(group: Group, outer: tuple[float, ...]) -> tuple[tuple[float, ...], float]:
    """Return the factors in a group, from inside to outside, and their product."""
    mark = group.mark
    factor = float(mark[1:]) if mark else UP if group.kind == "round" else DOWN
    factors = (factor, *outer)
    for further in outer:
        factor *= further
    return factors, factor


def _shown(node: Schedule | Alternate, step: int, steps: int) -> tuple[Node, ...]:
    if isinstance(node, Alternate):
        return node.fields[(step - 1) % len(node.fields)]
    return node.before if step <= node.until(steps) else node.after
