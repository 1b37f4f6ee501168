"""`impasto.lint`, as a program calls it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import impasto
from impasto.errors import FileError, UnknownNameError
from impasto.lint.engine import Linter
from impasto.styles.library import Library

HEAVY = ("jinja2", "pydantic", "yaml", "httpx", "PIL", "rich", "lark", "importlib.metadata")


def codes(found):
    return [finding.code for finding in found]


def run(code: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.mark.parametrize(
    "order",
    [
        "import impasto; lint = impasto.lint",
        "import impasto.lint.rule; lint = impasto.lint",
        "import impasto; impasto.lint; import impasto.lint.rule as r; lint = impasto.lint",
        "from impasto.lint.rule import Rule; import impasto; lint = impasto.lint",
        "from impasto import lint",
    ],
)
def test_the_package_is_a_function_whatever_was_imported_first(order: str):
    check = (
        "\nfrom impasto.lint.rule import Rule\nimport impasto.lint.engine as engine, inspect"
        '\nassert engine.Linter and "targets" in inspect.signature(lint).parameters'
        '\nprint(lint("(at 5:30)")[0].code)'
    )
    assert run(order + check) == "IMP101"


@pytest.mark.parametrize("room", ["compose", "translate", "lint"])
def test_every_room_that_is_a_function_can_be_called_after_its_modules_were_imported(room: str):
    code = (
        f"import impasto, impasto.{room}.api\n"
        f"assert callable(impasto.{room})\n"
        f"from impasto import {room}\nassert callable({room})\n"
        f"print(impasto.{room}.__name__)"
    )
    assert run(code) == f"impasto.{room}"


def test_plain_text_loads_nothing_heavy(tmp_path: Path):
    (tmp_path / "a.txt").write_text("a fox, (at 5:30)\n((b))\n")
    code = (
        "import sys, pathlib, impasto\n"
        "found = impasto.lint(pathlib.Path(sys.argv[1]))\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules], [f.code for f in found])"
    )
    assert run(code, str(tmp_path / "a.txt")) == "[] ['IMP101', 'IMP107']"


def test_text_is_one_prompt_even_over_several_lines():
    found = impasto.lint("a (fox,\nat 5:30)")
    assert [(f.code, f.span.line, f.span.column) for f in found] == [("IMP101", 2, 5)]


def test_a_text_file_holds_one_prompt_in_each_line(tmp_path: Path):
    path = tmp_path / "prompts.txt"
    path.write_text("a (fox\n\n# (a comment\nb), c\n")
    found = impasto.lint(path)
    assert [(f.code, f.span.line) for f in found] == [("IMP001", 1), ("IMP001", 4)]


def test_a_folder_is_searched_without_what_is_hidden(tmp_path: Path):
    for name in ("a.txt", "deep/b.txt", ".hidden/c.txt", "deep/.d.txt", "notes.md"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("(at 5:30)")
    (tmp_path / "ci.yaml").write_text("jobs: [(at 5:30)]\n")
    files = [Path(f.span.file).name for f in impasto.lint(tmp_path)]
    assert files == ["a.txt", "b.txt"]


def test_a_folder_with_nothing_to_check_is_an_error(tmp_path: Path):
    with pytest.raises(FileError, match="nothing to check"):
        impasto.lint(tmp_path)


def test_what_cannot_be_read_is_a_finding(tmp_path: Path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"caf\xe9")
    missing, broken = impasto.lint(tmp_path / "b.txt"), impasto.lint(path)
    assert codes(missing) == codes(broken) == ["IMP007"]
    assert missing[0].hint == 'did you mean "a.txt"?'
    assert "byte 4 is 0xe9" in broken[0].message
    checked = Linter(ignore=("IMP007",)).check_path(path)
    assert checked.failed
    assert codes(checked.findings) == ["IMP007"]


def test_rules_are_chosen_by_code_beginning_and_name():
    text = "(at 5:30), ((a)), (b:9.5)"
    assert codes(impasto.lint(text)) == ["IMP101", "IMP107", "IMP105"]
    assert codes(impasto.lint(text, select=["IMP107"])) == ["IMP107"]
    assert codes(impasto.lint(text, select=["redundant-nesting", "IMP105"])) == ["IMP107", "IMP105"]
    assert codes(impasto.lint(text, ignore=["imp1"])) == []


def test_errors_are_found_whatever_is_selected():
    assert codes(impasto.lint("(a", select=["IMP107"])) == ["IMP001"]
    assert codes(impasto.lint("(a", ignore=["IMP001"])) == []


def test_unknown_names_are_refused_with_the_nearest_one():
    with pytest.raises(UnknownNameError, match='did you mean "empty-group"'):
        impasto.lint("a", select=["empty-grup"])
    with pytest.raises(UnknownNameError, match='did you mean "flux-dev"'):
        impasto.lint("a", targets=["flux-devv"])
    with pytest.raises(UnknownNameError, match='did you mean "gateway"'):
        impasto.lint("a", targets=["flux-dev@gatewy"])


def test_styles_come_from_the_library(tmp_path: Path):
    (tmp_path / "noir.yaml").write_text(
        "format: 1\nname: noir\nstyles:\n  film: {text: film noir, negative: colour}\n"
    )
    path = tmp_path / "a.prompt"
    path.write_text("---\nstyles: [noir/film]\n---\na street in colour, colour\n")
    assert codes(impasto.lint(path)) == ["IMP304"]
    found = impasto.lint(path, library=Library((tmp_path,)))
    assert [(f.code, f.span.line, f.span.text) for f in found] == [("IMP302", 2, "noir/film")]
    assert "noir.yaml:4:37" in found[0].hint


def test_findings_are_json_ready_data():
    found = json.loads(json.dumps(impasto.lint("a clock (at 5:30)")[0].to_json()))
    assert found["span"]["column"] == 14
    edit = found["fix"]["edits"][0]
    assert (edit["offset"], edit["length"], edit["text"]) == (13, 0, "\\")


def test_the_built_in_styles_are_clean():
    folder = Path(impasto.__file__).parents[2] / "style_packs"
    serious = [str(f) for f in impasto.lint(folder) if f.severity != "info"]
    assert serious == []
