"""Our own record, which is read before anything that stands beside it for other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from impasto.errors import UnknownNameError
from impasto.images import exif, metadata
from impasto.images.generation import Fields, Generation, loras_in

if TYPE_CHECKING:
    from impasto.images.carried import Carried

RANK = 0

_OWN = ("backend", "host")


def read(carried: Carried) -> Generation | None:
    """Return what our record says; None where there is none.

    Raises:
        ImageError: it is damaged, or of a newer format.
    """
    text = carried.texts.get("impasto") if carried.kind == "png" else _maker_note(carried)
    record = metadata.parsed(text) if text is not None else None
    return from_record(record) if record is not None else None


def from_record(record: dict[str, Any]) -> Generation:
    """Return what a record says, which may also come from a file beside the image."""
    given = record.get("parameters")
    fields = Fields(given if isinstance(given, dict) else {})
    seed = fields.whole("seed")
    known = Fields(record)
    answered = known.whole("seed")
    prompt = known.text("prompt")
    return Generation(
        tool="impasto",
        software=f"impasto {known.text('impasto')}".strip(),
        dialect=_dialect(record),
        prompt=prompt,
        negative_prompt=known.text("negative_prompt"),
        seed=seed if answered is None else answered,
        steps=fields.whole("num_inference_steps", "steps"),
        cfg=fields.number("guidance_scale"),
        sampler=fields.name("sampler"),
        scheduler=fields.name("scheduler"),
        width=fields.whole("width"),
        height=fields.whole("height"),
        model=known.text("model"),
        loras=loras_in(prompt),
        others={**fields.left, **{name: known.left[name] for name in _OWN if name in known.left}},
        unread=(*known.unread, *fields.unread),
        record=record,
    )


def _maker_note(carried: Carried) -> str | None:
    note = carried.inner.get(exif.MAKER_NOTE, "")
    sign = exif.SIGNATURE.decode()
    return note.removeprefix(sign) if note.startswith(sign) else None


def _dialect(record: dict[str, Any]) -> str:
    """Return the dialect of the model that painted, A1111's where nobody knows the model."""
    from impasto.models.registry import load_model  # noqa: PLC0415 - only for our own images

    try:
        card = load_model(str(record.get("model") or ""))
    except UnknownNameError:
        return "a1111"
    return card.for_backend(str(record.get("backend") or "") or None).dialect
