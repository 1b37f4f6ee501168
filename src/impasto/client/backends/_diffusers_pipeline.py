"""Pipelines of diffusers: which one a request means, and loading it from its folder."""

from __future__ import annotations

import json
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from impasto.client.backends._diffusers_errors import failed
from impasto.client.exchange import Status
from impasto.diagnostics import did_you_mean
from impasto.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from impasto.client.request import Request
    from impasto.models.card import ModelCard

DTYPES: Final = ("float32", "float16", "bfloat16")
_INSTALL: Final = "pip install 'impasto[diffusers]'"


class Kind(NamedTuple):
    """A class of pipelines that is run here.

    `family` is that of its model cards; sides are multiples of `multiple` pixels; `takes` are the
    further arguments of its call that a request may set; `dtype` is that of an accelerator.
    """

    family: str
    multiple: int
    takes: tuple[str, ...]
    dtype: str = "float16"


_UNET: Final = ("guidance_rescale", "eta")
_SDXL: Final = ("original_size", "crops_coords_top_left", "target_size", "denoising_end")
KINDS: Final = {
    "StableDiffusionPipeline": Kind("sd1", 8, _UNET),
    "StableDiffusionXLPipeline": Kind("sdxl", 8, (*_UNET, *_SDXL)),
    "FluxPipeline": Kind("flux1", 16, ("true_cfg_scale", "max_sequence_length"), "bfloat16"),
}


class Place(NamedTuple):
    """Where a pipeline is and how it is run: all that makes it another one."""

    folder: Path
    kind: str
    device: str
    dtype: str


class _Shelf:
    """The pipeline that was loaded last; only the painting thread touches it."""

    place: Place | None = None
    pipeline: Any = None


