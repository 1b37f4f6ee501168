"""What `impasto lint` checks with: the project's settings, and the flags over them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from impasto.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from impasto.cli.replay import Looked
    from impasto.config import Config
    from impasto.lint.run import Plan
    from impasto.lint.settings import Settings

STDIN = "-"


def refuse_contradictions(options: dict[str, Any]) -> None:
    """Raise UsageError where two flags cannot go together."""
    fixes = options["fix"] or options["diff"]
    if options["unsafe_fixes"] and not fixes:
        raise click.UsageError("--unsafe-fixes says what --fix or --diff may do; add one of them")
    if options["write_baseline"] and fixes:
        raise click.UsageError("--write-baseline takes what is there: fix first, then write it")
    for name in ("statistics", "explain"):
        if options[name] and options["form"] != "text":
            raise click.UsageError(f"--{name} is for people: it goes with --format text")


def project(paths: Sequence[str]) -> Config:
    """Return the settings of the project that the first path lies in."""
    from impasto import config

    return config.load(_start(paths))


def _start(paths: Sequence[str]) -> Path:
    """Return the folder from which the settings are looked for."""
    first = next((Path(path) for path in paths if path != STDIN), Path())
    return first if first.is_dir() else first.parent


def looked_at(paths: Sequence[str], plan: Plan) -> Looked:
    """Return what a run looks at: what is checked, settings, style packs, words, model cards.

    Where Python finds packages counts, too, for they may bring packs.
    """
    from impasto import config as settings
    from impasto.cli.replay import Looked
    from impasto.styles.reach import LOCK

    here = str(Path.cwd())
    packs, words, cards = plan.around
    folders = (*packs, *words, *cards)
    files = (
        *settings.files(_start(paths)),
        *settings.files(),
        *(folder.parent / LOCK for folder in packs),
        *([plan.settings.baseline] if plan.settings.baseline else []),
        *(place for place in sys.path if place not in ("", here)),
    )
    return Looked([str(Path(path)) for path in paths], map(str, folders), map(str, files))


def plan(config: Config, options: dict[str, Any]) -> Plan:
    """Return what to check with: flags over the project's settings."""
    from impasto.lint.kinds import Surroundings
    from impasto.lint.run import Plan
    from impasto.lint.settings import Settings

    told: Settings = config["lint"] or Settings(root=str(config.root))
    given = {
        "targets": _split(options["targets"]),
        "select": _split(options["select"]),
        "extend_select": _split(options["extend_select"]),
        "columns": _split(options["columns"]),
        "dialect": options["dialect"],
        "baseline": options["baseline"],
    }
    settings = told._replace(**{name: value for name, value in given.items() if value})
    settings = settings._replace(ignore=(*told.ignore, *_split(options["ignore"])))
    if options["dialect"]:
        settings = settings._replace(per_file_dialects=())
    named = options["style_packs"]
    for folder in named:
        if not Path(folder).is_dir():
            raise FileError(f"--styles: there is no folder {folder}")
    packs = (*map(Path, named), *_here_and_there(config, "style_packs"))
    cards = _here_and_there(config, "model_cards")
    return Plan(settings, Surroundings(packs, tuple(config["wildcards"]), cards))


def _here_and_there(config: Config, key: str) -> tuple[Path, ...]:
    """Return the folders that the settings of this folder and those of the project name."""
    from impasto import config as settings

    here = settings.load()[key] if config.root != Path.cwd() else ()
    return tuple(dict.fromkeys((*here, *config[key])))


def knows_dialects(settings: Settings) -> bool:
    """Whether all dialects are our own; what a plug-in's reader depends on nobody knows."""
    wanted = {settings.dialect, *(name for _, name in settings.per_file_dialects)}
    if wanted == {"impasto"}:
        return True
    from impasto.dialects import DIALECTS

    return wanted <= {"impasto", *DIALECTS}


def _split(given: Iterable[str]) -> tuple[str, ...]:
    """Return the items of options that take several by commas or by repetition."""
    return tuple(item.strip() for text in given for item in text.split(",") if item.strip())
