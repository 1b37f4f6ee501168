r"""The signs in a prompt for Midjourney: `::`, braces, commas in braces, and parameters.

Braces stand for several prompts, one for each text between their commas; `\,` is a comma in such
a text. A brace without a partner is text. Without a comma a pair stands for one prompt, so its
braces vanish. The first parameter outside of braces ends the text.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from impasto.dialects.midjourney_options import NAMES, NO, Option

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


class Sign(NamedTuple):
    """A sign at [start, end) of the text; `text` is the number behind `::`, or what is escaped.

    `kind` is "parts", "escape", "open", "close", "comma", or "skip" for what vanishes.
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
    several, single, loose = _braces(found)
    kept: list[Sign] = []
    heads: list[tuple[int, re.Match[str]]] = []
    inner: list[int] = []
    depth = 0
    for match in found:
        kind, at = match.lastgroup, match.start()
        if kind in ("open", "close"):
            if at in single:
                kept.append(Sign("skip", at, match.end()))
            elif at in several:
                depth += 1 if kind == "open" else -1
                kept.append(Sign(kind, at, match.end()))
        elif kind == "comma" or kind == "escape":
            if depth:
                kept.append(Sign(kind, at, match.end(), ","))
        elif match["option"]:
            if depth:
                inner.append(at)
            elif heads or match[0][0] == "-" or match["name"].lower() in NAMES:
                heads.append((len(kept), match))
        elif weighted and not heads:
            if depth:
                inner.append(at)
            else:
                kept.append(Sign("parts", at, match.end(), match["weight"] or ""))
    options, unwanted = _options(text, heads, kept)
    end = heads[0][1].start() if heads else len(text)
    body = tuple(kept[: heads[0][0]] if heads else kept)
    jobs = tuple(at for at, closing in several.items() if closing)
    return Signs(body, end, options, unwanted, tuple(loose), jobs, tuple(inner))


def _braces(
    found: list[re.Match[str]],
) -> tuple[dict[int, bool], set[int], list[int]]:
    """Pair the braces: those around a comma (True for the opening one), the others, the loose."""
    several: dict[int, bool] = {}
    single: set[int] = set()
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
            if has_comma:
                several[start], several[at] = True, False
            else:
                single |= {start, at}
    return several, single, sorted([*loose, *[start for start, _ in opened]])


def _options(
    text: str, heads: list[tuple[int, re.Match[str]]], kept: list[Sign]
) -> tuple[tuple[Option, ...], tuple[tuple[Sign, ...], ...]]:
    """Return the parameters, and the signs in what every `--no` lists."""
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
