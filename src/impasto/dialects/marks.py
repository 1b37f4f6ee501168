"""Signs in a text that speak for a dialect, as data.

Any other dialect brings its own as the attribute `marks` of its class. Patterns are run
on the beginning of a text only, and each repeats over bounded stretches, so any text is looked
through in linear time.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.dialects import dialect
from impasto.errors import ImpastoError

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBER = r"[-+]?(?:\d{1,6}\.?\d{0,9}|\.\d{1,9})"
_PROSE = r"[^()\[\]{}:|\n]{1,80}+"


class Mark(NamedTuple):
    """A sign: what it looks like, what it is, and how strongly it speaks for a dialect.

    `pattern` is a regular expression, `what` completes the sentence "`…` is …". `strength` is
    the share of texts with this sign that were written for the dialect, as far as the sign alone
    can tell; a negative one speaks against the dialect.
    """

    pattern: str
    what: str
    strength: float


_WEIGHT = rf"\((?:[^()\\]|\\.){{1,120}}?:\s*+{_NUMBER}\s*+\)"
_TIGHT = rf"\((?:[^()\\]|\\.){{1,120}}?:{_NUMBER}\)"
_DOUBLE = r"\(\([^()\n]{1,80}+\)"
_BARE = r"(?<![\w)])\([^():\n]{1,60}+\)(?![+\-\d.])"
_SQUARE = rf"\[(?![A-Z\"'{{]){_PROSE}\]"
_TIMED = rf"\[[^\[\]{{}}|]{{1,80}}?:\s*+{_NUMBER}\s*+\]"
_SWAPPED = rf"\[[^\[\]{{}}|]{{0,80}}?:[^\[\]{{}}|]{{0,80}}?:\s*+{_NUMBER}\s*+\]"
_TURNS = r"\[[^\[\]{}|\n]{0,60}+\|[^\[\]{}\n]{0,80}+\]"
_NETWORK = r"<(?:lora|lyco|hypernet):[^<>\n]{1,120}+>"
_CHOICE = r"\{[^{}|\n]{0,120}+\|[^{}\n]{0,200}+\}"
_WILDCARD = r"(?<!\w)__[A-Za-z*][\w*/.\-]{0,60}?__(?!\w)"
_ESCAPE = r"\\[()]"
_BREAK = r"\bBREAK\b"
_AND = r"\s\bAND\b\s"
_SIGNED = r"(?<![\w+\-])\w{2,40}+(?:\+{1,4}+|-{2,4}+)(?=[\s,.)]|\Z)"
_RUNNING = rf"(?<![\w.]){_NUMBER}::(?=[^\s\d:,|])[^:\n]{{1,160}}+::"
_RELATIVE = rf"(?<=[\w\")'])::\s?{_NUMBER}(?!\S)|(?<=\w)::(?=\s\w)"
_OLD_VERSION = r"--v(?:ersion)?\s+[1-6](?:\.\d)?(?!\S)|--niji\s+[4-6](?!\S)"
_NEW_VERSION = r"--v(?:ersion)?\s+(?:[7-9]|[1-9]\d)(?:\.\d)?(?!\S)|--niji\s+(?:[7-9]|[1-9]\d)(?!\S)"
_PARAMETER = (
    r"(?<!\S)--(?:ar|aspect|no|s|stylize|c|chaos|w|weird|seed|iw|q|quality|tile|style|stop|repeat)"
    r"(?:\s+[^\s\-][^\s,]{0,30}+)?"
)
_NEW_PARAMETER = (
    r"(?<!\S)--(?:exp|oref|ow|sref|sw|sv|raw|hd|sd|draft|profile|p)(?:\s+[^\s\-]\S{0,60}+)?(?!\S)"
)
_CURLY = r"\{(?![\d\-~@!]{1,4}\$\$)[^{}|$\"\n:]{1,80}+\}"
_SQUARES = r"\[\[[^\[\]|:\n]{1,80}+\]\]"

_A1111 = (
    Mark(_WEIGHT, "a weight of the A1111 family", 0.5),
    Mark(_DOUBLE, "emphasis by brackets, 1.1 each", 0.35),
    Mark(_BARE, "emphasis by brackets, 1.1 each", 0.12),
    Mark(_SWAPPED, "a schedule of A1111", 0.8),
    Mark(_TIMED, "a schedule of A1111", 0.45),
    Mark(_TURNS, "an alternation of A1111", 0.6),
    Mark(_SQUARE, "a weaker text in A1111", 0.38),
    Mark(_NETWORK, "an adapter as A1111 loads it", 0.6),
    Mark(_ESCAPE, "a bracket written as itself", 0.35),
    Mark(_BREAK, "A1111's new chunk", 0.5),
    Mark(_AND, "A1111's composition of two prompts", 0.4),
)


def _shared(factor: float, *left_out: str) -> tuple[Mark, ...]:
    """Return A1111's marks with less strength, for those who share its syntax."""
    return tuple(
        mark._replace(strength=mark.strength * factor)
        for mark in _A1111
        if mark.pattern not in left_out
    )


