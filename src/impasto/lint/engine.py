"""The linter: documents in, findings out. One walk serves all rules."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from impasto.diagnostics import Diagnostic
from impasto.errors import FileError, SourceError
from impasto.lint import registry
from impasto.lint.check import Check
from impasto.lint.fix import located, without_fix
from impasto.lint.rule import NODE_KINDS
from impasto.lint.suppress import Suppressions
from impasto.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from impasto.lint.registry import Entry
    from impasto.lint.targets import LintTarget
    from impasto.styles.library import Library

Handler: TypeAlias = "Callable[[Any, Check], None]"
Handlers: TypeAlias = "dict[type, tuple[Handler, ...]]"

CHECKERS: Final = {
    "": "impasto.lint.prompts:check_text",
    ".txt": "impasto.lint.prompts:check_lines",
    ".prompt": "impasto.lint.promptfiles:check_file",
    ".j2": "impasto.lint.promptfiles:check_file",
    ".jinja": "impasto.lint.promptfiles:check_file",
    ".yaml": "impasto.lint.packs:check_pack",
    ".yml": "impasto.lint.packs:check_pack",
}
"""What checks a document, by the suffix of its name; "" is a text that is one prompt."""

_PLAIN: Final = ("", ".txt")

ALWAYS: Final = "IMP0"
"""Errors: on whatever is selected, so that a narrow selection cannot hide a broken file."""

_ORDER: Final = {"error": 0, "warning": 1, "info": 2}


class Checked(NamedTuple):
    """What was found in a document; `failed` says that it could not be checked at all."""

    source: Source
    findings: tuple[Diagnostic, ...]
    failed: bool = False


class Linter:
    """A selection of rules and targets, ready to check documents.

    `targets` are names of models, each with an optional "@backend". `select` and `ignore` hold
    codes, beginnings of codes or names of rules. Styles are looked up in `library`, or in what
    `make_library` gives once a document asks for one; else in the built-in packs.

    Raises:
        UnknownNameError: a model, backend or rule that nobody defines.
    """

    def __init__(
        self,
        targets: Sequence[str] = (),
        select: Sequence[str] = (),
        ignore: Sequence[str] = (),
        library: Library | None = None,
        make_library: Callable[[], Library] | None = None,
    ) -> None:
        self.rules = registry.select(select, ignore)
        shown = {entry.code for entry in (*self.rules, *registry.select((ALWAYS,), ignore))}
        self.hidden = frozenset(entry.code for entry in registry.entries()) - shown
        self.targets: tuple[LintTarget, ...] = ()
        if targets:
            from impasto.lint.targets import find_targets  # noqa: PLC0415 - reads model cards

            self.targets = find_targets(targets)
        self._library = library
        self._make_library = make_library
        self._views: dict[str, tuple[Handler, ...]] = {}
        self.handlers, self.handlers_in_samples = self._node_handlers()

    @property
    def library(self) -> Library:
        """Where styles are looked up."""
        if self._library is None:
            from impasto.styles.api import default_library  # noqa: PLC0415 - plain text needs none

            self._library = (self._make_library or default_library)()
        return self._library

    def _node_handlers(self) -> tuple[Handlers, Handlers]:
        """Return the handlers of nodes by type: all, and those that look at samples, too."""
        everywhere: dict[type, list[Handler]] = {}
        in_samples: dict[type, list[Handler]] = {}
        for entry in self.rules:
            kinds = [kind for kind in entry.kinds if kind in NODE_KINDS]
            if not kinds:
                continue
            rule = entry.load()()
            for kind in kinds:
                handler = getattr(rule, f"visit_{kind}")
                everywhere.setdefault(NODE_KINDS[kind], []).append(handler)
                if rule.in_samples:
                    in_samples.setdefault(NODE_KINDS[kind], []).append(handler)
        return _frozen(everywhere), _frozen(in_samples)

    def show(self, kind: str, view: object, check: Check) -> None:
        """Show a view of the kind `kind` to the rules that want it, which load now."""
        handlers = self._views.get(kind)
        if handlers is None:
            chosen = [entry for entry in self.rules if kind in entry.kinds]
            handlers = tuple(_handler(entry, kind) for entry in chosen)
            self._views[kind] = handlers
        for handler in handlers:
            handler(view, check)

    def check(
        self, text: str, name: str = "prompt", suffix: str = "", folder: Path | None = None
    ) -> Checked:
        """Check a text that is a document of the kind `suffix`, a key of `CHECKERS`."""
        source = Source(text, name)
        check = Check(source, self, folder)
        module, _, function = CHECKERS[suffix].partition(":")
        checker = getattr(import_module(module), function)
        if suffix not in _PLAIN:
            assert self.library  # settings that are broken are no finding about this document
        try:
            checker(check)
        except SourceError as error:
            check.stop(error)
        return Checked(source, self._finished(check))

    def check_path(self, path: Path) -> Checked:
        """Check the file at `path`; one that cannot be read is a finding, too."""
        try:
            suffix = suffix_of(path)
            text = read(path)[0]
        except FileError as error:
            return self.failed(str(path), error)
        return self.check(text, str(path), suffix, path.parent)

    def failed(self, name: str, error: FileError) -> Checked:
        """Return what is to say of a document that could not be read."""
        source = Source("", name)
        found = error.diagnostic
        at = source.span(0, 0)
        problem = Diagnostic(found.code, found.rule, "error", found.message, at, hint=found.hint)
        return Checked(source, (problem,), failed=True)

    def _finished(self, check: Check) -> tuple[Diagnostic, ...]:
        """Return what is to be shown of what was found, in the order of the text."""
        hushed: dict[str, Suppressions] = {}
        chosen: dict[tuple[object, ...], Diagnostic] = {}
        for finding in check.findings:
            if finding.code in self.hidden or finding.span is None:
                continue
            file, start, end = finding.span.in_file()
            if file.name not in hushed:
                hushed[file.name] = Suppressions(file)
            if not hushed[file.name].hides(finding, file.position(start)[0]):
                key = (finding.code, file.name, start, end, finding.message)
                chosen.setdefault(key, _with_fix_in_file(finding, check))
        for stop in check.stops:
            chosen[(stop.code, stop.message)] = _with_fix_in_file(stop, check)
        return tuple(sorted(chosen.values(), key=_place))


def _frozen(found: dict[type, list[Handler]]) -> Handlers:
    return {kind: tuple(handlers) for kind, handlers in found.items()}


def _handler(entry: Entry, kind: str) -> Handler:
    handler: Handler = getattr(entry.load()(), f"visit_{kind}")
    return handler


def _with_fix_in_file(finding: Diagnostic, check: Check) -> Diagnostic:
    if finding.fix is None:
        return finding
    fix = located(finding.fix, check.quotes)
    bare = without_fix(finding)
    if fix is None:
        return bare
    return Diagnostic(
        bare.code,
        bare.rule,
        bare.severity,
        bare.message,
        bare.span,
        bare.expected,
        bare.hint,
        fix,
        bare.parameter,
    )


def _place(finding: Diagnostic) -> tuple[object, ...]:
    assert finding.span is not None
    file, start, end = finding.span.in_file()
    return (file.name, start, end, _ORDER[finding.severity], finding.code)


def suffix_of(path: Path) -> str:
    """Return the kind of the file at `path`, a key of `CHECKERS`.

    Raises:
        FileError: files with such a name hold nothing that can be checked.
    """
    suffix = path.suffix.lower()
    if suffix in CHECKERS and suffix:
        return suffix
    known = ", ".join(known for known in CHECKERS if known)
    raise FileError(
        f"{path} is none of the files that can be checked",
        hint=f"their names end in {known}; pipe other text through - (standard input)",
    )


def read(path: Path) -> tuple[str, str]:
    """Return the text of a file with LF line ends, and the text as it is.

    Raises:
        FileError: it cannot be read or is no UTF-8.
    """
    try:
        raw = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise FileError(f"there is no file {path}", hint=_near(path)) from None
    except UnicodeDecodeError as error:
        raise FileError(
            f"{path} is not UTF-8 text: byte {error.start + 1} is 0x{error.object[error.start]:02x}",
            hint="save the file with the encoding UTF-8",
        ) from error
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror or error}") from error
    return raw.removeprefix("\ufeff").replace("\r\n", "\n"), raw


def _near(path: Path) -> str:
    from impasto.diagnostics import did_you_mean  # noqa: PLC0415

    folder = path.parent
    return did_you_mean(path.name, [p.name for p in folder.iterdir()]) if folder.is_dir() else ""
