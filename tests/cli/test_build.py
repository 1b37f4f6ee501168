from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import jsonschema
import pytest

from impasto import jsonschemas

FOXES = """\
format: 1
template: "{{ subject }} at {{ light }}, (golden:1.2)"
models: [sdxl, flux-dev]
matrix:
  subject: [a fox, an owl]
  light: [dawn, noon]
exclude:
  - {subject: an owl, light: noon}
output: "{model}/{subject}_{light}"
"""


@pytest.fixture
def foxes(place):
    path = place / "foxes.yaml"
    path.write_text(FOXES, "utf-8")
    return path


@pytest.fixture
def big(place):
    rows = json.dumps([f"x {at}" for at in range(100)])
    path = place / "big.yaml"
    path.write_text(
        f"format: 1\ntemplate: '{{{{ a }}}}, {{{{ b }}}}, {{{{ c }}}}'\nmodels: [sdxl]\n"
        f"matrix: {{a: {rows}, b: {rows}, c: {rows}}}\n",
        "utf-8",
    )
    return path


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def test_every_image_is_a_line_as_the_schema_says(run, foxes):
    done = run("build", foxes)
    assert done.exit_code == 0
    found = lines(done.stdout)
    assert [one["number"] for one in found] == list(range(6))
    schema = jsonschemas.schema("recipe-image")
    for one in found:
        jsonschema.validate(one, schema)
        assert set(one) <= set(schema["properties"])
    assert found[0]["prompt"] == "a fox at dawn, (golden:1.2)"
    assert found[1]["prompt"] == "a fox at dawn, distinctly golden"
    assert [loss["kind"] for loss in found[1]["losses"]] == ["weight"]
    assert found[5]["output"] == "flux-dev/an-owl_dawn"
    assert found[5]["values"] == {"subject": "an owl", "light": "dawn"}


def test_one_by_its_number_and_some_from_a_number_on(run, foxes):
    every = run("build", foxes).stdout.splitlines()
    assert run("build", foxes, "--index", "4").stdout.splitlines() == every[4:5]
    assert run("build", foxes, "--start", "2").stdout.splitlines() == every[2:]
    assert run("build", foxes, "--start", "2", "--limit", "3").stdout.splitlines() == every[2:5]
    assert run("build", foxes, "--limit", "0").stdout == ""
    assert run("build", foxes, "--start", "6").exit_code == 0
    assert run("build", foxes, "--start", "7").exit_code == 2
    assert "there is no image 6: they are 0 to 5" in run("build", foxes, "--index", "6").stderr
    assert run("build", foxes, "--index", "1", "--limit", "2").exit_code == 2


def test_the_count_comes_alone_and_at_once(run, foxes, big):
    assert run("build", foxes, "--count").stdout == "6\n"
    assert run("build", foxes, "--count", "-m", "dall-e-3").stdout == "3\n"
    assert run("build", big, "--count").stdout == "1000000\n"
    (last,) = lines(run("build", big, "--index", "999999").stdout)
    assert last["values"] == {"a": "x 99", "b": "x 99", "c": "x 99"}
    assert last["output"] == "999999-stable-diffusion-xl"


def test_check_says_what_there_is_and_what_is_lost(run, foxes):
    done = run("build", foxes, "--check")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0] == "6 images: 2 subject × 2 light × 2 model, 2 excluded"
    assert "info: flux-dev: loses weight" in done.stdout
    assert done.stdout.splitlines()[-1] == "composed all of them, 0 failed"


def test_check_finds_what_a_model_refuses(run, foxes):
    foxes.write_text(f"{FOXES}parameters: {{guidance_scale: -5}}\n", "utf-8")
    done = run("build", foxes, "--check")
    assert done.exit_code == 1
    assert "error: " in done.stdout


def test_check_looks_at_some_of_many(run, big):
    done = run("build", big, "--check")
    assert done.stdout.startswith("1,000,000 images: 100 a × 100 b × 100 c × 1 model\n")
    assert done.stdout.endswith("composed 64 of them, 0 failed\n")


