"""Finding collections: the files of folders, and which format each has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from impasto.errors import FileError
from impasto.source import Source
from impasto.styles.exchange import format_named, names
from impasto.styles.exchange.base import NO_STYLE, Format, Given, finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from impasto.diagnostics import Diagnostic

AUTO: Final = "auto"
MAX_BYTES: Final = 16_000_000
MAX_FILES: Final = 10_000
_SURE: Final = 0.5
_PACK_KEYS: Final = ("format", "styles")
_PACK: Final = "is a style pack already"
_ADD: Final = "impasto styles add brings it into a project"


def collections(
    paths: Sequence[Path],
    wanted: str,
    findings: list[Diagnostic],
) -> Iterator[tuple[Given, Format]]:
    """Yield the files of all paths and their formats."""
    for path in paths:
        if not path.is_dir():
            given = opened(path)
            yield given, form_of(given, wanted)
        elif wanted != AUTO:
            form = format_named(wanted)
            yield from ((given, form) for given in _folder(path, form.suffixes))
        else:
            yield from _sorted_out(path, findings)


def _sorted_out(folder: Path, findings: list[Diagnostic]) -> Iterator[tuple[Given, Format]]:
    """Yield what is known of a folder: collections of styles, or where there are none, lists."""
    suffixes = tuple({s for name in names() for s in format_named(name).suffixes})
    guessed = [(given, *_guess(given)) for given in _folder(folder, suffixes)]
    least = _SURE if any(sure >= _SURE for _, _, sure in guessed) else 0.01
    for given, form, sure in guessed:
        if sure >= least and not _is_pack(given):
            yield given, form
            continue
        what, hint = (_PACK, _ADD) if _is_pack(given) else ("is no collection of styles", "")
        message = f"{given.source.name} {what}, and was passed over"
        findings.append(finding(NO_STYLE, message, given.source.span(0, 0), hint))


def _folder(folder: Path, suffixes: tuple[str, ...]) -> Iterator[Given]:
    paths = [p for p in sorted(folder.rglob("*")) if p.suffix in suffixes and p.is_file()]
    if not paths:
        raise FileError(f"{folder} holds no file that ends in {', '.join(sorted(suffixes))}")
    if len(paths) > MAX_FILES:
        raise FileError(f"{folder} holds {len(paths):,} files; {MAX_FILES:,} are read at most")
    for path in paths:
        yield opened(path, path.relative_to(folder).with_suffix("").as_posix())


def opened(path: Path, name: str = "") -> Given:
    """Return a file as text.

    Raises:
        FileError: it is not there, too large or no UTF-8.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FileError(f"{path} is larger than {MAX_BYTES // 1_000_000} MB")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise FileError(
            f"{path} is not UTF-8 text: line {line} holds the byte 0x{error.object[error.start]:02x}",
            hint="save the file with the encoding UTF-8",
        ) from error
    return Given(Source(text, str(path)), path, name)


def form_of(given: Given, wanted: str) -> Format:
    """Return the format of a file.

    Raises:
        FileError: no format is like it, or it is a pack of ours.
    """
    if _is_pack(given):
        raise FileError(f"{given.source.name} {_PACK}", hint=_ADD)
    if wanted != AUTO:
        return format_named(wanted)
    form, sure = _guess(given)
    if sure > 0:
        return form
    if given.source.text.lstrip()[:1] in ("{", "["):
        _ = given.json  # broken JSON says where it breaks
    raise FileError(
        f"{given.source.name} is of no format that is known",
        given.source.span(0, 0),
        hint=f"--from names it: {', '.join(names())}",
    )


def _is_pack(given: Given) -> bool:
    """Whether a file is a pack of ours, by the keys that every pack has."""
    text = given.source.text if given.path.suffix in (".yaml", ".yml") else ""
    return all(re.search(rf"^{key}[ \t]*:", text, re.MULTILINE) for key in _PACK_KEYS)


def _guess(given: Given) -> tuple[Format, float]:
    """Return the format that is most like a file, and how surely it is that."""
    suited = [format_named(n) for n in names() if given.path.suffix in format_named(n).suffixes]
    forms = suited or [format_named(n) for n in names()]
    scored = [(form.recognise(given), -at, form) for at, form in enumerate(forms)]
    sure, _, form = max(scored)
    return form, sure
