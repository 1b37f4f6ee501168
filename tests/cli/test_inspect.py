"""`impasto inspect`: what images say, for people and for programs."""

from __future__ import annotations

import json

import jsonschema
import pytest

from foreign import build, stealth
from impasto import jsonschemas
from impasto.images.metadata import embed, sidecar

WEBUI = (
    "a (cat:1.2)\nNegative prompt: dog\n"
    "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 512x768, Version: v1.10.1"
)


@pytest.fixture
def folder(place):
    inside = place / "pictures" / "more"
    inside.mkdir(parents=True)
    (place / "pictures" / "b.png").write_bytes(build(texts={"parameters": WEBUI}))
    (inside / "a.jpg").write_bytes(embed(build("jpeg"), {"prompt": "a fox", "model": "flux-dev"}))
    (place / "pictures" / "notes.txt").write_text("no image")
    return place / "pictures"


def test_a_person_sees_what_made_the_image(run, folder):
    done = run("inspect", "pictures/b.png")
    assert (done.exit_code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "pictures/b.png  PNG, by AUTOMATIC1111 v1.10.1"
    assert lines[1:3] == ["  prompt     a (cat:1.2)", "  negative   dog"]
    assert "  parameters seed 5, steps 20, cfg 7, sampler Euler a, size 512x768" in lines
    assert any(line.startswith("  syntax     a1111: AUTOMATIC1111") for line in lines)


def test_a_folder_is_searched_in_order(run, folder):
    done = run("inspect", "pictures")
    assert done.exit_code == 0
    heads = [line for line in done.stdout.splitlines() if line and not line.startswith(" ")]
    assert [head.partition("  ")[0] for head in heads] == ["pictures/b.png", "pictures/more/a.jpg"]


def test_programs_get_a_line_for_each_image(run, folder):
    (folder / "broken.png").write_bytes(b"<html>")
    for option in (["--json"], ["--format", "jsonl"]):
        done = run("inspect", "pictures", *option)
        assert done.exit_code == 2
        found = [json.loads(line) for line in done.stdout.splitlines()]
        checker = jsonschema.Draft202012Validator(jsonschemas.schema("inspection"))
        for one in found:
            checker.validate(one)
        assert [one.get("tool") for one in found] == ["a1111", None, "impasto"]
        assert found[1]["error"]["type"] == "ImageError"
        assert "HTML page" in found[1]["error"]["message"]
        assert found[2]["record"] == {"prompt": "a fox", "model": "flux-dev"}
    document = json.loads(run("inspect", "pictures", "--format", "json").stdout)
    jsonschema.validate(document, jsonschemas.schema("inspections"))
    assert document["images"] == found


def test_an_image_without_metadata_says_so(run, place):
    (place / "plain.webp").write_bytes(build("webp"))
    done = run("inspect", "plain.webp")
    assert done.exit_code == 1
    assert done.stdout == "plain.webp  WEBP, says nothing of how it was made\n"


def test_a_signed_image_names_its_maker(run, place):
    kind = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    data = b"jumbc2pa" + b"softwareAgent" + b"\x6aSome Model" + kind.encode()
    (place / "signed.png").write_bytes(build(manifest=data))
    done = run("inspect", "signed.png")
    assert done.exit_code == 1
    assert "C2PA manifest, not verified (Some Model)" in done.stdout
    assert "trainedAlgorithmicMedia" in done.stdout


def test_a_record_beside_the_image_counts(run, place):
    (place / "a.gif").write_bytes(build("gif"))
    (place / "a.gif.json").write_text(sidecar({"prompt": "a fox", "model": "flux-dev"}))
    done = run("inspect", "a.gif", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["prompt"] == "a fox"
    (place / "a.gif.json").write_text("{}")
    told = json.loads(run("inspect", "a.gif", "--json").stdout)
    assert told["tool"] is None
    assert "is no record of ours" in told["unread"][0]


def test_a_hidden_text_is_said_to_be_hidden(run, place):
    (place / "a.png").write_bytes(stealth(WEBUI))
    assert "hidden in the pixels" in run("inspect", "a.png").stdout


def test_what_cannot_be_read_goes_to_the_errors(run, place):
    (place / "a.png").write_bytes(build(texts={"parameters": WEBUI})[:-20])
    done = run("inspect", "a.png", "b.png")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "a.png: the PNG is cut short" in done.stderr
    assert "there is no file b.png" in done.stderr
    assert 'did you mean "a.png"' in done.stderr


def test_a_folder_without_images_is_an_error(run, place):
    (place / "empty").mkdir()
    done = run("inspect", "empty")
    assert done.exit_code == 2
    assert "there is no image in empty" in done.stderr


def test_no_prompt_can_steer_the_terminal(run, place):
    text = "a \x1b[31mred\x1b[0m cat\nSteps: 1, Seed: 2, CFG scale: 3, Version: v\x1b]0;x\x07"
    (place / "a.png").write_bytes(build(texts={"parameters": text}))
    done = run("inspect", "a.png")
    assert "\x1b" not in done.stdout
    assert "\x07" not in done.stdout


def test_the_linter_reads_the_same_tools_in_their_dialects(run, place):
    graph = {
        "1": {"class_type": "CLIPTextEncode", "inputs": {"text": "a cat, [dog:0.5]"}},
        "2": {
            "class_type": "KSampler",
            "inputs": {"seed": 4, "steps": 9, "sampler_name": "euler", "positive": ["1", 0]},
        },
    }
    (place / "a.png").write_bytes(build(texts={"prompt": graph}))
    done = run("lint", "a.png")
    assert done.exit_code == 1
    assert "a.png:1:8: IMP511" in done.stdout
    assert "ComfyUI reads [dog:0.5] as it stands" in done.stdout


def test_a_lone_surrogate_is_no_trouble(run, place):
    record = '{"positive_prompt": "half \\ud83d of a pair", "seed": 1}'
    (place / "a.png").write_bytes(build(texts={"invokeai_metadata": record}))
    assert run("inspect", "a.png").exit_code == 0
    assert json.loads(run("inspect", "a.png", "--json").stdout)["seed"] == 1


def test_pillow_stays_out_where_metadata_say_it(impasto, place):
    import subprocess
    import sys

    (place / "a.png").write_bytes(build(texts={"parameters": WEBUI}))
    code = (
        "import sys; from impasto.cli.app import main\n"
        "try: main(['inspect', 'a.png'])\n"
        "except SystemExit: print(sorted({'PIL', 'httpx', 'pydantic', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")
