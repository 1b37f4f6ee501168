"""The text that Stable Diffusion WebUI writes into images, so that other tools can read ours.

Its grammar is that of `create_infotext` in AUTOMATIC1111's `processing.py`; its reader
(`infotext_utils.py`) takes the last line for parameters only if it holds at least three.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

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
_PARAMETER = re.compile(
    r'(?:^|,)[ \t]*(?=\w)[\w \-/]+:[ \t]*(?:"(?:\\.|[^\\"])*+"|[^,"]*+)', re.MULTILINE
)
_LEAST = 3


def infotext(prompt: str, negative_prompt: str, parameters: Mapping[str, object]) -> str:
    """Return prompt, negative prompt and parameters in the dialect of A1111.

    The last line always holds at least three parameters, so no reader takes the end of the prompt
    for them. A line of a text that starts with "Negative prompt:" is joined to the line before:
    the dialect cannot quote it.
    """
    lines = [_unmistakable(prompt)]
    if negative_prompt:
        lines.append(f"{_NEGATIVE} {_unmistakable(negative_prompt)}")
    pairs = list(_pairs(parameters))
    pairs += _PADDING[: max(1, 3 - len(pairs))]
    lines.append(", ".join(f"{name}: {_quoted(value)}" for name, value in pairs))
    return "\n".join(lines)


def prompts(text: str) -> tuple[tuple[int, int], tuple[int, int] | None]:
    """Return where the prompt and the negative prompt stand in an infotext.

    The last line holds parameters if there are three of them, as the WebUI's own reader has it.
    """
    end = len(text.rstrip())
    last = text.rfind("\n", 0, end) + 1
    if len(_PARAMETER.findall(text, last, end)) >= _LEAST:
        end = len(text[:last].rstrip())
    found = _NEGATIVE_LINE.search(text, 0, end)
    if found is None:
        return (0, end), None
    start = found.end()
    return (0, len(text[: found.start()].rstrip())), (min(start, end), end)


def _unmistakable(text: str) -> str:
    text = re.sub(rf"\s*[\r\n]\s*(?={_NEGATIVE})", ", ", text)
    return re.sub(rf"\A\s*(?={_NEGATIVE})", ", ", text)


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
