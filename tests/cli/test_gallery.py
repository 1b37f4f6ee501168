from __future__ import annotations

import re
import subprocess
import sys

import pytest

PACK = 'format: 1\nname: mine\nstyles:\n  dusk: {title: Dusk, text: "{{ prompt }}, blue hour"}\n'


@pytest.fixture
def pack(place):
    (place / "style_packs").mkdir()
    (place / "style_packs" / "mine.yaml").write_text(PACK, encoding="utf-8")


@pytest.mark.usefixtures("pack")
def test_it_writes_one_file_and_says_so(run, place):
    found = run("styles", "gallery", "--pack", "mine", "--subject", "a harbour")
    assert found.exit_code == 0
    assert re.fullmatch(r"style-gallery\.html: 1 style, 0\.0\d MB\n", found.stdout)
    text = (place / "style-gallery.html").read_text("utf-8")
    assert "a harbour, blue hour" in text
    assert [path.name for path in place.iterdir() if path.is_file()] == ["style-gallery.html"]


@pytest.mark.usefixtures("pack")
def test_it_writes_to_a_new_folder_and_to_standard_output(run, place):
    assert run("styles", "gallery", "--pack", "mine", "-o", "site/a.html").exit_code == 0
    found = run("styles", "gallery", "--pack", "mine", "-o", "-")
    assert found.stdout_bytes == (place / "site" / "a.html").read_bytes()


@pytest.mark.usefixtures("pack")
def test_it_writes_a_gallery_anew_and_nothing_else(run, place):
    command = ("styles", "gallery", "--pack", "mine", "-o", "a.html")
    (place / "a.html").write_text("my own page", encoding="utf-8")
    refused = run(*command)
    assert refused.exit_code == 2
    assert "a.html is there and is no style gallery" in refused.stderr
    assert "--force" in refused.stderr
    assert (place / "a.html").read_text("utf-8") == "my own page"
    assert run(*command, "--force").exit_code == 0
    assert run(*command).exit_code == 0


@pytest.mark.usefixtures("pack")
@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--pack", "mien"), 'did you mean "mine"'),
        (("--pack", "mine", "--subject", "a {b|c}"), "choice"),
        (("--pack", "mine", "--subject", "(a:"), "error"),
        (("--pack", "mine", "-o", "style_packs"), "style_packs"),
        (("--pack", "mine", "-o", "style_packs/mine.yaml/a.html"), "style_packs/mine.yaml"),
    ],
)
def test_what_cannot_be_done_is_said(run, place, args, said):
    before = sorted(path.name for path in place.rglob("*"))
    found = run("styles", "gallery", *args)
    assert found.exit_code == 2
    assert said in found.stderr
    assert "Traceback" not in found.stderr
    assert sorted(path.name for path in place.rglob("*")) == before


def test_the_other_commands_do_without_it(place):
    code = (
        "import sys\n"
        "from impasto.cli.app import main\n"
        "try: main(['styles', 'show', 'noir'])\n"
        "except SystemExit as end: assert end.code == 0, end\n"
        "assert not {'impasto.cli.gallery', 'impasto.gallery', 'PIL'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=place, stdout=subprocess.DEVNULL)


def test_the_help_has_it(run):
    found = run("styles", "--help")
    assert "gallery" in found.stdout
    assert "Make a page of all styles" in found.stdout
