from __future__ import annotations

import json

import pytest

PROMPT = """\
---
variables:
  subject: {description: Who it is}
  age: {type: integer, default: 40, range: [18, 100]}
  hair: {choices: [red, 1, none], default: red}
  props: {type: list, default: []}
styles: [photorealistic/portrait:0.8]
negative: hat
parameters: {steps: 20}
---
portrait of {{ subject }}, {{ age }} years, ({{ hair }} hair:1.2)
{%- for prop in props %}, {{ prop }}{% endfor %}
"""


@pytest.fixture
def file(place):
    path = place / "sailor.prompt"
    path.write_text(PROMPT, encoding="utf-8")
    return path.name


def data(found):
    assert found.exit_code == 0, found.stderr
    return json.loads(found.stdout)


def test_a_text_a_style_and_parameters(run, snapshot):
    found = run(
        "compose", "a lighthouse, (waves:1.2)", "--style", "photorealistic/portrait:0.7",
        "--negative", "people, waves", "-p", "size=1024x768", "-p", "steps=30", "--model", "sdxl",
    )  # fmt: skip
    assert found.exit_code == 0
    assert found.stdout == snapshot


def test_explain_shows_where_every_fragment_was_written(run, file, snapshot):
    found = run("compose", "-f", file, "--set", "subject=Ada", "--explain")
    assert found.exit_code == 0
    assert "  sailor.prompt\n    11:1    template         portrait of" in found.stdout
    assert "style_packs/photorealistic.yaml (style photorealistic/portrait)" in found.stdout
    assert "(style mixins/shallow-focus)" in found.stdout
    assert found.stdout == snapshot
    assert found.stdout == run("explain", "-f", file, "--set", "subject=Ada").stdout


def test_json_holds_everything(run, file):
    found = data(run("compose", "-f", file, "--set", "subject=Ada", "--format", "json"))
    assert found["format"] == 1
    assert found["prompt"].startswith("portrait of Ada, 40 years, (red hair:1.2), ")
    assert found["parameters"]["num_inference_steps"] == 20
    assert found["styles"] == ["photorealistic/portrait:0.8"]
    first = found["fragments"][0]
    assert (first["text"], first["role"], first["weight"]) == ("portrait of Ada", "prompt", 1.0)
    assert (first["span"]["file"], first["span"]["line"]) == (file, 11)


def test_values_get_the_kinds_of_the_file(run, file, place):
    (place / "subject.txt").write_text("an old sailor (retired)\n", encoding="utf-8")
    values = ("subject=@subject.txt", "age=73", "hair=1", "props=a pipe", "props=a parrot")
    flags = [part for value in values for part in ("--set", value)]
    found = data(run("compose", "-f", file, *flags, "--format", "json"))
    start = r"portrait of an old sailor \(retired\), 73 years, (1 hair:1.2), a pipe, a parrot, "
    assert found["prompt"].startswith(start)
    one = data(
        run("compose", "-f", file, "--set", "subject=@@x", "--set", "props=a", "--format", "json")
    )
    assert one["prompt"].startswith("portrait of @x, 40 years, (red hair:1.2), a, ")


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ([], 'sailor.prompt:3:3: error: the variable "subject" has no value: Who it is'),
        (["subjct=x"], 'did you mean "subject"?'),
        (["subject=x", "age=old"], "expected an integer from 18 to 100"),
        (["subject=x", "age=7"], "7"),
        (["subject=x", "hair=reed"], 'did you mean "red"?'),
        (["subject=x", "subject=y"], '"subject" is set 2 times, and it takes one string'),
        (["subject=@nothing.txt"], "there is no file nothing.txt"),
        (["subject"], '--set takes NAME=VALUE, and "subject" is not that'),
    ],
)
def test_a_bad_value_says_what_is_expected(run, file, flags, said):
    found = run("compose", "-f", file, *[part for f in flags for part in ("--set", f)])
    assert found.exit_code == 2
    assert said in found.stderr
    assert found.stdout == ""


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["a (fox"], "prompt:1:3: error: '(' is never closed"),
        (["a fox", "--negative", "a [hat"], "negative prompt:1:3: error: '[' is never closed"),
        (["a {{ fox", "--template"], "template:1:3: error: "),
        (["a {{ fox }}"], "add --template"),
        (["a {{ fox }}", "--template"], 'the variable "fox" has no value'),
        (["a {{ fox }}", "--set", "fx=1"], 'did you mean "fox"?'),
        (["a {red|white} fox"], "--seed 1, 2, 3"),
        (["a fox", "--style", "noirr"], 'did you mean "noir"?'),
        (["a fox", "--style", "photorealistc/noir"], "did you mean"),
        (["a fox", "--model", "flux-dv"], 'did you mean "flux-dev"?'),
        (["a fox", "-f", "x.prompt"], "not both"),
        (["-f", "x.prompt"], "there is no file x.prompt"),
        (["  "], "no prompt"),
        ([], "no prompt"),
        (["a fox", "-p", "steps"], "--param takes NAME=VALUE"),
        (["a fox", "-p", "ar=wide"], "is not a ratio"),
    ],
)
def test_a_mistake_is_explained(run, args, said):
    found = run("compose", *args)
    assert found.exit_code == 2
    assert said in found.stderr
    assert "Traceback" not in found.stderr


