"""Dialects: the syntaxes in which backends read prompts; names load lazily.

Each is a file or, where it takes several, a folder whose `__init__` holds the class: `reader`,
`parser` or `grammar` read it, `writer` writes it. Families share a folder: A1111 with its older
form, Midjourney with its versions. `base` says what a dialect is given and gives back, `api` reads
and writes, `detect` guesses by `marks`. Shared by several: `round_brackets` and `strict` write
`(text:weight)`, `settle` and `joined` take away what a target cannot hold.

A third party adds one by an entry point in the group "impasto.dialects".
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

from impasto.errors import UnknownNameError

if TYPE_CHECKING:
    from impasto.dialects.base import Dialect

DIALECTS: Final = {
    "a1111": "impasto.dialects.a1111:A1111",
    "a1111-strict": "impasto.dialects.a1111.strict:A1111Strict",
    "sdnext": "impasto.dialects.sdnext:SdNext",
    "sd-embed": "impasto.dialects.sd_embed:SdEmbed",
    "sdcpp": "impasto.dialects.sdcpp:Sdcpp",
    "comfyui": "impasto.dialects.comfyui:ComfyUI",
    "comfyui-plain": "impasto.dialects.comfyui:ComfyUIPlain",
    "compel": "impasto.dialects.compel:Compel",
    "fooocus": "impasto.dialects.fooocus:Fooocus",
    "dynamicprompts": "impasto.dialects.dynamicprompts:DynamicPrompts",
    "midjourney-6": "impasto.dialects.midjourney:Midjourney6",
    "midjourney-7": "impasto.dialects.midjourney.version_7:Midjourney7",
    "novelai-3": "impasto.dialects.novelai:NovelAI3",
    "novelai-4": "impasto.dialects.novelai:NovelAI4",
    "plain": "impasto.dialects.plain:Plain",
    "prompt-control": "impasto.dialects.prompt_control:PromptControl",
    "swarmui": "impasto.dialects.swarmui:SwarmUI",
}
GROUP: Final = "impasto.dialects"


@lru_cache(maxsize=64)
def dialect(name: str) -> Dialect:
    """Return the dialect `name`.

    Raises:
        UnknownNameError: nobody defines it.
    """
    where = DIALECTS.get(name) or _installed().get(name)
    if where is None:
        raise UnknownNameError("dialect", name, (*DIALECTS, *_installed()))
    module, _, attribute = where.partition(":")
    made: Dialect = getattr(import_module(module), attribute)()
    return made


def names() -> tuple[str, ...]:
    """Return the names of all dialects."""
    return (*DIALECTS, *_installed())


def _installed() -> dict[str, str]:
    from importlib.metadata import entry_points  # noqa: PLC0415 - slow, and only needed on a miss

    return {point.name: point.value for point in entry_points(group=GROUP)}
