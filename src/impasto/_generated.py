"""Files that are made of other sources and kept beside them: written, and held to their sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path


def outdated(files: Mapping[Path, str], there: Iterable[Path] = ()) -> list[Path]:
    """Return which of `files` do not hold their text, and those `there` that nobody makes."""
    left = sorted(path for path in there if path not in files)
    return left + [path for path, text in files.items() if not _holds(path, text)]


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode()


def run(
    arguments: Sequence[str],
    usage: str | None,
    files: Mapping[Path, str],
    there: Iterable[Path] = (),
) -> int:
    """Write (`--write`) or compare (`--check`) the files; return the exit code.

    0 done or up to date, 1 not up to date, 2 neither was asked for: then `usage` is shown.
    """
    if list(arguments) not in (["--write"], ["--check"]):
        print(usage)  # noqa: T201 - a tool for us
        return 2
    stale = outdated(files, there)
    if arguments[0] == "--check":
        for path in stale:
            print(f"{path} is not up to date; run with --write")  # noqa: T201
        return int(bool(stale))
    for path in stale:
        _settle(path, files.get(path))
    return 0


def _settle(path: Path, text: str | None) -> None:
    """Write the text of a file, or take away one that nobody makes."""
    if text is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
