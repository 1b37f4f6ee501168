"""The text that Stable Diffusion WebUI writes into images, so that other tools can read ours.

Its grammar is that of `create_infotext` in AUTOMATIC1111's `processing.py`; its reader
(`infotext_utils.py`) takes the last line for parameters only if it holds at least three.
"""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Our names and theirs, in the order in which they are written.
_NAMES = {
    "num_inference_steps": "Steps",
    "steps": "Steps",
    "sampler": "Sampler",
    "scheduler": "Schedule type",
    "guidance_scale": "CFG scale",
    "seed": "Seed",
    "size": "Size",
    "model_hash": "Model hash",
    "model": "Model",
    "strength": "Denoising strength",
    "clip_skip": "Clip skip",
}
_PADDING = (("App", "impasto"), ("Record", "impasto"), ("Record format", "1"))
_NEGATIVE = "Negative prompt:"
_NEGATIVE_LINE = re.compile(rf"^[ \t]*{_NEGATIVE}[ \t]*", re.MULTILINE)
_NAME_BACKWARDS = re.compile(r"[\w \-/]+")
_QUOTED = re.compile(r'"(?:\\.|[^\\"])++"(?=,|\Z)')
_CLOSING = {"[": "]", "{": "}", "(": ")"}
_LEAST = 3


def infotext(prompt: str, negative_prompt: str, parameters: Mapping[str, object]) -> str:
    """Return prompt, negative prompt and parameters in the dialect of A1111.

    The last line always holds at least three parameters, so no reader takes the end of the prompt
    for them. A line of a text that starts with "Negative prompt:" is joined to the line before:
    the dialect cannot quote it.
    """
    lines = [_unmistakable(prompt)]
    if negative_prompt:
        lines.append(f"{_NEGATIVE} {_unmistakable(negative_prompt, first=False)}")
    pairs = list(_pairs(parameters))
    pairs += _PADDING[: max(1, 3 - len(pairs))]
    lines.append(", ".join(f"{name}: {_quoted(value)}" for name, value in pairs))
    return "\n".join(lines)


class Infotext(NamedTuple):
    """What an infotext says: both prompts as A1111 reads them, and the parameters by name.

    A parameter that is there several times has a list. `unread` are the pieces of the last line
    that belong to no parameter.
    """

    prompt: str
    negative_prompt: str
    parameters: dict[str, str | list[str]]
    unread: tuple[str, ...]


def read(text: str) -> Infotext:
    """Read an infotext: the prompts exactly as A1111 does, the parameters a little wider.

    A value in brackets may hold commas, which sd.cpp and Civitai do not quote, but no parameter.
    """
    *lines, last = text.strip().split("\n")
    if not _has_parameters(last):
        lines, last = [*lines, last], ""
    prompt, negative_prompt = _both(lines)
    return Infotext(prompt, negative_prompt, *_parameters(last))


def _both(lines: list[str]) -> tuple[str, str]:
    """Return prompt and negative prompt; a blank line counts behind the first text only."""
    texts: tuple[list[str], list[str]] = ([], [])
    at = 0
    for line in map(str.strip, lines):
        if line.startswith(_NEGATIVE):
            at, line = 1, line[len(_NEGATIVE) :].strip()  # noqa: PLW2901 - the rest of it
        if line or texts[at]:
            texts[at].append(line)
    return "\n".join(texts[0]), "\n".join(texts[1])


def _parameters(line: str) -> tuple[dict[str, str | list[str]], tuple[str, ...]]:
    found: dict[str, str | list[str]] = {}
    unread: list[str] = []
    for between, name, given in _scan(line, brackets=True):
        if between:
            unread.append(between)
        if not name:
            continue
        value, before = _unquoted(given), found.get(name)
        if before is None:
            found[name] = value
        elif isinstance(before, list):
            before.append(value)
        else:
            found[name] = [before, value]
    return found, tuple(unread)


def _unquoted(value: str) -> str:
    if not (value.startswith('"') and value.endswith('"')):
        return value.strip()
    try:
        return str(json.loads(value))
    except ValueError:
        return value


def _has_parameters(line: str) -> bool:
    """Whether A1111 takes a line for parameters: three of them or more."""
    found = (name for _, name, _ in _scan(line) if name)
    return sum(1 for _ in islice(found, _LEAST)) == _LEAST


