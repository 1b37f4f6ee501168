"""What `impasto generate` and `impasto batch` do before they send: limits, previews, the cache."""

from __future__ import annotations

import json

import pytest

from impasto.images.metadata import read

GUIDE = ("-m", "flux-1.1-pro", "-p", "size=2048x2048", "-p", "steps=50", "-p", "guidance=7.5")


@pytest.fixture
def generate(run, api):
    """Run `impasto generate` against the loopback gateway."""

    def call(*args):
        return run("generate", "a red fox", "--base-url", api.url, "-o", "out/", *args)

    return call


def test_by_default_warnings_are_said_and_the_request_is_sent(generate, api):
    found = generate(*GUIDE, "--seed", 1)
    assert found.exit_code == 0, found.stderr
    assert "flux-1.1-pro has no num_inference_steps" in " ".join(found.stderr.split())
    assert api.seen[0].json["num_inference_steps"] == 50


def test_strict_sends_nothing_where_a_limit_warns(generate, api):
    found = generate(*GUIDE, "--strict")
    assert found.exit_code == 1
    assert "nothing was sent" in found.stderr
    assert "--adapt" in found.stderr
    assert api.seen == []


def test_adapt_sends_the_nearest_values_and_says_each(generate, api):
    found = generate(*GUIDE, "--adapt", "--strict", "--seed", 1, "--format", "json")
    assert found.exit_code == 0, found.stderr
    sent = api.seen[0].json
    assert (sent["width"], sent["height"], sent["seed"]) == (1440, 1440, 1)
    assert not {"num_inference_steps", "guidance_scale"} & set(sent)
    assert found.stderr.count("changed") == 3
    told = json.loads(found.stdout)
    assert [change["parameter"] for change in told["changes"]] == [
        "size",
        "num_inference_steps",
        "guidance_scale",
    ]
    assert told["findings"] == []


def test_what_cannot_be_adapted_is_refused(generate, api):
    found = generate("-m", "flux-dev", "-p", "bogus=1", "--adapt", "--format", "json")
    assert found.exit_code == 2
    assert api.seen == []
    told = json.loads(found.stdout)
    assert [one["rule"] for one in told["findings"]] == ["parameter-unknown"]
    assert told["images"] == []


def test_strict_and_force_contradict_each_other(generate):
    found = generate("--strict", "--force")
    assert found.exit_code == 2
    assert "two different things" in found.stderr


def test_adapt_reaches_what_the_file_says(run, place, api):
    text = "---\nmodel: flux-dev\nparameters: {steps: 80, size: 1000x1000}\n---\na fox"
    (place / "fox.prompt").write_text(text)
    args = ("-f", "fox.prompt", "--base-url", api.url, "--adapt", "-o", "fox.png")
    assert run("generate", *args).exit_code == 0
    sent = api.seen[0].json
    assert (sent["num_inference_steps"], sent["width"]) == (50, 992)


def test_a_preview_says_how_and_is_marked(generate, api, place):
    found = generate("-m", "flux-1.1-pro", "--preview", "--seed", 1, "--format", "json")
    assert found.exit_code == 0, found.stderr
    assert "a preview of flux-1.1-pro: painted by flux-schnell" in found.stderr
    sent = api.seen[0].json
    assert sent["model"] == "flux-schnell"
    assert sent["width"] / sent["height"] == pytest.approx(4 / 3, rel=0.05)
    told = json.loads(found.stdout)
    assert told["preview"]["of"] == "flux-1.1-pro"
    assert told["images"][0]["record"]["preview_of"] == "flux-1.1-pro"
    (image,) = (place / "out").iterdir()
    assert read(image.read_bytes())["preview_of"] == "flux-1.1-pro"


def test_an_equal_request_is_made_once(generate, api):
    args = ("-m", "sdxl", "--seed", 7, "--format", "json")
    first, second = (json.loads(generate(*args).stdout) for _ in range(2))
    assert [image["cached"] for image in first["images"] + second["images"]] == [False, True]
    assert len(api.seen) == 1
    assert generate(*args, "--no-cache").exit_code == 0
    assert generate("-m", "sdxl", "--seed", 8).exit_code == 0
    assert len(api.seen) == 3


def test_what_no_seed_repeats_is_made_anew(generate, api):
    for _ in range(2):
        assert generate("-m", "gpt-image-2").exit_code == 0
    assert len(api.seen) == 2


def test_the_settings_name_the_folder_of_the_cache(generate, run, api, place):
    (place / "impasto.toml").write_text('cache = "kept"\n')
    assert generate("-m", "sdxl", "--seed", 7).exit_code == 0
    assert (place / "kept" / "index.db").is_file()
    assert json.loads(run("cache", "ls", "--format", "json").stdout)["entries"]
    assert len(api.seen) == 1


def test_a_batch_is_checked_adapted_and_previewed(run, place, api):
    lines = [{"prompt": "a cat", "parameters": {"steps": 80}}, {"prompt": "a dog"}]
    (place / "p.jsonl").write_text("\n".join(map(json.dumps, lines)))
    args = ("batch", "p.jsonl", "-m", "flux-dev", "--seed", 1, "--base-url", api.url)
    refused = run(*args, "--strict", "-o", "strict")
    assert refused.exit_code == 1
    assert "takes 1 to 50" in refused.stderr
    adapted = run(*args, "--adapt", "-o", "adapted", "--no-cache")
    assert adapted.exit_code == 0, adapted.stderr
    assert "50 is sent instead (1 line)" in " ".join(adapted.stderr.split())
    done = run(*args, "--preview", "-o", "previews", "--format", "json")
    assert done.exit_code == 0, done.stderr
    summary = json.loads(done.stdout.splitlines()[-1])
    assert any("painted by flux-schnell" in text for text in summary["changes"])
    assert api.seen[-1].json["model"] == "flux-schnell"
