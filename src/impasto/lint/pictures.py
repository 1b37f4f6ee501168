"""Checking the prompt that made an image, as its metadata tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from impasto.dialects import names
from impasto.errors import FileError, ImageError
from impasto.images import infotext
from impasto.images.inspection import inspect
from impasto.lint.prompts import check_source
from impasto.lint.settings import CANONICAL
from impasto.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from impasto.images.generation import Generation
    from impasto.lint.check import Check

_WEBUI: Final = "a1111"
_DIALECT: Final = "Dialect"


def text_of(path: Path, data: bytes) -> str:
    """Return what made an image as an infotext: prompt, negative prompt, parameters.

    That of a WebUI is as it stands; what other tools wrote is written anew, with the dialect of the
    prompt among the parameters.

    Raises:
        FileError: the image is damaged or says nothing of a prompt.
    """
    try:
        found = inspect(data)
    except ImageError as error:
        raise FileError(f"cannot read {path}: {error}") from error
    made = found.generation
    if made is None or not (made.prompt or made.negative_prompt):
        raise FileError(
            f"{path} says nothing of a prompt",
            hint=f"impasto inspect {path} tells what it says",
        )
    return _infotext(made).replace("\r\n", "\n")


def _infotext(made: Generation) -> str:
    if made.infotext and made.dialect == _WEBUI:
        return made.infotext
    told = {"tool": made.tool, _DIALECT: made.dialect}
    return infotext.infotext(made.prompt, made.negative_prompt, told)


def check_picture(check: Check) -> None:
    """Check prompt and negative prompt of an infotext, in the dialect of the tool that painted.

    There is nothing to fix: the picture is painted.
    """
    text = check.source.text
    if check.dialect == CANONICAL:
        named = infotext.read(text).parameters.get(_DIALECT)
        check.dialect = named if isinstance(named, str) and named in names() else _WEBUI
    check.can_fix = False
    positive, negative = infotext.prompts(text)
    _check(positive, check)
    if negative:
        _check(negative, check, negative=True)


def _check(place: tuple[int, int], check: Check, *, negative: bool = False) -> None:
    start, end = place
    text = check.source.text[start:end]
    if text.strip():
        source = Source(text, parent=check.source, anchors=((0, start),))
        check_source(source, check, negative=negative)
