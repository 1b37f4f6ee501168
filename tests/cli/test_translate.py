from __future__ import annotations

import json

import pytest

from impasto import config

FOX = "a red fox, (golden light:1.2), [fog:0.8], [dusk:night:0.7]"


@pytest.mark.parametrize("columns", [80, 120])
def test_everyone(run, snapshot, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    found = run("translate", FOX, "--negative", "blurry", "-p", "size=1024x1024", "--all")
    assert found.exit_code == 0
    assert max(map(len, found.stdout.splitlines())) <= columns
    assert found.stdout == snapshot


def test_in_colour(run, snapshot, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    found = run("translate", FOX, "--to", "sdxl,flux-dev", "--negative", "blurry")
    assert found.stdout == snapshot


def test_models_may_be_listed_and_repeated(run):
    found = run("translate", "a fox", "--to", "sdxl, flux-dev", "--to", "SDXL", "--format", "jsonl")
    lines = [json.loads(line) for line in found.stdout.splitlines()]
    assert [line["model"] for line in lines] == ["stable-diffusion-xl", "flux-dev"]
    assert all(line["prompt"] == "a fox" for line in lines)


def test_without_a_model_it_is_the_configured_one_or_all(run, place):
    def models():
        found = json.loads(run("translate", "a fox", "--format", "json").stdout)
        return [one["model"] for one in found["translations"]]

    assert len(models()) == 6
    (place / "impasto.toml").write_text('model = "sdxl"\n')
    assert models() == ["stable-diffusion-xl"]


def test_json_names_losses_with_their_place(run):
    found = run("translate", "a fox, (light:1.2)", "--to", "flux-dev", "--format", "json")
    (one,) = json.loads(found.stdout)["translations"]
    (loss,) = one["losses"]
    assert one["canonical"] == "a fox, (light:1.2)"
    assert "1.2" not in one["prompt"]
    assert loss["kind"] == "weight"
    assert loss["span"]["column"] == 9


def test_losses_can_fail_a_script(run):
    args = ("translate", "a fox, (light:1.2)", "--on-loss", "raise", "--to")
    assert run(*args, "flux-dev").exit_code == 1
    assert run(*args, "sdxl").exit_code == 0


def test_the_backend_changes_the_limits(run):
    args = ("translate", "a fox", "--to", "flux-dev", "--negative", "fog")
    assert "left out" in " ".join(run(*args).stdout.split())
    assert "it is sent" in " ".join(run(*args, "--backend", "gateway").stdout.split())
    found = run(*args, "--backend", "gatway")
    assert found.exit_code == 2
    assert 'did you mean "gateway"?' in found.stderr


def test_a_seed_becomes_a_parameter(run):
    found = run(
        "translate", "a {red|white} fox", "--seed", "3", "--to", "sdxl", "--format", "jsonl"
    )
    one = json.loads(found.stdout)
    assert one["parameters"] == {"seed": 3}
    assert one["canonical"] in ("a red fox", "a white fox")


def test_plain_text_keeps_its_layout_and_its_negative(run):
    found = run(
        "translate", "a fox,  a fox", "--to", "sdxl", "--negative", "fog", "--format", "jsonl"
    )
    one = json.loads(found.stdout)
    assert (one["prompt"], one["negative_prompt"]) == ("a fox,  a fox", "fog")


def test_a_style_speaks_to_each_model_in_its_way(run):
    found = run(
        "translate", "a lighthouse", "--style", "photorealistic/portrait", "--to", "sdxl,flux-dev",
        "--format", "json",
    )  # fmt: skip
    sdxl, flux = json.loads(found.stdout)["translations"]
    assert sdxl["prompt"].startswith("a lighthouse, photorealistic, 85mm lens")
    assert flux["prompt"].startswith("a lighthouse. A photograph taken on an 85 mm lens")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["a fox", "--to", "flux-dv"], 'did you mean "flux-dev"?'),
        (["a fox", "--to", "sdxl", "--all"], "give one of them"),
        (["a (fox", "--all"], "'(' is never closed"),
        (["a {red|blue} fox", "--all"], "--seed"),
        (["__animals__", "--all", "--seed", "1"], "animals"),
    ],
)
def test_a_mistake_is_explained_before_anything_is_shown(run, args, said):
    found = run("translate", *args)
    assert found.exit_code == 2
    assert said in found.stderr
    assert found.stdout == ""


def test_limits_are_shown_with_the_nearest_value(run):
    found = " ".join(
        run("translate", "a fox", "--to", "dalle3", "-p", "size=1000x1000").stdout.split()
    )
    assert "error 1000x1000 is no size for dall-e-3" in found
    assert "the nearest valid size is 1024x1024" in found


def test_the_default_model_is_one_that_is_known():
    from impasto.models.registry import load_model

    assert load_model(config.DEFAULT_MODEL).id == config.DEFAULT_MODEL


