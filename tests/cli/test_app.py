from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("httpx", "PIL", "rich", "pydantic", "jinja2")


def loaded(*args):
    """Return what the command imports, and its exit code."""
    code = (
        "import sys, json\n"
        "from impasto.cli.app import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit as e: code = e.code\n"
        "print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, *args], capture_output=True, text=True, check=True
    )
    return json.loads(found.stderr.splitlines()[-1])


def test_help_and_version_import_no_room():
    for args in (["--help"], ["--version"]):
        code, modules = loaded(*args)
        ours = {m for m in modules if m.startswith("impasto")}
        assert code == 0
        assert ours <= {"impasto", "impasto.cli", "impasto.cli.app", "impasto.cli.streams"}
        assert not {m.split(".")[0] for m in modules} & {*HEAVY, "yaml", "lark", "msgspec"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["compose", "a fox", "--style", "noir", "--model", "flux-dev"],
        ["compose", "-f", "a.prompt", "--set", "who=a fox"],
        ["styles", "show", "noir"],
        ["lint", "--no-cache", "a.prompt"],
    ],
    ids=["style", "file", "show", "lint"],
)
def test_styles_and_prompt_files_that_are_right_need_no_pydantic(arguments, place):
    front = "variables:\n  who: {description: whom it shows}\n  age: {type: integer, default: 4}\n"
    (place / "a.prompt").write_text(
        f"---\nstyles: [noir]\n{front}---\n{{{{ who }}}}, {{{{ age }}}}\n"
    )
    code, modules = loaded(*arguments)
    assert code in (None, 0)
    assert "pydantic" not in modules


@pytest.mark.parametrize("model", ["stable-diffusion-xl", "flux-dev"])
def test_a_plain_translation_imports_nothing_heavy(model):
    code, modules = loaded("translate", "(x:1.2)", "--to", model)
    assert code == 0
    assert not {m.split(".")[0] for m in modules} & {*HEAVY, "tomllib", "lark"}


def test_the_help_lists_every_verb_and_where_to_start(run):
    shown = run("--help")
    assert shown.exit_code == 0
    for verb in ("compose", "translate", "generate", "lint", "styles", "models", "init"):
        assert verb in shown.stdout
    assert "Start here" in shown.stdout


@pytest.mark.parametrize("verb", ["compose", "translate", "generate", "styles", "models", "init"])
def test_every_verb_explains_itself(run, verb):
    shown = run(verb, "--help")
    assert shown.exit_code == 0
    assert "Usage: impasto" in shown.stdout


def test_a_misspelt_verb_or_option_is_answered_with_the_nearest(run):
    found = run("translat", "x")
    assert found.exit_code == 2
    assert 'did you mean "translate"?' in found.stderr
    assert "--style" in run("compose", "x", "--stile", "noir").stderr


def test_an_error_is_one_clean_message_and_debug_shows_the_trace(run):
    found = run("compose", "a (fox")
    assert found.exit_code == 2
    assert found.stdout == ""
    assert found.stderr.startswith("prompt:1:3: error: '(' is never closed\n")
    assert "Traceback" not in found.stderr


@pytest.mark.parametrize("verb", [("lint",), ("format",), ("inspect",), ("styles", "check")])
def test_a_name_that_no_file_can_have_is_no_mistake_of_impasto(run, verb):
    found = run(*verb, "9" * 400)
    assert found.exit_code == 2
    assert f"error: cannot use {'9' * 80}…: file name too long" in found.stderr
    assert "mistake" not in found.stderr


def test_debug_shows_the_trace(impasto):
    found = impasto("--debug", "compose", "a (fox")
    assert found.returncode == 2
    assert "Traceback" in found.stderr


def test_colour_follows_the_environment(impasto):
    args = ("translate", "a (fox:1.2)", "--to", "sdxl")
    assert "\x1b[" not in impasto(*args).stdout
    coloured = impasto(*args, FORCE_COLOR="1").stdout
    assert "\x1b[1;36mstable-diffusion-xl\x1b[0m" in coloured
    assert "\x1b[" not in impasto(*args, FORCE_COLOR="1", NO_COLOR="1").stdout
    assert "\x1b[" in impasto("compose", "a (fox", FORCE_COLOR="1").stderr


def test_text_that_the_encoding_lacks_does_not_stop_it(impasto):
    found = impasto("translate", "狐 → fox", "--to", "sdxl", PYTHONIOENCODING="ascii:strict")
    assert found.returncode == 0
    assert "fox" in found.stdout
    data = impasto(
        "translate", "狐", "--to", "sdxl", "--format", "json", PYTHONIOENCODING="ascii:strict"
    )
    assert json.loads(data.stdout)["translations"][0]["prompt"] == "狐"


def test_a_locale_without_utf_8_reads_and_sends_what_was_meant(impasto):
    found = impasto(
        "translate", "狐 (é:1.2)", "--to", "sdxl", "--format", "json",
        LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0",
    )  # fmt: skip
    assert json.loads(found.stdout)["translations"][0]["prompt"] == "狐 (é:1.2)"


def test_bytes_that_are_no_text_do_not_stop_it(place):
    command = [sys.executable, "-c", "from impasto.cli.app import main; main()", "compose"]
    found = subprocess.run(
        [*command, b"a \xff fox"], capture_output=True, check=False, env={**os.environ}
    )
    assert found.returncode == 0
    assert b"fox" in found.stdout
    piped = subprocess.run(command, input=b"\xff", capture_output=True, check=False)
    assert piped.returncode == 2
    assert b"not UTF-8" in piped.stderr


def test_a_reader_that_leaves_is_no_error(place):
    command = [sys.executable, "-c", "from impasto.cli.app import main; main()", "styles", "list"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(60) == 0


@pytest.mark.skipif(os.name == "nt", reason="signals are another thing there")
def test_ctrl_c_ends_with_130_and_a_short_line(place, acts):
    site = acts.Site(acts.hang)
    try:
        command = [sys.executable, "-c", "from impasto.cli.app import main; main()"]
        process = subprocess.Popen(
            [*command, "generate", "a fox", "--base-url", site.url],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
        )
        while not site.seen:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    finally:
        site.close()
    assert process.returncode == 130
    assert said.endswith(b"\ninterrupted\n")
    assert b"Traceback" not in said


def test_a_terminal_is_not_steered_by_a_prompt(run):
    found = run("compose", "a fox \x1b[31m] red \x07")
    assert "\x1b" not in found.stdout
    assert "\\x1b" in found.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk here is always full")
@pytest.mark.parametrize("arguments", ["lint --no-cache", "lint", "models list", "--help"])
def test_a_full_disk_behind_the_output_is_said(arguments, place):
    for number in range(6):
        (place / f"{number}.txt").write_text("a fox\n")
    command = [sys.executable, "-m", "impasto", *arguments.split()]
    subprocess.run(command, check=False, capture_output=True)  # `lint` could be shown again now
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert "no space left on device" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", ["lint", "models list"])
def test_an_output_that_is_closed_is_no_error(arguments, place):
    (place / "a.txt").write_text("a fox\n")
    command = f"{shlex.quote(sys.executable)} -m impasto {arguments} >&-"
    done = subprocess.run(command, shell=True, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
