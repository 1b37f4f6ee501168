"""`impasto cache`: what is kept of results, and how to get rid of it."""

from __future__ import annotations

import re
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from impasto.cli.options import format_option

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from impasto.client.cache import Cache

FINDINGS = 1
_AGE = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*([mhdw])", re.ASCII)
_SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,3})?)\s*([kmgt]?)b?", re.ASCII | re.IGNORECASE)
_SECONDS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_BYTES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_KEY = 12

_folder_option = click.option(
    "--cache",
    "folder",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="The cache in this folder instead of your own.",
)

EXAMPLES = """\b
Examples:
  impasto cache ls
  impasto cache show 3f9a
  impasto cache prune --older-than 30d --max-size 2GB
  impasto cache verify"""


@click.group(epilog=EXAMPLES, short_help="List, show, check and prune kept results.")
def cache() -> None:
    """Results that need not be made twice."""


@cache.command(short_help="List what is kept, the newest first.")
@_folder_option
@format_option("json")
def ls(folder: str | None, form: str) -> int:
    """List what is kept, the newest first."""
    from impasto.cli.terminal import Terminal, clean, write_json

    place = _place(folder)
    entries = _with(place, lambda found: list(found.entries()), [])
    size = sum(entry.size for entry in entries)
    if form == "json":
        told = [entry.to_json() for entry in entries]
        write_json({"format": 1, "folder": str(place), "size": size, "entries": told})
        return 0
    terminal = Terminal()
    if entries:
        rows = [
            (
                e.key[:_KEY],
                _date(e.created)[:10],
                shown_size(e.size),
                e.model,
                clean(e.prompt)[:200],
            )
            for e in entries
        ]
        terminal.table(rows, head=("key", "made", "size", "model", "prompt"))
    noun = "result" if len(entries) == 1 else "results"
    terminal.line(f"{len(entries):,} {noun}, {shown_size(size)} in {place}")
    return 0


@cache.command(short_help="Show a result.")
@click.argument("key")
@_folder_option
@format_option("json")
def show(key: str, folder: str | None, form: str) -> int:
    """Show the result whose key begins with KEY, and where its images lie."""
    from impasto.cli.show import text_row
    from impasto.cli.terminal import Terminal, write_json
    from impasto.errors import UnknownNameError

    place = _place(folder)
    found = _with(place, lambda cache: (cache.find(key), cache.path), None)
    if found is None:
        raise UnknownNameError("cache entry", key, (), f"the cache {place} is empty")
    entry, path = found
    files = [str(path(sha)) for sha, _ in entry.images]
    if form == "json":
        write_json({"format": 1, **entry.to_json(), "files": files})
        return 0
    terminal = Terminal()
    facts = {name: str(value) for name, value in entry.facts.items() if value not in (None, "")}
    rows = {
        "key": entry.key,
        "backend": entry.backend,
        "model": entry.model,
        "prompt": entry.prompt,
        "made": _date(entry.created),
        "used": _date(entry.used),
        "size": shown_size(entry.size),
        **facts,
    }
    for name, value in rows.items():
        text_row(terminal, name.replace("_", " ")[:10], value)
    for file, (_, kind) in zip(files, entry.images, strict=True):
        text_row(terminal, kind, file)
    return 0


@cache.command(short_help="Remove what is old or too much.")
@click.option("--older-than", metavar="AGE", help="Not used for so long: 30d, 12h, 2w.")
@click.option("--max-size", metavar="SIZE", help="Then the oldest until so much is left: 2GB.")
@click.option("--all", "everything", is_flag=True, help="Everything.")
@_folder_option
@format_option("json")
def prune(**options: Any) -> int:
    """Remove results that were not used for long, or the oldest of too many."""
    from impasto.cli.terminal import Terminal, write_json

    before, most = _limits(options)
    place = _place(options["folder"])
    entries, size = _with(place, lambda found: found.prune(before=before, most=most), (0, 0))
    if options["form"] == "json":
        write_json({"format": 1, "folder": str(place), "removed": entries, "freed": size})
    else:
        noun = "result" if entries == 1 else "results"
        Terminal().line(f"{entries:,} {noun} removed, {shown_size(size)} freed")
    return 0


def _limits(options: dict[str, Any]) -> tuple[float | None, int | None]:
    """Return the time before which, and the bytes beyond which entries go."""
    age, size = options["older_than"], options["max_size"]
    if options["everything"]:
        if age or size:
            raise click.UsageError("--all leaves nothing for --older-than and --max-size")
        return None, 0
    if not age and not size:
        raise click.UsageError("say what may go: --older-than 30d, --max-size 2GB or --all")
    before = time.time() - _measure(age, _AGE, _SECONDS, "--older-than", "30d") if age else None
    most = int(_measure(size, _SIZE, _BYTES, "--max-size", "2GB")) if size else None
    return before, most


def _measure(
    text: str, form: re.Pattern[str], units: dict[str, int], option: str, example: str
) -> float:
    found = form.fullmatch(text.strip())
    if not found:
        raise click.UsageError(f'{option} is written like {example}, and "{text}" is not')
    return float(found[1]) * units[found[2].lower()]


@cache.command(short_help="Read everything and say what is damaged.")
@_folder_option
@format_option("json")
def verify(folder: str | None, form: str) -> int:
    """Read every kept image and compare it with its SHA-256; exit 1 where one is damaged."""
    from impasto.cli.terminal import Terminal, write_json

    place = _place(folder)
    number, damage = _with(place, lambda found: found.verify(), (0, []))
    if form == "json":
        told = [one._asdict() for one in damage]
        write_json({"format": 1, "folder": str(place), "entries": number, "damage": told})
        return FINDINGS if damage else 0
    terminal = Terminal()
    for one in damage:
        terminal.finding(f"{one.key[:_KEY]}: error: {one.message}")
    noun = "result" if number == 1 else "results"
    state = f"{len(damage):,} damaged" if damage else "all whole"
    terminal.line(f"{number:,} {noun} read, {state}")
    if damage:
        terminal.line(
            "  hint: a damaged result is never used; it is made anew when it is asked for"
        )
    return FINDINGS if damage else 0


def _place(folder: str | None) -> Path:
    from impasto import config
    from impasto.cli.places import cache_folder

    return cache_folder(config.load(), folder)


def _with(place: Path, work: Callable[[Cache], Any], nothing: Any) -> Any:
    """Return what `work` finds in the cache, `nothing` where there is none: none is made."""
    from impasto.client.cache import Cache

    if not (place / "index.db").is_file():
        return nothing
    with closing(Cache(place)) as found:
        return work(found)


def shown_size(size: float) -> str:
    """Return a number of bytes for people: "1.5 MB"."""
    if size < 1000:
        return f"{size:.0f} bytes"
    for unit in ("kB", "MB", "GB"):
        size /= 1000
        if size < 1000:
            return f"{size:.1f} {unit}"
    return f"{size / 1000:.1f} TB"


def _date(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
