r"""The signs in a prompt for Midjourney: `::`, braces, commas in braces, and parameters.

Braces stand for several prompts, one for each text between their commas; `\,` is a comma in such
a text. A brace without a partner is text. Without a comma a pair stands for one prompt, so its
braces vanish. The first parameter outside of braces ends the text.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from impasto.dialects.midjourney.options import NAMES, NO, Option

NUMBER: Final = r"[-+]?(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)"
"""A weight: ASCII digits with a dot or without."""

_SIGN = re.compile(
    rf"""
    (?P<parts>::)(?P<weight>{NUMBER}(?![\w%/]|[.:\-]\w|,[0-9]))?
    | (?P<option>(?<!\S)(?:--|—)(?P<name>[A-Za-z][\w\-]*+))
    | (?P<escape>\\,) | (?P<open>\{{) | (?P<close>\}}) | (?P<comma>,)
    """,
    re.VERBOSE,
)
"""The terminals. A number that goes on as a word, such as `::2d`, is no weight."""


_DEEPER: Final = {"open": 1, "close": -1, "left": 1, "right": -1}


class Sign(NamedTuple):
    """A sign at [start, end) of the text; `text` is the number behind `::`, or what is escaped.

    `kind` is "parts", "escape", "open", "close", "comma", or "left" and "right" for braces that vanish.
    """

    kind: str
    start: int
    end: int
    text: str = ""


class Signs(NamedTuple):
    """The signs in the text of a prompt, which is [0, end), and the parameters behind it.

    `loose` are the places of braces without a partner, `jobs` those of pairs with a comma,
    `inner` those of parts and parameters inside such a pair, which are text here.
    """

    text: tuple[Sign, ...]
    end: int
    options: tuple[Option, ...]
    unwanted: tuple[tuple[Sign, ...], ...]
    loose: tuple[int, ...]
    jobs: tuple[int, ...]
    inner: tuple[int, ...]


def signs_of(text: str, *, weighted: bool) -> Signs:
    """Find the signs of a prompt; without `weighted`, `::` is text."""
    found = list(_SIGN.finditer(text))
    roles, loose = _braces(found)
    kept: list[Sign] = []
    heads: list[tuple[int, re.Match[str]]] = []
    inner: list[int] = []
    depth = within = 0  # in pairs with a comma, in pairs of any kind
    for match in found:
        kind, at = match.lastgroup, match.start()
        if kind in {"open", "close"}:
            role = roles.get(at, "")
            within += _DEEPER.get(role, 0)
            depth += _DEEPER[role] if role == kind else 0
            kept += [Sign(role, at, match.end())] if role else []
        elif kind in {"comma", "escape"}:
            here = depth if kind == "comma" else within
            kept += [Sign(kind, at, match.end(), ",")] if kind and here else []
        elif depth:
            inner += [at] if weighted or kind == "option" else []
        elif kind == "option":
            heads += [(len(kept), match)] if heads or _is_option(match) else []
        elif weighted and not heads:
            kept.append(Sign("parts", at, match.end(), match["weight"] or ""))
    options, unwanted = _options(text, heads, kept)
    body, end = (heads[0][0], heads[0][1].start()) if heads else (len(kept), len(text))
    jobs = tuple(at for at, role in roles.items() if role == "open")
    return Signs(tuple(kept[:body]), end, options, unwanted, tuple(loose), jobs, tuple(inner))


def _is_option(match: re.Match[str]) -> bool:
    """Whether a parameter begins the parameters; behind a long dash it must be a known one."""
    return match[0][0] == "-" or match["name"].lower() in NAMES


def _braces(found: list[re.Match[str]]) -> tuple[dict[int, str], list[int]]:
    """Return what each brace with a partner is, and the loose ones.

    "open" and "close" are those around a comma, "left" and "right" the others.
    """
    roles: dict[int, str] = {}
    loose: list[int] = []
    opened: list[list[int]] = []  # the place, and whether a comma follows
    for match in found:
        kind, at = match.lastgroup, match.start()
        if kind == "open":
            opened.append([at, 0])
        elif kind == "comma" and opened:
            opened[-1][1] = 1
        elif kind == "close" and not opened:
            loose.append(at)
        elif kind == "close":
            start, has_comma = opened.pop()
            roles[start], roles[at] = ("open", "close") if has_comma else ("left", "right")
    return roles, sorted([*loose, *[start for start, _ in opened]])


def _options(
    text: str, heads: list[tuple[int, re.Match[str]]], kept: list[Sign]
) -> tuple[tuple[Option, ...], tuple[tuple[Sign, ...], ...]]:
    """Return the parameters, and the signs in what every `--no` lists."""
    if not heads:
        return (), ()
    options: list[Option] = []
    unwanted: list[tuple[Sign, ...]] = []
    ends = [*[match.start() for _, match in heads[1:]], len(text)]
    counts = [*[count for count, _ in heads[1:]], len(kept)]
    for (count, match), end, last in zip(heads, ends, counts, strict=True):
        value = text[match.end() : end]
        stop = match.end() + len(value.rstrip())
        at = min(match.end() + len(value) - len(value.lstrip()), stop)
        name = match["name"].lower()
        options.append(Option(name, text[at:stop], match.start(), at, stop))
        if name == NO:
            unwanted.append(tuple(kept[count:last]))
    return tuple(options), tuple(unwanted)
