from __future__ import annotations

import json
from itertools import product

import pytest

TEMPLATE = "a {red|white} fox in {rain|snow|fog}"
EVERY = [
    f"a {colour} fox in {place}"
    for colour, place in product(["red", "white"], ["rain", "snow", "fog"])
]


@pytest.fixture
def lists(place):
    folder = place / "lists"
    folder.mkdir()
    (folder / "animals.txt").write_text("cat\n3::dog\n{red|grey} fox\n", "utf-8")
    (folder / "trees.yaml").write_text("tall: [oak, ash]\nsmall: [box]\n", "utf-8")
    return folder


def test_all_in_order(run):
    assert run("expand", TEMPLATE, "--all").stdout.splitlines() == EVERY
    assert run("expand", TEMPLATE, "--all", "--limit", "2").stdout.splitlines() == EVERY[:2]


def test_it_goes_on_from_an_index(run):
    assert run("expand", TEMPLATE, "--all", "--index", "4").stdout.splitlines() == EVERY[4:]
    assert run("expand", TEMPLATE, "--index", "4").stdout.splitlines() == EVERY[4:5]
    assert run("expand", TEMPLATE, "--index", "1", "--limit", "3").stdout.splitlines() == EVERY[1:4]


def test_the_count_is_exact_however_large(run):
    assert run("expand", TEMPLATE, "--count").stdout == "6\n"
    many = "{a|b|c|d|e|f|g|h|i|j}" * 6000
    found = run("expand", "-", "--count", text=many).stdout
    assert found == "1" + "0" * 6000 + "\n"
    data = json.loads(run("expand", TEMPLATE, "--count", "--format", "json").stdout)
    assert data == {"format": 1, "template": TEMPLATE, "count": "6"}


def test_a_far_one_is_found_at_once(run):
    found = run("expand", "{a|b|c|d|e|f|g|h|i|j} " * 30, "--index", "1" + "0" * 28).stdout
    assert found.split() == ["a", "b", *"a" * 28]


def test_a_few_are_drawn_and_a_seed_repeats_them(run):
    first = run("expand", TEMPLATE, "--seed", "7").stdout
    assert first == run("expand", TEMPLATE, "--seed", "7").stdout
    assert len(first.splitlines()) == 5
    assert set(first.splitlines()) <= set(EVERY)
    second = run("expand", TEMPLATE, "--seed", "8", "--limit", "4").stdout
    assert second.splitlines() == first.splitlines()[1:]


def test_without_anything_a_few_or_all_if_they_are_few(run):
    assert len(run("expand", TEMPLATE).stdout.splitlines()) == 5
    assert run("expand", "{a|b}").stdout.split() == ["a", "b"]
    assert run("expand", "a fox").stdout == "a fox\n"


def test_word_lists(run, lists):
    found = run("expand", "__animals__ under __trees/*__", "--wildcards", lists, "--all").stdout
    assert len(found.splitlines()) == 12
    assert found.splitlines()[0] == "cat under oak"
    assert "grey fox under box" in found
    assert run("expand", "__animals__", "--wildcards", "lists", "--count").stdout == "4\n"


def test_the_projects_folder_of_word_lists_is_found(run, lists):
    lists.rename(lists.parent / "wildcards")
    (lists.parent / "impasto.toml").write_text("")
    assert run("expand", "__animals__", "--count").stdout == "4\n"


def test_parts_are_multiplied(run):
    found = run("expand", "{a|b} AND {c|d} :0.5", "--all").stdout.splitlines()
    assert found == ["a AND c :0.5", "a AND d :0.5", "b AND c :0.5", "b AND d :0.5"]
    drawn = run("expand", "{a|b} AND {c|d} :0.5", "--seed", "3").stdout.splitlines()
    assert set(drawn) <= set(found)


def test_machine_formats(run):
    data = json.loads(
        run("expand", TEMPLATE, "--seed", "7", "--limit", "2", "--format", "json").stdout
    )
    assert data["count"] == "6"
    assert [one["seed"] for one in data["prompts"]] == [7, 8]
    lines = run("expand", TEMPLATE, "--all", "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line)["index"] for line in lines] == list(range(6))
    assert [json.loads(line)["prompt"] for line in lines] == EVERY


def test_all_streams(impasto):
    found = impasto("expand", "{a|b|c|d|e|f|g|h|i|j}" * 20, "--all", "--limit", "3")
    assert found.stdout.split() == ["a" * 20, "a" * 19 + "b", "a" * 19 + "c"]


def test_a_template_from_a_file_or_a_pipe(run, place):
    (place / "t.txt").write_text(TEMPLATE + "\n", "utf-8")
    assert run("expand", "-f", "t.txt", "--all").stdout.splitlines() == EVERY
    assert run("expand", "--all", text=TEMPLATE).stdout.splitlines() == EVERY


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["__animal__", "--wildcards", "lists"], 'did you mean "animals"?'),
        (["__animals__"], "no folder of word lists is given"),
        (["__animals__", "--wildcards", "nowhere"], "there is no folder nowhere"),
        (["{a|b", "--all"], "'{' is never closed"),
        (["{a|b}", "--index", "2"], "they are 0 to 1"),
        (["{a|b}", "--seed", "1", "--all"], "give one of them"),
        (["{a|b}", "-d", "comfyi"], 'did you mean "comfyui"?'),
    ],
)
def test_mistakes_are_explained(run, lists, args, said):
    found = run("expand", *args)
    assert found.exit_code == 2
    assert said in " ".join(found.stderr.split())
    assert found.stdout == ""


def test_what_another_program_will_read_gets_no_escapes_of_ours(run):
    text = r"a (x:1.2) {red|blue} fox \( [y] 3:4"
    found = run("expand", text, "-d", "dynamicprompts", "--all").stdout.splitlines()
    assert found == [r"a (x:1.2) red fox \( [y] 3:4", r"a (x:1.2) blue fox \( [y] 3:4"]


def test_what_another_program_would_refuse_is_an_error_with_its_place(run):
    found = run("expand", "100% {a|b}", "-d", "dynamicprompts")
    assert found.exit_code == 2
    assert "prompt:1:4: error:" in found.stderr
