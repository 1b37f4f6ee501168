"""Midjourney's parameters as they stand in a prompt: `--ar 16:9 --seed 42 --v 6` and the others.

Names, short names and ranges are those of Midjourney's parameter list; the canonical names are
those that `parameters_suffix` writes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.diagnostics import Diagnostic, did_you_mean
from impasto.dialects.midjourney.parameters import (
    QUALITIES,
    RANGES,
    RATIO,
    exists,
    major_of,
)
from impasto.syntax.runs import number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from impasto.source import Source

NO: Final = "no"
"""The parameter that is a part of the prompt: what should not be there."""

NAMES: Final = {
    **{allowed.option: name for name, allowed in RANGES.items()},
    "s": "stylize",
    "c": "chaos",
    "w": "weird",
    "stylize": "stylize",
    "chaos": "chaos",
    "weird": "weird",
    "seed": "seed",
    "stop": "stop",
    "ar": "aspect_ratio",
    "aspect": "aspect_ratio",
    "q": "quality",
    "quality": "quality",
    "style": "style",
    "raw": "style",
    "v": "version",
    "version": "version",
    "niji": "version",
    "sref": "style_reference",
    "cref": "character_reference",
    "oref": "omni_reference",
    "sv": "style_version",
    "p": "profile",
    "profile": "profile",
    "repeat": "repeat",
    "r": "repeat",
    "tile": "tile",
    "draft": "draft",
    "video": "video",
    "hd": "resolution",
    "sd": "resolution",
    "fast": "speed",
    "relax": "speed",
    "turbo": "speed",
    "public": "visibility",
    "stealth": "visibility",
    NO: NO,
}
"""What stands behind the dashes, and the canonical name of what it sets."""

_FLAGS: Final = {
    "raw": "raw",
    "tile": True,
    "draft": True,
    "video": True,
    "hd": "hd",
    "sd": "sd",
    "fast": "fast",
    "relax": "relax",
    "turbo": "turbo",
    "public": "public",
    "stealth": "stealth",
}
"""Parameters without a value, and what they come to."""

_LONG: Final = frozenset({"style_reference", "character_reference", "omni_reference", "profile"})
_WHOLE: Final = frozenset({"repeat", "style_version"})
_MOST_UNKNOWN: Final = 20
"""So many unknown parameters are reported; to look for what was meant takes its time."""

_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})")
_VERSION = re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,2})?")
_SEVERAL = re.compile(r"\{([^{}]*+)\}")
_COMMA = re.compile(r"(?<!\\),")


class Option(NamedTuple):
    """One parameter: its `name` behind the dashes, its value as written, and where both stand.

    [start, end) is all of it, `at` the first character of the value.
    """

    name: str
    text: str
    start: int
    at: int
    end: int

    @property
    def canonical(self) -> str:
        """The name of what it sets; empty for one that Midjourney does not know."""
        return NAMES.get(self.name, "")


class _Problem(NamedTuple):
    """Why a value is not taken, and what to write."""

    message: str
    hint: str


def values_of(options: Sequence[Option]) -> dict[str, object]:
    """Return what the options set, by canonical name; the last one of a name counts.

    Numbers are int or float, flags True; what stands in braces, one for each job, is a tuple.
    What Midjourney does not know or take is left out, and so is `--no`, which is a part of the
    prompt.
    """
    found: dict[str, object] = {}
    for option in options:
        value, _ = _value(option)
        if option.canonical != NO and value is not None:
            found[option.canonical] = value
    return found


def findings(options: Sequence[Option], source: Source, family: str) -> Iterator[Diagnostic]:
    """Yield what there is to say of every option; `family` is the version unless one is set."""
    version = values_of(options).get("version", family)
    major = major_of(version) if isinstance(version, str) else 0
    seen: set[str] = set()
    unknown = 0
    for option in options:
        name = option.canonical
        if not name:
            unknown += 1
            if unknown <= _MOST_UNKNOWN:
                yield _unknown(option, source)
            continue
        span = source.span(option.start, option.end)
        value, problem = _value(option)
        if problem:
            yield Diagnostic(
                "IMP536",
                "parameter-value",
                "warning",
                problem.message,
                span,
                hint=problem.hint,
                parameter=name,
            )
        elif name in seen and name != NO:
            yield _odd("parameter-twice", option, source, f"{name} is set twice; this one counts")
        elif major and not exists(name, major):
            message = f"Midjourney {version} has no --{option.name}"
            yield _odd("parameter-of-another-version", option, source, message)
        if name != NO and value is not None:
            message = f"{name} is {_shown(value)}: a parameter of the job and no part of the text"
            yield Diagnostic("IMP537", "parameter", "info", message, span, parameter=name)
        seen.add(name)


def _unknown(option: Option, source: Source) -> Diagnostic:
    hint = did_you_mean(option.name, tuple(NAMES)).replace('"', '"--', 1)
    return Diagnostic(
        "IMP538",
        "unknown-parameter",
        "warning",
        f"Midjourney has no parameter --{_cut(option.name)}",
        source.span(option.start, option.end),
        hint=hint or "leave it out, or put a space behind the dashes to have them as text",
    )


def _odd(rule: str, option: Option, source: Source, message: str) -> Diagnostic:
    span = source.span(option.start, option.end)
    code = "IMP547" if rule == "parameter-twice" else "IMP548"
    return Diagnostic(
        code, rule, "warning", message, span, hint="leave it out", parameter=option.canonical
    )


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return f"{', '.join(_shown(one) for one in value)}, one for each job"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _value(option: Option) -> tuple[object, _Problem | None]:
    """Return what an option comes to, None where it comes to nothing, and what is wrong."""
    name = option.canonical
    if not name:
        return None, None
    if name == NO:
        missing = _Problem("--no is followed by nothing", "list what should not be there")
        return None, None if option.text else missing
    several = _SEVERAL.fullmatch(option.text)
    if several is None:
        return _single(option, option.text)
    found = [_single(option, text.strip()) for text in _COMMA.split(several[1])]
    problem = next((problem for _, problem in found if problem), None)
    taken = tuple(value for value, _ in found if value is not None)
    return taken or None, problem


def _single(option: Option, text: str) -> tuple[object, _Problem | None]:
    """Return the value of an option, None where it has none, and what is wrong."""
    name = option.canonical
    if option.name in _FLAGS:
        wrong = _Problem(f"--{option.name} takes no value", _MISPLACED)
        return _FLAGS[option.name], wrong if text else None
    if name in _LONG:
        missing = _Problem(f"--{option.name} names nothing", "give an address or a code")
        return (text or (True if name == "profile" else None)), (
            None if text or name == "profile" else missing
        )
    first, rest = (*text.split(maxsplit=1), "", "")[:2]
    bare = first.rstrip(",.;!?")
    value, takes = _typed(option, bare)
    if value is None:
        return None, _Problem(f"--{option.name} takes {takes}, not {_cut(text)}", f"write {takes}")
    if rest:
        return value, _Problem(f'"{_cut(rest)}" stands behind --{option.name}', _MISPLACED)
    if bare != first:
        return value, _Problem(
            f"--{option.name} ends in punctuation", f"write --{option.name} {bare}"
        )
    if name in RANGES and not _inside(name, value):
        return value, _Problem(
            f"--{option.name} takes {takes}, not {bare}", "take the nearest of them"
        )
    return value, None


_MISPLACED: Final = "parameters stand at the end: put the words in front of the first one"


def _typed(option: Option, text: str) -> tuple[object, str]:
    """Return the value that a text stands for, None where it is none, and what is taken."""
    name = option.canonical
    if name == "aspect_ratio":
        ratio = RATIO.fullmatch(text)
        return ratio and f"{int(ratio[1])}:{int(ratio[2])}", "two whole numbers such as 16:9"
    if name == "version":
        version = text if _VERSION.fullmatch(text) else None
        if option.name == "niji":
            return (f"niji {version}" if version else "niji" if not text else None), "a version"
        return version, "a version such as 6.1"
    if name == "quality":
        known = sorted({quality for several in QUALITIES.values() for quality in several})
        value = _number(text)
        shown = number(value) if value is not None else ""
        return value if shown in known else None, f"one of {', '.join(known)}"
    if name in RANGES:
        allowed = RANGES[name]
        kind = "a whole number" if allowed.whole else "a number"
        value = _number(text)
        if allowed.whole and isinstance(value, float):
            value = None
        return value, f"{kind} from {number(allowed.low)} to {number(allowed.high)}"
    if name in _WHOLE:
        value = _number(text)
        return value if isinstance(value, int) else None, "a whole number"
    return text or None, "a value"


def _inside(name: str, value: object) -> bool:
    allowed = RANGES[name]
    return isinstance(value, (int, float)) and allowed.low <= value <= allowed.high


def _number(text: str) -> float | None:
    """Return a number, an int where it has no dot, None where it is none."""
    if not _NUMBER.fullmatch(text):
        return None
    return float(text) if "." in text else int(text)


def _cut(text: str) -> str:
    short = text if len(text) <= 40 else f"{text[:39]}…"
    return short or "nothing"