@pytest.mark.parametrize("verb", ["compose", "explain", "translate", "tokens", "generate"])
def test_text_may_name_a_file(run, file, verb):
    flags = ("--set", "subject=Ada", "--format", "json")
    named, given = run(verb, file, *flags), run(verb, "-f", file, *flags)
    assert named.exit_code == given.exit_code == 0
    assert verb == "generate" or named.stdout == given.stdout


@pytest.mark.parametrize("verb", ["compose", "explain", "translate", "tokens", "generate", "read"])
def test_a_file_that_is_not_there_is_no_prompt(run, file, place, verb):
    (place / "prompts").mkdir()
    for name, said in (
        ("salor.prompt", 'did you mean "sailor.prompt"?'),
        ("prompts/old", 'through a pipe ("-")'),
        (f"{'x' * 5000}.prompt", "there is no file xxx"),
    ):
        found = run(verb, name)
        assert (found.exit_code, found.stdout) == (2, "")
        assert f"there is no file {name}" in found.stderr
        assert said in found.stderr


@pytest.mark.parametrize(
    "text", ["24/7", "cat/", "http://a.b/c.png", "a fox, prompts/old", "a/b\0"]
)
def test_a_text_with_a_slash_is_a_prompt(run, text):
    assert run("compose", text).stdout.startswith("  prompt     ")
    assert run("compose", "-", text="no such.prompt").stdout == "  prompt     no such.prompt\n"


def test_a_weight_beyond_all_measure_is_json(run):
    found = data(run("compose", f"a, (b:{'9' * 400})", "--format", "json"))
    assert [(f["text"], f["weight"]) for f in found["fragments"]] == [("a", 1.0), ("b", "inf")]


def test_a_value_cannot_break_the_prompt(run):
    found = run(
        "compose", "{{ who }}, ({{ mood }}:1.2)", "--set", "who=ganyu (genshin impact), __x__ {a|b}",
        "--set", "mood=smile :)", "--format", "json",
    )  # fmt: skip
    fragments = data(found)["fragments"]
    assert [(f["text"], f["weight"]) for f in fragments] == [
        ("ganyu (genshin impact), __x__ {a|b}", 1.0),
        ("smile :)", 1.2),
    ]


def test_the_prompt_comes_through_a_pipe(run):
    for args in (["compose"], ["compose", "-"]):
        assert "a red fox" in run(*args, text="a red fox\n").stdout


def test_a_seed_draws_choices_and_repeats(run):
    args = ("compose", "a {red|white|black|blue} fox", "--seed", "4")
    first = run(*args).stdout
    assert first == run(*args).stdout
    assert "seed       4" in first
    assert {run(*args[:-1], seed).stdout.split()[2] for seed in range(20)} == {
        "red",
        "white",
        "black",
        "blue",
    }


def test_the_configured_model_chooses_the_variants(run, place):
    (place / "impasto.toml").write_text('model = "flux-dev"\n')
    found = run("compose", "a lighthouse", "--style", "photorealistic/portrait")
    assert "flux-dev" in found.stdout
    assert "A photograph taken on an 85 mm lens" in " ".join(found.stdout.split())
