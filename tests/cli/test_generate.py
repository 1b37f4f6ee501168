from __future__ import annotations

import io
import json

import pytest
from PIL import Image

from impasto.cli import files
from impasto.images.metadata import read

KEY = "sk-Loopback0123456789"
PROMPT = """\
---
variables: {subject: {}}
styles: [photorealistic/noir:0.5]
model: sdxl
parameters: {size: 256x320}
---
portrait of {{ subject }}, (rim light:1.2)
"""


def only(folder):
    (path,) = folder.iterdir()
    return path


def test_without_a_server_it_draws_a_proof_and_says_so(run, place):
    found = run("generate", "a red fox, (light:1.2)", "-p", "size=1280x1024", "--seed", 7)
    assert found.exit_code == 0
    assert "a proof of what stable-diffusion-xl hears, not a painting, seed 7" in found.stderr
    assert "--base-url" in found.stderr
    assert found.stdout == "stable-diffusion-xl-a-red-fox-light-7.png\n"
    image = Image.open(io.BytesIO(only(place).read_bytes()))
    assert image.size == (1280, 1024)
    assert image.info["parameters"].startswith("a red fox, (light:1.2)\n")


def test_the_same_command_gives_the_same_file(run, place):
    args = ("generate", "a red fox", "-p", "size=128x128", "--seed", 7, "-o")
    assert run(*args, "a/").exit_code == run(*args, "b/").exit_code == 0
    assert only(place / "a").read_bytes() == only(place / "b").read_bytes()


def test_the_record_says_what_made_the_image(run, place):
    (place / "sailor.prompt").write_text(PROMPT)
    done = run("generate", "-f", "sailor.prompt", "--set", "subject=Ada (1815)", "-o", "ada.png")
    assert done.exit_code == 0, done.stderr
    record = read((place / "ada.png").read_bytes())
    assert record["canonical"].startswith(r"portrait of Ada \(1815\), (rim light:1.2)")
    assert record["prompt"].startswith(r"portrait of Ada \(1815\), (rim light:1.2)")
    assert record["template"] == {"name": "sailor.prompt", "text": PROMPT}
    assert record["values"] == {"subject": "Ada (1815)"}
    (style,) = record["styles"]
    assert (style["name"], style["weight"]) == ("photorealistic/noir", 0.5)
    assert style["version"]
    assert (record["model"], record["backend"]) == ("stable-diffusion-xl", "proof")
    assert record["parameters"]["width"] == 256
    assert record["parameters"]["seed"] == record["seed"]
    assert f"--seed {record['seed']} repeats it" in done.stderr
    assert record["impasto"]


def test_a_server_is_asked_and_the_image_is_kept(run, place, api, images, acts, monkeypatch):
    monkeypatch.setenv("IMPASTO_API_KEY", KEY)
    api.plays(acts.url(f"{images.url}/a.png", revised_prompt="a very red fox"))
    found = run(
        "generate", "a red fox, (light:1.2)", "--negative", "fog", "-m", "flux-dev",
        "-p", "size=512x512", "--seed", 42, "--base-url", api.url, "-o", "fox",
    )  # fmt: skip
    assert found.exit_code == 0, found.stderr
    assert found.stdout == "fox.png\n"
    (asked,) = api.seen
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.json["model"] == "flux-dev"
    assert asked.json["negative_prompt"] == "fog"
    assert (asked.json["width"], asked.json["seed"]) == (512, 42)
    data = (place / "fox.png").read_bytes()
    record = read(data)
    assert record["revised_prompt"] == "a very red fox"
    assert record["losses"][0]["kind"] == "weight"
    everything = data + found.stdout.encode() + found.stderr.encode()
    assert KEY.encode() not in everything
    assert "lost" in found.stderr


def test_nothing_is_replaced(run, place):
    args = ("generate", "a fox", "-p", "size=64x64", "--seed", 1, "-o", "fox.png")
    names = [run(*args).stdout.strip() for _ in range(3)]
    assert names == ["fox.png", "fox-2.png", "fox-3.png"]
    assert sorted(p.name for p in place.iterdir()) == sorted(names)


def test_several_images_have_several_seeds(run, place):
    found = run(
        "generate",
        "a {red|white|black} fox",
        "-n",
        3,
        "--seed",
        5,
        "-p",
        "size=64x64",
        "-o",
        "out/",
    )
    assert found.exit_code == 0
    assert "3/3 images" in found.stderr
    records = [read(p.read_bytes()) for p in (place / "out").iterdir()]
    assert sorted(r["seed"] for r in records) == [5, 6, 7]
    assert all(r["choices_seed"] == r["seed"] for r in records)
    one = run(
        "generate", "a {red|white|black} fox", "--seed", 6, "-p", "size=64x64", "-o", "one.png"
    )
    assert one.exit_code == 0
    again = read((place / "one.png").read_bytes())
    assert again["prompt"] == next(r["prompt"] for r in records if r["seed"] == 6)


def test_a_model_without_seeds_gets_none(run, api):
    found = run("generate", "a fox", "-m", "dalle3", "--backend", "proof")
    assert found.exit_code == 0
    assert "seed" not in found.stdout + found.stderr.split("\n")[-3]


