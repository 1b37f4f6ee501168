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
    assert "sources" in found.stdout


def test_a_backend_has_its_own_limits(run):
    found = run("models", "show", "dalle3", "--backend", "gateway", "--format", "json")
    card = json.loads(found.stdout)
    assert (card["backend"], card["negative"]) == ("gateway", "field")
    assert "num_inference_steps" in card["parameters"]


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
