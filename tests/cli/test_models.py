from __future__ import annotations

import json

import pytest

from impasto.models.registry import model_names


def test_the_list(run, snapshot):
    found = run("models", "list")
    assert found.exit_code == 0
    assert found.stdout == snapshot
    assert run("models").stdout == found.stdout


def test_the_list_as_json(run):
    found = json.loads(run("models", "list", "--format", "json").stdout)
    assert [m["id"] for m in found["models"]] == list(model_names())


@pytest.mark.parametrize("model", ["dall-e-3", "stable-diffusion-xl"])
def test_one_model(run, snapshot, model):
    assert run("models", "show", model).stdout == snapshot


@pytest.mark.parametrize("model", model_names())
def test_every_model_can_be_shown_in_a_narrow_terminal(run, model, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    found = run("models", "show", model)
    assert found.exit_code == 0
    assert max(map(len, found.stdout.splitlines())) <= 80
    assert "sources" in found.stdout


def test_a_backend_has_its_own_limits(run):
    found = run("models", "show", "dalle3", "--backend", "gateway", "--format", "json")
    card = json.loads(found.stdout)
    assert (card["backend"], card["negative"]) == ("gateway", "field")
    assert "num_inference_steps" in card["parameters"]


@pytest.mark.parametrize("columns", [50, 80, 120])
def test_models_side_by_side(run, snapshot, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    found = run("models", "compare", "sdxl", "flux-2-pro", "gpt-image-1.5")
    assert found.exit_code == 0
    assert max(map(len, found.stdout.splitlines())) <= columns
    assert found.stdout == snapshot


def test_a_comparison_as_json(run):
    args = ["--backend", "comfyui", "--format", "json"]
    found = json.loads(run("models", "compare", "sdxl", "dalle3", *args).stdout)
    assert found["models"] == ["stable-diffusion-xl", "dall-e-3"]
    assert found["backends"] == ["comfyui", None]
    facts = found["facts"]
    assert facts["weights"]["stable-diffusion-xl"].startswith("comfyui: ")
    assert facts["price"]["dall-e-3"] == ""
    assert facts["num_inference_steps"]["dall-e-3"] == "no"
    assert facts["seed repeats"] == {"stable-diffusion-xl": "yes", "dall-e-3": "no"}


def test_a_comparison_needs_two_models(run):
    found = run("models", "compare", "sdxl", "stable-diffusion-xl")
    assert found.exit_code == 2
    assert "two models or more" in found.stderr


MINE = """\
- {id: house-style, like: sdxl, title: House style, sources: [our own training]}
- {id: flux-dev, price_usd: 0.01}
"""


@pytest.mark.parametrize("settings", ["", 'model_cards = ["cards"]\n'])
def test_cards_of_the_project_count(run, place, settings):
    folder = place / ("cards" if settings else "model_cards")
    folder.mkdir()
    (folder / "mine.yaml").write_text(MINE)
    (place / "impasto.toml").write_text(settings)
    assert "house-style" in run("models", "list").stdout
    shown = run("models", "show", "flux-dev").stdout
    assert "mine.yaml:2, which changes price_usd" in shown
    assert "$0.01 for each image" in shown
    heard = run("translate", "a (fox:1.2)", "--to", "house-style").stdout
    assert "hears      a (fox:1.2)" in heard


def test_a_broken_card_of_the_project_is_told_with_its_place(run, place):
    (place / "model_cards").mkdir()
    (place / "model_cards" / "mine.yaml").write_text("- {id: x, like: sdxl, titel: X}\n")
    found = run("models", "list")
    assert found.exit_code == 2
    assert 'mine.yaml:1:23: error: a model card has no key "titel"' in found.stderr


def test_what_the_guide_gets_wrong_is_said(run):
    found = " ".join(run("models", "show", "flux-1.1-pro").stdout.split())
    assert "it documents num_inference_steps, which flux-1.1-pro does not have" in found


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["flux-dv"], 'did you mean "flux-dev"?'),
        (["flux-dev", "--backend", "gatway"], 'did you mean "gateway"?'),
    ],
)
def test_a_misspelt_name_is_answered_with_the_nearest(run, args, said):
    found = run("models", "show", *args)
    assert found.exit_code == 2
    assert said in found.stderr
