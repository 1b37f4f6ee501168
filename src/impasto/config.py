"""Settings in layers, each value with where it came from.

Defaults < the user's file < the project's file < environment variables < flags. The project's
file is `impasto.toml`, or `pyproject.toml` with a table `[tool.impasto]`, in this folder or the
nearest one above it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from impasto.errors import FileError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from impasto.source import Span
    from impasto.styles.library import Library
    from impasto.styles.sharing.project import Project

API_KEY = "IMPASTO_API_KEY"
DEFAULT_MODEL = "stable-diffusion-xl"
DEFAULTS: dict[str, Any] = {
    "model": None,
    "backend": None,
    "base_url": None,
    "api_key_env": API_KEY,
    "keys": {},
    "timeout": 300.0,
    "concurrency": 4,
    "style_packs": (),
    "wildcards": (),
    "model_cards": (),
    "output": Path(),
    "cache": None,
    "lint": None,
}
"""Every key with its default. Times are in seconds."""

LINT = "lint"
"""The key that is a table; its value is a `lint.settings.Settings` or None."""

CARDS = "model_cards"
FOLDERS = ("style_packs", "wildcards", CARDS)
"""Keys that are lists of folders; a project's folder of that name counts without being named."""

PACKS = "style_packs"
"""The one of `FOLDERS` where the user's own come after those of the project."""


class Setting(NamedTuple):
    """A value and its `origin`, in words; a value from a file has the `span` of its line."""

    value: Any
    origin: str = "default"
    span: Span | None = None


NO_FOLDERS = Setting(())


class Config:
    """The settings of one run.

    `settings` has every key of `DEFAULTS`; `root` is the project's folder: where its file lies,
    else the current one, `has_project` says whether there is such a file. `environ` is where the
    key is looked up. `user_packs` are those folders of `style_packs` that are the user's.
    """

    def __init__(
        self,
        settings: Mapping[str, Setting],
        root: Path,
        environ: Mapping[str, str],
        *,
        has_project: bool = False,
        user_packs: Setting = NO_FOLDERS,
    ) -> None:
        self.settings = dict(settings)
        self.root = root
        self.has_project = has_project
        self.user_packs = user_packs
        self._environ = environ

    def __repr__(self) -> str:
        given = {n: s.value for n, s in self.settings.items() if s.origin != "default"}
        return f"Config({given!r})"

    def __getitem__(self, name: str) -> Any:
        return self.settings[name].value

    def origin(self, name: str) -> str:
        """Return where the value of `name` came from, in words."""
        return self.settings[name].origin

    @property
    def backend(self) -> str:
        """The backend: as set, else the gateway where there is an address, else the proof."""
        return self["backend"] or ("gateway" if self["base_url"] else "proof")

    @property
    def is_unset(self) -> bool:
        """Whether nobody said where images come from."""
        return not self["backend"] and not self["base_url"]

    @property
    def api_key(self) -> str:
        """The key for any backend, from the environment; empty where there is none."""
        return self._environ.get(API_KEY) or self._environ.get(self["api_key_env"], "")

    def key(self) -> str:
        """Return the key for the backend; empty where there is none.

        It is in the variable that the backend's own users know, else where the table `keys` says,
        else it is the one for any backend. No key goes to a backend that it was not meant for.

        Raises:
            AuthError: it is not where the table says.
        """
        from impasto.client import backends  # noqa: PLC0415 - only where something is sent
        from impasto.client.secret import key_at  # noqa: PLC0415

        variables = getattr(backends.backend(self.backend), "keys", ())
        own = next((key for name in variables if (key := self._environ.get(name))), "")
        if own:
            return own
        reference = self["keys"].get(self.backend)
        return key_at(reference, self._environ) if reference else self.api_key

    def model(self) -> str | None:
        """Return the configured model.

        Raises:
            FileError: a file names a model that nobody knows.
            UnknownNameError: a variable or a flag does.
        """
        from impasto.models.registry import load_model  # noqa: PLC0415 - yaml, only when asked

        setting = self.settings["model"]
        if setting.value is None:
            return None
        try:
            load_model(setting.value)
        except UnknownNameError as error:
            if setting.span:
                what = f'unknown model "{setting.value}"'
                raise FileError(what, setting.span, hint=error.hint) from error
            error.args = (f"{error.args[0]} (from {setting.origin})",)
            raise
        return str(setting.value)

    def with_flags(self, **flags: object) -> Config:
        """Return the settings with the flags that were given (not None) on top."""
        given = {
            name: Setting(value, f"--{name.replace('_', '-')}")
            for name, value in flags.items()
            if value is not None
        }
        settings = {**self.settings, **given}
        return Config(
            settings,
            self.root,
            self._environ,
            has_project=self.has_project,
            user_packs=self.user_packs,
        )


