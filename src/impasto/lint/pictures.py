"""Checking the prompt that made an image, as its metadata tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from impasto.errors import FileError, ImageError
from impasto.images import metadata
from impasto.images.infotext import prompts
from impasto.lint.prompts import check_source
from impasto.lint.settings import CANONICAL
from impasto.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from impasto.lint.check import Check

_WEBUI: Final = "a1111"


def text_of(path: Path, data: bytes) -> str:
    """Return the infotext in an image: prompt, negative prompt, parameters.

    Raises:
        FileError: the image is damaged or says nothing of a prompt.
    """
    try:
        found = metadata.infotext_of(data)
    except ImageError as error:
        raise FileError(f"cannot read {path}: {error}") from error
    if found is None:
        raise FileError(
            f"{path} says nothing of a prompt",
            hint='a prompt stands in the PNG text "parameters" or the Exif tag UserComment',
        )
    return found.replace("\r\n", "\n")


def check_picture(check: Check) -> None:
    """Check prompt and negative prompt of an infotext, which is in the WebUI's dialect.

    There is nothing to fix: the picture is painted.
    """
    if check.dialect == CANONICAL:
        check.dialect = _WEBUI
    check.can_fix = False
    positive, negative = prompts(check.source.text)
    _check(positive, check)
    if negative:
        _check(negative, check, negative=True)


def _check(place: tuple[int, int], check: Check, *, negative: bool = False) -> None:
    start, end = place
    text = check.source.text[start:end]
    if text.strip():
        source = Source(text, parent=check.source, anchors=((0, start),))
        check_source(source, check, negative=negative)
