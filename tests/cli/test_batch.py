from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter

import pytest

from impasto.images.metadata import read

KEY = "sk-Loopback0123456789"
COMMAND = [sys.executable, "-c", "from impasto.cli.app import main; main()", "batch"]
posix = pytest.mark.skipif(os.name == "nt", reason="signals are another thing there")


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("IMPASTO_API_KEY", KEY)


@pytest.fixture
def server(acts):
    """A server that answers with the image itself."""
    site = acts.Site(acts.b64())
    yield site
    site.close()


def written(place, *lines, name="prompts.jsonl"):
    (place / name).write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    return name


def events(found):
    return [json.loads(line) for line in found.stdout.splitlines()]


def images(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.png"))


def start(*args, **options):
    return subprocess.Popen(
        [*COMMAND, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


def wait_for(site, number, process):
    while len(site.seen) < number:
        assert process.poll() is None, process.stderr.read()


def test_lines_become_images_each_with_its_record(run, place):
    file = written(
        place,
        "a red fox, (light:1.2)",
        {"prompt": "a cat", "style": "noir", "seed": 4, "output": "cats/one.png"},
        {"prompt": "a dog", "negative": "fog", "parameters": {"steps": 9}, "model": "sdxl"},
    )
    found = run("batch", file, "-p", "size=64x64", "-o", "out")
    assert found.exit_code == 0, found.stderr
    assert images(place / "out") == ["00001-a-red-fox-light.png", "00003-a-dog.png", "cats/one.png"]
    assert min(found.stdout.splitlines()) == "out/00001-a-red-fox-light.png"
    assert "3 images in" in found.stderr
    assert "lose something" not in found.stderr
    cat = read((place / "out/cats/one.png").read_bytes())
    assert (cat["canonical"][:5], cat["seed"], cat["styles"][0]["name"][-4:]) == (
        "a cat",
        4,
        "noir",
    )
    dog = read((place / "out/00003-a-dog.png").read_bytes())
    assert (dog["negative_prompt"], dog["parameters"]["num_inference_steps"]) == ("fog", 9)


def test_a_broken_line_is_told_with_its_place_and_the_rest_goes_on(run, place):
    lines = ['"a fox"', '{"prompt": ', '{"prompt": "a cat", "sede": 1}', "7", '"a {b|c}"', '"a (d"']
    (place / "p.jsonl").write_text("\n".join(lines))
    found = run("batch", "p.jsonl", "-p", "size=64x64")
    assert found.exit_code == 1
    said = found.stderr
    assert "p.jsonl:2: error: this is no JSON" in said
    assert 'p.jsonl:3: error: there is no key "sede"\n  hint: did you mean "seed"?' in said
    assert "p.jsonl:4: error: a line is a text or an object" in said
    assert "p.jsonl:5: error: the prompt has choices" in said
    assert "p.jsonl:6: error: '(' is never closed" in said
    assert "1 made, 5 failed" in said
    assert images(place / "p") == ["00001-a-fox.png"]


def test_csv_has_the_same_names(run, place, server):
    (place / "p.csv").write_text(
        "\ufeffprompt,negative,seed,styles,parameters,output\n"
        '"a fox, in the\nsnow",fog,7,noir;cinematic,size=512x512; steps=9,one\n'
        'a cat,,,,"{""steps"": 8}",\n'
        "a,b,c,d,e,f,g\n",
        "utf-8",
    )
    found = run("batch", "p.csv", "--base-url", server.url, "--concurrency", 1)
    assert found.exit_code == 1
    assert "p.csv:5: error: 7 cells, and the first row has 6" in found.stderr
    first, second = (seen.json for seen in server.seen)
    assert (first["seed"], first["width"], first["num_inference_steps"]) == (7, 512, 9)
    assert first["prompt"].startswith("a fox, in the")
    assert second["num_inference_steps"] == 8
    assert images(place / "p") == ["00002-a-cat.png", "one.png"]


def test_a_csv_without_prompts_is_told(run, place):
    (place / "p.csv").write_text("prompts,seed\na,1\n")
    found = run("batch", "p.csv")
    assert found.exit_code == 2
    assert 'there is no column "prompts"' in found.stderr
    assert 'did you mean "prompt"?' in found.stderr


def test_the_output_of_a_recipe_goes_through_a_pipe(run, place, server):
    (place / "r.yaml").write_text(
        "format: 1\ntemplate: 'a {{ who }}, (light:1.2)'\nmodels: [sdxl]\n"
        "matrix: {who: [fox, cat]}\nseeds: [3]\nparameters: {size: 64x64}\n"
    )
    built = run("build", "r.yaml")
    assert built.exit_code == 0, built.stderr
    found = run("batch", "-", "--base-url", server.url, "-o", "out", text=built.stdout)
    assert found.exit_code == 0, found.stderr
    names = [json.loads(line)["output"] for line in built.stdout.splitlines()]
    assert images(place / "out") == sorted(f"{name}.png" for name in names)
    record = read((place / "out" / f"{names[0]}.png").read_bytes())
    assert record["values"] == {"who": "fox"}
    assert {seen.json["prompt"] for seen in server.seen} == {
        "a fox, (light:1.2)",
        "a cat, (light:1.2)",
    }


@pytest.mark.parametrize("output", ["../x", "/etc/x", "C:\\x", "a/../../x", "a//"])
def test_a_name_does_not_lead_out_of_the_folder(run, place, output):
    found = run("batch", written(place, {"prompt": "a", "output": output}))
    assert found.exit_code == 2
    assert "out of the folder" in found.stderr or "no name of a file" in found.stderr
    assert images(place.parent) == []


def test_two_lines_have_no_name_in_common(run, place):
    file = written(place, {"prompt": "a", "output": "X"}, {"prompt": "b", "output": "x.png"})
    found = run("batch", file, "-p", "size=64x64")
    assert found.exit_code == 1
    assert '"x" is already what image 1 is called' in found.stderr


def test_a_second_run_keeps_what_is_there_and_makes_what_failed(run, place, server, acts):
    file = written(place, "a", "b", "c")
    server.plays(acts.b64(), acts.error(422, "invalid", "no such thing"), acts.b64())
    args = ("batch", file, "--base-url", server.url, "--concurrency", 1, "--format", "json")
    first = run(*args)
    assert first.exit_code == 1
    assert [e["event"] for e in events(first)] == ["started", "done", "failed", "done", "summary"]
    failed = events(first)[2]
    assert (failed["line"], failed["billed"]) == ("prompts.jsonl:2", "no")
    written(place, "a", "b", "c", "d")  # lines may be added at the end
    second = run(*args)
    assert second.exit_code == 0
    told = Counter(e["event"] for e in events(second))
    assert (told["kept"], told["done"]) == (2, 2)
    assert len(server.seen) == 5


def test_a_changed_line_replaces_nothing(run, place, server):
    args = ("batch", written(place, "a", "b"), "--base-url", server.url)
    run(*args)
    before = (place / "prompts/00001-a.png").stat().st_mtime_ns
    written(place, {"prompt": "a", "seed": 9}, "b")
    found = run(*args)
    assert found.exit_code == 1
    assert "this is another image than the journal knows" in found.stderr
    assert (place / "prompts/00001-a.png").stat().st_mtime_ns == before
    (place / "prompts/.impasto-journal.db").unlink()
    found = run(*args)
    assert "00001-a.png is there, and the journal does not know it" in found.stderr
    assert len(server.seen) == 2


def test_equal_requests_with_a_seed_come_from_the_cache(run, place, server):
    file = written(place, {"prompt": "a", "seed": 1}, {"prompt": "b"})
    args = ("batch", file, "-m", "sdxl", "--base-url", server.url, "--format", "json", "-o")
    run(*args, "one")
    again = run(*args, "two")
    told = {e.get("number"): e["event"] for e in events(again)}
    assert (told[1], told[2]) == ("cached", "done")
    assert len(server.seen) == 3
    assert read((place / "two/00001-a.png").read_bytes())["prompt"] == "a"
    assert run(*args, "three", "--no-cache").exit_code == 0
    assert len(server.seen) == 5


def test_an_estimate_counts_and_sends_nothing(run, place, server):
    lines = [{"prompt": str(n), "model": "flux-dev"} for n in range(4)]
    lines += [{"prompt": "x", "model": "sdxl"}]
    file = written(place, *lines)
    args = ("batch", file, "--base-url", server.url, "-p", "size=1024x1024", "--estimate")
    found = run(*args)
    assert found.exit_code == 0
    assert found.stdout.startswith("5 images: 5 to make\n  flux-dev: 4 to make, $0.1")
    assert "stable-diffusion-xl: 1 to make, price unknown" in found.stdout
    assert "cost: at least $0.1" in found.stdout
    assert server.seen == []
    assert not (place / "prompts").exists()
    run(*args[:-1], "--max-cost", 1)
    after = json.loads(run(*args, "--format", "json").stdout)
    assert (after["kept"], after["make"], after["unpriced"]) == (4, 1, 1)


def test_a_budget_stops_it_and_holds_over_runs(run, place, server):
    file = written(place, *[{"prompt": str(n), "model": "flux-dev"} for n in range(6)])
    args = ("batch", file, "--base-url", server.url, "-p", "size=1000x1000", "--force")
    found = run(*args, "--max-cost", 0.06)
    assert found.exit_code == 1
    made = len(server.seen)
    assert 0 < made < 6
    assert "stopped: the next image would cost more than --max-cost 0.06" in found.stderr
    assert f"{6 - made} not sent" in found.stderr
    assert "spent about $0.0" in found.stderr
    again = run(*args, "--max-cost", 0.06)
    assert len(server.seen) == made
    assert f"{made} there already" in again.stderr


def test_a_budget_refuses_what_has_no_price(run, place, server):
    found = run(
        "batch", written(place, "a"), "-m", "sdxl", "--base-url", server.url, "--max-cost", 1
    )
    assert found.exit_code == 2
    assert "nobody knows what stable-diffusion-xl costs" in found.stderr
    assert server.seen == []


def test_a_wrong_key_ends_it_at_once(run, place, server, acts):
    server.plays(acts.error(401, "invalid_api_key", "bad key"))
    found = run(
        "batch", written(place, *map(str, range(9))), "--base-url", server.url, "--concurrency", 2
    )
    assert found.exit_code == 2
    assert len(server.seen) <= 3
    assert "not sent" in found.stderr
    assert "IMPASTO_API_KEY" in found.stderr


def test_a_limit_stops_a_line_before_it_is_sent(run, place, server):
    args = ("batch", written(place, "a"), "-m", "dalle3", "-p", "size=1000x1000")
    found = run(*args, "--base-url", server.url)
    assert found.exit_code == 2
    assert "dall-e-3 refuses this" in found.stderr
    assert server.seen == []


def test_a_dry_run_prints_the_requests(run, place, server):
    found = run("batch", written(place, "a", "b"), "--base-url", server.url, "--dry-run")
    assert found.exit_code == 0
    assert [e["request"]["prompt"] for e in events(found)] == ["a", "b"]
    assert server.seen == []
    assert not (place / "prompts").exists()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["nothing.jsonl"], "there is no file nothing.jsonl"),
        (["empty.jsonl"], "there is no prompt in empty.jsonl"),
        (["p.jsonl", "-m", "flux-dv"], 'did you mean "flux-dev"?'),
        (["p.jsonl", "--backend", "gatway"], 'did you mean "gateway"?'),
        (["p.jsonl", "--cache", "c", "--no-cache"], "two different things"),
        (["p.jsonl", "--timeout", "0"], "a number of seconds above 0"),
    ],
)
def test_a_mistake_is_explained(run, place, args, said):
    written(place, "a", name="p.jsonl")
    (place / "empty.jsonl").write_text("\n")
    found = run("batch", *args)
    assert found.exit_code == 2
    assert said in found.stderr