def test_a_prompt_in_another_dialect(run):
    args = ("translate", "((a fox)), [fog:0.5]", "--to", "comfyui,a1111,flux-dev")
    found = run(*args, "--from", "a1111", "--negative", "[blurry]", "--format", "json")
    comfyui, a1111, flux = json.loads(found.stdout)["translations"]
    assert comfyui["prompt"].startswith("(a fox:1.21)")
    assert (comfyui["model"], comfyui["dialect"]) == ("", "comfyui")
    assert comfyui["negative_prompt"] == "(blurry:0.909091)"
    assert comfyui["losses"][0]["kind"] == "schedule"
    assert a1111["prompt"] == "(a fox:1.21), [:fog:0.5]"
    assert a1111["canonical"] == "((a fox)), [:fog:0.5]"
    assert flux["read"] == {"dialect": "a1111", "text": "((a fox)), [fog:0.5]", "diagnostics": []}


def test_losses_of_reading_and_of_writing_are_shown(run):
    found = run("translate", "a (fox:nan), (light:1.2)", "--from", "comfyui", "--to", "flux-dev")
    text = " ".join(found.stdout.split())
    assert text.startswith("your prompt, read as comfyui error the weight is nan")
    assert 'lost "light"' in text


def test_auto_reads_what_it_was_probably_written_for(run):
    args = ("translate", "a [red:blue:0.5] (fox:1.2)", "--from", "auto", "--to", "comfyui")
    assert run(*args).stdout.startswith("your prompt, read as a1111")


def test_a_foreign_prompt_takes_styles_and_files(run, place):
    (place / "p.txt").write_text("((a lighthouse))\n", "utf-8")
    found = run(
        "translate", "-f", "p.txt", "--from", "a1111", "--style", "photorealistic/portrait",
        "--to", "sdxl", "--format", "jsonl",
    )  # fmt: skip
    one = json.loads(found.stdout)
    assert one["prompt"].startswith("(a lighthouse:1.21), photorealistic")
    assert one["read"]["dialect"] == "a1111"


def test_writing_in_a_dialect_needs_no_model(run):
    found = run("translate", "a fox, [c:0.8]", "--to", "comfyui")
    assert "a fox, (c:0.8)" in found.stdout
    assert found.stdout.splitlines()[0] == "comfyui"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["x", "--from", "a111"], 'did you mean "a1111"?'),
        (["x", "--from", "a1111", "--template"], "--template and --set have no place"),
        (["x", "--to", "comfyu"], 'did you mean "comfyui"?'),
        (["x", "--to", "nothing-like-it"], "dialects are a1111"),
        (["--jsonl", "--from", "a111"], 'did you mean "a1111"?'),
    ],
)
def test_mistakes_about_dialects(run, args, said):
    found = run("translate", *args)
    assert found.exit_code == 2
    assert said in " ".join(found.stderr.split())


def test_json_lines(run):
    lines = '"((a))"\n{"prompt": "b", "negative": "[c]"}\nbad\n{"prompt": "{a|b}"}\n"d"\n'
    found = run("translate", "--jsonl", "--from", "a1111", "--to", "comfyui,sdxl", text=lines)
    assert found.exit_code == 2
    told = [json.loads(line) for line in found.stdout.splitlines()]
    assert [one["line"] for one in told] == [1, 2, 3, 4, 5]
    assert told[0]["translations"][0]["prompt"] == "(a:1.21)"
    assert told[1]["translations"][0]["negative_prompt"] == "(c:0.909091)"
    assert "error" in told[2]
    assert [one["model"] for one in told[4]["translations"]] == ["", "stable-diffusion-xl"]
    closed = run("translate", "--jsonl", "--to", "comfyui", text='"{a|b}"\n"(x"\n"y"\n')
    assert [("error" in json.loads(line)) for line in closed.stdout.splitlines()] == [
        True,
        True,
        False,
    ]


def test_what_dynamicprompts_draws_is_read_as_its_host_reads_it(run):
    template = "{(red:1.2)|(blue:1.2)} car"
    done = run("translate", template, "--from", "dynamicprompts", "--to", "plain", "--seed", "3")
    assert "your prompt drawn with seed 3, read as a1111" in done.stdout
    assert "distinctly" in done.stdout
    assert done.exit_code == 0
    done = run("translate", template, "--from", "dynamicprompts", "--to", "plain")
    assert (done.exit_code, "--seed" in done.stderr) == (2, True)


def test_parameters_in_a_foreign_text_go_where_they_mean_the_same(run):
    text = "red car --ar 3:2 --s 250 --v 6.1"
    targets = "sdxl,midjourney-v6,midjourney-7"
    done = run("translate", text, "--from", "midjourney-6", "--to", targets, "--format", "json")
    found = {t["model"] or t["dialect"]: t for t in json.loads(done.stdout)["translations"]}
    assert found["stable-diffusion-xl"]["parameters"] == {"width": 1216, "height": 832}
    assert found["midjourney-v6"]["prompt"].startswith("red car --ar 3:2 ")
    assert found["midjourney-v6"]["diagnostics"] == []
    assert found["midjourney-7"]["prompt"] == "red car --ar 3:2 --stylize 250 --v 7"
    said = [finding["message"] for finding in found["stable-diffusion-xl"]["read"]["diagnostics"]]
    assert any("stylize is 250" in message for message in said)
