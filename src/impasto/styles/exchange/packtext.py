"""A style pack as YAML that a person likes to read."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PLAIN = re.compile(r"[A-Za-z][\w.+/-]*(?: [\w.+/()&-]+)*")
_WORDS: Final = frozenset(("true", "false", "null", "yes", "no", "on", "off"))
_UNPRINTED = re.compile("[\x7f-\x9f\ud800-\udfff\u2028\u2029\ufeff\ufffe\uffff]")
_LONG: Final = ("text", "negative")
"""Keys whose texts are always quoted, for they are prompts."""


def write_pack(pack: Mapping[str, Any], note: str = "") -> str:
    """Return the YAML of a pack whose `styles` are mappings; `note` is a comment at the top."""
    head = {key: value for key, value in pack.items() if value and key != "styles"}
    lines = [f"# {' '.join(note.split())}"] if note else []
    lines += _entries(head, "")
    if not pack["styles"]:
        return "\n".join([*lines, "styles: {}"]) + "\n"
    lines.append("styles:")
    for name, style in pack["styles"].items():
        said = {key: value for key, value in style.items() if value}
        shown = scalar(name) if _PLAIN.fullmatch(name) else json.dumps(name)
        lines += ["", f"  {shown}:" if said else f"  {shown}: {{}}", *_entries(said, "    ")]
    return "\n".join(lines) + "\n"


def _entries(values: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, value in values.items():
        if key == "metadata":
            yield f"{indent}metadata:"
            yield from (f"{indent}  {scalar(name)}: {flow(v)}" for name, v in value.items())
        elif key in _LONG:
            yield f"{indent}{key}: {quoted(value)}"
        else:
            yield f"{indent}{key}: {flow(value)}"


def flow(value: Any) -> str:
    """Return a value in one line. What is imported is no deeper than its reader allows."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(k)}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value)


def scalar(value: object) -> str:
    """Return a scalar, quoted where YAML would read something else."""
    if not isinstance(value, str):
        return json.dumps(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS and value.isascii():
        return value
    return quoted(value)


def quoted(text: str) -> str:
    """Return a text in quotes: double ones, but single ones around a lone backslash."""
    if "\\" in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    plain = json.dumps(text, ensure_ascii=False)
    return _UNPRINTED.sub(lambda c: f"\\u{_code(c[0]):04x}", plain)


def _code(character: str) -> int:
    code = ord(character)
    return 0xFFFD if 0xD800 <= code < 0xE000 else code
