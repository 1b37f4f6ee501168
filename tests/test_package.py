"""The package as people get it: light to import, whole in every kind of installation."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import impasto

ROOT = Path(__file__).parents[1]
HEAVY = [
    *("PIL", "asyncio", "httpx", "jinja2", "lark", "pydantic", "rich", "yaml"),
    *("dataclasses", "importlib.metadata", "platformdirs", "tempfile"),
]


def modules_after(code):
    """Return which heavy modules a fresh interpreter has loaded after `code`."""
    program = (
        f"{code}\nimport sys, json; print(json.dumps(sorted(set({HEAVY}) & set(sys.modules))))"
    )
    out = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout
    return json.loads(out.splitlines()[-1])


def test_importing_the_package_loads_nothing_heavy():
    assert modules_after("import impasto") == []


def test_importing_the_package_loads_no_room():
    code = "import impasto, sys; print([m for m in sys.modules if m.startswith('impasto.')])"
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert out.stdout.strip() == "[]"


def test_parsing_loads_nothing_heavy():
    assert modules_after("import impasto; impasto.parse('(x:1.2)').weights()") == []


@pytest.fixture
def one_prompt(tmp_path):
    path = tmp_path / "one.txt"
    path.write_text("a (red fox:1.2), [blurry:0.8], golden hour\n", encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["lint", "--help"],
        ["lint", "FILE"],
        ["lint", "FILE", "--format", "json"],
        ["lint", "FILE", "--for", "stable-diffusion-xl"],
        ["lint", "FILE", "--for", "flux-dev,dall-e-3"],
        ["translate", "(x:1.2)", "--to", "flux-dev"],
        ["tokens", "(x:1.2)", "--for", "flux-dev"],
        ["models", "list"],
    ],
    ids=" ".join,
)
def test_commands_over_plain_text_load_nothing_heavy(arguments, one_prompt):
    arguments = [one_prompt if argument == "FILE" else argument for argument in arguments]
    code = (
        "from impasto.cli.app import main\n"
        f"import sys; sys.argv = ['impasto', *{arguments!r}]\n"
        "try: main()\nexcept SystemExit as end: assert end.code in (None, 0, 1), end.code"
    )
    assert modules_after(code) == []


def test_every_public_name_is_there():
    for name in impasto.__all__:
        assert getattr(impasto, name) is not None


def test_the_list_for_type_checkers_equals_the_table():
    text = (ROOT / "src/impasto/__init__.py").read_text(encoding="utf-8")
    block = text.split("if TYPE_CHECKING:", 1)[1].split("_HOME", 1)[0]
    typed = {
        line.rsplit(" as ", 1)[1].split("#")[0].strip()
        for line in block.splitlines()
        if " as " in line
    }
    assert typed == set(impasto._HOME)


def test_an_unknown_name_says_so():
    with pytest.raises(AttributeError, match="no attribute 'pares'"):
        impasto.pares  # noqa: B018


def test_the_readme_holds_the_command_that_ci_runs():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    line = next(
        text
        for text in (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
        if text.startswith("python3 -m venv")
    )
    assert line in readme


@pytest.fixture(scope="session")
def distributions(tmp_path_factory):
    """Build the source distribution, and the wheel from it."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
    )
    return folder


@pytest.mark.timeout(300)
def test_the_wheel_from_the_sdist_carries_the_data(distributions):
    (wheel,) = distributions.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("grammars", "style_packs"):
        for path in (ROOT / folder).iterdir():
            assert f"impasto/{folder}/{path.name}" in names
    assert "impasto/py.typed" in names
    assert any(name.startswith("impasto/models/cards/") for name in names)
    assert not [name for name in names if "__pycache__" in name]


@pytest.mark.timeout(300)
def test_an_installed_wheel_finds_its_data(distributions, tmp_path):
    """Install the wheel alone, beside this environment's libraries, and use grammar and packs."""
    (wheel,) = distributions.glob("*.whl")
    target = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    code = (
        f"import sys; sys.path.insert(0, {str(target)!r})\n"
        "import impasto, impasto._data\n"
        f"assert impasto.__file__.startswith({str(target)!r}), impasto.__file__\n"
        "c = impasto.compose('a fox', styles=['photorealistic/portrait'])\n"
        "assert '85mm lens' in c.text\n"
        "assert impasto.translate(c, 'stable-diffusion-xl').prompt == c.text\n"
        "from impasto.syntax import grammar\n"
        "assert grammar.main(['--check']) == 0\n"
    )
    subprocess.run([sys.executable, "-I", "-c", code], check=True, cwd=tmp_path)


def test_an_editable_checkout_finds_its_data():
    from impasto._data import data_dir

    assert (data_dir("grammars") / "impasto.lark").is_file()
    assert (data_dir("style_packs") / "anime.yaml").is_file()


def test_the_launcher_is_declared():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'impasto = "impasto.__main__:main"' in text
