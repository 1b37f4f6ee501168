"""`impasto lint` and `impasto rule`, as a user runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

HERO = "---\ntitle: x\n---\na clock (at 5:30), ((brass))\n"


def impasto(*arguments: str, cwd: Path, given: str | bytes = ""):
    data = given if isinstance(given, bytes) else given.encode()
    done = subprocess.run(
        [sys.executable, "-m", "impasto", *arguments],
        cwd=cwd,
        input=data,
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "hero.prompt").write_text(HERO)
    (tmp_path / "style_packs").mkdir()
    (tmp_path / "style_packs" / "noir.yaml").write_text(
        "format: 1\nname: noir\nstyles:\n  film: {text: film noir}\n"
    )
    return tmp_path


def test_findings_exit_with_1_and_a_clean_project_with_0(project: Path):
    code, out, _ = impasto("lint", cwd=project)
    assert code == 1
    assert out.startswith("prompts/hero.prompt:4:14: IMP101 accidental-weight warning")
    assert out.endswith("1 warning, 1 note in 2 files. 2 fixable with --fix.\n")
    code, out, _ = impasto("lint", "style_packs", cwd=project)
    assert (code, out) == (0, "No findings in 1 file.\n")


def test_the_packs_of_the_project_are_in_reach(project: Path):
    (project / "prompts" / "b.prompt").write_text("---\nstyles: [noir/film]\n---\na\n")
    assert impasto("lint", "prompts/b.prompt", cwd=project)[0] == 0
    (project / "prompts" / "b.prompt").write_text("---\nstyles: [noir/fim]\n---\na\n")
    code, out, _ = impasto("lint", "prompts/b.prompt", cwd=project)
    assert code == 1
    assert 'did you mean "noir/film"?' in out


def test_packs_of_another_folder_can_be_named(project: Path):
    (project / "style_packs").rename(project / "looks")
    (project / "prompts" / "b.prompt").write_text("---\nstyles: [noir/film]\n---\na\n")
    assert impasto("lint", "prompts/b.prompt", cwd=project)[0] == 1
    assert impasto("lint", "prompts/b.prompt", "--styles", "looks", cwd=project)[0] == 0
    code, _, err = impasto("lint", "prompts/b.prompt", "--styles", "lokks", cwd=project)
    assert code == 2
    assert "there is no folder lokks" in err


def test_fix_writes_and_diff_does_not(project: Path):
    path = project / "prompts" / "hero.prompt"
    code, out, err = impasto("lint", "--diff", "prompts", cwd=project)
    assert code == 1
    assert "-a clock (at 5:30), ((brass))\n+a clock (at 5\\:30), (brass:1.21)\n" in out
    assert "2 fixable" in err
    assert path.read_text() == HERO
    code, out, _ = impasto("lint", "--fix", "prompts", cwd=project)
    assert (code, out) == (0, "2 fixes applied. No findings in 1 file.\n")
    assert path.read_text() == "---\ntitle: x\n---\na clock (at 5\\:30), (brass:1.21)\n"
    assert impasto("lint", "--diff", "prompts", cwd=project)[:2] == (0, "")


def test_fix_keeps_line_ends_and_byte_order_mark(project: Path):
    path = project / "prompts" / "hero.prompt"
    path.write_bytes(b"\xef\xbb\xbf" + HERO.replace("\n", "\r\n").encode())
    assert impasto("lint", "--fix", "prompts", cwd=project)[0] == 0
    assert path.read_bytes() == (
        b"\xef\xbb\xbf---\r\ntitle: x\r\n---\r\na clock (at 5\\:30), (brass:1.21)\r\n"
    )


def test_standard_input_is_one_prompt_a_line_or_what_its_name_says(project: Path):
    code, out, _ = impasto("lint", "-", cwd=project, given="a fox\na (at 5:30)\n")
    assert code == 1
    assert out.startswith("standard input.txt:2:8: IMP101")
    code, out, _ = impasto("lint", "-", "--stdin-name", "x.prompt", cwd=project, given=HERO)
    assert out.startswith("x.prompt:4:14: IMP101")
    code, out, err = impasto("lint", "-", "--fix", cwd=project, given="a (at 5:30)\n")
    assert (code, out) == (0, "a (at 5\\:30)\n")
    assert "1 fix applied" in err


def test_what_cannot_be_checked_exits_with_2(project: Path):
    (project / "bad.txt").write_bytes(b"\xff")
    (project / "empty").mkdir()
    for path in ("bad.txt", "missing.txt", "empty", "setup.cfg"):
        code, out, _ = impasto("lint", path, "prompts", cwd=project)
        assert code == 2, path
        assert f"{path}: IMP007 file-error error" in out
        assert "IMP101" in out, "the rest is checked all the same"
    code, out, _ = impasto("lint", "-", cwd=project, given=b"\xff")
    assert code == 2


def test_unknown_names_exit_with_2_and_a_proposal(project: Path):
    for arguments, hint in (
        (("--for", "flux-devv"), 'did you mean "flux-dev"?'),
        (("--select", "empty-grup"), 'did you mean "empty-group"?'),
        (("--format", "jsn"), 'did you mean "json"?'),
        (("--for", "sdxxl"), 'did you mean "sdxl"?'),
        (("--select", "IMP1O1"), 'did you mean "IMP101"?'),
        (("--select", "IMP199"), '"IMP199"; "impasto rule" lists all rules'),
    ):
        code, _, err = impasto("lint", *arguments, cwd=project)
        assert code == 2
        assert hint in err


def test_options_take_several_by_commas_and_repetition(project: Path):
    wanted = ("--for", "flux-dev,dall-e-3", "--for", "midjourney-v6")
    code, out, _ = impasto("lint", *wanted, "--ignore", "IMP1", "--format", "json", cwd=project)
    found = json.loads(out)["findings"]
    assert code == 1
    assert [f["code"] for f in found] == ["IMP401", "IMP401"]
    assert {f["span"]["file"] for f in found} == {
        "prompts/hero.prompt",
        "style_packs/noir.yaml",
    }
    code, out, _ = impasto("lint", "--select", "IMP107,IMP108", cwd=project)
    assert (code, out.count("IMP")) == (0, 1)


def test_github_output_is_only_commands(project: Path):
    _, out, _ = impasto("lint", "--format", "github", cwd=project)
    assert [line[:9] for line in out.splitlines()] == ["::warning", "::notice "]


def test_a_page_for_every_rule(project: Path):
    code, out, _ = impasto("rule", "IMP101", cwd=project)
    assert code == 0
    assert out.startswith("# IMP101 accidental-weight\n")
    assert impasto("rule", "accidental-weight", cwd=project)[1] == out
    code, out, _ = impasto("rule", cwd=project)
    assert code == 0
    assert "IMP101  accidental-weight" in out
    code, _, err = impasto("rule", "IMP999", cwd=project)
    assert code == 2
    assert 'unknown rule "IMP999"' in err


def test_rules_of_others_are_found_by_entry_point(project: Path, monkeypatch: pytest.MonkeyPatch):
    (project / "acme_rules.py").write_text(
        "from impasto.lint.rule import Case, Rule\n\n\n"
        "class NoCats(Rule):\n"
        '    """No cats."""\n\n'
        '    code, name = "ACME001", "no-cats"\n\n'
        "    def visit_text(self, node, check):\n"
        '        if "cat" in node.value:\n'
        '            check.report(self, node, "no cats, please")\n'
    )
    metadata = project / "acme-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[impasto.rules]\nACME001 = acme_rules:NoCats\n")
    monkeypatch.setenv("PYTHONPATH", str(project))
    (project / "a.txt").write_text("a cat, ((b))\n")
    code, out, _ = impasto("lint", "a.txt", "--extend-select", "ACME", cwd=project)
    assert code == 1
    assert "ACME001 no-cats warning: no cats, please" in out
    assert "IMP107" in out
    code, out, _ = impasto("lint", "a.txt", cwd=project)
    assert (code, "ACME001" in out) == (0, False)
    assert impasto("rule", "no-cats", cwd=project)[1].startswith("# ACME001 no-cats\n")


def test_a_text_file_loads_nothing_heavy(project: Path):
    (project / "a.txt").write_text("a fox\n")
    heavy = ("jinja2", "pydantic", "yaml", "httpx", "PIL", "rich", "lark", "importlib.metadata")
    script = (
        "import sys\nfrom impasto.cli.app import main\n"
        "try:\n    main(['lint', 'a.txt'])\n"
        f"except SystemExit as end:\n    print(end.code, [m for m in {heavy!r} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=project, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["No findings in 1 file.", "0 []"]


def test_the_help_names_every_format(project: Path):
    from impasto.lint.report import built_in

    shown = " ".join(impasto("lint", "--help", cwd=project)[1].split()).replace("- ", "-")
    listed = shown.split("--format FORMAT ")[1].split(".")[0].split(", ")
    assert sorted(listed) == sorted(built_in())
