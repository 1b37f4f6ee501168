"""Kinds of documents: what a file is by its name and place, and how its text is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.errors import FileError

if TYPE_CHECKING:
    from pathlib import Path

    from impasto.styles.library import Library
    from impasto.variations.wordlists import Wordlists

WORDS: Final = "words"
"""The kind of word lists, which have the names of other files and a folder of their own."""

_TABLE: Final = "impasto.lint.tables:"
_IMAGE: Final = "impasto.lint.pictures:check_picture"
CHECKERS: Final = {
    "": "impasto.lint.prompts:check_text",
    ".txt": "impasto.lint.prompts:check_lines",
    ".prompt": "impasto.lint.promptfiles:check_file",
    ".j2": "impasto.lint.promptfiles:check_file",
    ".jinja": "impasto.lint.promptfiles:check_file",
    ".yaml": "impasto.lint.recipes:check_yaml",
    ".yml": "impasto.lint.recipes:check_yaml",
    ".toml": "impasto.lint.recipes:check_toml",
    ".csv": f"{_TABLE}check_csv",
    ".tsv": f"{_TABLE}check_csv",
    ".jsonl": f"{_TABLE}check_jsonl",
    ".ndjson": f"{_TABLE}check_jsonl",
    ".png": _IMAGE,
    ".jpg": _IMAGE,
    ".jpeg": _IMAGE,
    ".webp": _IMAGE,
    WORDS: "impasto.lint.wordfiles:check_words",
}
"""What checks a document, by its kind: the suffix of its name, "" for a text that is one prompt."""

FOREIGN: Final = {
    "": True,
    ".txt": True,
    WORDS: True,
    ".csv": False,
    ".tsv": False,
    ".jsonl": False,
    ".ndjson": False,
    ".png": False,
    ".jpg": False,
    ".jpeg": False,
    ".webp": False,
}
"""Kinds whose prompts may be written in any dialect, and whether comments may stand in them."""

PLAIN: Final = frozenset(FOREIGN)
"""Kinds that need no styles."""

TABLES: Final = (".csv", ".tsv", ".jsonl", ".ndjson")
IMAGES: Final = (".png", ".jpg", ".jpeg", ".webp")
YAML: Final = (".yaml", ".yml")
_WORD_SUFFIXES: Final = (".txt", ".yaml", ".yml", ".json")
_WORD_FOLDER: Final = "wildcards"


class Surroundings(NamedTuple):
    """The project around the documents: folders of style packs, word lists and model cards."""

    packs: tuple[Path, ...] = ()
    words: tuple[Path, ...] = ()
    cards: tuple[Path, ...] = ()

    def library(self) -> Library:
        """Return the style packs of the folders, then the built-in ones."""
        if not self.packs:
            from impasto.styles.api import default_library  # noqa: PLC0415 - text needs none

            return default_library()
        from impasto.styles.library import Library as LibraryType  # noqa: PLC0415

        return LibraryType(self.packs)

    def lists(self) -> Wordlists:
        """Return the word lists of the folders that are there."""
        from impasto.variations.wordlists import Wordlists as WordlistsType  # noqa: PLC0415

        return WordlistsType([folder for folder in self.words if folder.is_dir()])

    def holds_words(self, path: Path) -> bool:
        """Whether the file at `path` is a word list, by the folder it lies in."""
        if _WORD_FOLDER in path.parts[:-1]:
            return True
        if not self.words:
            return False
        here = path.absolute()
        return any(here.is_relative_to(folder.absolute()) for folder in self.words)


def kind_of(path: Path, surroundings: Surroundings | None = None) -> str:
    """Return the kind of the file at `path`, a key of `CHECKERS`.

    Raises:
        FileError: files with such a name hold nothing that can be checked.
    """
    suffix = path.suffix.lower()
    if suffix in _WORD_SUFFIXES and (surroundings or Surroundings()).holds_words(path):
        return WORDS
    if suffix in CHECKERS and suffix:
        return suffix
    known = ", ".join(known for known in CHECKERS if known.startswith("."))
    raise FileError(
        f"{path} is none of the files that can be checked",
        hint=f"their names end in {known}; pipe other text through - (standard input)",
    )


def read(path: Path) -> tuple[str, str]:
    """Return the text of a file with LF line ends, and the text as it is.

    The text of an image is the prompt that its metadata hold.

    Raises:
        FileError: it cannot be read or is no UTF-8.
    """
    return decoded(path, content(path))


def content(path: Path) -> bytes:
    """Return what is in the file at `path`.

    Raises:
        FileError: it cannot be read.
    """
    try:
        with path.open("rb", buffering=0) as file:
            return file.read()
    except FileNotFoundError:
        raise FileError(f"there is no file {path}", hint=_near(path)) from None
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror or error}") from error


def decoded(path: Path, data: bytes) -> tuple[str, str]:
    """Return the text in `data`, which the file at `path` holds, as `read` does.

    Raises:
        FileError: it is no UTF-8, or an image that is damaged.
    """
    if path.suffix.lower() in IMAGES:
        from impasto.lint.pictures import text_of  # noqa: PLC0415 - most files are text

        text = text_of(path, data)
        return text, text
    try:
        raw = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FileError(
            f"{path} is not UTF-8 text: byte {error.start + 1} is 0x{error.object[error.start]:02x}",
            hint="save the file with the encoding UTF-8",
        ) from error
    return raw.removeprefix("\ufeff").replace("\r\n", "\n"), raw


def _near(path: Path) -> str:
    from impasto.diagnostics import did_you_mean  # noqa: PLC0415

    folder = path.parent
    return did_you_mean(path.name, [p.name for p in folder.iterdir()]) if folder.is_dir() else ""
