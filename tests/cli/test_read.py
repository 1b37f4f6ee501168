from __future__ import annotations

import io
import json
import tracemalloc

import pytest

STRANGE = "((a (b:1.2)), [c:0.8], C++ (at 5:30)"


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("dialect", ["a1111", "comfyui"])
def test_effective_weights_of_a_strange_prompt(run, snapshot, monkeypatch, columns, dialect):
    monkeypatch.setenv("COLUMNS", str(columns))
    found = run("read", STRANGE, "--dialect", dialect)
    assert found.exit_code == 0
    assert found.stdout == snapshot


def test_in_colour_hot_is_red_and_cold_is_blue(run, snapshot, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    found = run("read", "a (hot:2.5), (warm:1.2), [cold], (ice:0.3)", "--dialect", "a1111")
    assert "\x1b[31;1mhot" in found.stdout
    assert found.stdout == snapshot


def test_parts_schedules_and_turns_are_named(run):
    text = "[a|b] fox AND [c:d:5] (x:1.2) :0.5"
    found = run("read", text, "--dialect", "a1111").stdout
    assert "part 1, steps 1, 3, 5 … of 20" in found
    assert "part 1, steps 2, 4, 6 … of 20" in found
    assert "part 2, as a whole at 0.5▼▼▼▼, steps 1 to 5 of 20" in found
    assert "part 2, as a whole at 0.5▼▼▼▼, steps 6 to 20 of 20" in found
    ten = run("read", "[a:b:0.5]", "--dialect", "a1111", "--steps", "10").stdout
    assert "steps 1 to 5 of 10" in ten


def test_auto_says_what_it_took_and_why(run):
    found = run("read", r"a (fox:1.2), [fog], miku \(vocaloid\)").stdout
    assert found.startswith("a1111: AUTOMATIC1111")
    assert "`(fox:1.2)` (column 3) is a weight" in found


def test_what_the_real_parser_stumbles_over_is_underlined_and_exit_1(run):
    found = run("read", "a (b:nan)", "--dialect", "comfyui")
    assert found.exit_code == 1
    assert "broken" in found.stdout
    line, marks = found.stdout.split("error: ")[1].splitlines()[1:3]
    assert line.endswith("a (b:nan)")
    assert "^" in marks


def test_json_is_one_object_also_with_numbers_that_json_has_not(run):
    found = run("read", "a (b:nan)", "--dialect", "comfyui", "--format", "json")
    one = json.loads(found.stdout)
    assert (one["format"], one["dialect"], one["text"]) == (1, "comfyui", "a (b:nan)")
    assert one["weights"] == [["a ", 1.0], ["b", "nan"]]
    assert one["schedule"] == [{"weight": 1.0, "until": 20, "runs": one["weights"]}]
    assert one["diagnostics"][0]["severity"] == "error"
    line = run("read", "a (b:1.2)", "--format", "jsonl").stdout
    assert line.count("\n") == 1
    assert json.loads(line)["guesses"][0]["dialect"] == "a1111"


def test_text_comes_from_a_file_or_a_pipe(run, place):
    (place / "prompt.txt").write_text("a (b:1.2)\n", "utf-8")
    from_file = run("read", "-f", "prompt.txt", "--dialect", "a1111")
    from_pipe = run("read", "--dialect", "a1111", text="a (b:1.2)\n")
    assert from_file.stdout == from_pipe.stdout
    assert "▲▲" in from_file.stdout


def test_choices_are_left_to_expand(run):
    found = run("read", "a {red|blue} fox", "--dialect", "impasto")
    assert "impasto expand" in found.stdout
    data = run("read", "a {red|blue} fox", "--dialect", "impasto", "--format", "json").stdout
    assert json.loads(data)["weights"] is None


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["x", "-d", "comfyi"], 'did you mean "comfyui"?'),
        (["x", "-d", "nobody"], "dialects that can be read are a1111"),
        (["x", "-f", "y.txt"], "not both"),
        (["-f", "missing.txt"], "there is no file missing.txt"),
        (["x", "--jsonl"], "not TEXT"),
        (["--jsonl", "--format", "json"], "--format jsonl"),
        (["--jsonl", "-f", "missing.jsonl"], "there is no file missing.jsonl"),
        (["--jsonl", "-d", "comfyi"], 'did you mean "comfyui"?'),
    ],
)
def test_mistakes_are_explained(run, args, said):
    found = run("read", *args)
    assert found.exit_code == 2
    assert said in " ".join(found.stderr.split())
    assert found.stdout == ""


LINES = """\
"a (b:1.2)"
{"prompt": "x", "negative": "(y:1.3)"}

nonsense
{"prompt": 3}
{"negative": "x"}
["x"]
{"prompt": "x", "negative": 1}
"(z)"
"""


def test_json_lines_go_on_after_a_bad_one(run):
    found = run("read", "--jsonl", "--dialect", "a1111", text=LINES)
    assert found.exit_code == 2
    lines = [json.loads(line) for line in found.stdout.splitlines()]
    assert [line["line"] for line in lines] == [1, 2, 4, 5, 6, 7, 8, 9]
    assert [line["line"] for line in lines if "error" in line] == [4, 5, 6, 7, 8]
    assert lines[0]["weights"] == [["a ", 1.0], ["b", 1.2]]
    assert lines[1]["negative"]["weights"] == [["y", 1.3]]
    assert lines[-1]["weights"] == [["z", 1.1]]
    assert "no JSON" in lines[2]["error"]["message"]
    assert '"prompt"' in lines[3]["error"]["message"]


def test_json_lines_of_any_bytes_and_depth(run, place):
    (place / "odd.jsonl").write_bytes(
        b'\xef\xbb\xbf"(a)"\r\n\xff\xfe\n' + b"[" * 100_000 + b'\n"\\ud800 (b:1.2)"\n'
    )
    found = run("read", "--jsonl", "-f", "odd.jsonl", "-d", "a1111")
    assert found.exit_code == 2
    lines = [json.loads(line) for line in found.stdout.splitlines()]
    assert ["error" in line for line in lines] == [False, True, True, False]
    assert lines[0]["weights"] == [["a", 1.1]]


def test_clean_json_lines_exit_with_0(run):
    assert run("read", "--jsonl", "-d", "a1111", text='"a"\n').exit_code == 0


class _Nothing(io.TextIOBase):
    """A stream that keeps nothing but the number of lines."""

    encoding = "utf-8"
    lines = 0

    def write(self, text):
        self.lines += text.count("\n")
        return len(text)


@pytest.mark.parametrize("verb", [["read", "-d", "a1111"], ["translate", "--to", "comfyui"]])
def test_memory_stays_flat_over_many_lines(verb, place, monkeypatch):
    from impasto.cli.app import main

    def peak(lines):
        out = _Nothing()
        monkeypatch.setattr("sys.stdout", out)
        path = place / f"{lines}.jsonl"
        path.write_text("".join(f'"a fox, (light {n}:1.{n % 7})"\n' for n in range(lines)))
        tracemalloc.start()
        with pytest.raises(SystemExit):
            main([*verb, "--jsonl", "-f", str(path)])
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert out.lines == lines
        return found

    peak(50)  # what is imported and remembered once
    assert peak(3000) < peak(300) + 1_000_000
