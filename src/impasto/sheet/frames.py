"""What a contact sheet shows of one image: where it is, what made it, or why it is not there."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct, structs

from impasto.errors import FileError, ImageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.client.journal import Row

JOURNAL: Final = ".impasto-journal.db"
SUFFIXES: Final = frozenset((".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif"))
_SHOWN: Final = frozenset(
    ("prompt", "negative_prompt", "model", "backend", "parameters", "seed", "styles", "losses")
)
State = Literal["there", "failed", "unfinished", "gone"]


class Frame(Struct, frozen=True, kw_only=True, dict=True):
    """An image of a run.

    `name` is what it is called, `path` its file, None where it is not there. `number` is that of
    the journal. `asked` is what is known of the request without looking into the file. Where the
    image is missing, `reason` and `hint` say why, `billed` whether it was paid for, and
    `image_url` where it may still lie.
    """

    name: str
    state: State
    path: Path | None = None
    number: int | None = None
    asked: dict[str, Any] = {}
    reason: str = ""
    hint: str = ""
    billed: str = "no"
    image_url: str = ""

    @cached_property
    def record(self) -> dict[str, Any]:
        """What made the image: from the file itself, or beside it, else what was asked for."""
        found = {**self.asked, **(_record(self.path) if self.path else {})}
        return {name: fact for name, fact in found.items() if name in _SHOWN}

    def text(self, name: str) -> str:
        """Return a text of the record."""
        found = self.record.get(name)
        return found if isinstance(found, str) else ""

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters of the request, the seed that was really used among them."""
        found = self.record.get("parameters")
        given = {str(k): v for k, v in found.items()} if isinstance(found, dict) else {}
        seed = self.record.get("seed")
        return {**given, "seed": seed} if seed is not None else given

    @property
    def styles(self) -> tuple[str, ...]:
        """The names of the styles that were used."""
        found = self.record.get("styles")
        names = (s.get("name") if isinstance(s, dict) else s for s in _list(found))
        return tuple(name for name in names if isinstance(name, str))

    @property
    def losses(self) -> tuple[str, ...]:
        """What the model did not hear, each sentence once with how often it is true."""
        found = (x.get("message") for x in _list(self.record.get("losses")) if isinstance(x, dict))
        times = Counter(message for message in found if isinstance(message, str))
        return tuple(f"{text} ({n} times)" if n > 1 else text for text, n in times.items())


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def frames_of(run: Path, journal: Path | None = None) -> list[Frame]:
    """Return the images of a run: a folder, or the journal in it.

    Where there is a journal the sheet has what it knows, in its order; else it has the images
    below the folder by their names. No file outside of the folder is looked at.

    Raises:
        FileError: there is no such folder, or its journal cannot be read.
    """
    folder = run if run.is_dir() else run.parent
    if not run.exists():
        raise FileError(f"there is no {run}", hint="name the folder of a run, or its journal")
    known = journal or (run if run.is_file() else folder / JOURNAL)
    if known.is_file():
        from impasto.client.journal import rows_of  # noqa: PLC0415 - only where there is one

        return [frame for row in rows_of(known) for frame in _of_row(row, folder)]
    paths = (path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    return [_there(path, folder) for path in sorted(paths) if path.is_file()]


def _there(path: Path, folder: Path, row: Row | None = None) -> Frame:
    name = path.relative_to(folder).with_suffix("").as_posix()
    return Frame(name=name, state="there", path=path, number=row.number if row else None)


def _of_row(row: Row, folder: Path) -> Iterator[Frame]:
    if row.state != "done":
        yield _missing(row)
        return
    for file in row.files:
        path = _below(folder, file)
        if path:
            yield _there(path, folder, row)
        else:
            name = Path(file).stem
            yield Frame(name=name, state="gone", number=row.number, reason=_GONE, hint=_MADE_AGAIN)


_GONE: Final = "its file is no longer in the folder"
_MADE_AGAIN: Final = "the next run makes it again"


def _below(folder: Path, file: str) -> Path | None:
    """Return where a file of the journal is now: the folder may have been moved since."""
    parts = Path(file.replace("\\", "/")).parts
    for start in range(len(parts)):
        path = folder.joinpath(*parts[start:])
        inside = path.resolve().is_relative_to(folder.resolve())
        if inside and ".." not in parts and path.is_file():
            return path
    return None


def _missing(row: Row) -> Frame:
    facts = row.facts
    reasons = {
        "sent": ("the run ended while the request was on its way", "", "maybe"),
        "running": (
            "a job that has not been fetched yet",
            "the same command fetches it; nothing is submitted again",
            "maybe",
        ),
    }
    reason, hint, billed = reasons.get(row.state, ("there is no image", "", "no"))
    asked = facts.get("asked")
    return Frame(
        name=f"image {row.number}",
        state="failed" if row.state == "failed" else "unfinished",
        number=row.number,
        asked=asked if isinstance(asked, dict) else {},
        reason=str(facts.get("message") or reason),
        hint=str(facts.get("hint") or hint),
        billed=str(facts.get("billed") or billed),
        image_url=str(facts.get("image_url") or ""),
    )


def _record(path: Path) -> dict[str, Any]:
    """Return the record in an image, or beside it; of another tool's image what that wrote."""
    from impasto.images.inspection import inspect  # noqa: PLC0415 - only where there are images

    try:
        made = inspect(path.read_bytes()).generation
    except (OSError, ImageError):
        return {}
    record = (made and made.record) or _sidecar(path)
    if record or made is None:
        return record or {}
    return {**structs.asdict(made), "parameters": made.parameters()}


def _sidecar(path: Path) -> dict[str, Any] | None:
    """Return our record from "image.avif.json"; None where there is none."""
    from impasto.images.metadata import parsed  # noqa: PLC0415 - only where there are images

    try:
        return parsed(path.with_name(f"{path.name}.json").read_text("utf-8"))
    except (OSError, ValueError, ImageError):
        return None
