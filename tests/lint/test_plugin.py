"""The example package, installed by pip: its rule and its report are like the built-in ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PLUGIN = Path(__file__).parents[2] / "examples" / "plugin"


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """A folder that the package is installed into, without any network."""
    folder = tmp_path_factory.mktemp("site")
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--no-compile")
    command = [sys.executable, "-m", "pip", "install", *options, "--target", folder, PLUGIN]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text("a *red* fox\n", "utf-8")
    return tmp_path


def run(site: Path, *arguments: str, cwd: Path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IMPASTO_")}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**kept, "PYTHONPATH": str(site), "NO_COLOR": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def lint(site: Path, *arguments: str, cwd: Path):
    return run(site, "-m", "impasto", "lint", "a.txt", *arguments, cwd=cwd)


def test_a_rule_of_others_is_off_until_it_is_asked_for(site: Path, project: Path):
    assert lint(site, cwd=project)[0] == 0
    code, told, _ = lint(site, "--extend-select", "STAR", cwd=project)
    assert code == 1
    assert 'a.txt:1:3: STAR001 stars-are-text warning: the stars around "red" are text' in told


def test_settings_can_ask_for_it(site: Path, project: Path):
    (project / "impasto.toml").write_text('[lint]\nextend-select = ["stars-are-text"]\n', "utf-8")
    assert "STAR001" in lint(site, cwd=project)[1]


def test_its_fix_is_applied(site: Path, project: Path):
    code, told, _ = lint(site, "--extend-select", "STAR", "--fix", cwd=project)
    assert code == 0, told
    assert (project / "a.txt").read_text("utf-8") == "a (red:1.2) fox\n"


def test_its_page_is_printed(site: Path, project: Path):
    for name in ("STAR001", "stars-are-text"):
        code, told, _ = run(site, "-m", "impasto", "rule", name, cwd=project)
        assert code == 0
        assert told.startswith("# STAR001 stars-are-text\n\nStars around a word")
        assert "## Fix safety" in told


def test_its_cases_hold(site: Path, project: Path):
    """The cases of a rule are its tests, whoever wrote it."""
    code = """
import json
from impasto_stars_lint.rules import StarsAreText as rule
from impasto.lint.engine import Linter
linter = Linter(select=["STAR"])
found = lambda text: [f.span.text for f in linter.check(text).findings]
print(json.dumps([[found(text) for text in rule.VALID],
                  [[found(case.text), [case.span]] for case in rule.INVALID]]))
"""
    valid, invalid = json.loads(run(site, "-c", code, cwd=project)[1])
    assert not any(valid)
    assert all(found == expected for found, expected in invalid)


def test_its_report_is_a_format(site: Path, project: Path):
    code, told, _ = lint(site, "--extend-select", "STAR", "--format", "tap", cwd=project)
    assert code == 1
    assert told == '1..1\nnot ok 1 - a.txt:1:3: STAR001 the stars around "red" are text\n'
    assert lint(site, "--format", "tap", cwd=project)[:2] == (0, "1..1\nok 1 - 1 files\n")
    code, _, err = lint(site, "--format", "tab", cwd=project)
    assert code == 2
    assert 'did you mean "tap"' in err


def test_sarif_explains_its_rule(site: Path, project: Path):
    _, told, _ = lint(site, "--extend-select", "STAR", "--format", "sarif", cwd=project)
    (rule,) = json.loads(told)["runs"][0]["tool"]["driver"]["rules"]
    assert rule["id"] == "STAR001"
    assert "Chat programs" in rule["help"]["markdown"]