def test_an_image_that_cannot_be_composed_does_not_stop_the_others(run, place):
    (place / "r.yaml").write_text(
        'format: 1\ntemplate: "{{ 6 // n }} foxes"\nmodels: [sdxl]\nmatrix: {n: [1, 0, 2]}\n',
        "utf-8",
    )
    done = run("build", "r.yaml")
    assert done.exit_code == 2
    one, two, three = lines(done.stdout)
    assert (one["prompt"], three["prompt"]) == ("6 foxes", "3 foxes")
    assert two["number"] == 1
    assert two["error"]["type"] == "TemplateError"
    assert "r.yaml:2:" in two["error"]["message"]
    assert "1 of 3 images could not be composed" in done.stderr
    jsonschema.validate(two, jsonschemas.schema("recipe-image"))
    checked = run("build", "r.yaml", "--check")
    assert checked.exit_code == 2
    assert "error: image 1: r.yaml:2:" in checked.stdout
    assert "error: r.yaml:2:" in run("build", "r.yaml", "--format", "text").stdout


def test_text_is_for_people(run, foxes):
    done = run("build", foxes, "--format", "text", "-m", "sdxl", "--limit", "1")
    assert done.stdout.splitlines()[:2] == [
        "0 stable-diffusion-xl/a-fox_dawn (stable-diffusion-xl)",
        "  hears      a fox at dawn, (golden:1.2)",
    ]


def test_a_file_is_written_and_gone_on_with(run, foxes, place):
    whole = run("build", foxes).stdout
    assert run("build", foxes, "-o", "out.jsonl", "--limit", "2").stdout == ""
    assert run("build", foxes, "-o", "out.jsonl", "--start", "2").exit_code == 0
    assert (place / "out.jsonl").read_text("utf-8") == whole
    run("build", foxes, "-o", "out.jsonl")
    assert (place / "out.jsonl").read_text("utf-8") == whole
    assert "cannot write" in run("build", foxes, "-o", "nowhere/out.jsonl").stderr


def test_the_configured_model_stands_in_for_none(run, place):
    (place / "r.yaml").write_text("format: 1\ntemplate: a fox\n", "utf-8")
    assert "the recipe names no model" in run("build", "r.yaml").stderr
    (place / "impasto.toml").write_text('model = "dall-e-3"\n', "utf-8")
    assert lines(run("build", "r.yaml").stdout)[0]["model"] == "dall-e-3"


def test_styles_and_word_lists_of_the_project_are_in_reach(run, place):
    (place / "style_packs").mkdir()
    (place / "style_packs" / "mine.yaml").write_text(
        "format: 1\nname: mine\nstyles:\n  dusk: {text: '{{ prompt }}, blue hour'}\n", "utf-8"
    )
    (place / "wildcards").mkdir()
    (place / "wildcards" / "animals.txt").write_text("fox\nowl\n", "utf-8")
    (place / "r.toml").write_text(
        'format = 1\ntemplate = "an __animals__"\nstyles = ["dusk"]\nmodels = ["sdxl"]\n'
        'choices = "all"\n',
        "utf-8",
    )
    found = lines(run("build", "r.toml").stdout)
    assert [one["prompt"] for one in found] == ["an fox, blue hour", "an owl, blue hour"]


def test_a_recipe_that_is_broken_writes_nothing(run, place):
    (place / "r.yaml").write_text("format: 1\ntemplate: a fox\nmodles: [sdxl]\n", "utf-8")
    done = run("build", "r.yaml")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "r.yaml:3:1" in done.stderr
    assert 'did you mean "models"?' in done.stderr


COMMAND = [sys.executable, "-c", "from impasto.cli.app import main; main()"]


def test_a_reader_that_goes_ends_it_quietly(big):
    with subprocess.Popen(
        [*COMMAND, "build", big], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert json.loads(process.stdout.readline())["number"] == 0
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="there are no such signals")
def test_an_interrupt_says_where_to_go_on(big, place):
    out = place / "out.jsonl"
    with subprocess.Popen(
        [*COMMAND, "build", big, "-o", out, "--limit", "100000"], stderr=subprocess.PIPE, text=True
    ) as process:
        while not out.exists() or out.stat().st_size < 10_000:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
    assert process.returncode == 130
    numbers = [one["number"] for one in lines(out.read_text("utf-8"))]
    assert numbers == list(range(len(numbers)))
    assert f"go on with --start {len(numbers)}\n" in said
    assert "Traceback" not in said
