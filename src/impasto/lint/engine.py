"""The linter: documents in, findings out. One walk serves all rules."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from impasto.diagnostics import Diagnostic
from impasto.errors import FileError, SourceError
from impasto.lint import registry
from impasto.lint.check import Check
from impasto.lint.finish import finished
from impasto.lint.kinds import CHECKERS, FOREIGN, PLAIN, Surroundings, kind_of, read
from impasto.lint.rule import NODE_KINDS
from impasto.lint.settings import CANONICAL, Settings
from impasto.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from impasto.lint.registry import Entry
    from impasto.lint.targets import LintTarget
    from impasto.styles.library import Library
    from impasto.variations.wordlists import Wordlists

__all__ = ["ALWAYS", "CHECKERS", "Checked", "Linter", "read", "suffix_of"]

Handler: TypeAlias = "Callable[[Any, Check], None]"
Handlers: TypeAlias = "dict[type, tuple[Handler, ...]]"

ALWAYS: Final = "IMP0"
"""Errors: on whatever is selected, so that a narrow selection cannot hide a broken file."""


_NEED_TARGETS: Final = ("IMP4", "IMP6")


class Checked(NamedTuple):
    """What was found in a document; `failed` says that it could not be checked, or not wholly.

    `silenced` are the findings that a comment in the document switches off.
    """

    source: Source
    findings: tuple[Diagnostic, ...]
    failed: bool = False
    silenced: tuple[Diagnostic, ...] = ()


class Linter:
    """A selection of rules and targets, ready to check documents.

    `targets` are names of models, each with an optional "@backend". `select` and `ignore` hold
    codes, beginnings of codes or names of rules. What is not given here is as `settings` say.
    Styles are looked up in `library`, or in what `make_library` gives once a document asks for
    one; else in the packs of `surroundings`, which hold the word lists, too.

    Raises:
        UnknownNameError: a model, backend, rule or dialect that nobody defines.
    """

    def __init__(
        self,
        targets: Sequence[str] = (),
        select: Sequence[str] = (),
        ignore: Sequence[str] = (),
        library: Library | None = None,
        make_library: Callable[[], Library] | None = None,
        *,
        settings: Settings = Settings(),  # noqa: B008 - it never changes
        surroundings: Surroundings = Surroundings(),  # noqa: B008
    ) -> None:
        _check_dialects(settings)
        self.settings = settings = settings._replace(
            targets=tuple(targets) or settings.targets,
            select=tuple(select) or settings.select,
            ignore=tuple(ignore) or settings.ignore,
        )
        ignored = settings.ignore
        self.rules = registry.select(settings.wanted, ignored)
        shown = {entry.code for entry in (*self.rules, *registry.select((ALWAYS,), ignored))}
        built_in = frozenset(entry.code for entry in registry.entries())
        self.hidden = built_in - shown
        self.has_plugins = any(entry.code not in built_in for entry in self.rules)
        self.surroundings = surroundings
        self.targets: tuple[LintTarget, ...] = ()
        if settings.targets:
            from impasto.lint.targets import find_targets  # noqa: PLC0415 - reads model cards

            self.targets = find_targets(settings.targets)
        self.touched: set[str] = set()
        self._library = library
        self._make_library = make_library or surroundings.library
        self._lists: Wordlists | None = None
        self._views: dict[tuple[str, bool], tuple[Handler, ...]] = {}
        self._nodes: dict[tuple[bool, bool], Handlers] = {}

    @property
    def library(self) -> Library:
        """Where styles are looked up."""
        self.touched.add("packs")
        if self._library is None:
            self._library = self._make_library()
        return self._library

    @property
    def lists(self) -> Wordlists:
        """Where wildcards are looked up: the word lists of the project."""
        self.touched.add("lists")
        if self._lists is None:
            self._lists = self.surroundings.lists()
        return self._lists

    def asks(self, code: str) -> bool:
        """Whether the rule `code` is selected, and has a target where it needs one."""
        if code in self.hidden:
            return False
        needs = code.startswith(_NEED_TARGETS) or "target" in registry.kinds().get(code, ())
        return bool(self.settings.targets) or not needs

    def handlers_for(self, dialect: str, *, sample: bool = False) -> Handlers:
        """Return the handlers of nodes by type: for a dialect, and for filled templates."""
        key = (dialect != CANONICAL, sample)
        found = self._nodes.get(key)
        if found is None:
            found = self._nodes[key] = self._node_handlers(*key)
        return found

    def _node_handlers(self, foreign: bool, sample: bool) -> Handlers:
        chosen: dict[type, list[Handler]] = {}
        for entry in self.rules:
            kinds = [kind for kind in entry.kinds if kind in NODE_KINDS]
            if not kinds:
                continue
            rule = entry.load()()
            if (foreign and not rule.in_dialects) or (sample and not rule.in_samples):
                continue
            for kind in kinds:
                for node in NODE_KINDS[kind] if foreign else NODE_KINDS[kind][:1]:
                    chosen.setdefault(node, []).append(getattr(rule, f"visit_{kind}"))
        return {kind: tuple(handlers) for kind, handlers in chosen.items()}

    def show(self, kind: str, view: object, check: Check) -> None:
        """Show a view of the kind `kind` to the rules that want it, which load now."""
        key = (kind, check.dialect != CANONICAL)
        handlers = self._views.get(key)
        if handlers is None:
            chosen = [entry for entry in self.rules if kind in entry.kinds]
            handlers = tuple(_handlers(chosen, *key))
            self._views[key] = handlers
        for handler in handlers:
            check.call(handler, view)

    def check(
        self, text: str, name: str = "prompt", suffix: str = "", folder: Path | None = None
    ) -> Checked:
        """Check a text that is a document of the kind `suffix`, a key of `CHECKERS`.

        Raises:
            UnknownNameError: the dialect that is set for the file.
        """
        source = Source(text, name)
        check = Check(source, self, folder)
        if suffix in FOREIGN:
            check.dialect = self.settings.dialect_of(name)
            check.has_comments = check.has_comments and FOREIGN[suffix]
        module, _, function = CHECKERS[suffix].partition(":")
        if suffix not in PLAIN:
            assert self.library  # settings that are broken are no finding about this document
        try:
            getattr(import_module(module), function)(check)
        except SourceError as error:
            check.stop(error)
        except Exception as error:  # noqa: BLE001 - nothing fails open
            check.crash("the check of this document", error)
        found, silenced = finished(check)
        return Checked(source, (*check.crashes, *found), bool(check.crashes), silenced)

    def check_path(self, path: Path) -> Checked:
        """Check the file at `path`; one that cannot be read is a finding, too."""
        try:
            kind = self.kind_of(path)
            text = read(path)[0]
        except FileError as error:
            return self.failed(str(path), error)
        return self.check(text, str(path), kind, path.parent)

    def kind_of(self, path: Path) -> str:
        """Return the kind of the file at `path`, a key of `CHECKERS`.

        Raises:
            FileError: files with such a name hold nothing that can be checked.
        """
        return kind_of(path, self.surroundings)

    def failed(self, name: str, error: FileError) -> Checked:
        """Return what is to say of a document that could not be read."""
        source = Source("", name)
        found = error.diagnostic
        at = source.span(0, 0)
        problem = Diagnostic(found.code, found.rule, "error", found.message, at, hint=found.hint)
        return Checked(source, (problem,), failed=True)


def _handlers(chosen: list[Entry], kind: str, foreign: bool) -> list[Handler]:
    rules = [entry.load()() for entry in chosen]
    return [getattr(rule, f"visit_{kind}") for rule in rules if rule.in_dialects or not foreign]


def _check_dialects(settings: Settings) -> None:
    """Raise UnknownNameError where a dialect is named that nobody defines."""
    wanted = {settings.dialect, *(name for _, name in settings.per_file_dialects)} - {CANONICAL}
    if wanted:
        from impasto.dialects import names  # noqa: PLC0415 - most projects write one syntax
        from impasto.errors import UnknownNameError  # noqa: PLC0415

        known = (CANONICAL, *names())
        for name in sorted(wanted - set(known)):
            raise UnknownNameError("dialect", name, known)


def suffix_of(path: Path) -> str:
    """Return the kind of the file at `path`, where nothing is known of the project around it.

    Raises:
        FileError: files with such a name hold nothing that can be checked.
    """
    return kind_of(path)
