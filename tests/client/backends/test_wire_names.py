"""Every parameter of a card goes out under a name that the service documents for the model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from impasto.client.backends import backend as backend_named
from impasto.client.request import Request
from impasto.models import all_models, check, load_model

HERE = Path(__file__).parent
FAL = json.loads((HERE / "fal_fields.json").read_text("utf-8"))["endpoints"]
WIRE = json.loads((HERE / "wire_fields.json").read_text("utf-8"))
PAIRS = [(card.id, backend) for card in all_models() for backend in card.backends]


def documented(model, backend):
    """Return the fields that the service documents; None where no public source lists them."""
    served = load_model(model).for_backend(backend).served_as
    if backend == "fal":
        return FAL.get(served)
    known = WIRE.get(backend, {})
    return known.get("models", {}).get(served) if "models" in known else known.get("fields")


LISTED = [pair for pair in PAIRS if documented(*pair)]


def value_of(spec):
    usual = (spec.default, *spec.choices, spec.min)
    first = next((value for value in usual if value is not None), None)
    blank = {"text": "x", "boolean": True, "integer": 1, "number": 1.0}
    return blank[spec.type] if first is None else first


def body(model, backend, parameters):
    checked = check(load_model(model), backend, parameters)
    request = Request(backend, model, "a fox", "", checked.parameters)
    made = backend_named(backend)
    if backend == "replicate":
        return made.inputs(request)
    if backend == "stability":
        return made.form(request, load_model(model).for_backend(backend).served_as)
    if backend == "bfl":
        return {"prompt": request.prompt, **made.fields(request)}
    return made.body(request)


@pytest.mark.parametrize(("model", "backend"), LISTED)
def test_every_parameter_has_the_services_own_name(model, backend):
    served = load_model(model).for_backend(backend)
    for name, spec in served.parameters.items():
        value = "1:1" if name == "aspect_ratio" else value_of(spec)
        sent = body(model, backend, {name: value})
        strange = set(sent) - set(documented(model, backend))
        assert not strange, (name, sent)


def test_most_pairs_are_checked():
    services = [pair for pair in PAIRS if pair[1] in ("fal", "replicate", *WIRE)]
    assert len(LISTED) > 0.75 * len(services)


SAID = [
    ("replicate", "flux-dev", {"n": 2}, "num_outputs", 2),
    ("replicate", "flux-dev", {"guidance_scale": 3}, "guidance", 3),
    ("replicate", "flux-2-flex", {"steps": 30}, "steps", 30),
    ("replicate", "recraft-v3", {"size": "1365x1024"}, "size", "1365x1024"),
    ("fal", "ideogram-3", {"quality": "TURBO"}, "rendering_speed", "TURBO"),
    ("fal", "flux-1.1-pro", {"prompt_upsampling": True}, "enhance_prompt", True),
    ("fal", "flux-1.1-pro", {"safety_tolerance": 2}, "safety_tolerance", "2"),
    ("fal", "stable-diffusion-xl", {"output_format": "png"}, "format", "png"),
    ("fal", "flux-dev", {"n": 2}, "num_images", 2),
    ("openrouter", "gpt-image-2", {"quality": "low"}, "quality", "low"),
    ("bfl", "flux-dev", {"steps": 30}, "steps", 30),
    ("together", "flux-dev", {"steps": 30}, "steps", 30),
    ("stability-v1", "stable-diffusion-xl", {"n": 2}, "samples", 2),
]


@pytest.mark.parametrize(("backend", "model", "asked", "name", "value"), SAID)
def test_names_and_values_on_the_wire(backend, model, asked, name, value):
    assert body(model, backend, asked)[name] == value


def test_one_image_is_not_asked_for_where_there_is_never_more_than_one():
    for model in ("flux-1.1-pro", "flux-kontext-pro", "flux-2-pro", "krea-2", "recraft-v3"):
        assert not {"n", "num_outputs"} & set(body(model, "replicate", {"n": 1}))


def test_height_before_width_is_the_same_size():
    request = Request("replicate", "recraft-v3", "a fox", "", {"height": 1024, "width": 1365})
    assert backend_named("replicate").inputs(request)["size"] == "1365x1024"
