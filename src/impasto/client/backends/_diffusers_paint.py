"""Painting one request with a pipeline: its arguments, the call, the pictures."""

from __future__ import annotations

import io
from secrets import randbelow
from typing import TYPE_CHECKING, Any, Final

from impasto.client.backends._diffusers_embeddings import arguments
from impasto.client.backends._diffusers_errors import Stopped, failed
from impasto.client.backends._diffusers_pipeline import KINDS, imported, pipeline, place_of
from impasto.client.exchange import Status
from impasto.client.request import Picture
from impasto.diagnostics import did_you_mean
from impasto.errors import (
    BackendError,
    GenerationFailed,
    InvalidRequest,
    ModerationRefused,
    UnknownNameError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from impasto.client.backends._diffusers_pipeline import Place
    from impasto.client.request import Request
    from impasto.models.card import ModelCard
    from impasto.syntax.weights import Runs

    Tell = Callable[[Status], None]

_OURS: Final = ("checkpoint", "device", "dtype", "seed", "n")
_SHARED: Final = ("width", "height", "num_inference_steps", "guidance_scale")


def paint(request: Request, tell: Tell) -> tuple[tuple[Picture, ...], int]:
    """Return the images of a request and the seed of the first; the next have the seeds after it.

    `tell` is told of each step, and may end the work by raising.

    Raises:
        BackendError: no image; the class says why.
    """
    card = _card(request)
    place = place_of(request, card)
    said = _said(request, place)
    seed = _seed(request)
    pipe = pipeline(place, tell)
    tell(Status("reading the prompt"))
    try:
        said |= _texts(request, card, place, pipe) | _fixed(request, seed)
        found = pipe(callback_on_step_end=_steps(tell), output_type="pt", **said)
        return _pictures(pipe, found), seed
    except (Stopped, BackendError):
        raise
    except Exception as error:
        raise failed(error, "the pipeline did not paint it") from error


def _card(request: Request) -> ModelCard | None:
    from impasto.models.registry import load_model  # noqa: PLC0415 - cards only where one is asked

    try:
        return load_model(request.model).for_backend(request.backend)
    except UnknownNameError:
        return None


def _said(request: Request, place: Place) -> dict[str, Any]:
    """Return the arguments that the request's parameters are.

    Raises:
        InvalidRequest: one that the pipeline does not take, or a side that it would change.
    """
    kind = KINDS[place.kind]
    given = {name: value for name, value in request.parameters.items() if value is not None}
    taken = (*_SHARED, *kind.takes)
    for name in given:
        if name not in (*_OURS, *taken):
            raise InvalidRequest(
                f'{place.kind} takes no "{name}"',
                fields={name: "unknown"},
                hint=did_you_mean(name, taken) or "it takes " + ", ".join((*_OURS, *taken)),
            )
    for name in ("width", "height"):
        side: Any = given.get(name, kind.multiple)
        if not isinstance(side, int) or side < 1 or side % kind.multiple:
            raise InvalidRequest(
                f"{place.kind} paints a {name} that is a multiple of {kind.multiple}, "
                f"not {side!r:.80}",
                fields={name: ""},
            )
    return {name: given[name] for name in taken if name in given}


def _seed(request: Request) -> int:
    return randbelow(1 << 32) if request.seed is None else request.seed


def _fixed(request: Request, seed: int) -> dict[str, Any]:
    """Return the arguments that fix the noise: drawn on the CPU, it is alike on all devices."""
    torch = imported("torch")
    given: Any = request.parameters.get("n")
    count = 1 if given is None else given
    if not isinstance(count, int) or count < 1:
        raise InvalidRequest(
            f'"n" is a whole number of images, not {count!r:.80}', fields={"n": ""}
        )
    noise = [torch.Generator("cpu").manual_seed(seed + at) for at in range(count)]
    return {"num_images_per_prompt": count, "generator": noise}


def _texts(request: Request, card: ModelCard | None, place: Place, pipe: Any) -> dict[str, Any]:
    """Return the arguments that the prompt is: a text for FLUX, embeddings for the others."""
    dialect = card.dialect if card else "plain"
    if KINDS[place.kind].family != "flux1":
        texts = (request.prompt, request.negative_prompt)
        return arguments(pipe, *(_runs(text, dialect, request.model) for text in texts))
    found: dict[str, Any] = {"prompt": request.prompt}
    if request.negative_prompt:
        found["negative_prompt"] = _heard_only(request)
    length = [e.tokens for e in card.encoders if e.role == "sequence"] if card else []
    if length and request.parameters.get("max_sequence_length") is None:
        found["max_sequence_length"] = length[0]
    return found


def _runs(text: str, dialect: str, model: str) -> Runs:
    from impasto.dialects.api import read  # noqa: PLC0415 - dialects only where one is asked

    if not text:
        return []
    if dialect == "plain":
        return [(text, 1.0)]
    if dialect == "sd-embed":
        return read(text, dialect).weights()
    raise InvalidRequest(
        f"the card of {model} says that its prompts are in the dialect {dialect}; diffusers reads "
        "sd-embed and plain",
        hint="write `backends: {diffusers: {dialect: sd-embed}}` into the card",
    )


def _heard_only(request: Request) -> str:
    """Return the negative prompt of FLUX.

    Raises:
        InvalidRequest: it would not be heard.
    """
    scale = request.parameters.get("true_cfg_scale")
    if isinstance(scale, int | float) and scale > 1:
        return request.negative_prompt
    raise InvalidRequest(
        "FLUX hears a negative prompt only with true_cfg_scale above 1, at twice the time",
        fields={"negative_prompt": "not heard"},
        hint="leave it out, or say -p true_cfg_scale=4",
    )


def _steps(tell: Tell) -> Callable[..., dict[str, Any]]:
    """Return what the pipeline calls after each step.

    What `tell` raises ends the call there; the pipeline's own flag would still decode an image
    that nobody waits for.
    """

    def stepped(pipe: Any, step: int, _time: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        of = pipe.num_timesteps
        tell(Status(f"step {step + 1} of {of}", (step + 1) / of))
        return tensors

    return stepped


def _pictures(pipe: Any, found: Any) -> tuple[Picture, ...]:
    """Return the images of a pipeline's answer; what its safety checker blackened is left out.

    Raises:
        GenerationFailed: numbers beyond the dtype, which would be a black image.
        ModerationRefused: the safety checker blackened all of them.
    """
    torch = imported("torch")
    if not bool(torch.isfinite(found.images).all()):
        raise GenerationFailed(
            "the image is not a number: the numbers outgrew the pipeline's dtype",
            hint="say -p dtype=float32, or bfloat16; guidance that is far too high does it, too",
        )
    flags = getattr(found, "nsfw_content_detected", None) or [False] * len(found.images)
    processor = pipe.image_processor
    images = processor.numpy_to_pil(processor.pt_to_numpy(found.images))
    kept = [image for image, flagged in zip(images, flags, strict=True) if not flagged]
    if not kept:
        raise ModerationRefused(
            "the pipeline's own safety checker blackened the image",
            stage="output",
            hint="try another seed or rephrase; the checker is the folder's, in safety_checker",
        )
    return tuple(Picture(_png(image), "png") for image in kept)


def _png(image: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
