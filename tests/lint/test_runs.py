"""Many files: the cache, several processes, baselines, and what happens when something breaks."""

from __future__ import annotations

import gc
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from findings import CountedText
from impasto.diagnostics import Diagnostic
from impasto.errors import FileError
from impasto.lint import baseline
from impasto.lint.cache import Cache
from impasto.lint.engine import Linter
from impasto.lint.kinds import Surroundings
from impasto.lint.packed import pack, unpack
from impasto.lint.rule import Rule
from impasto.lint.run import Plan, check_files
from impasto.lint.settings import Settings
from impasto.source import Source

ONLY = ("IMP101", "IMP107", "IMP304", "IMP008", "IMP811")


class Counting(Linter):
    """A linter that counts the documents it has checked."""

    checked = 0

    def check(self, *arguments, **named):
        self.checked += 1
        return super().check(*arguments, **named)


class Project:
    """A folder that is linted again and again, each time as a new process would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = Settings(select=ONLY, root=str(folder))

    @property
    def plan(self) -> Plan:
        around = Surroundings((self.folder / "packs",), (self.folder / "words",))
        return Plan(self.settings, around)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text)
        past = time.time_ns() - 10**10  # files of another day, not of this run
        os.utime(path, ns=(past, past))

    def run(self, *names: str, jobs: int = 1):
        """Return the findings, and how many documents were checked for them."""
        paths = [self.folder / name for name in names]
        linter = Counting(settings=self.settings, surroundings=self.plan.around)
        cache = Cache(self.folder / ".cache", self.settings, self.plan.around)
        done = list(check_files(linter, self.plan, paths, cache, jobs))
        shown = [
            (Path(f.span.file).name, f.code, f.span.line, f.fix is not None)
            for checked in done
            for f in checked.findings
        ]
        return shown, linter.checked


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.write("packs/noir.yaml", "format: 1\nname: noir\nstyles:\n  film: {text: film noir}\n")
    made.write("a.txt", "(at 5:30)\n((a))\n")
    made.write("b.prompt", '---\nstyles: [noir/film]\n---\na fox {% include "part.j2" %}\n')
    made.write("part.j2", "((fog))")
    return made


FOUND = [
    ("a.txt", "IMP101", 1, True),
    ("a.txt", "IMP107", 2, True),
    ("part.j2", "IMP107", 1, True),
]


def test_what_has_not_changed_is_not_checked_again(project: Project):
    assert project.run("a.txt", "b.prompt") == (FOUND, 2)
    assert project.run("a.txt", "b.prompt") == (FOUND, 0)
    project.write("a.txt", "a fox\n")
    assert project.run("a.txt", "b.prompt") == (FOUND[2:], 1)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("part.j2", "(at 6:45)", "IMP101"),
        ("packs/noir.yaml", "format: 1\nname: noir\nstyles: {}\n", "IMP304"),
        ("packs/new.yaml", "format: 1\nname: new\nstyles: {}\n", "IMP107"),
    ],
)
def test_what_a_file_depends_on_is_looked_at(project: Project, name: str, text: str, code: str):
    project.run("b.prompt")
    project.write(name, text)
    found, checked = project.run("b.prompt")
    assert checked == 1
    assert code in [entry[1] for entry in found]


def test_an_included_file_that_was_not_there_is_noticed_when_it_comes(project: Project):
    project.write("c.prompt", '---\nformat: 1\n---\n{% include "new.j2" %}\n')
    assert project.run("c.prompt")[0][0][1] == "IMP002"
    project.write("new.j2", "((fog))")
    assert project.run("c.prompt") == ([("new.j2", "IMP107", 1, True)], 1)


def test_word_lists_count_where_a_wildcard_was_looked_up(project: Project):
    project.write("words/pets.txt", "cat\n")
    project.write("c.txt", "__pet__\n")
    first = project.run("c.txt")
    assert project.run("c.txt") == (first[0], 0)
    project.write("words/pet.txt", "dog\n")
    assert project.run("c.txt") == ([], 1)


def test_other_settings_have_other_entries(project: Project):
    project.run("a.txt")
    project.settings = project.settings._replace(severity=(("IMP107", "error"),))
    assert project.run("a.txt")[1] == 1
    assert project.run("a.txt")[1] == 0


def test_what_is_written_while_it_runs_is_not_kept(project: Project):
    project.run("b.prompt")
    part = project.folder / "part.j2"
    future = time.time_ns() + 10**10
    part.write_text("(at 6:45)")
    os.utime(part, ns=(future, future))
    assert project.run("b.prompt")[1] == 1
    assert project.run("b.prompt")[1] == 1, "it may have been read before it was written"


@pytest.mark.parametrize("broken", [b"", b"\x00", b"\x92\x01\x81\xc4\x01a\xc0", b"\x92\x63\x80"])
def test_a_broken_cache_is_none(project: Project, broken: bytes):
    project.run("a.txt")
    (path,) = (project.folder / ".cache").glob("lint-*")
    path.write_bytes(broken)
    assert project.run("a.txt")[0] == FOUND[:2]


def test_a_folder_that_cannot_be_written_to_is_no_error(project: Project):
    (project.folder / ".cache").write_text("a file")
    assert project.run("a.txt") == (FOUND[:2], 1)


def test_several_may_use_the_cache_at_once(project: Project):
    names = [f"many/{number}.txt" for number in range(40)]
    for name in names:
        project.write(name, "((a))\n")
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda at: project.run(*names[at::4]), range(4)))
    assert [len(found) for found, _ in results] == [10] * 4
    assert len(project.run(*names)[0]) == 40


def test_processes_give_the_same_in_the_same_order(project: Project):
    names = [f"many/{number}.txt" for number in range(30)]
    for number, name in enumerate(names):
        project.write(name, "a\n" * number + "((a))\n")
    names += ["b.prompt", "missing.txt"]
    alone = project.run(*names)
    for path in (project.folder / ".cache").iterdir():
        path.unlink()
    together = project.run(*names, jobs=2)
    assert together[0] == alone[0]
    assert (alone[1], together[1]) == (31, 0), "the work was done elsewhere"
    assert project.run(*names)[1] == 0, "and its results are kept"


def test_packed_findings_come_back_as_they_were():
    text = "# impasto: ignore[IMP107]\n((a)) (at 5:30)\n(b"
    checked = Linter().check(text, "x.txt", ".txt")
    again = unpack(json.loads(json.dumps(pack(checked))), "x.txt", text)
    assert [f.to_json() for f in again.findings] == [f.to_json() for f in checked.findings]
    assert [f.to_json() for f in again.silenced] == [f.to_json() for f in checked.silenced]
    assert len(checked.findings) == 2


# Failures


class Breaking(Rule):
    """A rule that breaks."""

    code, name = "ACME001", "breaking"

    def visit_text(self, node, check):
        raise KeyError(node.value)


def breaking() -> Linter:
    linter = Linter(select=ONLY)
    linter.rules = (*linter.rules, Entry())
    return linter


class Entry:
    """Stands for the rule in the registry."""

    code, kinds, where = Breaking.code, Breaking.kinds, "acme:Breaking"

    def load(self):
        return Breaking


def test_a_rule_that_breaks_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("IMPASTO_DEBUG", raising=False)
    checked = breaking().check("a fox, ((b))", "x.txt", ".txt")
    assert checked.failed
    assert {f.code for f in checked.findings} == {"IMP008", "IMP107"}
    message = checked.findings[0].message
    assert message.startswith(
        "the rule ACME001 breaking failed: KeyError: 'a fox, ' (test_runs.py:"
    )
    monkeypatch.setenv("IMPASTO_DEBUG", "1")
    with pytest.raises(KeyError):
        breaking().check("a fox", "x.txt", ".txt")


def test_a_checker_that_breaks_is_a_failure_of_its_file_only(
    project: Project, monkeypatch: pytest.MonkeyPatch
):
    from impasto.lint import promptfiles

    def broken(_check):
        raise RecursionError("too deep")

    monkeypatch.setattr(promptfiles, "check_file", broken)
    found, _ = project.run("a.txt", "b.prompt")
    assert [entry[1] for entry in found] == ["IMP101", "IMP107", "IMP008"]
    assert project.run("a.txt", "b.prompt")[1] == 1, "what failed is tried again"


# Baselines


def findings(text: str, name: str):
    return Linter(select=ONLY).check(text, name, ".txt").findings


def everything(_code: str) -> bool:
    return True


def test_a_baseline_knows_its_findings_wherever_they_move(tmp_path: Path):
    path = tmp_path / "known.json"
    name = str(tmp_path / "a.txt")
    (tmp_path / "a.txt").touch()
    before = findings("((a))\n((a))\n(at 5:30)\n", name)
    assert baseline.Baseline(path).write(before) == 3
    known = baseline.load(path)
    moved = findings("a fox\n  (at 5:30)\n((a))\n((b))\n((a))\n((a))\n", name)
    fresh = [f for f in moved if not known.knows(f)]
    assert [f.span.line for f in fresh] == [4, 6], "each entry counts as often as it was there"
    assert known.gone([name], everything) == []
    later = baseline.load(path)
    left = [f for f in findings("(at 5:30)\n", name) if not later.knows(f)]
    (gone,) = later.gone([name], everything)
    assert left == []
    assert gone.message == "IMP107 in a.txt is gone (2 times)"
    assert gone.span.line == 2
    assert later.gone([name], lambda code: code != "IMP107") == [], "nobody looked for it"
    assert later.gone([], everything) == [], "nothing is known of files that were not checked"
    (tmp_path / "a.txt").unlink()
    assert len(later.gone([], everything)) == 1, "but a file that is not there has no findings"


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", '{"format": 9}', '{"format": 1, "findings": [1]}', "\xff", "[" * 9999),
        '{"format": 1, "findings": [{"file": "a"}]}',
        '{"format": 1, "findings": [{"file": "a", "fingerprint": "b", "count": 1e999}]}',
        '{"format": 1, "findings": [], "fingerprint": "b"}',
    ],
)
def test_what_is_no_baseline_is_refused(tmp_path: Path, text: str):
    path = tmp_path / "known.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(FileError, match=r"known\.json"):
        baseline.load(path)


def test_what_is_gone_is_shown_at_its_own_entry(tmp_path: Path):
    path = tmp_path / "known.json"
    names = [str(tmp_path / name) for name in ("a.txt", "b.txt")]
    baseline.Baseline(path).write(f for name in names for f in findings("((a))\n", name))
    gone = baseline.load(path).gone(names, everything)
    assert [f.message for f in gone] == ["IMP107 in a.txt is gone", "IMP107 in b.txt is gone"]
    assert [f.span.line for f in gone] == [2, 3]


def test_a_finding_is_known_again_after_it_was_laid_out_anew(tmp_path: Path):
    path = tmp_path / "known.json"
    baseline.Baseline(path).write(findings("a fox,((b)) , c\n", str(tmp_path / "a.txt")))
    (same,) = findings("  a fox,((b))   , c\n", str(tmp_path / "a.txt"))
    assert baseline.load(path).knows(same)


def test_a_baseline_of_brackets_in_brackets_is_linear_work(tmp_path: Path):
    """Each finding underlines half of the line."""
    number = 400
    text = CountedText("(" * number + "a" + ")" * number)
    source = Source(text, str(tmp_path / "a.txt"))
    spans = [source.span(at, len(text) - at) for at in range(number)]
    found = [Diagnostic("IMP107", "redundant-nesting", "info", "m", span) for span in spans]
    path = tmp_path / "known.json"
    assert baseline.Baseline(path).write(found) == number
    known = baseline.load(path)
    assert all(known.knows(finding) for finding in found)
    assert text.taken < 800 * number


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "(at 5:30)\n((a)), [b:c:0.5]\n"),
        ("a.csv", 'prompt\n"a fox, (b:1.2)"\n'),
        ("a.prompt", "---\nvariables: {b: {choices: [c, d]}}\nnegative: e\n---\na {{ b }}, c\n"),
        ("a.j2", "{% if a %}b, (c:1.2){% endif %}, b\n"),
        ("b.prompt", "---\nstyles: [anime]\n---\na fox\n"),
    ],
)
def test_nothing_is_left_for_the_collector(name: str, text: str):
    linter = Linter(("stable-diffusion-xl",))

    def check() -> None:
        linter.check(text, name, Path(name).suffix, Path())

    for _ in range(2):
        check()
    gc.collect()
    gc.disable()
    try:
        check()
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_long_tables_and_many_fixes_take_linear_work():
    """Counted in steps of the interpreter, not in seconds."""
    counts = [steps(Linter(select=ONLY), size) for size in (200, 1600)]
    assert counts[1] < counts[0] * 8 * 1.5


def steps(linter: Linter, size: int) -> int:
    import sys

    text = "prompt\n" + '"a ((b)) ""c"" (at 5:30)"\n' * size
    linter.check(text, "x.csv", ".csv")
    count = 0

    def tick(*_):
        nonlocal count
        count += 1

    sys.setprofile(tick)
    try:
        linter.check(text, "x.csv", ".csv")
    finally:
        sys.setprofile(None)
    return count
