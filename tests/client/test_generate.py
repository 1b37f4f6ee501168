"""A request goes out as the guide documents it and comes back as an image."""

from __future__ import annotations

import asyncio
import base64

import httpx
import pytest

from impasto.client import Client

GUIDE = {
    "width": 1024,
    "height": 1024,
    "num_inference_steps": 50,
    "guidance_scale": 7.5,
    "seed": 42,
}


def test_sends_the_body_of_the_guide(client, api, said):
    mixed = dict(reversed([*GUIDE.items(), ("quality", "hd"), ("style", None)]))
    client.generate(said(parameters=mixed), base_url=api.url)
    sent = api.seen[0]
    assert (sent.method, sent.path) == ("POST", "/v1/images/generations")
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["authorization"] == "Bearer sk-Loopback0123456789"
    assert list(sent.json.items()) == [
        ("model", "flux-1.1-pro"),
        ("prompt", "A cute cartoon cat sitting on a rainbow"),
        ("negative_prompt", "low quality, blurry, deformed"),
        *GUIDE.items(),
        ("quality", "hd"),
    ]


def test_an_empty_negative_prompt_is_not_sent(client, api, said):
    client.generate(said(negative_prompt=""), base_url=api.url)
    assert set(api.seen[0].json) == {"model", "prompt"}


def test_any_text_survives_the_way(client, api, said):
    prompt = 'a cat 🐱 "Hello", 最新的\nline \\( \ud800'
    client.generate(said(prompt=prompt), base_url=api.url)
    assert api.seen[0].json["prompt"] == prompt


def test_the_result_knows_what_made_it(client, api, images, said, acts):
    api.plays(
        acts.answer(
            200,
            {
                "data": [
                    {"url": f"{images.url}/a.png", "revised_prompt": "a tabby cat", "seed": 7}
                ],
                "usage": {"cost": 0.04},
            },
            {"x-request-id": "req-1"},
        )
    )
    result = client.generate(said(parameters={"seed": 42}), base_url=api.url)
    assert result.image == acts.PNG
    assert result.kind == "png"
    assert (result.seed, result.revised_prompt, result.cost) == (7, "a tabby cat", 0.04)
    assert (result.request_id, result.attempts) == ("req-1", 1)
    assert f"http://{result.host}" == images.url
    assert 0 < result.seconds < 20
    record = result.record()
    assert record["prompt"] == "A cute cartoon cat sitting on a rainbow"
    assert (record["model"], record["backend"]) == ("flux-1.1-pro", "gateway")
    assert "token" not in str(record)


def test_a_seed_that_was_asked_for_counts(client, api, said):
    assert client.generate(said(parameters={"seed": 42}), base_url=api.url).seed == 42
    assert client.generate(said(parameters={"seed": -1}), base_url=api.url).seed is None


def test_the_image_host_never_sees_the_key(client, api, images, said, acts):
    images.plays(acts.image(headers={"set-cookie": "id=1; Path=/"}))
    client.batch([said(), said()], base_url=api.url, concurrency=1)
    assert len(images.seen) == 2
    for seen in images.seen:
        assert not {"authorization", "cookie", "x-api-key"} & set(seen.headers)
        assert "sk-" not in str(seen)


def test_redirects_of_the_image_are_followed_without_the_key(client, api, images, said, acts):
    images.plays(acts.moved("/b.png"), acts.moved(f"{images.url}/c.png", 307), acts.image())
    assert client.generate(said(), base_url=api.url).image == acts.PNG
    assert [seen.path for seen in images.seen] == ["/a.png?token=t", "/b.png", "/c.png"]
    assert all("authorization" not in seen.headers for seen in images.seen)


def _shapes(png, url):
    text = base64.b64encode(png).decode()
    safe = base64.urlsafe_b64encode(png).decode().rstrip("=")
    data = f"data:image/png;base64,{text}"
    return {
        "b64_json": {"data": [{"b64_json": text}]},
        "b64_json before url": {"data": [{"b64_json": text, "url": "http://127.0.0.1:1/no"}]},
        "b64_json null": {"data": [{"b64_json": None, "url": url}]},
        "b64_json that is a data url": {"data": [{"b64_json": data}]},
        "url-safe base64 without padding": {"data": [{"b64_json": safe}]},
        "data url": {"data": [{"url": data}]},
        "images of objects": {"images": [{"url": url, "width": 16}], "has_nsfw_concepts": [False]},
        "images of texts": {"images": [text], "parameters": {}},
        "artifacts": {"artifacts": [{"base64": text, "finishReason": "SUCCESS", "seed": 3}]},
        "output list": {"status": "succeeded", "error": None, "output": [url]},
        "output text": {"status": "succeeded", "output": url},
        "relative": {"data": [{"url": "/images/a.png"}]},
    }


@pytest.mark.parametrize("shape", _shapes(b"", ""))
def test_every_usual_shape_of_an_answer(client, api, images, said, acts, shape):
    body = _shapes(acts.PNG, f"{images.url}/a.png")[shape]
    api.plays(acts.answer(200, body), acts.image())
    assert client.generate(said(), base_url=api.url).image == acts.PNG


def test_an_answer_may_be_the_image_itself(client, api, said, acts):
    api.plays(acts.image())
    assert client.generate(said(), base_url=api.url).image == acts.PNG


def test_several_images_of_one_request(client, api, said, acts, tmp_path):
    both = [acts.png(colour=(1, 2, 3)), acts.png(colour=(4, 5, 6))]
    body = {"data": [{"b64_json": base64.b64encode(b).decode()} for b in both]}
    api.plays(acts.answer(200, body))
    result = client.generate(said(parameters={"n": 2}), base_url=api.url)
    paths = result.save_all(tmp_path / "cat")
    assert [p.name for p in paths] == ["cat.png", "cat-2.png"]
    assert [p.read_bytes() for p in paths] == both


def test_base_url_and_key_from_the_environment(client, api, said, monkeypatch):
    monkeypatch.setenv("IMPASTO_BASE_URL", f"{api.url}/v1/")
    monkeypatch.setenv("IMPASTO_API_KEY", " from-the-environment\n")
    result = client.generate(said(), api_key=None)
    assert result.request.backend == "gateway"
    assert api.seen[0].headers["authorization"] == "Bearer from-the-environment"


def test_a_server_without_keys_gets_none(client, api, said):
    client.generate(said(), base_url=api.url, api_key="")
    assert "authorization" not in api.seen[0].headers


def test_callers_may_bring_their_own_http_clients(client, api, said, acts):
    api.plays(acts.b64())

    def blocking():
        with httpx.Client(headers={"x-team": "blue"}, follow_redirects=True) as http:
            client.generate(said(), base_url=api.url, http=http)
            return http.is_closed

    async def awaiting():
        async with httpx.AsyncClient(headers={"x-team": "blue"}, follow_redirects=True) as http:
            async with client.open(base_url=api.url, http=http) as opened:
                await opened.generate(said())
            return http.is_closed

    closed = blocking() if client.kind is Client else asyncio.run(awaiting())
    assert not closed
    assert api.seen[0].headers["x-team"] == "blue"


def test_a_closed_client_says_so(api, said):
    opened = Client(base_url=api.url)
    opened.close()
    with pytest.raises(RuntimeError, match="the client is closed"):
        opened.generate(said())
