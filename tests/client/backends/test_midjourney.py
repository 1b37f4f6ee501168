from __future__ import annotations

import json

import pytest

from impasto.client import Client
from impasto.client.exchange import Status, Ticket
from impasto.errors import (
    AuthError,
    BackendDown,
    GenerationFailed,
    InvalidRequest,
    ModerationRefused,
    ProtocolError,
    RateLimited,
    ResultExpired,
)

JOB = "1320098173412546"


@pytest.fixture(autouse=True)
def allowed(monkeypatch):
    monkeypatch.setenv("IMPASTO_ALLOW_MIDJOURNEY", "yes")


def submitted(acts, code=1, **more):
    told = {"code": code, "description": "as the gateway says", "result": JOB, "properties": {}}
    return acts.answer(200, {**told, **more})


def task(acts, status, **more):
    return acts.answer(200, {"id": JOB, "action": "IMAGINE", "status": status, **more})


def test_the_way_of_a_request(acts, api, images, said):
    api.plays(
        submitted(acts),
        task(acts, "NOT_START", progress=""),
        task(acts, "IN_PROGRESS", progress="45%"),
        task(acts, "SUCCESS", progress="100%", imageUrl=f"{images.url}/grid.png"),
    )
    news = []
    asked = said(model="midjourney", prompt="a fox --ar 16:9 --v 6")
    with Client("midjourney", api.url, "s3cret") as client:
        client._sleep = lambda _: None
        found = client.generate(asked, watch=news.append)
    assert (found.image, found.request_id, found.others) == (acts.PNG, JOB, ())
    assert [(n.text, n.share) for n in news if isinstance(n, Status)] == [
        ("not start", None),
        ("in progress", 0.45),
    ]
    submit, *looks = api.seen
    assert (submit.path, submit.headers["mj-api-secret"]) == ("/mj/submit/imagine", "s3cret")
    assert submit.headers["authorization"] == "Bearer s3cret"
    assert submit.json == {"prompt": "a fox --ar 16:9 --v 6", "base64Array": []}
    assert {look.path for look in looks} == {f"/mj/task/{JOB}/fetch"}
    assert not {"mj-api-secret", "authorization"} & set(images.seen[0].headers)


@pytest.mark.parametrize("form", ["texts", "objects"])
def test_four_images_where_the_gateway_names_them(client, acts, api, images, said, form):
    urls = [f"{images.url}/{n}.png" for n in range(4)]
    listed = urls if form == "texts" else [{"url": url} for url in urls]
    grid = f"{images.url}/grid.png"
    api.plays(submitted(acts, 22), task(acts, "SUCCESS", imageUrls=listed, imageUrl=grid))
    found = client.generate(said(), backend="midjourney", base_url=api.url)
    assert len(found.others) == 3
    assert [seen.path for seen in images.seen] == [f"/{n}.png" for n in range(4)]


@pytest.mark.parametrize("value", [None, "", "no", "0"])
def test_it_is_off_until_it_is_allowed(client, api, said, monkeypatch, value):
    monkeypatch.delenv("IMPASTO_ALLOW_MIDJOURNEY")
    if value is not None:
        monkeypatch.setenv("IMPASTO_ALLOW_MIDJOURNEY", value)
    with pytest.raises(InvalidRequest, match="forbid automation") as caught:
        client.generate(said(), backend="midjourney", base_url=api.url)
    assert "IMPASTO_ALLOW_MIDJOURNEY=yes" in caught.value.hint
    assert api.seen == []


def test_it_has_no_address_of_its_own(said):
    with pytest.raises(InvalidRequest, match="needs the address"):
        Client("midjourney", api_key="k").generate(said())


def test_a_banned_word_is_named(client, acts, api, said):
    api.plays(submitted(acts, 24, properties={"bannedWord": "gore"}))
    with pytest.raises(ModerationRefused, match="as the gateway says") as caught:
        client.generate(said(), backend="midjourney", base_url=api.url)
    error = caught.value
    assert (error.stage, error.reasons, error.billed) == ("input", ("gore",), "no")
    assert 'leave out "gore"' in error.hint


@pytest.mark.parametrize("code", [3, 4, 9, "1"])
def test_a_code_that_takes_no_job(client, acts, api, said, code):
    api.plays(submitted(acts, code))
    with pytest.raises(GenerationFailed, match=f"as the gateway says .code {code}") as caught:
        client.generate(said(), backend="midjourney", base_url=api.url)
    assert caught.value.billed == "no"


def test_a_queue_that_is_full(client, acts, api, said):
    api.plays(submitted(acts, 23))
    with pytest.raises(RateLimited, match="as the gateway says") as caught:
        client.generate(said(), backend="midjourney", base_url=api.url)
    assert caught.value.billed == "no"


def test_an_answer_without_a_code(client, acts, api, said):
    api.plays(acts.answer(200, {"message": "as the gateway says"}))
    with pytest.raises(GenerationFailed, match="as the gateway says"):
        client.generate(said(), backend="midjourney", base_url=api.url)
    api.plays(submitted(acts, result=None))
    with pytest.raises(ProtocolError, match='without "result"'):
        client.generate(said(), backend="midjourney", base_url=api.url)


@pytest.mark.parametrize(
    ("status", "more", "error"),
    [
        ("FAILURE", {"failReason": "timeout"}, GenerationFailed),
        ("FAILURE", {"failReason": None}, GenerationFailed),
        ("FAILURE", {"failReason": "Banned prompt detected"}, ModerationRefused),
        ("SUCCESS", {"imageUrl": None}, GenerationFailed),
    ],
)
def test_how_a_job_can_end(client, acts, api, said, status, more, error):
    api.plays(submitted(acts), task(acts, status, **more))
    with pytest.raises(error) as caught:
        client.generate(said(), backend="midjourney", base_url=api.url)
    assert caught.value.billed == "maybe"


@pytest.mark.parametrize("body", [b"", b"null"])
def test_a_task_that_is_forgotten(client, acts, api, said, body):
    api.plays(submitted(acts), acts.answer(200, body))
    with pytest.raises(ResultExpired, match=JOB):
        client.generate(said(), backend="midjourney", base_url=api.url)


def test_an_address_that_is_over(client, acts, api, images, said):
    images.plays(acts.answer(404))
    api.plays(submitted(acts), task(acts, "SUCCESS", imageUrl=f"{images.url}/grid.png"))
    with pytest.raises(ResultExpired, match="no longer be fetched"):
        client.generate(said(), backend="midjourney", base_url=api.url)


@pytest.mark.parametrize(
    ("act", "error"), [("401", AuthError), ("hang_up", BackendDown), ("html", ProtocolError)]
)
def test_how_a_submission_can_fail(client, acts, api, said, act, error):
    refused = acts.answer(401, {"code": 401, "description": "no secret"})
    api.plays({"401": refused, "html": acts.html(), "hang_up": acts.hang_up}[act])
    with pytest.raises(error):
        client.generate(said(), backend="midjourney", base_url=api.url)


def test_a_job_goes_on_after_a_kill(acts, api, images, said):
    done = task(acts, "SUCCESS", imageUrl=f"{images.url}/grid.png")
    api.plays(submitted(acts, 21), done)
    news = []
    with Client("midjourney", api.url, "k") as client:
        client.generate(said(), watch=news.append)
    ticket = json.loads(json.dumps(dict(next(n for n in news if isinstance(n, Ticket)).state)))
    api.seen.clear()
    api.plays(done)
    with Client("midjourney", api.url, "k") as client:
        assert client.resume(said(), ticket).image == acts.PNG
    assert [seen.method for seen in api.seen] == ["GET"]
