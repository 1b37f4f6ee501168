"""Reading settings from TOML files and from the environment, with the place of every problem."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impasto.config import DEFAULTS, FOLDERS, LINT, Setting
from impasto.diagnostics import did_you_mean
from impasto.errors import FileError
from impasto.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

USER_FILE = "IMPASTO_CONFIG"
_PREFIX = "IMPASTO_"
_SECRETS = frozenset(("api_key", "apikey", "key", "token", "secret", "password", "authorization"))
_VARIABLE = r"(?!sk[-_])[A-Za-z_][A-Za-z0-9_]*"
_TABLE = r"(?m)^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*impasto[ \t]*[.\]]"
_AT = r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)\Z"


def user_file(environ: Mapping[str, str]) -> Path:
    """Return where the user's own settings are: $IMPASTO_CONFIG, else the platform's place."""
    named = environ.get(USER_FILE)
    if named:
        return Path(named)
    if sys.platform == "linux":  # as platformdirs has it, which takes longer to load than to run
        return (
            Path(environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser() / "impasto/config.toml"
        )
    from platformdirs import user_config_path  # noqa: PLC0415

    return user_config_path("impasto", appauthor=False) / "config.toml"


def project_files(start: Path) -> Iterator[tuple[Path, Path]]:
    """Yield where a project's file may lie, the nearest first: one of ours, one for all tools."""
    for folder in (start, *start.parents):
        yield folder / "impasto.toml", folder / "pyproject.toml"


def find_project(start: Path) -> tuple[Path, tuple[str, ...]] | None:
    """Return the project's file and the table of it that holds the settings."""
    for own, shared in project_files(start):
        if own.is_file():
            return own, ()
        if shared.is_file() and re.search(_TABLE, _text(shared)):
            return shared, ("tool", "impasto")
    return None


def read(path: Path, table: tuple[str, ...]) -> dict[str, Setting]:
    """Return the settings in the `table` of a TOML file.

    Raises:
        FileError: no TOML, an unknown key, a value of the wrong kind, a key that is a secret.
    """
    source = Source(_text(path), _called(path))
    data = _parsed(source)
    for name in table:
        data = data.get(name, {})
    found: dict[str, Setting] = {}
    for name, value in data.items():
        span = _key_span(source, table, name)
        if name == LINT:
            from impasto import _lintconfig  # noqa: PLC0415 - only where the table is

            told = _lintconfig.read(value, source, (*table, LINT), path.parent)
            found[name] = Setting(told, f"{source.name}:{span.line}", span)
            continue
        if name not in DEFAULTS:
            raise _unknown_key(name, span)
        try:
            checked = _CHECKS[name](value, path.parent)
        except ValueError as problem:
            if name in ("api_key_env", "keys"):
                span = _masked(span)
            raise FileError(f"{name}: {problem}", span) from None
        found[name] = Setting(checked, f"{source.name}:{span.line}", span)
    return found


def from_environment(environ: Mapping[str, str], here: Path) -> dict[str, Setting]:
    """Return the settings in variables such as IMPASTO_MODEL.

    Raises:
        FileError: a value of the wrong kind.
    """
    import os  # noqa: PLC0415

    found: dict[str, Setting] = {}
    for name, check in _CHECKS.items():
        variable = _PREFIX + name.upper()
        text = environ.get(variable, "")
        if not text or name == "keys":  # a table has no variable
            continue
        value: object = text.split(os.pathsep) if name in FOLDERS else text
        try:
            value = _number(text) if name in ("timeout", "concurrency") else value
            found[name] = Setting(check(value, here), variable)
        except ValueError as problem:
            raise FileError(f"the environment variable {variable}: {problem}") from None
    return found


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise FileError(f"{path} is not UTF-8 text") from error