def _scan(line: str, *, brackets: bool = False) -> Iterator[tuple[str, str, str]]:
    r"""Yield (what stands before, name, value) for each parameter of a line, in linear time.

    It finds what A1111's `\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)` finds. What
    stands behind the last one comes with an empty name. With `brackets` a value that begins with
    a bracket ends behind its closing one.
    """
    objects = _Objects(line) if brackets else None
    at = start = 0
    while (colon := line.find(":", at)) >= 0:
        name = _name(line[at:colon])
        if not name:
            at = colon + 1
            continue
        between = line[start : colon - len(name)].strip(" \t,")
        value, end = _value(line, colon + 1, objects)
        yield between, name, value
        at = start = end
    rest = line[start:].strip(" \t,")
    if rest:
        yield rest, "", ""


def _name(text: str) -> str:
    """Return the name at the end of `text`: a letter or digit, then one or more that names have."""
    found = _NAME_BACKWARDS.match(text[::-1])
    name = found[0][::-1].lstrip(" -/") if found else ""
    return name if len(name) > 1 else ""


def _value(line: str, at: int, objects: _Objects | None) -> tuple[str, int]:
    """Return the value that begins at `at` and where the next parameter may begin.

    With `objects` it may stand in brackets.
    """
    while line[at : at + 1].isspace():
        at += 1
    quoted = _QUOTED.match(line, at)
    if quoted:
        return quoted[0], quoted.end() + 1
    end = line.find(",", _closed(line, at, objects) if objects else at)
    end = len(line) if end < 0 else end
    return line[at:end], end + 1


def _closed(line: str, at: int, objects: _Objects) -> int:
    """Return where the bracket at `at` closes.

    It is `at` where there is no bracket, none that closes, or the name of a parameter inside.
    """
    if end := objects.end(at):
        return end - 1
    opening = line[at : at + 1]
    closing = _CLOSING.get(opening)
    if closing is None:
        return at
    depth, start = 0, at
    for place in range(at, len(line)):
        sign = line[place]
        depth += (sign == opening) - (sign == closing)
        if not depth:
            return place
        if sign == ":":
            if _name(line[start:place]):
                return at
            start = place + 1
    return at


class _Objects:
    """The JSON objects of a line: stable-diffusion.cpp writes one, with anything in its prompt.

    After one that is damaged no more are looked for: each error of the decoder costs a look at all
    of the line before it.
    """

    def __init__(self, line: str) -> None:
        self._line = line
        self._damaged = False

    def end(self, at: int) -> int:
        """Return where the JSON object at `at` ends, 0 where there is none."""
        if self._damaged or not self._line.startswith('{"', at):
            return 0
        try:
            return json.JSONDecoder().raw_decode(self._line, at)[1]
        except (ValueError, RecursionError):
            self._damaged = True
            return 0


def prompts(text: str) -> tuple[tuple[int, int], tuple[int, int] | None]:
    """Return where the prompt and the negative prompt stand in an infotext.

    The last line holds parameters if there are three of them, as the WebUI's own reader has it.
    """
    end = len(text.rstrip())
    last = text.rfind("\n", 0, end) + 1
    if _has_parameters(text[last:end]):
        end = len(text[:last].rstrip())
    found = _NEGATIVE_LINE.search(text, 0, end)
    if found is None:
        return (0, end), None
    start = found.end()
    return (0, len(text[: found.start()].rstrip())), (min(start, end), end)


def _unmistakable(text: str, *, first: bool = True) -> str:
    """Return `text` without a line that begins with "Negative prompt:".

    Such a line is joined to the one before; the first one is left where it does no harm.
    """
    head, *lines = text.split("\n")
    found = [", ", head.lstrip()] if first and _switches(head) else [head]
    for line in lines:
        if _switches(line):
            found[-1] = found[-1].rstrip()
            found += [", ", line.lstrip()]
        else:
            found += ["\n", line]
    return "".join(found)


def _switches(line: str) -> bool:
    return line.lstrip().startswith(_NEGATIVE)


def _pairs(parameters: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    left = {name: value for name, value in parameters.items() if value is not None and value != ""}
    if "width" in left and "height" in left:
        left["size"] = f"{left.pop('width')}x{left.pop('height')}"
    for name, theirs in _NAMES.items():
        if name in left:
            yield theirs, str(left.pop(name))
    for name, value in left.items():
        yield _key(name), value if isinstance(value, str) else json.dumps(value, default=str)


def _key(name: str) -> str:
    """Return a name that their reader accepts: two or more of letters, digits, space, - and /."""
    name = re.sub(r"[^\w \-/]+|_", " ", name).strip()
    name = name[:1].upper() + name[1:]
    return name if re.fullmatch(r"\w[\w \-/]+", name) else f"Parameter {name}".strip()


def _quoted(value: str) -> str:
    plain = value == value.strip() and not value.startswith('"')
    if plain and not any(character in value for character in ",:\n\r"):
        return value
    return json.dumps(value, ensure_ascii=False)
