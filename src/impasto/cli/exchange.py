"""`impasto styles import` and `export`: the style collections of other programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from impasto.cli.options import format_option
from impasto.styles.exchange import built_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from impasto.cli.terminal import Terminal
    from impasto.diagnostics import Diagnostic, Loss
    from impasto.styles.exchange.api import ImportedPack
    from impasto.styles.exchange.base import Exported

_PACKS = (".yaml", ".yml")
_LEFT_OUT = "IMP320"
_FORMATS = ", ".join(built_in())
_force = click.option("--force", is_flag=True, help="Replace a file that is there.")
IMPORT_EXAMPLES = """\b
Examples:
  impasto styles import styles.csv -o style_packs/mine.yaml --license CC0-1.0
  impasto styles import sdxl_styles/ -o style_packs --name fooocus --unique
  impasto styles import wildcards.yaml --from wildcards -o wildcards

\b
Exit codes: 0 all of it is there; 1 a style was left out; 2 it could not be read."""
EXPORT_EXAMPLES = """\b
Examples:
  impasto styles export mine --to a1111 -o styles.csv
  impasto styles export photorealistic/portrait --to fooocus -m stable-diffusion-xl
  impasto styles export style_packs/mine.yaml --to krita -o styles/
  impasto styles export wildcards/ --to wildcards -o lists/"""


@click.command("import", epilog=IMPORT_EXAMPLES)
@click.argument("sources", nargs=-1, required=True, type=click.Path())
@click.option(
    "--from", "source_form", metavar="FORMAT", default="auto", help=f"auto, or one of {_FORMATS}."
)
@click.option("-o", "--out", metavar="FILE|DIR", help="Where the pack, or the word lists, go.")
@click.option("--name", metavar="NAME", default="", help="What the pack is called.")
@click.option("--license", metavar="SPDX", default="", help="What the styles may be used for.")
@click.option("--unique", is_flag=True, help="Leave out what says the same as one before.")
@_force
@format_option("json")
def import_styles(
    sources: tuple[str, ...],
    source_form: str,
    out: str | None,
    name: str,
    license: str,  # noqa: A002 - the option's name
    unique: bool,
    force: bool,
    form: str,
) -> int:
    """Make a style pack of the styles of other programs.

    SOURCES are files, or folders with all they hold. Without -o the pack goes to the standard
    output and the report to the standard error.
    """
    from impasto.styles.exchange.api import import_files

    target = Path(out) if out else None
    if target and target.suffix in _PACKS:
        name = name or target.stem
    found = import_files(sources, source_form, name=name, license=license, unique=unique)
    files = _imported_files(found, target)
    if target:
        _save(files, force=force)
    if form == "json":
        _import_json(found, files, with_text=target is None)
    else:
        _show_import(found, files, saved=target is not None)
    return int(any(d.code == _LEFT_OUT for d in found.findings))


def _imported_files(found: ImportedPack, target: Path | None) -> dict[Path, str]:
    """Return what is to be written, and where."""
    from impasto.errors import FileError

    if not found.text and not found.lists:
        raise FileError("there is no style in what was given", hint=_reasons(found.findings))
    folder = target or Path()
    if found.lists and (target is None or target.suffix in _PACKS):
        raise FileError("these are word lists", hint="-o names the folder that they go to")
    files = {
        folder / f"{name}.txt": "".join(f"{line}\n" for line in lines)
        for name, lines in found.lists.items()
    }
    if found.text:
        is_file = target is not None and target.suffix in _PACKS
        files[folder if is_file else folder / f"{found.name}.yaml"] = found.text
    return files


def _reasons(findings: Iterable[Diagnostic]) -> str:
    return "; ".join(dict.fromkeys(found.message for found in list(findings)[:3]))


def _save(files: Mapping[Path, str], *, force: bool) -> None:
    """Write all files, or none where one is there already."""
    from impasto.errors import FileError

    there = [path for path in files if path.exists()]
    if there and not force:
        raise FileError(f"{there[0]} is there already", hint="--force replaces it")
    for path, text in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        except (OSError, ValueError) as error:
            raise FileError(f"cannot write {path}: {error}") from error


def _import_json(found: ImportedPack, files: Mapping[Path, str], *, with_text: bool) -> None:
    from impasto.cli.terminal import write_json

    data: dict[str, Any] = {"format": 1, "name": found.name, "styles": found.styles}
    if with_text:
        data["text"] = found.text
    else:
        data["files"] = [str(path) for path in files]
    write_json({**data, "diagnostics": [one.to_json() for one in found.findings]})


def _show_import(found: ImportedPack, files: Mapping[Path, str], *, saved: bool) -> None:
    from impasto.cli.show import count
    from impasto.cli.terminal import Terminal

    if not saved:
        click.echo("".join(files.values()), nl=False)
    terminal = Terminal(sys.stdout if saved else sys.stderr)
    told = [count(found.styles, "style")] if found.styles else []
    if found.lists:
        lines = sum(map(len, found.lists.values()))
        told.append(f"{count(len(found.lists), 'word list')} of {count(lines, 'line')}")
    where = f" in {_place(files)}" if saved else ""
    terminal.line(f"{' and '.join(told)}{where}")
    _groups([(d.severity, d.message, str(d.span or ""), d.hint) for d in found.findings], terminal)


def _place(files: Mapping[Path, str]) -> str:
    first, *others = files
    return str(first) if not others else f"{first.parent}/ and below"


@click.command("export", epilog=EXPORT_EXAMPLES)
@click.argument("pack", metavar="PACK[/STYLE]")
@click.option("--to", "target_form", metavar="FORMAT", help=f"One of {_FORMATS}.", default="")
@click.option("-o", "--out", metavar="FILE|DIR", help="Where it goes; else the standard output.")
@click.option("-m", "--model", help="Tell the variants for this model.")
@_force
@format_option("json")
def export_styles(
    pack: str, target_form: str, out: str | None, model: str | None, force: bool, form: str
) -> None:
    """Write the styles of PACK as another program reads them.

    PACK is a pack in reach, the file of one, or a folder of word lists. Mixins go along inside
    the styles that build on them. What the format has no place for is listed.
    """
    target = Path(out) if out else None
    found = _exported(pack, target_form or _form_of(target), model)
    files = _exported_files(found, target)
    if target:
        _save(files, force=force)
    if form == "json":
        _export_json(found, files, with_text=target is None)
    else:
        _show_export(found, files, saved=target is not None)


def _form_of(target: Path | None) -> str:
    if target is not None and target.suffix == ".csv":
        return "a1111"
    from impasto.styles.exchange import names

    raise click.UsageError(f"--to says in which format: {', '.join(names())}")


def _exported(pack: str, form: str, model: str | None) -> Exported:
    from impasto import config as settings
    from impasto.styles.exchange.api import export_lists, export_pack

    path = Path(pack)
    if path.is_dir():
        return export_lists(path, form)
    library = settings.library(settings.load())
    if path.suffix in _PACKS:
        return export_pack(path, form, model=model, library=library)
    name, _, style = pack.partition("/")
    return export_pack(name, form, styles=[style] if style else [], model=model, library=library)


def _exported_files(found: Exported, target: Path | None) -> dict[Path, str]:
    """Return what is to be written, and where: one file as `target`, several below it."""
    names = list(found.files)
    if target is not None and len(names) == 1 and target.suffix and not target.is_dir():
        return {target: found.text}
    return {(target or Path()) / name: text for name, text in found.files.items()}


def _export_json(found: Exported, files: Mapping[Path, str], *, with_text: bool) -> None:
    from impasto.cli.terminal import write_json

    data: dict[str, Any] = {"format": 1, "losses": [loss.to_json() for loss in found.losses]}
    write_json({**data, "files": dict(found.files) if with_text else [str(p) for p in files]})


def _show_export(found: Exported, files: Mapping[Path, str], *, saved: bool) -> None:
    from impasto.cli.show import count
    from impasto.cli.terminal import Terminal

    if not saved:
        click.echo(found.text, nl=False)
    terminal = Terminal(sys.stdout if saved else sys.stderr)
    if saved:
        terminal.line(f"{count(len(files), 'file')} written: {_place(files)}")
    _groups([_told(loss) for loss in found.losses], terminal)


def _told(loss: Loss) -> tuple[str, str, str, str]:
    instead = f"; {loss.instead}" if loss.instead else ""
    return loss.severity, f"{loss.message}{instead}", str(loss.span or ""), loss.hint


def _groups(rows: Sequence[tuple[str, str, str, str]], terminal: Terminal) -> None:
    """Write findings that say the same once: how often, where first, and what to do."""
    from impasto.cli.show import INDENT
    from impasto.cli.terminal import SEVERITY

    places: dict[tuple[str, str, str], list[str]] = {}
    for severity, message, place, hint in rows:
        places.setdefault((severity, message, hint), []).append(place)
    for (severity, message, hint), found in sorted(places.items(), key=lambda g: _ORDER[g[0][0]]):
        often = f"{len(found)} times, first " if len(found) > 1 else ""
        where = f" ({often}{found[0]})" if found[0] else ""
        mark = terminal.paint(_WORDS[severity], SEVERITY[severity])
        terminal.wrapped(f"{message}{where}", indent=INDENT, first=f"  {mark}")
        if hint:
            terminal.wrapped(f"→ {hint}", "dim", indent=INDENT)


_ORDER = {"error": 0, "warning": 1, "info": 2}
_WORDS = {"error": "error", "warning": "careful", "info": "note"}
