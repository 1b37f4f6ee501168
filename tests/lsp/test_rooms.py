"""What the language server is made of."""

import subprocess
import sys

import pytest

PLAIN = [
    "checking",
    "completing",
    "describing",
    "documents",
    "fixing",
    "hovering",
    "locating",
    "names",
    "outlining",
    "places",
    "projects",
    "schema",
    "spots",
    "weights",
    "yamlplace",
]


def loaded_after(code, names):
    program = f"{code}\nimport sys; print(*sorted(set({names!r}) & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_all_but_the_wire_works_without_the_protocol():
    code = "\n".join(f"import impasto.lsp.{name}" for name in PLAIN)
    assert loaded_after(code, ["pygls", "lsprotocol", "httpx", "rich", "PIL"]) == []


@pytest.mark.parametrize("code", ["import impasto.cli.lsp", "import impasto.lsp"])
def test_the_command_loads_its_room_only_when_it_runs(code):
    assert loaded_after(code, ["pygls", "asyncio", "jinja2", "pydantic", "yaml"]) == []