def imported(name: str) -> ModuleType:
    """Return a module of the extra.

    Raises:
        BackendError: it is not installed, or its versions do not go together.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise InvalidRequest(
            f'the backend "diffusers" needs the package {error.name}, which is not installed',
            hint=f"{_INSTALL} (without a GPU, first a build of torch for the CPU)",
        ) from error
    except Exception as error:
        raise failed(error, f"{name} cannot be imported") from error


def pipeline(place: Place, tell: Callable[[Status], None]) -> Any:
    """Return the pipeline of a place, loaded if the last request had another one.

    Raises:
        BackendError: its folder is damaged, or memory is full.
    """
    if _Shelf.place != place:
        _Shelf.place = _Shelf.pipeline = None  # two would seldom fit
        tell(Status(f"loading {place.folder.name}"))
        _Shelf.pipeline = _loaded(place)
        _Shelf.place = place
    return _Shelf.pipeline


def _loaded(place: Place) -> Any:
    torch, made = imported("torch"), _class(place.kind)
    with _without_bars():
        try:
            found = made.from_pretrained(
                place.folder,
                dtype=getattr(torch, place.dtype),
                variant=_variant(place.folder),
                local_files_only=True,
                use_safetensors=True,  # other formats are pickles, which may run code
            ).to(place.device)
        except Exception as error:
            raise failed(error, f"the pipeline in {place.folder} cannot be loaded") from error
    found.set_progress_bar_config(disable=True)
    return found


def _class(kind: str) -> Any:
    """Return a class of diffusers; that torchvision is not there is no news to anybody."""
    said, diffusers = imported("transformers.utils.logging"), imported("diffusers")
    level = said.get_verbosity()
    said.set_verbosity_error()
    try:
        return getattr(diffusers, kind)  # here it is imported
    except Exception as error:
        raise failed(error, f"diffusers cannot import {kind}") from error
    finally:
        said.set_verbosity(level)


@contextmanager
def _without_bars() -> Iterator[None]:
    """Keep the libraries from drawing bars of their own; their warnings are heard."""
    drawing = [imported(f"{name}.utils.logging") for name in ("diffusers", "transformers")]
    drawn = [one for one in drawing if one.is_progress_bar_enabled()]
    for one in drawn:
        one.disable_progress_bar()
    try:
        yield
    finally:
        for one in drawn:
            one.enable_progress_bar()


def _variant(folder: Path) -> str | None:
    """Return "fp16" for a folder that was downloaded in this form only."""
    halves = next(folder.glob("*/*.fp16.safetensors"), None)
    wholes = (path for path in folder.glob("*/*.safetensors") if ".fp16." not in path.name)
    return "fp16" if halves and not any(wholes) else None


def place_of(request: Request, card: ModelCard | None) -> Place:
    """Return where the pipeline of a request is, and how it is to be run.

    Raises:
        InvalidRequest: there is none, it is of another kind than the model, or no such device.
    """
    named = request.parameters.get("checkpoint") or (card.served_as if card else "")
    folder = _folder(str(named or ""), request.model)
    kind = _kind(folder)
    known = {one.family for one in KINDS.values()}
    if card and card.family in known and card.family != KINDS[kind].family:
        raise InvalidRequest(
            f"{folder} holds a {kind}, but {card.title} is of the family {card.family}",
            fields={"checkpoint": "another kind of model"},
            hint="name the model of the folder with --model, or another folder as checkpoint",
        )
    device = _device(request.parameters.get("device"))
    return Place(folder, kind, device, _dtype(request.parameters.get("dtype"), kind, device))


def _folder(named: str, model: str) -> Path:
    if not named:
        raise InvalidRequest(
            f"nobody says where the pipeline of {model} is",
            fields={"checkpoint": "missing"},
            hint="name its folder: -p checkpoint=FOLDER, or served_as in a model card of yours",
        )
    folder = Path(named).expanduser()
    if folder.is_dir():
        return folder
    if folder.is_file():
        raise InvalidRequest(
            f"{folder} is a file; diffusers loads a pipeline from a folder",
            fields={"checkpoint": "a file"},
            hint="diffusers' scripts/convert_original_stable_diffusion_to_diffusers.py makes one",
        )
    return _downloaded(named)


def _downloaded(name: str) -> Path:
    """Return the folder of a model that Hugging Face's cache on this machine has."""
    hub = imported("huggingface_hub")
    try:
        return Path(hub.snapshot_download(name, local_files_only=True))
    except (ValueError, OSError) as error:
        raise InvalidRequest(
            f"there is no folder {name}, and no model of this name was downloaded here",
            fields={"checkpoint": "not found"},
            hint=f"name a folder: -p checkpoint=FOLDER, or download one: hf download {name}",
        ) from error


def _kind(folder: Path) -> str:
    try:
        found = json.loads((folder / "model_index.json").read_text(encoding="utf-8"))
        name = found["_class_name"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidRequest(
            f"{folder} holds no pipeline: it has no model_index.json that can be read",
            fields={"checkpoint": "no pipeline"},
            hint="name the folder that save_pretrained or a download made",
        ) from error
    if name not in KINDS:
        raise InvalidRequest(
            f"{folder} holds a {name}, which is not run here",
            fields={"checkpoint": "another kind of pipeline"},
            hint="run here are " + ", ".join(KINDS),
        )
    return str(name)


def _device(wanted: object) -> str:
    torch = imported("torch")
    if wanted is None:
        there = torch.accelerator.is_available()
        return str(torch.accelerator.current_accelerator()) if there else "cpu"
    try:
        return str(torch.device(str(wanted)))
    except RuntimeError as error:
        raise InvalidRequest(
            f"{wanted!r} is no device", fields={"device": ""}, hint="cpu, cuda, cuda:1, mps or xpu"
        ) from error


def _dtype(wanted: object, kind: str, device: str) -> str:
    if wanted is None:
        return "float32" if device == "cpu" else KINDS[kind].dtype
    if wanted in DTYPES:
        return str(wanted)
    near = did_you_mean(str(wanted), DTYPES)
    hint = near or "known are " + ", ".join(DTYPES)
    raise InvalidRequest(f"{wanted!r} is no dtype", fields={"dtype": ""}, hint=hint)
