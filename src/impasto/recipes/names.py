"""What images are called: a pattern, names that are safe anywhere, and proof that they differ."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from impasto.diagnostics import did_you_mean
from impasto.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from impasto.source import Source

NUMBER: Final = "number"
MAX_COMPARED: Final = 100_000
"""How many names are compared one by one where the pattern does not show that they differ."""

_FIELD: Final = re.compile(r"\{([^{}]*)\}|[{}]")
_UNSAFE: Final = re.compile(r'[<>:"|?*\\\x00-\x1f\x7f]')
_DEVICES: Final = frozenset(
    ("con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10)))
)
_LONGEST_SLUG: Final = 60
_LONGEST_NAME: Final = 240


class Pattern(NamedTuple):
    """A pattern of names: literal texts, and between them the fields; `origin` is its place."""

    texts: tuple[str, ...]
    fields: tuple[str, ...]
    origin: Source

    def fill(self, slugs: Mapping[str, str]) -> str:
        """Return the name with `slugs` in the fields."""
        found = self.texts[0]
        for field, text in zip(self.fields, self.texts[1:], strict=True):
            found += slugs[field] + text
        return found

    @property
    def has_number_outside(self) -> bool:
        """Whether the number, which always has as many digits, is at the start or the end."""
        return NUMBER in (self.fields[:1] + self.fields[-1:])

    def is_separable(self, alphabet: Iterable[str]) -> bool:
        """Whether a name shows where each field ends, if fields hold only these characters.

        So it is where every text between two fields has a character that no field has.
        """
        inside = set(alphabet)
        return all(set(text) - inside for text in self.texts[1:-1])

    def error(self, message: str, hint: str = "") -> FileError:
        """Return an error about the pattern."""
        return FileError(message, self.origin.span(0, len(self.origin.text)), hint=hint)


def parse_pattern(origin: Source, known: Sequence[str]) -> Pattern:
    """Return the pattern in a text; `known` are the names of its fields.

    Raises:
        FileError: an unknown field, or a text that no file's name may have; with the place.
    """
    text = origin.text
    texts: list[str] = []
    fields: list[str] = []
    at = 0
    for found in _FIELD.finditer(text):
        place = origin.span(*found.span())
        if found[1] is None:
            raise FileError("a brace without its other half", place, hint='a field is "{number}"')
        name = found[1].strip()
        if name not in known:
            hint = did_you_mean(name, list(known)) or f"fields are {', '.join(known)}"
            raise FileError(f'there is no field "{name}"', place, hint=hint)
        texts.append(text[at : found.start()])
        fields.append(name)
        at = found.end()
    texts.append(text[at:])
    pattern = Pattern(tuple(texts), tuple(fields), origin)
    _check_safe(pattern)
    return pattern


def _check_safe(pattern: Pattern) -> None:
    literal = _FIELD.sub("x", pattern.origin.text)
    unsafe = _UNSAFE.search("".join(pattern.texts))
    if unsafe:
        raise pattern.error(f"a file's name cannot hold {unsafe[0]!r} everywhere", "leave it out")
    for step in literal.split("/"):
        if step.strip(" .") == "" or step.endswith((" ", ".")) or step.startswith(" "):
            hint = 'folders are parted by one "/" and stay below the folder of the images'
            raise pattern.error(f'"{pattern.origin.text}" is no name for files', hint)


def slug(value: Any) -> str:
    """Return a value as a part of a file's name: small letters, digits and "-"."""
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, (tuple, list)):
        return "+".join(slug(item) for item in value) or "none"
    plain = unicodedata.normalize("NFKC", str(value)).casefold()
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", plain))
    short = "-".join(words).encode()[:_LONGEST_SLUG].decode("utf-8", "ignore").strip("-")
    return f"{short}-" if short in _DEVICES else short or "none"


def check_length(pattern: Pattern, longest: Mapping[str, int]) -> None:
    """Refuse names that could be longer than file systems take; `longest` is in bytes.

    Raises:
        FileError: they could.
    """
    worst = pattern.fill({field: "x" * longest[field] for field in pattern.fields})
    size = max(len(step.encode()) for step in worst.split("/"))
    if size > _LONGEST_NAME:
        raise pattern.error(
            f"names could be {size} bytes long, and file systems take 255",
            "name fewer values, or part them into folders with /",
        )
