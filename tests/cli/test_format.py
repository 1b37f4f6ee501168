"""`impasto format`, as a user runs it."""

from __future__ import annotations

import pytest

PACK = "name: x\nformat: 1\nstyles:\n  a: {text: 'fog ,mist'}\n"


@pytest.fixture
def files(place):
    (place / "a.txt").write_text("a  cat ,dog\n")
    (place / "b.txt").write_text("a cat\n")
    (place / "sub").mkdir()
    (place / "sub" / "c.prompt").write_text("---\ntitle:  x\n---\n{{who}} ,b\n")
    (place / "sub" / "pack.yaml").write_text(PACK)
    (place / "sub" / "other.yaml").write_text("a:    1\n")
    (place / ".hidden.txt").write_text("a  b\n")
    return place


def test_files_are_formatted_in_place(run, files):
    done = run("format")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "formatted a.txt",
        "formatted sub/c.prompt",
        "formatted sub/pack.yaml",
    ]
    assert done.stderr == "3 files formatted, 1 file left as it is.\n"
    assert (files / "a.txt").read_text() == "a cat, dog\n"
    assert (files / "sub" / "c.prompt").read_text() == "---\ntitle: x\n---\n{{ who }}, b\n"
    assert (files / "sub" / "pack.yaml").read_text().startswith("format: 1\nname: x\n")
    assert (files / "sub" / "other.yaml").read_text() == "a:    1\n"
    assert (files / ".hidden.txt").read_text() == "a  b\n"
    done = run("format", "--check")
    assert (done.exit_code, done.stdout) == (0, "")


def test_check_changes_nothing(run, files):
    done = run("format", "--check", "a.txt", "b.txt")
    assert done.exit_code == 1
    assert done.stdout == "would format a.txt\n"
    assert done.stderr == "1 file would be formatted, 1 file left as it is.\n"
    assert (files / "a.txt").read_text() == "a  cat ,dog\n"
    assert run("format", "--check", "b.txt").exit_code == 0


def test_diff_shows_and_changes_nothing(run, files):
    done = run("format", "--diff", "a.txt")
    assert done.exit_code == 1
    assert done.stdout == "--- a.txt\n+++ a.txt\n@@ -1 +1 @@\n-a  cat ,dog\n+a cat, dog\n"
    assert (files / "a.txt").read_text() == "a  cat ,dog\n"


def test_what_cannot_be_parsed_is_left_alone_and_the_rest_is_done(run, files):
    (files / "0.txt").write_text("fine  ,\na (b\n")
    done = run("format", ".", "nothing.txt", "x.png")
    assert done.exit_code == 2
    assert "0.txt:2:3: error: '(' is never closed" in done.stderr
    assert "there is no file nothing.txt" in done.stderr
    assert "x.png is none of the files that are formatted" in done.stderr
    assert "3 files formatted, 1 file left as it is, 3 files failed." in done.stderr
    assert (files / "0.txt").read_text() == "fine  ,\na (b\n"
    assert (files / "a.txt").read_text() == "a cat, dog\n"


def test_a_file_that_is_no_text(run, place):
    (place / "a.txt").write_bytes(b"caf\xe9  x")
    done = run("format", "a.txt")
    assert done.exit_code == 2
    assert "a.txt is not UTF-8 text: byte 4 is 0xe9" in done.stderr
    assert (place / "a.txt").read_bytes() == b"caf\xe9  x"


def test_an_empty_folder_is_an_error(run, place):
    done = run("format")
    assert done.exit_code == 2
    assert "there is nothing to format in ." in done.stderr


def test_line_ends_and_the_byte_order_mark_of_a_file_stay(run, place):
    (place / "a.txt").write_bytes("\ufeffa  b\r\n\r\n\r\nc ,d".encode())
    assert run("format", "a.txt").exit_code == 0
    assert (place / "a.txt").read_bytes() == "\ufeffa b\r\n\r\nc, d\r\n".encode()


def test_a_formatted_file_is_not_written(run, files):
    before = (files / "b.txt").stat().st_mtime_ns
    run("format", "b.txt")
    assert (files / "b.txt").stat().st_mtime_ns == before


def test_standard_input(impasto):
    done = impasto("format", "-", text="a  cat ,dog")
    assert (done.returncode, done.stdout, done.stderr) == (0, "a cat, dog\n", "")
    done = impasto("format", "-", "--stdin-name", "x.prompt", text="{{a}} ,b")
    assert (done.returncode, done.stdout) == (0, "{{ a }}, b\n")
    done = impasto("format", "-", "--check", text="a  cat")
    assert (done.returncode, done.stdout) == (1, "would format standard input.txt\n")
    done = impasto("format", "-", text="a (b")
    assert (done.returncode, done.stdout) == (2, "")
    assert "standard input.txt:1:3: error" in done.stderr


def test_another_dialect(impasto):
    done = impasto("format", "-", "--dialect", "compel", text="(a)1.20  ,b")
    assert (done.returncode, done.stdout) == (0, "(a)1.20, b\n")
    done = impasto("format", "-", "--dialect", "compell", text="a")
    assert done.returncode == 2
    assert 'did you mean "compel"' in done.stderr


def test_templates_are_not_in_another_dialect(run, files):
    done = run("format", "sub/c.prompt", "--dialect", "a1111")
    assert done.exit_code == 2
    assert "a template is written in the canonical syntax" in done.stderr
