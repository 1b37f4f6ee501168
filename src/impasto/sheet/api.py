"""`write`: the contact sheet of a run as an HTML page, or as PNG pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from impasto.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from impasto.sheet.frames import Frame

KINDS: Final = (".html", ".htm", ".png")
_SOFTWARE: Final = "impasto sheet, format 1"


def check(path: Path, *, force: bool = False) -> None:
    """Refuse a file that no sheet can be written to.

    Raises:
        FileError: its name ends in something else than .html or .png, or there is another file.
    """
    if path.suffix.lower() not in KINDS:
        raise FileError(
            f"a contact sheet is a page or a picture, not {path.name}",
            hint="let its name end in .html or .png",
        )
    if not force and path.exists() and not _is_sheet(path):
        raise FileError(
            f"{path} is there and is no contact sheet",
            hint="choose another name, or replace it with --force",
        )


def write(
    frames: Sequence[Frame],
    path: Path,
    title: str = "Contact sheet",
    *,
    linked: bool = False,
    force: bool = False,
) -> list[Path]:
    """Write the contact sheet of `frames` and return its files, more than one for many pictures.

    Whether it is a page or a picture is said by the name of `path`. `linked` pages show the
    images from beside them. What is no sheet is replaced with `force` only, further pictures too.

    Raises:
        FileError: it cannot be written, a name says something else, or there is another file.
    """
    check(path, force=force)
    if path.suffix.lower() == ".png":
        return _write_pictures(frames, path, title, force=force)
    from impasto.sheet.page import page  # noqa: PLC0415 - one or the other

    pieces = page(frames, title, path.parent.resolve(), linked=linked)
    return [_write(path, (piece.encode("utf-8", "replace") for piece in pieces))]


def _write_pictures(frames: Sequence[Frame], path: Path, title: str, *, force: bool) -> list[Path]:
    from io import BytesIO  # noqa: PLC0415

    from PIL.PngImagePlugin import PngInfo  # noqa: PLC0415

    from impasto.sheet.grid import grid  # noqa: PLC0415

    mark = PngInfo()
    mark.add_text("Software", _SOFTWARE)
    written = []
    for at, picture in enumerate(grid(frames, title), 1):
        file = BytesIO()
        picture.save(file, "PNG", pnginfo=mark, optimize=False)
        name = path if at == 1 else path.with_stem(f"{path.stem}-{at}")
        check(name, force=force)
        written.append(_write(name, (file.getvalue(),)))
    return written


def _is_sheet(path: Path) -> bool:
    """Whether a file was written by us."""
    from impasto.sheet.page import MARK  # noqa: PLC0415

    try:
        with path.open("rb") as file:
            start = file.read(1024)
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror or error}") from error
    return MARK.encode() in start or _SOFTWARE.encode() in start


def _write(path: Path, pieces: Iterable[bytes]) -> Path:
    """Write a file in one step: a reader sees the old one or the new one."""
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.writelines(pieces)
        part.replace(path)
    except OSError as error:
        raise FileError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)
    return path