def test_limits_stop_it_before_anything_is_sent(run, place, api):
    args = ("generate", "a fox", "-m", "dalle3", "-p", "size=1000x1000", "--base-url", api.url)
    found = run(*args)
    assert found.exit_code == 2
    assert "nothing was sent" in found.stderr
    assert "the nearest valid size is 1024x1024" in " ".join(found.stderr.split())
    assert api.seen == []
    assert run(*args, "--force").exit_code == 0
    assert api.seen[0].json["width"] == 1000


def test_losses_can_stop_it(run, api):
    found = run(
        "generate", "(a fox:1.2)", "-m", "flux-dev", "--on-loss", "raise", "--base-url", api.url
    )
    assert found.exit_code == 1
    assert "nothing was sent: 1 loss" in found.stderr
    assert api.seen == []


def test_a_dry_run_prints_the_request_and_sends_nothing(run, place, api, monkeypatch):
    monkeypatch.setenv("IMPASTO_API_KEY", KEY)
    found = run("generate", "a fox", "-m", "sdxl", "--seed", 3, "--base-url", api.url, "--dry-run")
    assert found.exit_code == 0
    assert json.loads(found.stdout) == {
        "model": "stable-diffusion-xl",
        "prompt": "a fox",
        "seed": 3,
    }
    assert f"POST {api.url}/v1/images/generations" in found.stderr
    assert KEY not in found.stdout + found.stderr
    assert api.seen == []
    assert list(place.iterdir()) == []


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (("error", 401, "invalid_api_key", "bad key"), "IMPASTO_API_KEY"),
        (("error", 402, "insufficient_quota", "pay"), "not billed"),
        (("error", 422, "invalid", "no such size"), "no such size"),
    ],
)
def test_a_refusal_says_what_happened_and_what_to_do(run, place, api, acts, act, said):
    name, *args = act
    api.plays(getattr(acts, name)(*args))
    found = run("generate", "a fox", "--base-url", api.url)
    assert found.exit_code == 2
    assert "error: " in found.stderr
    assert said in found.stderr
    assert found.stdout == ""
    assert list(place.iterdir()) == []


def test_an_unreachable_server_is_one_message(run, place):
    found = run(
        "generate",
        "a fox",
        "--base-url",
        "http://127.0.0.1:9",
        "--timeout",
        "0.2",
        "--format",
        "json",
    )
    assert found.exit_code == 2
    data = json.loads(found.stdout)
    assert data["images"] == []
    (failure,) = data["failures"]
    assert failure["billed"] == "no"
    assert "127.0.0.1:9" in failure["message"]


def test_what_came_of_a_batch_is_kept(run, place, api, images, acts):
    good = acts.url(f"{images.url}/a.png")
    api.plays(good, acts.error(422, "invalid", "not this seed"), good)
    found = run(
        "generate", "a fox", "-n", 3, "--concurrency", 1, "--seed", 1, "--base-url", api.url,
        "--format", "json",
    )  # fmt: skip
    assert found.exit_code == 1
    data = json.loads(found.stdout)
    assert [image["record"]["seed"] for image in data["images"]] == [1, 3]
    assert all((place / image["file"]).is_file() for image in data["images"])
    assert data["failures"][0]["seed"] == 2
    assert "2 of 3 images were made and are kept" in found.stderr


def test_an_image_that_holds_no_record_gets_it_beside(run, place, api, images, acts):
    gif = io.BytesIO()
    Image.new("P", (8, 8)).save(gif, "GIF")
    images.plays(acts.image(gif.getvalue(), "image/gif"))
    found = run("generate", "a fox", "--base-url", api.url, "-o", "fox.png")
    assert found.exit_code == 0
    assert "the image is GIF, whatever the name says" in found.stderr
    record = json.loads((place / "fox.png.json").read_text())
    assert (record["format"], record["canonical"]) == (1, "a fox")


def test_settings_say_where_and_what(run, place, api):
    text = f'model = "flux-schnell"\nbase_url = "{api.url}"\noutput = "pictures"\n'
    (place / "impasto.toml").write_text(text)
    found = run("generate", "a fox")
    assert found.exit_code == 0, found.stderr
    assert api.seen[0].json["model"] == "flux-schnell"
    assert only(place / "pictures").name.startswith("flux-schnell-a-fox-")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["a fox", "-m", "flux-dv"], 'did you mean "flux-dev"?'),
        (["a fox", "--backend", "gatway"], 'did you mean "gateway"?'),
        (["a fox", "--backend", "gateway"], "needs the address of a server"),
        (["a fox", "--base-url", "api.example.com"], 'did you mean "https://api.example.com"?'),
        (["a fox", "--timeout", "0"], "a number of seconds above 0"),
        (["a (fox"], "'(' is never closed"),
        (["__animals__"], "animals"),
        (["a fox", "-o", "file/fox.png"], 'cannot write "file/fox.png"'),
    ],
)
def test_a_mistake_is_explained(run, place, args, said):
    (place / "file").write_text("no folder")
    found = run("generate", *args, "-p", "size=64x64")
    assert found.exit_code == 2
    assert said in found.stderr
    assert "Traceback" not in found.stderr


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a red fox, (golden light:1.2)", "a-red-fox-golden-light"),
        ("../../etc/passwd", "etc-passwd"),
        ("狐", "狐"),
        ("((", "image"),
        ("x" * 400, "image"),
        ("one " * 100, "one-one-one-one-one-one-one-one-one-one-one-one"),
    ],
)
def test_names_of_files(text, name):
    assert files.slug(text) == name
