"""Collections of other programs in and out, file by file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from impasto.models.registry import load_model
from impasto.styles.api import default_library
from impasto.styles.exchange import format_named
from impasto.styles.exchange.base import (
    NO_LICENSE,
    Exported,
    Imported,
    finding,
)
from impasto.styles.exchange.discovery import AUTO, collections, form_of, opened
from impasto.styles.exchange.making import Maker
from impasto.styles.exchange.naming import slug
from impasto.styles.exchange.packtext import write_pack
from impasto.styles.exchange.telling import Teller
from impasto.styles.layer import ANYTHING
from impasto.styles.library import load_pack
from impasto.variations.wordlists import ODDS_SCALE, Wordlists

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from impasto.diagnostics import Diagnostic
    from impasto.styles.exchange.base import Preset
    from impasto.styles.library import Library, Pack, Style
    from impasto.variations.wordlists import Word


class ImportedPack(NamedTuple):
    """What came of an import: the YAML of a pack, word lists by name, and what was noticed.

    `styles` is how many the pack has; without any, `text` is empty.
    """

    name: str
    text: str
    styles: int
    lists: dict[str, tuple[str, ...]]
    findings: tuple[Diagnostic, ...]


def read(path: Path | str, format: str = AUTO) -> Imported:  # noqa: A002 - the word for it
    """Return what a file of another program holds, its texts as they are there.

    Raises:
        FileError: it cannot be read, is of no format that is known, or is broken; with its place.
        UnknownNameError: nobody defines the format.
    """
    given = opened(Path(path))
    return form_of(given, format).read(given)


def write(
    presets: Sequence[Preset],
    format: str,  # noqa: A002
    name: str = "styles",
    facts: Mapping[str, Any] | None = None,
) -> Exported:
    """Return the files in which another program finds `presets`.

    Raises:
        UnknownNameError: nobody defines the format.
    """
    return format_named(format).write(presets, facts or {}, name)


def import_files(
    paths: Iterable[Path | str],
    format: str = AUTO,  # noqa: A002
    *,
    name: str = "",
    license: str = "",  # noqa: A002
    unique: bool = False,
) -> ImportedPack:
    """Return one pack of all the styles in files and folders of other programs.

    Args:
        paths: files, or folders with all they hold.
        format: which format they have; "auto" looks at each file.
        name: of the pack; that of the first file where it is empty.
        license: what the styles may be used for, as an SPDX expression.
        unique: leave out a style that says the same as one before.

    Raises:
        FileError: a file cannot be read, or is of no format that is known; with its place.
        UnknownNameError: nobody defines the format.
    """
    maker = Maker(unique=unique)
    findings: list[Diagnostic] = []
    lists: dict[str, tuple[str, ...]] = {}
    facts: dict[str, Any] = {}
    sources = [Path(path) for path in paths]
    for given, form in collections(sources, format, findings):
        found = form.read(given)
        maker.findings += found.findings
        maker.add(found.presets, form)
        lists.update({n: (*lists.get(n, ()), *lines) for n, lines in found.lists.items()})
        if found.facts:
            facts[form.name] = {**facts.get(form.name, {}), **found.facts}
    findings += maker.findings
    called = slug(name or sources[0].stem, "imported")
    pack = {"format": 1, "name": called, "version": "1.0.0", "license": license}
    if not maker.styles:
        return ImportedPack(called, "", 0, lists, tuple(findings))
    if not license:
        hint = "--license names it; keep the pack to yourself until you know"
        findings.append(
            finding(NO_LICENSE, "no licence says what these styles may be used for", None, hint)
        )
    text = write_pack({**pack, "metadata": facts, "styles": maker.styles}, _note(sources))
    return ImportedPack(called, text, len(maker.styles), lists, tuple(findings))


def export_pack(
    pack: Pack | Path | str,
    format: str,  # noqa: A002
    *,
    styles: Sequence[str] = (),
    model: str | None = None,
    library: Library | None = None,
) -> Exported:
    """Return the files in which another program finds the styles of a pack.

    Args:
        pack: a pack, its file, or its name in `library`.
        format: of which program.
        styles: the short names of those that are wanted; all but mixins where there are none.
        model: whose variants to tell.
        library: where packs and the styles they extend are looked up.

    Raises:
        FileError, StyleError: the pack or a style is broken.
        UnknownNameError: nobody defines the format, pack, style or model.
    """
    library = library or default_library()
    if isinstance(pack, Path):
        pack = load_pack(pack)
    found = library.pack(pack) if isinstance(pack, str) else pack
    form = format_named(format)
    teller = Teller(form, library.with_pack(found), load_model(model) if model else ANYTHING)
    presets = [teller.preset(style) for style in _chosen(found, styles)]
    facts = found.model.metadata.get(form.name)
    written = form.write(presets, facts if isinstance(facts, dict) else {}, found.name)
    return Exported(written.files, (*teller.losses, *written.losses))


def export_lists(folder: Path | str, format: str = "wildcards") -> Exported:  # noqa: A002
    """Return our word lists as another program reads them.

    Raises:
        FileError: the folder is not there, or a list cannot be read.
        UnknownNameError: nobody defines the format, or it has no word lists.
    """
    form = format_named(format)
    words = Wordlists((Path(folder),))
    lists = {name: [_line(w) for w in words.find(name).lines] for name in words.names}
    return form.write_lists(lists)


def _line(word: Word) -> str:
    odds = (
        "" if word.odds == ODDS_SCALE else f"{word.odds / ODDS_SCALE:.6f}".rstrip("0").rstrip(".")
    )
    return f"{odds}::{word.text}" if odds else word.text


def _chosen(pack: Pack, wanted: Sequence[str]) -> list[Style]:
    from impasto.errors import UnknownNameError  # noqa: PLC0415

    for name in wanted:
        if name not in pack.styles:
            known = tuple(f"{pack.name}/{style}" for style in pack.styles)
            raise UnknownNameError("style", f"{pack.name}/{name}", known)
    if wanted:
        return [pack.styles[name] for name in wanted]
    every = list(pack.styles.values())
    return [style for style in every if not style.model.mixin] or every


def _note(paths: Sequence[Path]) -> str:
    return f"Imported from {', '.join(path.name for path in paths)}"
