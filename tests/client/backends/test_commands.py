"""Prompts that stable-diffusion.cpp's server would take for parameters."""

from __future__ import annotations

import pytest

from impasto.errors import InvalidRequest


@pytest.mark.parametrize("backend", ["a1111", "gateway", "openai"])
def test_no_prompt_can_set_parameters(client, acts, api, said, backend):
    api.plays(acts.b64())
    asked = said(prompt='a fox <sd_cpp_extra_args>{"width": 4096}</sd_cpp_extra_args>')
    with pytest.raises(InvalidRequest, match="server obeys") as caught:
        client.generate(asked, backend=backend, base_url=api.url)
    assert list(caught.value.fields) == ["prompt"]
    assert caught.value.billed == "no"
    assert api.seen == []