@posix
def test_a_killed_batch_goes_on(place, server):
    """Killed again and again: every image is there once, and little is asked for twice."""
    count, kills, width = 60, 3, 4
    args = (written(place, *map(str, range(count))), "--base-url", server.url, "--no-cache")
    for _ in range(kills):
        process = start(*args, "--concurrency", str(width))
        for _ in range(8):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.communicate()
    process = start(*args)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert images(place / "prompts") == sorted(f"{n + 1:05}-{n}.png" for n in range(count))
    asked = Counter(seen.json["prompt"] for seen in server.seen if seen.body)
    assert set(asked) == set(map(str, range(count)))
    with sqlite3.connect(place / "prompts/.impasto-journal.db") as db:
        tries = dict(db.execute("select number, attempts from image"))
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    db.close()
    assert all(asked[str(n - 1)] <= times for n, times in tries.items())
    assert asked.total() <= count + kills * width


@posix
def test_what_was_on_its_way_at_a_kill_is_told_if_it_is_not_resent(place, run, server, acts):
    server.plays(acts.hang)
    args = (written(place, "a"), "--base-url", server.url)
    process = start(*args)
    wait_for(server, 1, process)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    server.plays(acts.b64())
    found = run("batch", *args, "--no-resend")
    assert found.exit_code == 2
    assert "killed while the request was on its way (it may have been billed)" in found.stderr
    assert "1 may have been billed without an image" in found.stderr
    assert len(server.seen) == 1
    assert run("batch", *args).exit_code == 0


