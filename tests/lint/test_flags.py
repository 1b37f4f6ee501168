"""Flags and settings of `impasto lint`, as a user gives them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from impasto import config
from impasto.errors import FileError
from impasto.lint.settings import Settings

SETTINGS = """\
[lint]
select = ["IMP101", "IMP107", "IMP50"]
column = "caption"

[lint.severity]
IMP107 = "error"

[lint.per-file-ignores]
"old/*" = ["IMP101"]

[lint.per-file-dialects]
"webui" = "a1111"
"""


def lint(*arguments: str, cwd: Path, given: str = "") -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "impasto", "lint", *arguments],
        cwd=cwd,
        input=given.encode(),
        capture_output=True,
        check=False,
        env={**os.environ, "XDG_CACHE_HOME": str(cwd / ".user-cache"), "NO_COLOR": "1"},
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    files = {
        "impasto.toml": SETTINGS,
        "a.txt": "((a)), (b:9.5)\n",
        "old/b.txt": "((a)) (at 5:30)\n",
        "webui/c.txt": "((a)) (b:1.2.3)\n",
        "t.csv": "caption\n(at 5:30)\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def found(project: Path, *arguments: str, cwd: Path | None = None):
    code, out, err = lint("--format", "json", *arguments, cwd=cwd or project)
    assert code in (0, 1), err
    return [
        (Path(f["span"]["file"]).name, f["code"], f["severity"])
        for f in json.loads(out)["findings"]
    ]


FINDINGS = [
    ("a.txt", "IMP107", "error"),
    ("t.csv", "IMP101", "warning"),
    ("b.txt", "IMP107", "error"),
    ("c.txt", "IMP503", "error"),
]


def test_settings_of_the_project_count_wherever_it_is_linted_from(project: Path, tmp_path: Path):
    assert found(project) == FINDINGS
    assert found(project, str(project), cwd=tmp_path.parent) == FINDINGS
    assert found(project, ".", cwd=project / "old") == [FINDINGS[2]]


def test_flags_win(project: Path):
    assert found(project, "--select", "IMP105") == [("a.txt", "IMP105", "warning")]
    assert found(project, "--ignore", "IMP107,IMP503") == [FINDINGS[1]]
    codes = {code for _, code, _ in found(project, "--dialect", "impasto", "webui")}
    assert codes == {"IMP107"}
    assert found(project, "--dialect", "a1111", "a.txt") == []
    code, _, err = lint("--column", "nothing", "t.csv", cwd=project)
    assert code in (1, 2), err


@pytest.mark.parametrize(
    ("old", "new", "line", "hint"),
    [
        ("select =", "slect =", 2, 'did you mean "select"'),
        ('["IMP101", "IMP107", "IMP50"]', '"IMP101"', 2, ""),
        ('IMP107 = "error"', 'IMP107 = "eror"', 6, 'did you mean "error"'),
        ('["IMP101"]', "3", 9, ""),
        ('"a1111"', '"a111"', 12, 'did you mean "a1111"'),
        ('column = "caption"', "column = 3", 3, ""),
    ],
)
def test_mistakes_in_settings_have_a_place(project: Path, old: str, new: str, line: int, hint: str):
    file = project / "impasto.toml"
    file.write_text(SETTINGS.replace(old, new))
    with pytest.raises(FileError) as caught:
        config.load(project, {"IMPASTO_CONFIG": str(project / "none.toml")})
    assert caught.value.span.line == line
    assert hint in str(caught.value)


def test_settings_may_stand_in_pyproject(tmp_path: Path):
    text = '[project]\nname = "x"\n\n[tool.impasto.lint]\ntargets = ["flux-dev"]\nbaseline = "b.json"\n'
    (tmp_path / "pyproject.toml").write_text(text)
    told = config.load(tmp_path, {})["lint"]
    assert told == Settings(
        targets=("flux-dev",), baseline=str(tmp_path / "b.json"), root=str(tmp_path)
    )
    (tmp_path / "pyproject.toml").write_text(text.replace("targets", "targts"))
    with pytest.raises(FileError, match=r"lint\.targts") as caught:
        config.load(tmp_path, {})
    assert caught.value.span.line == 5


@pytest.mark.parametrize(
    ("glob", "name", "fits"),
    [
        ("old/*", "old/a.txt", True),
        ("old/*", "old/deep/a.txt", True),
        ("old", "x/old/a.txt", True),
        ("*.txt", "x/a.txt", True),
        ("*.txt", "x/a.prompt", False),
        ("x/**/a.txt", "x/a.txt", True),
        ("x/**/a.txt", "x/y/z/a.txt", True),
        ("x/*.txt", "y/x/a.txt", False),
        ("**", "anything", True),
        ("a?.txt", "ab.txt", True),
        ("[a].txt", "a.txt", False),
    ],
)
def test_globs(glob: str, name: str, fits: bool):
    told = Settings(per_file_ignores=((glob, ("IMP1",)),))
    assert told.ignored_in(name) == (("IMP1",) if fits else ())


def test_a_baseline_makes_an_old_project_clean(project: Path):
    code, _, err = lint("--write-baseline", cwd=project)
    assert (code, err) == (0, "4 findings written to impasto-baseline.json\n")
    baseline = ("--baseline", "impasto-baseline.json")
    assert lint(*baseline, cwd=project)[:2] == (0, "No findings in 4 files.\n")
    (project / "a.txt").write_text("new\n((a)), (b:9.5)\n((new))\n")
    (project / "t.csv").write_text("caption\na fox\n")
    code, out, _ = lint(*baseline, "--format", "concise", cwd=project)
    assert code == 1
    assert out.count("IMP107") == 1
    assert "a.txt:3:1" in out
    assert "IMP891 stale-baseline info: IMP101 in t.csv is gone" in out
    code, _, err = lint("--baseline", "none.json", cwd=project)
    assert code == 2
    assert "make it with --write-baseline" in err


def test_a_baseline_says_only_of_what_was_looked_at_that_it_is_gone(project: Path):
    (project / "part.j2").write_text("((fog))")
    for name in ("one.j2", "two.j2"):
        (project / name).write_text("a fox {% include 'part.j2' %}\n")
    lint("--write-baseline", cwd=project)
    baseline = ("--baseline", "impasto-baseline.json")
    assert lint(*baseline, cwd=project)[:2] == (0, "No findings in 7 files.\n"), "part.j2 is one"
    assert lint(*baseline, "--ignore", "IMP107", cwd=project)[1] == "No findings in 7 files.\n"
    (project / "a.txt").write_bytes(b"\xff")
    code, out, _ = lint(*baseline, cwd=project)
    assert code == 2
    assert "is gone" not in out, "nobody could look"


def test_counts_pages_and_reports_to_a_file(project: Path):
    code, out, _ = lint("--statistics", cwd=project)
    assert code == 1
    assert out.splitlines()[0] == "2  IMP107  redundant-nesting    error    2 fixable"
    assert out.splitlines()[-1] == "4 findings in 4 files"
    code, out, _ = lint("--explain", "a.txt", "old", cwd=project)
    assert out.count("# IMP107 redundant-nesting") == 1
    code, out, _ = lint("-o", "report.json", "--format", "json", cwd=project)
    assert (code, out) == (1, "")
    assert len(json.loads((project / "report.json").read_text())["findings"]) == 4
    for arguments in (("--statistics", "--format", "json"), ("--unsafe-fixes",)):
        code, _, err = lint(*arguments, cwd=project)
        assert code == 2
        assert "--" in err


def test_a_second_run_comes_from_the_cache_of_the_project(project: Path):
    (project / "d.prompt").write_text("((a))\n")
    first = lint("--no-cache", cwd=project)
    assert not (project / ".impasto_cache").exists()
    assert lint(cwd=project) == first
    (entries,) = (project / ".impasto_cache").glob("lint-*")
    before = entries.stat().st_mtime_ns
    assert lint(cwd=project) == first
    assert entries.stat().st_mtime_ns == before, "nothing new was kept"


def test_a_fix_in_an_included_file_is_not_reported_any_more(tmp_path: Path):
    (tmp_path / "a.j2").write_text('a fox {% include "b.j2" %}\n')
    (tmp_path / "b.j2").write_text("((fog))\n")
    code, out, _ = lint("--fix", "--select", "IMP107", cwd=tmp_path)
    assert (code, out) == (0, "1 fix applied. No findings in 2 files.\n")
    assert (tmp_path / "b.j2").read_text() == "(fog:1.21)\n"


def test_images_in_folders_are_looked_into_on_request(tmp_path: Path):
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    texts = PngInfo()
    texts.add_text("parameters", "a (b:1.2.3)\nSteps: 20, Sampler: Euler, CFG scale: 7")
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png", pnginfo=texts)
    code, out, _ = lint(cwd=tmp_path)
    assert code == 2
    assert "--images" in out
    assert found(tmp_path, "--images") == [("a.png", "IMP503", "error")]
    assert found(tmp_path, "a.png") == [("a.png", "IMP503", "error")]


def test_tables_without_the_column_are_passed_over_in_folders(tmp_path: Path):
    (tmp_path / "data.csv").write_text("x,y\n1,2\n")
    (tmp_path / "p.jsonl").write_text('{"prompt": "((a))"}\n')
    assert [name for name, *_ in found(tmp_path, "--select", "IMP107")] == ["p.jsonl"]
    code, out, _ = lint("data.csv", cwd=tmp_path)
    assert code == 1
    assert "there is no column prompt" in out


def test_rules_for_texts_that_are_pasted_elsewhere_are_off_until_they_are_named(tmp_path: Path):
    (tmp_path / "a.txt").write_text("a harbour, [fog:0.8]\n", "utf-8")
    assert "IMP115" not in lint("a.txt", cwd=tmp_path)[1]
    assert "IMP115" in lint("--extend-select", "IMP115", "a.txt", cwd=tmp_path)[1]
    assert "IMP115" in lint("--select", "IMP1", "a.txt", cwd=tmp_path)[1]
