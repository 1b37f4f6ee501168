"""What `impasto lint` does: settings from files and flags, the run, the report."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from impasto.cli.lintfix import Done
from impasto.cli.lintplan import (
    STDIN,
    knows_dialects,
    looked_at,
    plan,
    project,
    refuse_contradictions,
)
from impasto.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from impasto.cli.lintfix import Fixing
    from impasto.cli.replay import Place, Recording
    from impasto.diagnostics import Diagnostic
    from impasto.lint.baseline import Baseline
    from impasto.lint.cache import Cache
    from impasto.lint.engine import Checked, Linter
    from impasto.lint.report import Run


class Linting:
    """One call of `impasto lint` with its `options`; `place` is where the run may be kept.

    Raises:
        FileError: settings or a baseline that cannot be used.
        UnknownNameError: a model, rule, dialect or format that nobody defines.
    """

    def __init__(
        self, paths: Sequence[str], options: dict[str, Any], place: Place | None = None
    ) -> None:
        from impasto.lint.report import load

        self.paths = paths
        self.options = options
        refuse_contradictions(options)
        self.report = load(options["form"])
        self.config = project(paths)
        self.plan = plan(self.config, options)
        self.linter: Linter = self.plan.linter()
        self.baseline = self._baseline()
        self.place = place
        self.cache: Cache | None = None
        self.recording: Recording | None = None

    def run(self) -> int:
        """Check, fix, report; return the exit code."""
        done = self._settled(list(self._documents()))
        if self.options["write_baseline"]:
            return self._write_baseline(done)
        run = self._run_of(done)
        shown = run._replace(colours=self._has_colours())
        if not self.options["diff"]:
            text = self._show(shown)
            if self.recording and not run.failed:
                self._keep(self.recording, text, run)
            return run.exit_code
        diffs = "".join(document.diff for document in done)
        click.echo(diffs, nl=False)
        self._show(shown, to_stderr=True)
        return 2 if run.failed else int(bool(diffs) or run.exit_code)

    # Checking

    def _documents(self) -> Iterator[Done]:
        """Yield every document that the paths mean, in their order."""
        from impasto.lint.run import check_files, uses_cache

        places = list(self._places())
        files = [path for path in places if isinstance(path, Path)]
        self.cache = self._cache() if uses_cache(files, self.plan) else None
        self.recording = self._recording() if self.cache else None
        checked = check_files(self.linter, self.plan, files, self.cache, self.options["jobs"])
        fixing = self._fixing()
        for place in places:
            if isinstance(place, Path):
                found = next(checked)
                yield fixing.file(place, found) if fixing else Done(str(place), found)
            elif place == STDIN:
                yield self._stdin(fixing)
            else:
                yield Done(*place)
        next(checked, None)  # lets it save

    def _settled(self, done: list[Done]) -> list[Done]:
        """Look again at what includes other files, where some of all have been fixed."""
        if self.options["diff"] or not any(document.fixed for document in done):
            return done
        return [self._again(d) if _reaches_beyond(d) else d for d in done]

    def _again(self, document: Done) -> Done:
        return document._replace(checked=self.linter.check_path(Path(document.name)))

    def _places(self) -> Iterator[Path | str | tuple[str, Checked]]:
        """Yield files, STDIN, and the names of what cannot be checked with what is said of them."""
        from impasto.lint.files import find_files

        settings, seen = self.plan.settings, set()
        for path in self.paths:
            if path == STDIN:
                yield STDIN
                continue
            try:
                files = list(
                    find_files(
                        [Path(path)],
                        self.plan.around,
                        columns=settings.columns,
                        images=self.options["images"],
                    )
                )
            except FileError as error:
                yield path, self.linter.failed(path, error)
                continue
            for file in files:
                if file not in seen:
                    seen.add(file)
                    yield file

    def _cache(self) -> Cache | None:
        from impasto.lint.cache import Cache, folder_for

        if self.options["no_cache"] or not knows_dialects(self.plan.settings):
            return None
        root = self.config.root if self.config.has_project else None
        return Cache(folder_for(root), self.plan.settings, self.plan.around, self._plugins())

    def _plugins(self) -> list[str]:
        """Return the modules of rules that are not our own."""
        modules = [entry.where for entry in self.linter.rules]
        return [name.partition(":")[0] for name in modules if not name.startswith("impasto.")]

    def _fixing(self) -> Fixing | None:
        from impasto.cli.lintfix import Fixing

        options = self.options
        if not (options["fix"] or options["diff"]):
            return None
        return Fixing(self.linter, write=not options["diff"], unsafe=options["unsafe_fixes"])

    def _stdin(self, fixing: Fixing | None) -> Done:
        name = self.options["stdin_name"]
        try:
            kind = self.linter.kind_of(Path(name))
            text = sys.stdin.buffer.read().decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            problem = FileError(f"{name} is not UTF-8 text: {error.reason}")
            return Done(name, self.linter.failed(name, problem))
        except FileError as error:
            return Done(name, self.linter.failed(name, error))
        checked = self.linter.check(text, name, kind, Path(name).parent)
        return fixing.text(text, name, kind, checked) if fixing else Done(name, checked)

    # Reporting

    def _run_of(self, done: Sequence[Done]) -> Run:
        from impasto.lint.report import Run, Silenced

        findings = _once(finding for document in done for finding in document.checked.findings)
        silenced = [Silenced(f, "comment") for d in done for f in d.checked.silenced]
        if self.baseline:
            known = [self.baseline.knows(finding) for finding in findings]
            pairs = list(zip(findings, known, strict=True))
            silenced += [Silenced(finding, "baseline") for finding, old in pairs if old]
            findings = [finding for finding, old in pairs if not old]
            sound = [document.name for document in done if not document.checked.failed]
            findings += self.baseline.gone(sound, self.linter.asks)
        failed = tuple(document.name for document in done if document.checked.failed)
        fixed = 0 if self.options["diff"] else sum(document.fixed for document in done)
        count = len(done) - len(failed)
        return Run(tuple(findings), count, failed, fixed, silenced=tuple(silenced))

    def _show(self, run: Run, *, to_stderr: bool = False) -> str:
        """Write the report to where it is wanted, and return it."""
        text = _statistics(run) if self.options["statistics"] else self.report(run)
        if self.options["explain"]:
            text += _pages(run.findings)
        target = self.options["output_file"]
        if target:
            try:
                Path(target).write_text(text, encoding="utf-8", errors="backslashreplace")
            except OSError as error:
                raise FileError(f"cannot write {target}: {error.strerror or error}") from error
            return text
        to_stderr = to_stderr or (self.options["fix"] and STDIN in self.paths)
        click.echo(text, nl=False, err=to_stderr, color=run.colours)
        return text

    def _has_colours(self) -> bool:
        from impasto.cli.terminal import has_colour

        plain = self.options["form"] != "text" or self.options["output_file"]
        return not plain and has_colour(sys.stdout)

    # The same run again

    def _recording(self) -> Recording | None:
        """Return what keeps this run, where another one would do the same and nothing else."""
        from impasto.lint.report import built_in

        options = self.options
        acts = any(options[name] for name in ("fix", "diff", "write_baseline", "output_file"))
        foreign = self._plugins() or options["form"] not in built_in()
        if self.place is None or acts or foreign or STDIN in self.paths:
            return None
        from impasto.cli.replay import Recording

        return Recording(self.place, looked_at(self.paths, self.plan))

    def _keep(self, recording: Recording, text: str, run: Run) -> None:
        if "\x1b" in text and (not run.colours or os.name == "nt"):
            return  # it was written otherwise
        if self.cache is None or not self.cache.still_holds():
            return
        read = self.cache.read
        folders = []
        if "packs" in read:
            from impasto.styles.reach import installed_folders

            folders = [str(folder) for folder in installed_folders()]
        recording.keep(text, run.exit_code, folders, read - {"packs", "lists"})

    # The baseline

    def _baseline(self) -> Baseline | None:
        if self.options["write_baseline"] or not self.plan.settings.baseline:
            return None
        from impasto.lint.baseline import load

        return load(Path(self.plan.settings.baseline))

    def _write_baseline(self, done: Sequence[Done]) -> int:
        from impasto.lint.baseline import DEFAULT, Baseline

        path = Path(self.plan.settings.baseline or self.config.root / DEFAULT)
        sound = [document.checked for document in done if not document.checked.failed]
        count = Baseline(path).write(_once(f for checked in sound for f in checked.findings))
        click.echo(
            f"{count} finding{'' if count == 1 else 's'} written to {_shown(path)}", err=True
        )
        failed = [document for document in done if document.checked.failed]
        if failed:
            run = self._run_of(failed)
            click.echo(self.report(run), nl=False, err=True)
        return 2 if failed else 0


def _reaches_beyond(document: Done) -> bool:
    """Whether something was found in files that the document includes."""
    spans = (finding.span for finding in document.checked.findings)
    return any(span is not None and span.file != document.name for span in spans)


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _once(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the findings without repetitions: an included file is met more than once."""
    found: dict[tuple[object, ...], Diagnostic] = {}
    for finding in findings:
        span = finding.span
        assert span is not None, "findings in documents have a place"
        found.setdefault((finding.code, span.file, span.in_file()[1:], finding.message), finding)
    return list(found.values())


def _statistics(run: Run) -> str:
    from impasto.lint.statistics import write

    return write(run)


def _pages(findings: Sequence[Diagnostic]) -> str:
    """Return the page of every rule that found something, each once."""
    from impasto.lint.registry import find

    rules = sorted({finding.code for finding in findings})
    return "".join(f"\n{find(code).page()}" for code in rules)