@posix
def test_ctrl_c_waits_for_what_is_under_way_and_says_how_to_go_on(place, server, acts):
    free = threading.Event()
    server.plays(acts.b64(), acts.gate(acts.b64(), free))
    args = (written(place, "a", "b", "c", "d"), "--base-url", server.url, "--concurrency", "1")
    process = start(*args)
    wait_for(server, 2, process)
    process.send_signal(signal.SIGINT)
    while "waiting for 1 under way" not in (said := process.stderr.readline()):
        assert said
    free.set()
    out, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert "2 made, 2 not sent" in said
    assert "stopped: Ctrl-C" in said
    assert "go on with the same command" in said
    assert f"impasto batch prompts.jsonl --base-url {server.url}" in said
    assert len(out.splitlines()) == len(images(place / "prompts")) == 2


@posix
def test_a_second_ctrl_c_leaves_at_once_and_says_what_may_be_billed(place, server, acts):
    server.plays(acts.hang)
    process = start(written(place, "a", "b"), "--base-url", server.url, "--concurrency", "1")
    wait_for(server, 1, process)
    process.send_signal(signal.SIGINT)
    while "Ctrl-C again" not in process.stderr.readline():
        pass
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "1 may have been billed without an image" in said
    assert "Traceback" not in said


@posix
def test_two_runs_do_not_share_a_journal(place, run, server, acts):
    server.plays(acts.hang)
    args = (written(place, "a"), "--base-url", server.url)
    process = start(*args)
    wait_for(server, 1, process)
    found = run("batch", *args)
    process.kill()
    process.communicate()
    assert found.exit_code == 2
    assert "another run works with the journal" in found.stderr