def load(cwd: Path | None = None, environ: Mapping[str, str] | None = None) -> Config:
    """Return the settings of files and environment, as seen from `cwd`.

    The folders of `model_cards` count for `impasto.models` from then on.

    Raises:
        FileError: a file or a variable that cannot be used; file, line and column are given.
    """
    from impasto import _configfile  # noqa: PLC0415 - only commands read settings

    here = (cwd or Path.cwd()).absolute()
    environ = os.environ if environ is None else environ
    settings = {name: Setting(value) for name, value in DEFAULTS.items()}
    user = _configfile.user_file(environ)
    if user.is_file():
        settings.update(_configfile.read(user, ()))
    mine = _user_packs(user.parent, settings[PACKS])
    settings[PACKS] = NO_FOLDERS
    project = _configfile.find_project(here)
    root = project[0].parent if project else here
    if project:
        settings.update(_configfile.read(*project))
    settings.update(_configfile.from_environment(environ, here))
    for name in FOLDERS:
        if not settings[name].value and (root / name).is_dir():
            settings[name] = Setting((root / name,), "the project's folder")
    settings[PACKS] = _joined(settings[PACKS], mine)
    found = Config(settings, root, environ, has_project=project is not None, user_packs=mine)
    _use_cards(found)
    return found


def files(cwd: Path | None = None, environ: Mapping[str, str] | None = None) -> Iterator[Path]:
    """Yield the files and folders that `load` looks for, whether they are there or not."""
    from impasto import _configfile  # noqa: PLC0415 - as there

    here = (cwd or Path.cwd()).absolute()
    user = _configfile.user_file(os.environ if environ is None else environ)
    yield from (user, user.parent / PACKS)
    for places in _configfile.project_files(here):
        yield from places
    project = _configfile.find_project(here)
    root = project[0].parent if project else here
    yield from (root / name for name in FOLDERS)


def _use_cards(config: Config) -> None:
    """Let the user's model cards count; they are read when somebody asks for a model."""
    if config[CARDS] or "impasto.models.registry" in sys.modules:
        from impasto.models import registry  # noqa: PLC0415 - else nobody has used cards before

        registry.use(folders(config, CARDS))


def _user_packs(home: Path, named: Setting) -> Setting:
    """Return the user's folders of packs: those that the user's file names, or the one beside it."""
    beside = home / PACKS
    if named.value or not beside.is_dir():
        return named
    return Setting((beside,), "your own folder")


def _joined(project: Setting, user: Setting) -> Setting:
    """Return the folders of the project, then those of the user."""
    both = tuple(dict.fromkeys((*project.value, *user.value)))
    return (project if project.value else user)._replace(value=both)


def folders(config: Config, name: str) -> tuple[Path, ...]:
    """Return the folders of the key `name`, one of `FOLDERS`.

    Raises:
        FileError: one of them is not there.
    """
    setting = config.settings[name]
    for folder in setting.value:
        if not folder.is_dir():
            if name == PACKS and folder in config.user_packs.value:
                setting = config.user_packs
            message = f'{name}: there is no folder "{folder}" ({setting.origin})'
            raise FileError(message, setting.span, hint="make it or leave it out")
    return tuple(setting.value)


def library(config: Config) -> Library:
    """Return the style packs in reach: the project's, the user's, installed and built-in ones.

    Raises:
        FileError: one of the folders is not there.
    """
    from impasto.styles.api import default_library  # noqa: PLC0415
    from impasto.styles.library import Library  # noqa: PLC0415

    found = folders(config, "style_packs")
    return Library(found) if found else default_library()


def project_packs(config: Config) -> Project:
    """Return where the project keeps packs from elsewhere: its first folder of packs.

    Raises:
        FileError: its settings name folders outside of it alone.
    """
    from impasto.styles.sharing.project import Project  # noqa: PLC0415

    setting = config.settings[PACKS]
    named = [f for f in setting.value if f not in config.user_packs.value]
    root = config.root.resolve()
    inside = [folder for folder in named if folder.resolve().is_relative_to(root)]
    if named and not inside:
        raise FileError(
            "style_packs names no folder inside the project, and packs are kept in one",
            setting.span,
            hint=f'add "{PACKS}" to the list',
        )
    folder = inside[0] if inside else config.root / PACKS
    return Project(folder, tuple(other for other in setting.value if other != folder))
