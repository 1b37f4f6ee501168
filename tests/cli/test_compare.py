from __future__ import annotations

import json

import pytest

STRANGE = "((a (b:1.2)), [c:0.8], C++ (at 5:30)"
SOME = ["--dialects", "a1111,comfyui,fooocus", "-d", "comfyui-plain,impasto"]


@pytest.mark.parametrize("columns", [80, 120])
def test_a_strange_prompt_at_a_glance(run, snapshot, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    found = run("compare", STRANGE, *SOME)
    assert found.exit_code == 0
    assert max(map(len, found.stdout.splitlines())) <= columns
    assert found.stdout == snapshot


def test_in_colour(run, snapshot, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert run("compare", STRANGE, *SOME).stdout == snapshot


def rows(text):
    """The rows of the table, the dialects and the lines of each."""
    found = []
    for row in text.split("─" * 80 + "\n")[1:-1]:
        lines = row.splitlines()
        names = [line.split("  ")[0].strip() for line in lines if not line.startswith(" ")]
        found.append((names, row))
    return found


def test_dialects_that_hear_the_same_share_a_row(run):
    found = rows(run("compare", "a fox, (snow:1.2)", *SOME).stdout)
    assert [names for names, _ in found] == [
        ["a1111", "comfyui", "fooocus", "impasto"],
        ["comfyui-plain"],
    ]


def test_only_what_differs_is_marked(run):
    _, (_, other) = rows(run("compare", "a fox, [fog], end", "-d", "a1111,comfyui").stdout)
    words, marks, *_ = other.splitlines()
    assert marks.count("≠") == 1
    assert marks.index("≠") == words.index("[fog]")


def test_one_reading_is_said_to_be_one(run):
    found = run("compare", "a fox", "-d", "a1111,comfyui").stdout
    assert "2 dialects, all hear the same" in found
    assert "probably written for plain" in " ".join(found.split())


def test_all_that_can_be_read_are_compared(run):
    from impasto.dialects.detect import readable

    data = json.loads(run("compare", STRANGE, "--format", "json").stdout)
    told = [name for group in data["groups"] for name in group["dialects"]]
    assert sorted(told) == sorted(readable())
    assert data["text"] == STRANGE
    assert data["guesses"][0]["dialect"] == "a1111"
    group = next(group for group in data["groups"] if "comfyui" in group["dialects"])
    assert group["weights"][:2] == [["a ", 33.0], ["b", 1.2]]
    lines = run("compare", STRANGE, "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line)["dialects"] for line in lines] == [
        g["dialects"] for g in data["groups"]
    ]


def test_the_dialect_it_was_written_for_comes_first(run):
    found = rows(
        run("compare", "(a fox:1.2) --ar 3:2 {red|blue}", "-d", "comfyui-plain,a1111").stdout
    )
    assert found[0][0] == ["a1111"]


def test_choices_and_nothing_have_a_row(run):
    found = run("compare", "a {red|blue} fox", "-d", "impasto,a1111").stdout
    assert "choices: impasto expand --dialect impasto" in found
    assert "(nothing)" in run("compare", "()", "-d", "a1111").stdout


def test_long_words_and_wide_letters_fit(run):
    text = "狐狸在雪地里" * 30 + " (x:1.2) " + "y" * 200
    from impasto.cli.terminal import width

    found = run("compare", text, "-d", "a1111,comfyui").stdout
    assert max(map(width, found.splitlines())) <= 80


def test_mistakes_are_explained(run):
    assert 'did you mean "a1111"?' in run("compare", "x", "-d", "a111").stderr
    assert "no prompt" in run("compare").stderr


def test_a_terminal_without_our_signs_gets_others(impasto):
    args = ("compare", "(a:1.2), [b]", "-d", "a1111,comfyui")
    found = impasto(*args, PYTHONIOENCODING="ascii", COLUMNS="80").stdout
    assert "1.2++" in found
    assert "*1" in found
    assert "?" not in found


def test_json_lines_are_answered_line_by_line(run):
    lines = '{"prompt": "a (b:1.2)"}\n3\n"plain words"\n'
    found = run("compare", "--jsonl", "-d", "a1111,comfyui", text=lines)
    answers = [json.loads(line) for line in found.stdout.splitlines()]
    assert found.exit_code == 2
    assert [answer["line"] for answer in answers] == [1, 2, 3]
    assert answers[0]["text"] == "a (b:1.2)"
    assert [group["dialects"] for group in answers[0]["groups"]] == [["a1111", "comfyui"]]
    assert answers[1]["error"]["type"] == "BadLine"
    assert answers[2]["groups"][0]["weights"] == [["plain words", 1.0]]
