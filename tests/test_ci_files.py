"""The files by which others run impasto: pre-commit's hooks and the GitHub Action."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
BAD = "a clock (at 5:30)\n"


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A folder of somebody who uses impasto; only some of its files are ours."""
    files = {
        "prompts/hero.prompt": f"---\ntitle: x\n---\n{BAD}",
        "prompts/my list.txt": BAD,
        "style_packs/noir.yaml": "format: 1\nname: noir\nstyles:\n  film: {text: film noir}\n",
        "README.txt": BAD,
        ".github/workflows/ci.yaml": "on: push\n",
        "page.html.j2": "a fox\n",
    }
    for name, text in files.items():
        path = tmp_path / "repo" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path / "repo"


def chosen(hook: dict, repo: Path) -> list[str]:
    """Return the files that pre-commit gives a hook: those whose path its pattern is found in."""
    every = sorted(p.relative_to(repo).as_posix() for p in repo.rglob("*") if p.is_file())
    return [name for name in every if re.search(hook["files"], name)]


def run_hook(name: str, repo: Path):
    """Run a hook as pre-commit does: its entry, its arguments, the files."""
    hook = HOOKS[name]
    command = shlex.split(hook["entry"])
    assert command[0] == "impasto", "what the package installs"
    command[:1] = [sys.executable, "-m", "impasto"]
    done = subprocess.run(
        [*command, *hook.get("args", []), *chosen(hook, repo)],
        cwd=repo,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_hooks_have_what_pre_commit_needs():
    assert set(HOOKS) == {"impasto-lint", "impasto-lint-fix", "impasto-format"}
    for hook in HOOKS.values():
        assert hook["language"] == "python"
        assert hook["name"]
        assert hook["description"]


def test_hooks_take_the_files_that_hold_prompts(repo: Path):
    for hook in HOOKS.values():
        assert chosen(hook, repo) == [
            "page.html.j2",
            "prompts/hero.prompt",
            "prompts/my list.txt",
            "style_packs/noir.yaml",
        ]


def test_the_lint_hook_fails_on_findings_and_changes_nothing(repo: Path):
    code, told = run_hook("impasto-lint", repo)
    assert code == 1
    assert told.count("IMP101") == 2
    assert (repo / "prompts/my list.txt").read_text() == BAD


def test_the_fix_hook_mends_files(repo: Path):
    assert run_hook("impasto-lint-fix", repo)[0] == 0
    assert (repo / "prompts/my list.txt").read_text() == "a clock (at 5\\:30)\n"
    assert (repo / "README.txt").read_text() == BAD
    assert run_hook("impasto-lint", repo)[0] == 0


def test_the_format_hook_changes_files_once(repo: Path):
    path = repo / "prompts/hero.prompt"
    path.write_text("---\ntitle: x\n---\na   fox ,( red :1.20 )\n", "utf-8")
    run_hook("impasto-format", repo)
    after = path.read_text("utf-8")
    assert "(red:1.2)" in after
    code, told = run_hook("impasto-format", repo)
    assert (code, path.read_text("utf-8")) == (0, after), told


# The action.


def test_the_action_is_composite_and_quotes_what_it_is_given():
    assert ACTION["runs"]["using"] == "composite"
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", ""), "an input in a script is code that runs"
        assert "run" not in step or step["shell"] == "bash"
    text = (ROOT / "action.yml").read_text("utf-8")
    for name, given in ACTION["inputs"].items():
        assert given["description"]
        assert "default" in given
        assert f"inputs.{name} }}}}" in text


def test_the_action_installs_its_own_checkout():
    install = next(step for step in ACTION["runs"]["steps"] if step["name"].startswith("Install"))
    assert install["env"]["CHECKOUT"] == "${{ github.action_path }}"
    assert '"$CHECKOUT"' in install["run"]


def run_action(repo: Path, **inputs: str):
    """Run the last step's script, with a Python that has impasto where the action installs it."""
    step = ACTION["runs"]["steps"][-1]
    known = {name: given["default"] for name, given in ACTION["inputs"].items()}
    given = {**known, **{name.replace("_", "-"): value for name, value in inputs.items()}}
    place = repo.parent / "temp" / "impasto-action" / "bin"
    place.mkdir(parents=True, exist_ok=True)
    python = place / "python"
    python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    python.chmod(0o755)
    expression = re.compile(r"\$\{\{ inputs\.([\w-]+) \}\}")
    variables = {
        name: expression.sub(lambda found: given[found[1]], value)
        for name, value in step["env"].items()
    }
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=repo,
        env={**os.environ, **variables, "RUNNER_TEMP": str(repo.parent / "temp")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


needs_bash = pytest.mark.skipif(not shutil.which("bash"), reason="the action runs in bash")


@needs_bash
def test_the_action_annotates_and_fails_on_findings(repo: Path):
    code, told, err = run_action(repo, paths="prompts\n\n  style_packs\n")
    assert code == 1, err
    assert [line.split(",")[0] for line in told.splitlines()] == [
        "::warning file=prompts/hero.prompt",
        "::warning file=prompts/my list.txt",
    ]
    assert run_action(repo, paths="style_packs") == (0, "", "")


@needs_bash
def test_the_action_takes_paths_with_spaces_targets_and_arguments(repo: Path):
    code, told, _ = run_action(repo, paths="prompts/my list.txt", args="--ignore\nIMP101")
    assert (code, told) == (0, "")
    (repo / "prompts/my list.txt").write_text("(red:1.3) fox\n")
    code, told, _ = run_action(
        repo, paths="prompts/my list.txt", targets="flux-dev, dall-e-3", format="text"
    )
    assert code == 1
    assert "dall-e-3" in told


@needs_bash
def test_the_action_writes_sarif_and_still_decides(repo: Path):
    code, told, _ = run_action(repo, paths="prompts", sarif_file="out.sarif")
    assert code == 1
    assert told.startswith("::warning")
    (run,) = json.loads((repo / "out.sarif").read_text("utf-8"))["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["IMP101", "IMP101"]


@needs_bash
@pytest.mark.parametrize("inputs", [{"paths": "missing"}, {"targets": "no-such-model"}])
def test_the_action_never_passes_what_it_could_not_check(repo: Path, inputs):
    for sarif in ("", "out.sarif"):
        assert run_action(repo, sarif_file=sarif, **inputs)[0] == 2


@needs_bash
def test_no_input_is_run_as_a_command(repo: Path):
    evil = '"; touch gone; echo "$(touch gone)`touch gone`'
    run_action(repo, paths=evil, targets=evil, args=evil, format=evil)
    assert not (repo / "gone").exists()
