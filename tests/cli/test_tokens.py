from __future__ import annotations

import json

LONG = "a red fox, " * 18 + "deep snow, a frozen lake"
PROMPT = "a red fox, (golden light:1.2), epinephrine"


def test_the_tokens_of_each_model(run, snapshot):
    found = run("tokens", PROMPT, "--for", "flux-dev,sdxl", "--for", "dall-e-3")
    assert found.exit_code == 0
    assert found.stdout == snapshot


def test_what_falls_off_and_where_it_was_written(run, snapshot):
    found = run("tokens", LONG, "--for", "sdxl", "--backend", "huggingface", "--negative", "blurry")
    assert found.stdout == snapshot
    assert "a frozen lake (prompt:1:" in " ".join(found.stdout.split())


def test_where_chunks_break(run):
    lines = run("tokens", LONG, "--for", "sdxl").stdout.splitlines()
    assert "78 tokens in 2 chunks of at most 75" in " ".join(" ".join(lines).split())
    at = next(i for i, line in enumerate(lines) if "chunk 2" in line)
    assert lines[at].split() == ["chunk", "2", "(3)", "a", "frozen", "lake"]


def test_a_token_inside_a_word_is_marked(run):
    out = run("tokens", "hyperrealism 🦊 16:9", "--for", "a1111").stdout
    assert "hyper·realism" in out
    assert "1·6·:·9" in out


def test_a_file_and_a_text_in_another_dialect(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.prompt").write_text("---\nformat: 1\nmodel: flux-dev\n---\na red fox\n")
    assert run("tokens", "-f", "p.prompt").stdout.startswith("flux-dev")
    out = run("tokens", "((a fox))", "--from", "a1111", "--for", "comfyui").stdout
    assert "clip-l: 2 of 75 tokens" in out


def test_as_data(run):
    data = json.loads(run("tokens", PROMPT, "--for", "sdxl,flux-dev", "--format", "json").stdout)
    assert data["format"] == 1
    assert [one["model"] for one in data["budgets"]] == ["stable-diffusion-xl", "flux-dev"]
    (reading,) = data["budgets"][0]["prompt"]
    assert reading["exact"]
    assert reading["chunks"][0]["tokens"][0] == {"id": 320, "text": "a", "start": 0, "end": 1}
    lines = run("tokens", PROMPT, "--for", "sdxl,flux-dev", "--format", "jsonl").stdout
    assert [json.loads(line)["format"] for line in lines.splitlines()] == [1, 1]


def test_an_empty_prompt_and_an_unknown_model(run):
    assert run("tokens", "# nothing", "--for", "sdxl").stdout.split()[-3:] == ["it", "is", "empty"]
    found = run("tokens", "a", "--for", "sdxxl")
    assert found.exit_code == 2
    assert "unknown model" in found.stderr
