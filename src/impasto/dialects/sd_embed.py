r"""sd_embed, and `lpw_stable_diffusion_xl` of diffusers: A1111's syntax up to 1.5, without more.

BREAK is no command: the word itself is encoded, at weight -1. Facts: parse_prompt_attention in
src/sd_embed/prompt_parser.py at 4a47f71150 of xhinker/sd_embed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from impasto.dialects.a1111.stages import STRICT, emphasis
from impasto.dialects.strict import Strict

if TYPE_CHECKING:
    from impasto.dialects.a1111.emphasis import ReadError, Run


class SdEmbed(Strict):
    """sd_embed and lpw_stable_diffusion_xl for diffusers."""

    name = "sd-embed"
    title = "sd_embed, lpw_stable_diffusion_xl (diffusers)"
    program: ClassVar[str] = "sd_embed"
    breaks: ClassVar[bool] = False

    def scan(self, text: str, problems: list[ReadError]) -> list[Run]:
        """Return the runs of a text."""
        return emphasis(text, STRICT.tokens, problems)
