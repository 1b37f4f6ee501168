"""The backend without a network: a picture of the prompt itself."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from impasto.client.exchange import Outcome, Work
from impasto.client.request import Picture
from impasto.errors import InvalidRequest

if TYPE_CHECKING:
    from impasto.client.backends.base import Settings
    from impasto.client.exchange import Steps
    from impasto.client.request import Request

SIZE = 1024


class Proof:
    """Draws what the model would hear; a proof, not a painting."""

    name = "proof"
    needs_network = False

    def exchange(self, request: Request, settings: Settings) -> Steps[Outcome]:  # noqa: ARG002
        """Draw the proof of `request`; the same request gives the same bytes."""
        data: bytes = yield Work(partial(_draw, request))
        return Outcome((Picture(data, "png"),), seed=_whole(request, "seed", None))


def _whole(request: Request, name: str, default: int | None) -> int | None:
    """Return an integer parameter, `default` where it is not given.

    Raises:
        InvalidRequest: something else than a whole number.
    """
    value = request.parameters.get(name, default)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise InvalidRequest(f'"{name}" must be a whole number, not {value!r:.80}', fields={name: ""})


def _runs(request: Request, name: str, text: str) -> tuple[tuple[str, float], ...]:
    """Return (text, weight) of the translation, or the whole text at weight 1."""
    runs: Any = getattr(request.origin, name, None)
    return tuple(runs) if runs else ((text, 1.0),) if text else ()


def _losses(request: Request) -> tuple[str, ...]:
    """Return each loss as a short line."""
    losses: tuple[Any, ...] = getattr(request.origin, "losses", ())
    return tuple(f"{loss.kind}: {loss.message}" for loss in losses)


def _draw(request: Request) -> bytes:
    from impasto.images.proof import ProofSheet, draw  # noqa: PLC0415 - Pillow only to draw

    return draw(
        ProofSheet(
            title=str(getattr(request.origin, "title", "") or ""),
            model=request.model,
            backend=Proof.name,
            prompt=request.prompt,
            negative_prompt=request.negative_prompt,
            runs=_runs(request, "runs", request.prompt),
            negative_runs=_runs(request, "negative_runs", request.negative_prompt),
            parameters=dict(request.parameters),
            losses=_losses(request),
            width=_whole(request, "width", SIZE) or SIZE,
            height=_whole(request, "height", SIZE) or SIZE,
            seed=_whole(request, "seed", None) or 0,
        )
    )