_BRACKETS = (_SWAPPED, _TIMED, _TURNS, _SQUARE, _NETWORK, _BREAK, _AND)

MARKS: Final[Mapping[str, tuple[Mark, ...]]] = {
    "a1111": _A1111,
    "sdnext": (
        *_shared(0.7),
        Mark(r"\\:", "SD.Next's colon as itself", 0.5),
        Mark(r"\bTE[234]:", "SD.Next's text for one encoder", 0.8),
        Mark(r"<style:[^<>\n]{1,80}+>", "SD.Next's style", 0.7),
    ),
    "comfyui": (
        *_shared(0.9, *_BRACKETS),
        Mark(_SQUARE, "plain text in ComfyUI", -0.3),
        Mark(_BREAK, "a plain word in ComfyUI", -0.3),
        Mark(r"(?<!\S|\()\(?embedding:[\w.\-/]{1,80}+", "ComfyUI's embedding", 0.7),
        Mark(_CHOICE, "a choice of ComfyUI's front end", 0.25),
    ),
    "comfyui-plain": (),
    "fooocus": (
        *_shared(0.5, *_BRACKETS),
        Mark(r"\[\[[^\[\]\n]{1,60}+,[^\[\]\n]{1,120}+\]\]", "Fooocus' array of images", 0.45),
        Mark(r"\(embedding:[\w.\-]{1,80}+:", "Fooocus' embedding", 0.55),
    ),
    "a1111-strict": _shared(0.3),
    "sd-embed": _shared(0.35, _NETWORK, _AND, _SWAPPED, _TIMED, _TURNS),
    "sdcpp": (
        *_shared(0.4, _AND, _SWAPPED, _TIMED, _TURNS),
        Mark(r"<lora:\|high_noise\|", "stable-diffusion.cpp's adapter for one stage", 0.9),
    ),
    "compel": (
        Mark(r"\)(?:\+{1,6}+|-{1,6}+)(?=[\s,.)]|\Z)", "compel's weight of a group", 0.85),
        Mark(r"(?<!\\)\)(?:\d\.\d{1,4}|\d)(?=[\s,)]|\Z)", "compel's weight behind a group", 0.85),
        Mark(r'"\)?(?:\+{1,4}+|\d\.\d{1,4})(?=[\s,)]|\Z)', "compel's weight of a quotation", 0.5),
        Mark(_SIGNED, "compel's weight of a word", 0.5),
        Mark(r"\)\.(?:and|blend|add|swap|attend)\(", "a function of compel", 0.95),
        Mark(r"\b(?:withLora|useLora)\(", "compel's adapter", 0.9),
        Mark(_WEIGHT, "plain text in compel", -0.25),
    ),
    "novelai-4": (
        Mark(_RUNNING, "NovelAI's weight", 0.95),
        Mark(r"\|\|[^|\n]{1,80}+\|[^|\n]{1,120}+\|\|", "NovelAI's random choice", 0.8),
        Mark(r"\{\{[^{}|]{1,80}+\}", "NovelAI's stronger text", 0.55),
        Mark(_CURLY, "NovelAI's stronger text", 0.4),
        Mark(_SQUARES, "NovelAI's weaker text", 0.35),
        Mark(_SQUARE, "NovelAI's weaker text", 0.25),
    ),
    "novelai-3": (
        Mark(r"\{\{[^{}|]{1,80}+\}", "NovelAI's stronger text", 0.65),
        Mark(_CURLY, "NovelAI's stronger text", 0.5),
        Mark(_SQUARES, "NovelAI's weaker text", 0.5),
        Mark(_SQUARE, "NovelAI's weaker text", 0.4),
        Mark(_RUNNING, "a weight that NovelAI has since V4", -0.8),
        Mark(_WEIGHT, "plain text in NovelAI", -0.5),
    ),
    "midjourney-6": (
        Mark(_PARAMETER, "Midjourney's parameter", 0.7),
        Mark(_OLD_VERSION, "Midjourney's version, up to 6.1", 0.9),
        Mark(_NEW_VERSION, "a version of Midjourney after 6.1", -0.9),
        Mark(_NEW_PARAMETER, "a parameter that Midjourney has since version 7", -0.3),
        Mark(_RELATIVE, "the weight of a part in Midjourney", 0.85),
        Mark(r"\{[^{}|$:\n]{1,60}+,[^{}|$:\n]{1,120}+\}", "Midjourney's permutation", 0.3),
    ),
    "midjourney-7": (
        Mark(_PARAMETER, "Midjourney's parameter", 0.72),
        Mark(_NEW_VERSION, "Midjourney's version, 7 or later", 0.9),
        Mark(_NEW_PARAMETER, "Midjourney's parameter", 0.8),
        Mark(_OLD_VERSION, "a version of Midjourney before 7", -0.9),
        Mark(_RELATIVE, "plain text in Midjourney since version 7", -0.6),
        Mark(r"\{[^{}|$:\n]{1,60}+,[^{}|$:\n]{1,120}+\}", "Midjourney's permutation", 0.3),
    ),
    "swarmui": (
        *_shared(0.45, _BREAK, _AND, _NETWORK),
        Mark(r"<(?:random|wildcard|alternate|segment|region|object|embed):", "SwarmUI's tag", 0.9),
        Mark(r"<(?:fromto|setvar|repeat|preset)\[", "SwarmUI's tag", 0.9),
        Mark(r"<break>", "SwarmUI's new chunk", 0.9),
        Mark(_NETWORK, "an adapter as SwarmUI loads it", 0.4),
    ),
    "prompt-control": (
        *_shared(0.4),
        Mark(r"\bSTYLE\((?:comfy|compel|A1111|down_weight|perp)", "prompt-control's style", 0.95),
        Mark(r"\[(?:SEQ|CUT):", "prompt-control's bracket", 0.9),
        Mark(r"\b(?:COUPLE|MASK|AVG|NOSTRIP|DEF|TE)\(", "a function of prompt-control", 0.8),
        Mark(r"\sCAT\s", "prompt-control's joining of two prompts", 0.4),
    ),
    "dynamicprompts": (
        Mark(_CHOICE, "a choice of dynamicprompts", 0.8),
        Mark(_WILDCARD, "a wildcard of dynamicprompts", 0.75),
        Mark(r"\$\{\w{1,60}+(?:\?|=|:|\})", "a variable of dynamicprompts", 0.9),
        Mark(r"\{[~@!]", "dynamicprompts' way to draw", 0.8),
        Mark(r"\{[\d\-]{1,9}+\$\$", "a number of options in dynamicprompts", 0.9),
        Mark(r"%\{[^{}\n]{0,120}+\$\$", "a wrapper of dynamicprompts", 0.9),
    ),
    "impasto": (
        *_shared(0.55, _TIMED),
        Mark(_TIMED, "a weight of the canonical syntax", 0.4),
        Mark(_CHOICE, "a choice of the canonical syntax", 0.5),
        Mark(_WILDCARD, "a wildcard of the canonical syntax", 0.45),
    ),
}
"""The marks of the dialects that come with impasto."""


class Compiled(NamedTuple):
    """A mark, ready to be looked for."""

    find: re.Pattern[str]
    what: str
    strength: float


@lru_cache(maxsize=64)
def marks_of(name: str) -> tuple[Compiled, ...]:
    """Return the marks of the dialect `name`; none where it has none or cannot be loaded."""
    marks = MARKS.get(name)
    if marks is None:
        try:
            marks = dialect(name).marks
        except (ImpastoError, ImportError, AttributeError):  # an installed package that is broken
            return ()
    return tuple(Compiled(re.compile(pattern), what, strength) for pattern, what, strength in marks)
