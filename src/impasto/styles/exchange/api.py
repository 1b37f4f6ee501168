"""Collections of other programs in and out, file by file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from impasto.errors import FileError
from impasto.models.registry import load_model
from impasto.source import Source
from impasto.styles.api import default_library
from impasto.styles.exchange import format_named, names
from impasto.styles.exchange.base import (
    NO_LICENSE,
    NO_STYLE,
    Exported,
    Format,
    Given,
    Imported,
    finding,
)
from impasto.styles.exchange.making import Maker
from impasto.styles.exchange.naming import slug
from impasto.styles.exchange.packtext import write_pack
from impasto.styles.exchange.telling import Teller
from impasto.styles.layer import ANYTHING
from impasto.styles.library import load_pack
from impasto.variations.wordlists import ODDS_SCALE, Wordlists

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from impasto.diagnostics import Diagnostic
    from impasto.styles.exchange.base import Preset
    from impasto.styles.library import Library, Pack, Style
    from impasto.variations.wordlists import Word

AUTO: Final = "auto"
MAX_BYTES: Final = 16_000_000
MAX_FILES: Final = 10_000
_SURE: Final = 0.5


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
    given = _given(Path(path))
    return _form(given, format).read(given)


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
    for given, form in _files(sources, format, findings):
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
            raise UnknownNameError("style", f"{pack.name}/{name}", tuple(pack.styles))
    if wanted:
        return [pack.styles[name] for name in wanted]
    every = list(pack.styles.values())
    return [style for style in every if not style.model.mixin] or every


def _note(paths: Sequence[Path]) -> str:
    return f"Imported from {', '.join(path.name for path in paths)}"


def _files(
    paths: Sequence[Path],
    wanted: str,
    findings: list[Diagnostic],
) -> Iterator[tuple[Given, Format]]:
    """Yield the files of all paths and their formats."""
    for path in paths:
        if not path.is_dir():
            given = _given(path)
            yield given, _form(given, wanted)
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
        if sure >= least:
            yield given, form
        else:
            message = f"{given.source.name} is no collection of styles, and was passed over"
            findings.append(finding(NO_STYLE, message, given.source.span(0, 0)))


def _folder(folder: Path, suffixes: tuple[str, ...]) -> Iterator[Given]:
    paths = [p for p in sorted(folder.rglob("*")) if p.suffix in suffixes and p.is_file()]
    if not paths:
        raise FileError(f"{folder} holds no file that ends in {', '.join(sorted(suffixes))}")
    if len(paths) > MAX_FILES:
        raise FileError(f"{folder} holds {len(paths):,} files; {MAX_FILES:,} are read at most")
    for path in paths:
        yield _given(path, path.relative_to(folder).with_suffix("").as_posix())


def _given(path: Path, name: str = "") -> Given:
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


def _form(given: Given, wanted: str) -> Format:
    """Return the format of a file.

    Raises:
        FileError: no format is like it.
    """
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


def _guess(given: Given) -> tuple[Format, float]:
    """Return the format that is most like a file, and how surely it is that."""
    suited = [format_named(n) for n in names() if given.path.suffix in format_named(n).suffixes]
    forms = suited or [format_named(n) for n in names()]
    scored = [(form.recognise(given), -at, form) for at, form in enumerate(forms)]
    sure, _, form = max(scored)
    return form, sure
