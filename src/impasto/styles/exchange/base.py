"""What a format of style collections is given and gives back."""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

from msgspec import Struct

from impasto.diagnostics import Diagnostic, Loss
from impasto.errors import FileError, UnknownNameError
from impasto.source import Span  # noqa: TC001 - msgspec asks what the fields are
from impasto.templates import marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from impasto.source import Source
    from impasto.styles.exchange.jsonsource import JsonDocument

Scalar = str | int | float | bool

SLOT: Final = marks.SLOT
"""Stands in a text where the prompt goes."""

LEFT_OUT: Final = ("IMP320", "style-left-out", "error")
SAME_TEXT: Final = ("IMP321", "same-text", "warning")
SAME_NAME: Final = ("IMP322", "same-name", "info")
NO_SLOT: Final = ("IMP323", "no-slot", "info")
SLOT_CHANGED: Final = ("IMP324", "slot-changed", "warning")
TEXT_CHANGED: Final = ("IMP325", "text-changed", "warning")
HOLDS_WEIGHTS: Final = ("IMP326", "holds-weights", "info")
UNKNOWN_KEY: Final = ("IMP327", "unknown-key", "info")
NO_LICENSE: Final = ("IMP328", "no-license", "warning")
NO_STYLE: Final = ("IMP329", "no-style", "info")


class Preset(Struct, frozen=True):
    """A style as other programs think of it.

    The texts are in the dialect of the format; in them the character `SLOT` stands where the
    prompt goes. Parameters have canonical names. `extras` are what only this format knows.
    `span` is where the style stands in its file.
    """

    name: str
    positive: str = ""
    negative: str = ""
    parameters: dict[str, Scalar] = {}
    extras: dict[str, Any] = {}
    description: str = ""
    tags: tuple[str, ...] = ()
    span: Span | None = None


class Imported(NamedTuple):
    """What a format read: styles, word lists by name, facts about the whole, and findings."""

    presets: tuple[Preset, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    facts: Mapping[str, Any] = MappingProxyType({})
    lists: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class Exported(NamedTuple):
    """What a format wrote: the files by name, and what they cannot hold."""

    files: dict[str, str]
    losses: tuple[Loss, ...] = ()

    @property
    def text(self) -> str:
        """The text of the only file, or of all, one behind the other."""
        return "".join(self.files.values())


class Given:
    """A file that is to be imported. `name` is its path as messages and word lists call it."""

    def __init__(self, source: Source, path: Path, name: str = "") -> None:
        self.source = source
        self.path = path
        self.name = name or path.stem

    @cached_property
    def json(self) -> JsonDocument:
        """The file as JSON.

        Raises:
            FileError: it is none, with the place.
        """
        from impasto.styles.exchange.jsonsource import JsonDocument  # noqa: PLC0415

        return JsonDocument(self.source)

    @cached_property
    def data(self) -> Any:
        """The file's JSON data, None where it is no JSON."""
        if self.source.text.lstrip()[:1] not in ("{", "["):
            return None
        try:
            return self.json.data
        except FileError:
            return None


class Format:
    """A format of style collections: read, written, and known by its looks.

    `dialect` is how its program reads prompts, `placeholder` stands for the prompt, and `fills_all`
    says that every placeholder is filled, not the first alone. `joint` is what stands between the
    prompt and a text without placeholder; "" where such a text follows as those of our styles do.
    With `replaces` such a text stands instead of the prompt. With `draws` its program draws from
    `{a|b}` and `__words__`, which are text elsewhere.
    `parameters` gives the canonical names of the keys that are parameters, `facts` names other
    keys that the program is known to read, `ignored` those that say nothing about the style.
    `holds` are further fields of `Preset` that it can write; with `keeps_extras` it writes them.
    `reserved` are further texts that mean something to it in a prompt.

    A format that is only read, or only written, leaves the other method alone.
    """

    name: ClassVar[str]
    title: ClassVar[str] = ""
    suffixes: ClassVar[tuple[str, ...]] = (".json",)
    dialect: ClassVar[str] = "a1111"
    placeholder: ClassVar[str] = "{prompt}"
    negative_placeholder: ClassVar[str] = ""
    fills_all: ClassVar[bool] = True
    joint: ClassVar[str] = ""
    replaces: ClassVar[bool] = False
    draws: ClassVar[bool] = False
    parameters: ClassVar[Mapping[str, str]] = {}
    facts: ClassVar[frozenset[str]] = frozenset()
    ignored: ClassVar[frozenset[str]] = frozenset()
    holds: ClassVar[frozenset[str]] = frozenset()
    keeps_extras: ClassVar[bool] = True
    reserved: ClassVar[tuple[str, ...]] = ()

    def recognise(self, given: Given) -> float:  # noqa: ARG002 - the other half may be all
        """Return how surely a file is of this format, 0 to 1."""
        return 0.0

    def read(self, given: Given) -> Imported:  # noqa: ARG002
        """Return the styles of a file.

        Raises:
            FileError: it is not of this format, with the place.
        """
        raise UnknownNameError("format to import", self.name)

    def write(self, presets: Sequence[Preset], facts: Mapping[str, Any], name: str) -> Exported:  # noqa: ARG002
        """Return the files that hold `presets`; `name` is the pack's."""
        raise UnknownNameError("format to export", self.name)

    def write_lists(self, lists: Mapping[str, Iterable[str]]) -> Exported:  # noqa: ARG002
        """Return the files that hold word lists, whose lines are canonical, by name."""
        raise UnknownNameError("format of word lists", self.name)

    def slotted(self, text: str) -> str:
        """Return a text of the program with `SLOT` for its placeholder, which it may lack."""
        return tame(text).replace(self.placeholder, SLOT, -1 if self.fills_all else 1)

    def placed(self, text: str) -> str:
        """Return a text with the slot that the program thinks of where none is written."""
        if SLOT in text or not self.joint or not text.strip():
            return text
        return f"{SLOT}{self.joint}{text.strip()}"

    def unslotted(self, text: str) -> str:
        """Return a text for the program: its placeholder where `SLOT` stands."""
        if not self.joint or SLOT in text:
            return text.replace(SLOT, self.placeholder)
        return f"{self.placeholder}, {text}" if text else self.placeholder

    def unwanted(self, text: str) -> str:
        """Return a negative text for the program, with the placeholder of the user's own."""
        return ", ".join(filter(None, (self.negative_placeholder, text)))


def tame(text: str) -> str:
    """Return `text` with U+FFFD for what no text can hold: private characters, half ones."""
    return marks.clean(text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def finding(
    rule: tuple[str, str, Any], message: str, span: Span | None = None, hint: str = ""
) -> Diagnostic:
    """Return a finding of the import."""
    code, name, severity = rule
    return Diagnostic(code, name, severity, message, span, (), hint)
