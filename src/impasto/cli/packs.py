"""`impasto styles add`, `sync`, `outdated` and `remove`: packs that travel between projects."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from impasto.cli.options import format_option

if TYPE_CHECKING:
    from impasto.cli.terminal import Terminal
    from impasto.config import Config
    from impasto.diagnostics import Diagnostic
    from impasto.styles.library import Library
    from impasto.styles.sharing.adding import Added, Bringing
    from impasto.styles.sharing.lock import Pin
    from impasto.styles.sharing.project import Project
    from impasto.styles.sharing.sources import Download
    from impasto.styles.sharing.syncing import Compared, Restored


def _fetch(url: str, *, limit: int) -> Download:
    from impasto.client.fetch import fetch

    return fetch(url, limit=limit)


def _project() -> tuple[Config, Project]:
    from impasto import config as settings

    config = settings.load()
    return config, settings.project_packs(config)


@click.command("add", short_help="Bring packs into the project and pin them.")
@click.argument("source")
@click.option(
    "--pack", "only", multiple=True, metavar="NAME", help="Only this pack of several; repeat it."
)
@click.option("--replace", is_flag=True, help="Give up a pack that is in its place.")
@format_option("json")
def add(source: str, only: tuple[str, ...], replace: bool, form: str) -> None:
    """Bring the packs of SOURCE into the project: a file, a folder, a zip archive or an address.

    They become files of the project's folder of style packs, pinned in impasto.lock. To take a
    newer version, add it again.
    """
    from impasto.cli.terminal import Terminal, write_json
    from impasto.styles.sharing.adding import add as bring
    from impasto.styles.sharing.sources import origin

    config, project = _project()
    place = origin(source, Path.cwd(), project.lock_file.parent)
    found = bring(place, project, _fetch, only=only, replace=replace)
    if form == "json":
        packs = [_added_facts(one, project, config) for one in found.added]
        return write_json({"format": 1, "packs": packs, "passed_over": list(found.others)})
    _show_added(found, project, config, Terminal())
    return None


def _added_facts(one: Added, project: Project, config: Config) -> dict[str, object]:
    hidden = one.hides
    return {
        **_facts(one.pin, project),
        "state": _what_happened(one),
        "before": one.before.version if one.before else None,
        "license": one.pack.model.license,
        "styles": list(one.pack.styles),
        "shadows": {"file": str(hidden), "origin": origin_of(hidden, config)} if hidden else None,
    }


def _facts(pin: Pin, project: Project) -> dict[str, object]:
    from impasto.styles.sharing.files import name_of

    return {**pin._asdict(), "file": name_of(project.file(pin.name))}


def _what_happened(one: Added) -> str:
    if one.before is None:
        return "added"
    return "unchanged" if one.before.sha256 == one.pin.sha256 else "updated"


def _show_added(found: Bringing, project: Project, config: Config, terminal: Terminal) -> None:
    from impasto.cli.show import count
    from impasto.styles.sharing.files import name_of

    for one in found.added:
        pin, model = one.pin, one.pack.model
        versions = [one.before.version] if one.before and one.before.version != pin.version else []
        facts = [" -> ".join([*versions, pin.version]), model.license or "no licence"]
        text = f"{', '.join(facts)}, {count(len(one.pack.styles), 'style')}"
        name = terminal.paint(f"{pin.name}/", "bold", "cyan")
        terminal.line(f"{_what_happened(one)} {name} {text}")
        if one.hides and _what_happened(one) != "unchanged":
            terminal.line(f"  it shadows {_another(one.hides, config)}")
    if found.others:
        terminal.line(f"passed over, no packs: {_some(found.others)}")
    lock = name_of(project.lock_file)
    terminal.line(f"kept in {name_of(project.folder)}, pinned in {lock}")


def _some(names: tuple[str, ...], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


@click.command("sync", short_help="Restore the packs that impasto.lock pins.")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit 1 on differences.")
@click.option(
    "--frozen", is_flag=True, help="For CI: a lock must be there, and no file may differ from it."
)
@format_option("json")
def sync(only_check: bool, frozen: bool, form: str) -> int:
    """Restore the packs that impasto.lock pins: files that are missing, files that were changed.

    What is fetched is the pinned content, byte for byte, or nothing. Exit 1 where something is
    found: with --check files that differ, always packs that require others in vain.
    """
    from impasto.cli.terminal import Terminal, write_json
    from impasto.styles.sharing.project import check
    from impasto.styles.sharing.syncing import sync as restore

    _, project = _project()
    restored = () if only_check else restore(project, _fetch, frozen=frozen)
    found = check(project)
    if form == "json":
        packs = [{**_facts(one.pin, project), "changed": one.changed} for one in restored]
        problems = [finding.to_json() for finding in found]
        write_json({"format": 1, "restored": packs, "diagnostics": problems})
    else:
        _show_restored(restored, found, len(project.lock().pins), Terminal())
    return 1 if found else 0


def _show_restored(
    restored: tuple[Restored, ...],
    found: tuple[Diagnostic, ...],
    number: int,
    terminal: Terminal,
) -> None:
    from impasto.cli.show import count
    from impasto.diagnostics import render

    for pin, changed in restored:
        name = terminal.paint(f"{pin.name}/", "bold", "cyan")
        why = "its file was changed" if changed else "its file was missing"
        terminal.line(f"restored {name} {pin.version} from {pin.source}: {why}")
    for finding in found:
        terminal.finding(render(finding))
    verdict = count(len(found), "finding") if found else "as the lock says"
    terminal.line(f"{count(number, 'pinned pack')}: {verdict}")


_WORDS = {
    "current": "up to date",
    "newer": "a newer version is there",
    "older": "the source has an older version",
    "changed": "other content under the same version",
    "gone": "the source no longer has it",
}


@click.command("outdated", short_help="Compare pinned packs with their sources.")
@format_option("json")
def outdated(form: str) -> int:
    """Compare the packs that impasto.lock pins with what their sources have now.

    Exit 1 where something is newer or gone, 2 where a source cannot be reached.
    """
    from impasto.cli.terminal import Terminal, write_json
    from impasto.styles.sharing.syncing import outdated as compare

    _, project = _project()
    found = compare(project, _fetch)
    if form == "json":
        write_json({"format": 1, "packs": [_compared_facts(one) for one in found]})
    else:
        _show_compared(found, project, Terminal())
    states = {one.state for one in found}
    return 2 if "unreachable" in states else int(bool(states - {"current"}))


def _compared_facts(one: Compared) -> dict[str, object]:
    facts = {**one.pin._asdict(), "state": one.state, "there": one.version}
    return {**facts, "message": one.message} if one.message else facts


def _show_compared(found: tuple[Compared, ...], project: Project, terminal: Terminal) -> None:
    if not found:
        return terminal.line("no pack is pinned here")
    rows = [
        (one.pin.name, one.pin.version, one.version or "-", _WORDS.get(one.state) or one.message)
        for one in found
    ]
    terminal.table(rows, head=("pack", "here", "there", ""))
    for source in dict.fromkeys(o.pin.source for o in found if o.state in ("newer", "changed")):
        command = f"impasto styles add {shlex.quote(_from_here(source, project))}"
        terminal.line(f"take it: {terminal.paint(command, 'cyan')}")
    return None


def _from_here(source: str, project: Project) -> str:
    """Return a source of the lock as one writes it in the current folder."""
    from impasto.styles.sharing.sources import located

    path = located(source, project.lock_file.parent).path
    return os.path.relpath(path) if path else source


@click.command("remove", short_help="Take packs out of the project.")
@click.argument("names", nargs=-1, required=True, metavar="PACK…")
@click.option("--keep", is_flag=True, help="Keep the files, as packs of your own.")
@format_option("json")
def remove(names: tuple[str, ...], keep: bool, form: str) -> None:
    """Take the packs PACK… out of the project and out of impasto.lock.

    A file that was changed by hand is not removed; --keep makes it a pack of your own.
    """
    from impasto.cli.terminal import Terminal, write_json
    from impasto.styles.sharing.adding import remove as take_out

    _, project = _project()
    pins = take_out(project, names, keep=keep)
    if form == "json":
        packs = [_facts(pin, project) for pin in pins]
        return write_json({"format": 1, "removed": packs, "kept": keep})
    terminal = Terminal()
    for pin in pins:
        name = terminal.paint(f"{pin.name}/", "bold", "cyan")
        done = "is a pack of your own now" if keep else "removed"
        terminal.line(f"{name} {pin.version} {done}")
    return None


# Where packs come from, in words; `impasto styles list` says it, too.


def origin_of(path: Path, config: Config) -> str:
    """Return whose the pack in the file `path` is: "project", "user", "package …", "built-in"."""
    from impasto._data import data_dir
    from impasto.styles.reach import installed_folders

    if path.parent == data_dir("style_packs"):
        return "built-in"
    if path.parent in installed_folders():
        return f"package {installed_folders()[path.parent]}"
    return "user" if any(path.parent == own for own in config.user_packs.value) else "project"


def _another(path: Path, config: Config) -> str:
    """Return a shadowed pack in words."""
    from impasto.styles.sharing.files import name_of

    whose = origin_of(path, config)
    return f"the built-in pack {path.stem}" if whose == "built-in" else f"{name_of(path)} ({whose})"


def shadowed(name: str, library: Library, config: Config) -> list[dict[str, str]]:
    """Return the packs that the pack `name` hides, as data."""
    from impasto.styles.sharing.files import name_of

    used = name_of(library.files[name])
    return [
        {"pack": name, "file": name_of(path), "origin": origin_of(path, config), "used": used}
        for path in library.shadowed.get(name, ())
    ]


def shadowed_text(paths: tuple[Path, ...], config: Config) -> str:
    """Return the packs that one of the same name hides, in words."""
    return ", ".join(_another(path, config) for path in paths)
