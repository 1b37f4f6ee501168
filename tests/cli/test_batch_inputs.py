"""What `impasto batch` reads besides text: Parquet and recipes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tracemalloc

import pyarrow as pa
import pytest
from pyarrow import parquet

import impasto
from impasto.cli import batchparquet
from impasto.images.metadata import read

RECIPE = """\
format: 1
template: "a {{ who }}, (light:1.2)"
matrix: {who: [fox, cat, owl]}
seeds: [3, 4]
models: [sdxl]
parameters: {size: 64x64}
output: "{who}/{seed}"
"""


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def server(acts):
    site = acts.Site(acts.b64())
    yield site
    site.close()


@pytest.fixture
def recipe(place):
    (place / "r.yaml").write_text(RECIPE)
    return "r.yaml"


def table(place, name="p.parquet", **columns):
    parquet.write_table(pa.table(columns), place / name)
    return name


def images(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.png"))


def summary(found):
    return json.loads(found.stdout.splitlines()[-1])


def test_a_row_is_an_image(run, place, server):
    file = table(
        place,
        prompt=["a fox", "a cat", None, "a dog"],
        negative=["fog", None, None, ""],
        seed=[7, None, 1, 0],
        styles=[["noir", "cinematic"], [], None, ["photorealistic/product"]],
        parameters=[{"steps": 9, "width": None}, None, None, {"steps": None, "width": 512}],
    )
    found = run("batch", file, "--base-url", server.url, "-m", "sdxl", "--concurrency", 1)
    assert found.exit_code == 1
    assert 'p.parquet: row 3: error: the text "prompt" is missing' in found.stderr
    first, second, third = (seen.json for seen in server.seen)
    assert (first["seed"], first["num_inference_steps"]) == (7, 9)
    assert "fog" in first["negative_prompt"]
    assert second["prompt"] == "a cat"
    assert third["seed"] == 0
    assert third["width"] == 512
    assert len(images(place / "p")) == 3


def test_parameters_may_be_json(run, place):
    file = table(place, prompt=["a", "b"], parameters=['{"steps": 9}', "steps 9"])
    found = run("batch", file, "--dry-run")
    assert found.exit_code == 1
    assert '"steps 9" are no parameters' in found.stderr
    assert json.loads(found.stdout)["request"]["num_inference_steps"] == 9


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda p: table(p, promt=["a"]), 'there is no column "promt"\n  hint: did you mean'),
        (lambda p: table(p, seed=[1]), 'the column "prompt" is missing'),
        (lambda p: (p / "p.parquet").write_bytes(b"no"), "is no Parquet file"),
        (lambda p: None, "there is no file p.parquet"),
    ],
    ids=["name", "none", "damaged", "missing"],
)
def test_a_table_that_is_none_is_told(run, place, make, said):
    make(place)
    found = run("batch", "p.parquet")
    assert found.exit_code == 2
    assert said in found.stderr


def test_without_pyarrow_the_error_says_what_to_install(run, place, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    found = run("batch", "p.parquet")
    assert found.exit_code == 2
    assert "needs pyarrow" in found.stderr
    assert 'pip install "impasto[parquet]"' in found.stderr


def test_only_a_parquet_file_imports_pyarrow(place):
    (place / "p.jsonl").write_text('"a fox"\n')
    code = (
        "import sys; from impasto.cli.app import main\n"
        "try: main(['batch', 'p.jsonl', '--dry-run'])\n"
        "except SystemExit: print(sorted({'pyarrow', 'PIL'} & set(sys.modules)), file=sys.stderr)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True
    )
    assert found.stderr.strip() == "[]"


def test_a_large_table_is_read_a_few_rows_at_a_time(place, monkeypatch):
    file = table(place, prompt=[f"{n} {'x' * 500}" for n in range(20_000)])
    assert batchparquet.count(str(place / file)) == 20_000
    tracemalloc.start()
    for number, _ in batchparquet.rows(str(place / file)):
        if number == 1_000:
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[1]
    grown = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    assert number == 20_000
    assert grown < 200_000


def test_a_recipe_is_made_without_a_detour(run, place, recipe, server):
    counted = run("batch", recipe, "--base-url", server.url, "--estimate")
    assert counted.stdout.startswith("6 images: 6 to make")
    found = run("batch", recipe, "--base-url", server.url, "--format", "json")
    assert found.exit_code == 0, found.stderr
    assert json.loads(found.stdout.splitlines()[0])["images"] == 6
    assert images(place / "r") == sorted(
        f"{w}/{s}.png" for w in ("cat", "fox", "owl") for s in (3, 4)
    )
    record = read((place / "r/fox/4.png").read_bytes())
    assert (record["prompt"], record["seed"], record["values"]) == (
        "a fox, (light:1.2)",
        4,
        {"who": "fox"},
    )


def test_it_is_what_the_pipe_makes(run, place, recipe, server):
    assert run("batch", recipe, "--base-url", server.url, "--no-cache").exit_code == 0
    direct = [seen.json for seen in server.seen]
    server.seen.clear()
    built = run("build", recipe).stdout
    piped = run("batch", "-", "--base-url", server.url, "-o", "r", "--no-cache", text=built)
    assert piped.exit_code == 0
    assert "6 there already" in piped.stderr
    assert server.seen == []
    assert len(direct) == 6


def test_the_models_of_a_recipe_can_be_others(run, place, recipe):
    (place / recipe).write_text(RECIPE.replace("64x64", "1024x1024"))
    found = run("batch", recipe, "-m", "flux-dev", "--dry-run")
    assert {json.loads(line)["request"]["model"] for line in found.stdout.splitlines()} == {
        "flux-dev"
    }


@pytest.mark.parametrize("option", [("--style", "noir"), ("-p", "steps=9"), ("--seed", "1")])
def test_nothing_is_added_to_a_recipe(run, place, recipe, option):
    direct = run("batch", recipe, *option)
    assert direct.exit_code == 2
    assert "cannot be added to an image of a recipe" in direct.stderr
    piped = run("batch", "-", *option, text=run("build", recipe).stdout)
    assert "cannot be added to an image of a recipe" in piped.stderr
    assert images(place) == []


def test_a_recipe_that_its_model_refuses_is_not_sent(run, place, recipe, server):
    (place / recipe).write_text(RECIPE.replace("sdxl", "dalle3").replace("64x64", "1000x1000"))
    for found in (
        run("batch", recipe, "--base-url", server.url),
        run("batch", "-", "--base-url", server.url, text=run("build", recipe).stdout),
    ):
        assert found.exit_code == 2
        assert "dall-e-3 refuses this" in found.stderr
    assert server.seen == []


def test_a_recipe_is_adapted_on_request(run, place, recipe, server):
    (place / recipe).write_text(RECIPE.replace("sdxl", "dalle3").replace("64x64", "1000x1000"))
    found = run("batch", recipe, "--base-url", server.url, "--adapt")
    assert found.exit_code == 0
    assert {(seen.json["width"], seen.json["height"]) for seen in server.seen} == {(1024, 1024)}
    assert "1024x1024 is sent instead (6 lines)" in " ".join(found.stderr.split())


def test_a_recipe_is_previewed_on_request(run, place, recipe, server):
    (place / recipe).write_text(RECIPE.replace("sdxl", "flux-dev").replace("64x64", "1024x1024"))
    found = run("batch", recipe, "--base-url", server.url, "--preview")
    assert found.exit_code == 0
    assert {seen.json["model"] for seen in server.seen} == {"flux-schnell"}
    assert "a preview of flux-dev: painted by flux-schnell" in " ".join(found.stderr.split())
    made = impasto.inspect((place / "r" / "fox" / "3.png").read_bytes()).generation
    assert made.record["preview_of"] == "flux-dev"


@pytest.mark.parametrize("option", ["--adapt", "--preview"])
def test_what_is_translated_already_is_not_changed_any_more(run, place, recipe, option):
    piped = run("batch", "-", option, text=run("build", recipe).stdout)
    assert piped.exit_code == 2
    assert "give impasto batch the recipe itself" in piped.stderr


def test_a_broken_recipe_makes_nothing(run, place, recipe):
    (place / recipe).write_text(RECIPE.replace("{{ who }}", "{{ woh }}"))
    found = run("batch", recipe)
    assert found.exit_code == 2
    assert 'did you mean "who"' in found.stderr or "woh" in found.stderr
    assert not (place / "r").exists()


@pytest.mark.skipif(os.name == "nt", reason="signals are another thing there")
def test_a_killed_recipe_goes_on(place, run, recipe, server):
    command = [sys.executable, "-m", "impasto", "batch", recipe, "--base-url", server.url]
    process = subprocess.Popen(
        [*command, "--concurrency", "1"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    found = run("batch", recipe, "--base-url", server.url)
    assert found.exit_code == 0, found.stderr
    assert len(images(place / "r")) == 6
    assert len(server.seen) <= 7


def test_further_images_of_a_request_keep_their_names(run, place):
    lines = [
        {"prompt": "a", "output": "fox", "parameters": {"n": 2}},
        {"prompt": "b", "output": "fox-2"},
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    found = run("batch", "-", "-m", "sdxl", "-p", "size=64x64", text=text)
    assert found.exit_code == 1
    assert '"fox-2" is already what image 1 is called' in found.stderr


def test_a_proof_is_never_billed(run, place):
    (place / "p.jsonl").write_text('"a"\n')
    found = run("batch", "p.jsonl", "-p", "size=64x64", "--format", "json")
    assert summary(found)["maybe_billed"] == 0
