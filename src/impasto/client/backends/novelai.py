"""NovelAI: one call, a zip of PNGs back. A second call at the same time is refused with 429.

Source: novelai_api 0.34.1 and sdwebui-nai-api 2bda04f, 2026-07.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from secrets import randbelow
from typing import TYPE_CHECKING, Any, ClassVar, Final

from impasto.client import answers, download, pictures
from impasto.client.backends.service import Service, model_name
from impasto.client.exchange import MAX_IMAGE, Call, MiB, Outcome
from impasto.client.pictures import Found
from impasto.errors import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from impasto.client.backends.base import Settings
    from impasto.client.exchange import Answer, Steps
    from impasto.client.request import Request

ENTRIES: Final = 16
"""Files that an answer may hold; eight images are the most that can be asked for."""
UNPACKED: Final = 4 * MAX_IMAGE
DIRECTORY: Final = 16 << 10
"""Bytes that the table of contents may have, which is read as a whole."""
_END: Final = b"PK\x05\x06"
_END_SIZE: Final = 22
_ZIP64: Final = b"PK\x06\x07"
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
)
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ZIP: Final = b"PK"
_SEEDS: Final = 1 << 32
_CAPTIONED: Final = re.compile(r"nai-diffusion-[4-9]")
_DEFAULTS: Final[dict[str, object]] = {
    "width": 832,
    "height": 1216,
    "scale": 5,
    "sampler": "k_euler_ancestral",
    "steps": 23,
    "n_samples": 1,
    "cfg_rescale": 0,
    "noise_schedule": "karras",
    "qualityToggle": False,  # what to add to a prompt is said in it
}


class NovelAI(Service):
    """`POST /ai/generate-image`; from version 4 on the texts stand in `v4_prompt` as well."""

    name = "novelai"
    address = "https://image.novelai.net"
    lost: ClassVar[str] = "check the base URL: it is what stands before /ai/generate-image"
    keys = ("NOVELAI_API_KEY",)
    needs_key = True
    names: ClassVar[Mapping[str, str | None]] = {
        "num_inference_steps": "steps",
        "guidance_scale": "scale",
        "scheduler": "noise_schedule",
        "n": "n_samples",
        "seed": None,
        "output_format": None,
    }

    def exchange(self, request: Request, settings: Settings) -> Steps[Outcome]:
        """Ask for the images and unpack them."""
        url = f"{self.base(settings)}/ai/generate-image"
        seed = request.seed or 1 + randbelow(_SEEDS - 1)
        body = self.body(request, seed)
        answer: Answer = yield Call("POST", url, self.headers(settings, "*/*"), body, secret=True)
        if not 200 <= answer.status < 300:
            raise answers.refused(answer, settings.api_key)
        if answer.body.startswith(_ZIP):
            found = tuple(map(Found, unpacked(answer.body)))
        else:
            found = pictures.read(answer, url, settings.api_key).found
        images, _ = yield from download.collect(found, url)
        name = answers.request_id(answer, settings.api_key)
        return Outcome(images, seed=seed, request_id=name, host=answer.host)

    def body(self, request: Request, seed: int) -> dict[str, object]:
        """Return the JSON object of a request."""
        model = model_name(request)
        sent = {**_DEFAULTS, **self.fields(request), "seed": seed}
        sent["negative_prompt"] = request.negative_prompt
        if _CAPTIONED.match(model):
            order = {"use_coords": False, "use_order": True}
            sent["v4_prompt"] = {"caption": _caption(request.prompt), **order}
            sent["v4_negative_prompt"] = {"caption": _caption(request.negative_prompt)}
        return {
            "input": request.prompt,
            "model": model,
            "action": "generate",
            "parameters": sent,
        }


def _caption(text: str) -> dict[str, Any]:
    return {"base_caption": text, "char_captions": []}


def unpacked(data: bytes) -> list[bytes]:
    """Return the files of a zip in the order of their names; nothing is written anywhere.

    Raises:
        ProtocolError: damaged, empty, encrypted, or more than `ENTRIES` files or `UNPACKED` bytes.
    """
    _check_directory(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = list(_read(archive))
    except _DAMAGE as error:
        raise _unusable(f"cannot be unpacked ({error})") from error
    if not files:
        raise _unusable("is empty")
    return files


def _check_directory(data: bytes) -> None:
    """Check the size of the table of contents, as the end of the zip tells it."""
    end = data.rfind(_END)
    if not 0 <= end <= len(data) - _END_SIZE:
        raise _unusable("is cut")
    size = int.from_bytes(data[end + 12 : end + 16], "little")
    if size > DIRECTORY or data[max(end - 20, 0) : end].startswith(_ZIP64):
        raise _unusable("has a table of contents that is too large")


def _read(archive: zipfile.ZipFile) -> Iterator[bytes]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > ENTRIES:
        raise _unusable(f"holds {len(entries)} files, of which at most {ENTRIES} are taken")
    left = UNPACKED
    for entry in sorted(entries, key=_order):
        if entry.compress_type not in _METHODS:  # the others cannot be unpacked bit by bit
            raise _unusable("is packed in a way that is not taken")
        limit = min(left, MAX_IMAGE)
        with archive.open(entry) as file:
            image = file.read(limit + 1)
        if len(image) > limit:
            raise _unusable(f"holds more than {limit // MiB} MiB for an image")
        left -= len(image)
        yield image


def _order(entry: zipfile.ZipInfo) -> tuple[int, str]:
    """Return what sorts `image_10.png` after `image_9.png`."""
    return len(entry.filename), entry.filename


def _unusable(what: str) -> ProtocolError:
    return ProtocolError(
        f"the zip with the images {what}",
        billed="yes",
        hint="ask again with the same seed if the images matter",
    )