def _called(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _parsed(source: Source) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415 - only where there is a file

    try:
        return tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        at = re.search(_AT, said)
        message = re.sub(_AT, "", said)
        start = len(source.text.rstrip())
        if at and at[1]:
            start = min(source.line_starts[int(at[1]) - 1] + int(at[2]) - 1, len(source.text))
        raise FileError(
            f"this is no TOML: {message[:1].lower()}{message[1:]}",
            _masked(source.span(start, start + 1)),
            hint='settings look like: model = "flux-dev"',
        ) from None


def _key_span(source: Source, table: tuple[str, ...], name: str) -> Span:
    """Return where the key `name` of `table` stands, as near as its usual spelling shows."""
    start = 0
    if table:
        found = re.search(_TABLE, source.text)
        start = found.end() if found else 0
    key = re.compile(rf"""^[ \t]*\[*(?:[\w.]+\.)?["']?({re.escape(name)})\b""", re.MULTILINE)
    at = key.search(source.text, start)
    return source.span(*at.span(1)) if at else source.span(start, start)


def _masked(span: Span) -> Span:
    """Return the span in a copy of its file whose values are hidden: one may be a key."""
    line = span.source.line(span.line)
    if not re.search("key|token|secret|password|sk[-_]", line, re.IGNORECASE):
        return span
    start = span.source.line_starts[span.line - 1]
    hidden = re.sub(r"=.*", "= ***", line)
    text = span.source.text[:start] + hidden + span.source.text[start + len(line) :]
    at = min(span.start, start + len(hidden))
    return Source(text, span.source.name).span(at, min(span.end, start + len(hidden)))


def _unknown_key(name: str, span: Span) -> FileError:
    if name.lower().replace("-", "_") in _SECRETS:
        return FileError(
            "a key does not belong in a file that others may read",
            _masked(span),
            hint="put it in the environment variable IMPASTO_API_KEY, or say in the table keys "
            'where it is: gateway = "keyring:SERVICE/USER"',
        )
    hint = did_you_mean(name, list(DEFAULTS)) or f"known here: {', '.join(DEFAULTS)}"
    return FileError(f'unknown key "{name}"', span, hint=hint)


# Checks: (value, folder of the file) -> value, or ValueError with what is wrong.


def _word(example: str) -> Callable[[object, Path], str]:
    def check(value: object, _folder: Path) -> str:
        if not isinstance(value, str) or not value.strip():
            raise ValueError(f'a text is expected, such as "{example}", not {value!r}')
        return value.strip()

    return check


def _variable(value: object, _folder: Path) -> str:
    if not isinstance(value, str) or not re.fullmatch(_VARIABLE, value):
        raise ValueError(
            "this is the name of the environment variable that holds the key, "
            f"such as {_PREFIX}API_KEY, never the key itself"
        )
    return value


def _keys(value: object, _folder: Path) -> dict[str, str]:
    """Return the table of keys: where the one for each backend is. No value is ever shown."""
    from impasto.client import backends  # noqa: PLC0415 - only where the table is
    from impasto.client.secret import REFERENCE  # noqa: PLC0415

    if not isinstance(value, dict):
        raise ValueError(  # noqa: TRY004 - as all checks
            'a table is expected, such as [keys] with bfl = "keyring:impasto/bfl"'
        )
    known = backends.names()
    for name, reference in value.items():
        if name not in known:
            raise ValueError(f'there is no backend "{name}"; {_nearest(name, known)}')
        if not isinstance(reference, str) or not REFERENCE.fullmatch(reference):
            raise ValueError(
                f'{name} takes "env:NAME" or "keyring:SERVICE/USER", which say where the key is; '
                "a key itself does not belong in a file"
            )
    return dict(value)


def _nearest(name: str, known: tuple[str, ...]) -> str:
    return did_you_mean(name, list(known)) or f"known are {', '.join(known)}"


def _seconds(value: object, _folder: Path) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1e6:
        raise ValueError(f"a number of seconds above 0 is expected, not {value!r}")
    return float(value)


def _count(value: object, _folder: Path) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"a whole number from 1 is expected, not {value!r}")
    return value


def _folders(value: object, folder: Path) -> tuple[Path, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise ValueError(f'a list of folders is expected, such as ["style_packs"], not {value!r}')
    return tuple(folder / Path(item).expanduser() for item in value)


def _folder(value: object, folder: Path) -> Path:
    return folder / Path(_word("images")(value, folder)).expanduser()


def _number(text: str) -> object:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


_CHECKS: dict[str, Callable[[object, Path], Any]] = {
    "model": _word("flux-dev"),
    "backend": _word("gateway"),
    "base_url": _word("https://api.example.com"),
    "api_key_env": _variable,
    "timeout": _seconds,
    "concurrency": _count,
    "style_packs": _folders,
    "wildcards": _folders,
    "model_cards": _folders,
    "output": _folder,
    "cache": _folder,
    "keys": _keys,
}
