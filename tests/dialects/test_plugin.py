"""The example of a dialect of one's own, installed as an installer would."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PLUGIN = Path(__file__).parents[2] / "examples" / "plugin"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder with the module of the example and what an installer writes beside it."""
    folder = tmp_path_factory.mktemp("site")
    project = tomllib.loads((PLUGIN / "pyproject.toml").read_text("utf-8"))["project"]
    (module,) = PLUGIN.glob("*.py")
    (folder / module.name).write_bytes(module.read_bytes())
    info = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    head = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (info / "METADATA").write_text(head, "utf-8")
    lines = [
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in points.items())
        for group, points in project["entry-points"].items()
    ]
    (info / "entry_points.txt").write_text("\n".join(lines), "utf-8")
    return folder


def run(site, *args):
    done = subprocess.run(
        [sys.executable, *args],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(site), "NO_COLOR": "1", "COLUMNS": "80"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_is_a_dialect_like_any_other(site):
    code = """
import json, impasto
prompt = impasto.read("a **red** fox, *snow*", "stars")
back = impasto.write(prompt, "stars")
a1111 = impasto.write(prompt, "a1111")
print(json.dumps([prompt.weights(), back.text, len(back.losses), a1111.text]))
"""
    weights, back, losses, a1111 = json.loads(run(site, "-c", code))
    assert weights == [["a ", 1.0], ["red", 1.44], [" fox, ", 1.0], ["snow", 1.2]]
    assert (back, losses) == ("a **red** fox, *snow*", 0)
    assert a1111 == "a (red:1.44) fox, (snow:1.2)"


def test_what_it_cannot_say_is_a_loss(site):
    code = """
import impasto
written = impasto.write(impasto.parse("(a:1.3), (b:0.5), 5 * 3, [c:d:0.5]"), "stars")
print(written.text, sorted(loss.kind for loss in written.losses), sep="\\n")
"""
    text, kinds = run(site, "-c", code).splitlines()
    assert text == "*a*, b, 5  3, d"
    assert kinds == "['escape', 'schedule', 'weight', 'weight']"


def test_it_is_detected_by_its_own_marks(site):
    code = "import impasto; print(impasto.detect('a *red* fox')[0])"
    found = run(site, "-c", code)
    assert "dialect='stars'" in found
    assert "`*red*` (column 3) is a stronger text between stars" in found


def test_the_command_knows_it(site):
    assert "1.44" in run(site, "-m", "impasto", "read", "a **red** fox")
    assert "stars" in run(site, "-m", "impasto", "compare", "a **red** fox")
    told = run(site, "-m", "impasto", "translate", "a (red:1.2) fox", "--to", "stars")
    assert "a *red* fox" in told