JOB = {"id": "job-7", "polling_url": ""}


@posix
def test_a_job_of_a_killed_batch_is_fetched_not_submitted_again(place, run, acts, images):
    site = acts.Site(acts.hang)
    try:
        poll = f"{site.url}/v1/get_result?id=job-7"
        site.plays(acts.answer(200, {"id": "job-7", "polling_url": poll}), acts.hang)
        args = (written(place, "a"), "-m", "flux-dev", "--backend", "bfl", "--base-url", site.url)
        process = start(*args)
        wait_for(site, 2, process)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        ready = {"id": "job-7", "status": "Ready", "result": {"sample": f"{images.url}/a.png"}}
        site.plays(acts.answer(200, ready))
        found = run("batch", *args, "--format", "json")
        assert found.exit_code == 0, found.stdout + found.stderr
        assert [seen.method for seen in site.seen].count("POST") == 1
        assert next(e for e in events(found) if e["event"] == "done")["resumed"] is True
    finally:
        site.close()


def test_the_key_is_nowhere(place, impasto, server, acts, tmp_path):
    server.plays(acts.b64(), acts.error(422, "invalid", f"the key {KEY} is odd"))
    file = written(place, {"prompt": "a", "seed": 1}, "b")
    found = impasto(
        "batch",
        file,
        "-m",
        "sdxl",
        "--base-url",
        server.url,
        "--concurrency",
        "1",
        "--format",
        "json",
    )
    assert found.returncode == 1
    assert server.seen[0].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in found.stdout + found.stderr
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"index.db", ".impasto-journal.db"} <= {path.name for path in files}
    assert not [path for path in files if KEY.encode() in path.read_bytes()]


@posix
def test_a_kill_while_a_paid_image_is_fetched_pays_nothing_twice(place, run, server, acts):
    images = acts.Site(acts.hang)
    server.plays(acts.url(f"{images.url}/a.png"))
    args = (written(place, "a"), "--base-url", server.url)
    process = start(*args)
    wait_for(images, 1, process)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    images.plays(acts.image())
    found = run("batch", *args, "--format", "json")
    images.close()
    assert found.exit_code == 0, found.stderr
    assert (events(found)[-1]["resumed"], len(server.seen)) == (1, 1)


def test_a_paid_image_that_is_gone_is_told_with_its_address(place, run, server, acts):
    gone = acts.Site(acts.answer(404))
    server.plays(acts.url(f"{gone.url}/a.png"))
    args = ("batch", written(place, "a"), "--base-url", server.url)
    told = events(run(*args, "--format", "json"))
    assert [e["image_url"] for e in told if e["event"] == "failed"] == [f"{gone.url}/a.png"]
    assert "1 paid image could not be fetched" in run(*args).stderr
    gone.close()
