"""The proof sheet: what the backend `proof` gives instead of a painting.

A specimen sheet of the prompt itself: a painted panel, the text set by effective weight, what the
model will hear, what is kept out, what was lost, and the parameters. The same sheet gives the same
bytes with the same version of Pillow.
"""

from __future__ import annotations

from io import BytesIO

from msgspec import Struct

from impasto.images.layout import Layout
from impasto.images.words import Run  # noqa: TC001 - msgspec reads the hints when it decodes


class ProofSheet(Struct, frozen=True, kw_only=True):
    """What a proof shows.

    `prompt` and `negative_prompt` are the final texts that the model hears; `runs` and
    `negative_runs` are the texts with their effective weights, ("BREAK", -1.0) being a chunk
    break. `width` and `height` are those of the requested image in pixels; `losses` are short
    lines. Without `runs` the prompt is set at weight 1; without a `negative_prompt` nothing is
    kept out, whatever `negative_runs` say.
    """

    model: str
    prompt: str
    title: str = ""
    backend: str = "proof"
    negative_prompt: str = ""
    runs: tuple[Run, ...] = ()
    negative_runs: tuple[Run, ...] = ()
    parameters: dict[str, object] = {}
    losses: tuple[str, ...] = ()
    width: int = 1024
    height: int = 1024
    seed: int = 0


def draw(sheet: ProofSheet) -> bytes:
    """Return the proof as a PNG of `page_size(sheet.width, sheet.height)` pixels."""
    layout = Layout(sheet)
    layout.draw()
    file = BytesIO()
    layout.page.finished().save(file, "PNG", compress_level=6)
    return file.getvalue()
