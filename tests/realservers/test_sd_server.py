"""Our backends against the real server of stable-diffusion.cpp; see build.py."""

from __future__ import annotations

import asyncio
import base64
import io
import threading
from dataclasses import replace
from urllib.error import HTTPError

import pytest
from PIL import Image

import impasto
from impasto.client import AsyncClient, Client
from impasto.client.exchange import Status, Ticket
from impasto.errors import (
    BackendDown,
    BackendError,
    DeadlineExceeded,
    InvalidRequest,
    RateLimited,
    ResultExpired,
)
from impasto.images.inspection import inspect
from realservers.server import Server

FIRST = {"seed": 3, "num_inference_steps": 1, "guidance_scale": 1.0}
# As many as the server takes: a minute or so, more than any test waits for.
LONG = {"num_inference_steps": 100, "guidance_scale": 1.0}
COMMANDS = 'a fox <sd_cpp_extra_args>{"width": 128}</sd_cpp_extra_args>'


def client(backend, server, timeout=110.0):
    found = Client(backend, server.url, "sk-of-no-account", timeout=timeout)
    found._policy = replace(found._policy, jitter=lambda: 0.1)
    return found


def painted(backend, server, asked, watch=None):
    with client(backend, server) as found:
        return found.generate(asked, watch=watch)


def pixels(image):
    with Image.open(io.BytesIO(image)) as opened:
        return opened.size, opened.tobytes()


def drawn(server, *asked):
    """Return the pixels of what is asked for."""
    return [pixels(painted("sdcpp", server, each).image) for each in asked]


def apart(one, two):
    """Return how far two drawings are apart on average, of 255."""
    assert one[0] == two[0]
    return sum(abs(a - b) for a, b in zip(one[1], two[1], strict=True)) / len(one[1])


def refused(backend, server, asked, error=InvalidRequest):
    with pytest.raises(error) as caught:
        painted(backend, server, asked)
    assert caught.value.billed == "no"
    return str(caught.value)


@pytest.mark.parametrize("backend", ["a1111", "gateway", "openai", "sdcpp"])
def test_two_images_at_once(sd_server, said, backend):
    found = painted(backend, sd_server, said(parameters={"n": 2, "seed": 7}))
    images = [found.image, *(other.data for other in found.others)]
    sizes, (one, two) = zip(*map(pixels, images), strict=True)
    assert sizes == ((64, 64), (64, 64))
    assert one != two
    assert min(len(set(one)), len(set(two))) > 50
    assert found.host == sd_server.url.removeprefix("http://")
    # Its OpenAI interface takes no seed: what the image tells is told, not what was asked for.
    assert found.seed == (7 if backend in ("a1111", "sdcpp") else 42)
    assert [inspect(image).generation.seed for image in images] == [found.seed, found.seed + 1]


def test_the_same_seed_paints_the_same_pixels_and_another_does_not(sd_server, said):
    asked = (said(parameters={**FIRST, "seed": seed}) for seed in (3, 3, 4))
    first, again, other = drawn(sd_server, *asked)
    assert first == again != other


def test_both_interfaces_are_told_the_same(sd_server, said):
    given = {**FIRST, "guidance_scale": 4.0, "sampler": "euler", "width": 128, "clip_skip": 2}
    asked = said("a (fox:1.3)", "snow", parameters=given)
    [image] = {pixels(painted(backend, sd_server, asked).image) for backend in ("a1111", "sdcpp")}
    assert image[0] == (128, 64)


def test_whatever_is_said_changes_the_pixels(sd_server, said):
    given = {**FIRST, "guidance_scale": 4.0}
    found = drawn(
        sd_server,
        said("a red fox", "snow", parameters=given),
        said("a (red:1.5) fox", "snow", parameters=given),
        said("a red fox", "rain", parameters=given),
        said("a red fox", "snow", parameters={**given, "guidance_scale": 8.0}),
        said("a red fox", "snow", parameters={**given, "num_inference_steps": 2}),
    )
    assert len(set(found)) == 5


def test_a_prompt_is_heard_as_we_read_it(sd_server, said):
    r"""Weights, escapes and breaks: our writing of our reading paints the same."""
    text = r"a ((red)) fox, [snow], (deep (night:0.5)), \(2026\) BREAK stars"
    prompt = impasto.read(text, dialect="sdcpp")
    ours = impasto.translate(prompt, model="sdxl", backend="sdcpp").prompt
    assert ours != text
    asked = (said(each, parameters=FIRST) for each in (text, ours, "a red fox, snow"))
    theirs, heard, plain = drawn(sd_server, *asked)
    # 1/1.1 is written with six digits.
    assert apart(theirs, heard) < 1
    assert apart(theirs, plain) > 5


def test_a_lora_is_loaded_where_it_is_named_and_read_as_text_in_a_tag(sd_server, said):
    named = {"lora": [{"path": "tiny.safetensors", "multiplier": 2.0}]}
    plain, loaded, tag, text = drawn(
        sd_server,
        said(parameters=FIRST),
        said(parameters={**FIRST, **named}),
        said("a red fox <lora:tiny:2>", parameters=FIRST),
        said("a red fox < lora : tiny : 2 >", parameters=FIRST),
    )
    assert tag == text
    assert len({plain, loaded, tag}) == 3
    prompt = impasto.parse("a red fox <lora:tiny:2>")
    losses = impasto.translate(prompt, model="sdxl", backend="sdcpp").losses
    assert any("reads the tag as text" in str(loss) for loss in losses)


@pytest.mark.parametrize(
    ("backend", "prompt", "parameters", "words"),
    [
        ("a1111", "a fox", {"width": -5}, "width and height must be positive"),
        ("a1111", "a fox", {"height": "wide"}, "another type"),
        ("a1111", "a fox", {"lora": [{"path": "none"}]}, "invalid lora path: none"),
        ("a1111", "a fox", {"checkpoint": "sdxl"}, 'no checkpoint "sdxl"'),
        ("a1111", "", {}, "prompt required"),
        ("a1111", COMMANDS, {}, "which stable-diffusion.cpp's server obeys"),
        ("gateway", COMMANDS, {}, "which stable-diffusion.cpp's server obeys"),
        ("openai", COMMANDS, {}, "which stable-diffusion.cpp's server obeys"),
        ("openai", "a fox", {"output_format": "gif"}, "must be one of [png, jpeg]"),
        ("openai", "a fox", {"n": "two"}, "another type"),
        ("gateway", "", {}, "prompt required"),
        ("gateway", "a fox", {"n": "two"}, "another type"),
        ("sdcpp", "a fox", {"guidance_scale": -1.0}, "invalid generation parameters"),
        ("sdcpp", "a fox", {"lora": [{"path": "none"}]}, "invalid generation parameters"),
        ("sdcpp", "a fox", {"output_format": "gif"}, "must be one of [png, jpeg]"),
        ("sdcpp", "a fox", {"output_compression": "best"}, "another type"),
        ("sdcpp", "a fox", {"sampler": "euler-a"}, 'did you mean "euler_a"?'),
        ("sdcpp", "a fox", {"scheduler": "linear"}, "discrete"),
        ("sdcpp", "a fox", {"width": -5}, "from 64 to 4096"),
        ("sdcpp", "a fox", {"n": 9}, "from 1 to 8"),
        ("sdcpp", "a fox", {"num_inference_steps": 150}, "from 1 to 100"),
    ],
)
def test_a_bad_request_is_refused_with_its_reason(
    sd_server, said, backend, prompt, parameters, words
):
    assert words in refused(backend, sd_server, said(prompt, parameters=parameters))


def test_a_model_that_it_does_not_have(sd_server, said):
    """Its OpenAI interface paints with the one it has; a checkpoint has to be that one."""
    asked = said(model="no-such", parameters={"checkpoint": "model"})
    one, two = (painted(backend, sd_server, asked) for backend in ("gateway", "openai"))
    assert pixels(one.image) == pixels(two.image)
    assert painted("a1111", sd_server, asked).kind == "png"


def test_what_the_image_says_of_itself(sd_server, said):
    asked = said("a (red:1.5) fox,\nsnow", "Negative prompt: blurry", parameters=FIRST)
    found = inspect(painted("sdcpp", sd_server, asked).image)
    made = found.generation
    assert (made.tool, made.prompt, made.negative_prompt) == (
        "sdcpp",
        asked.prompt,
        asked.negative_prompt,
    )
    assert made.parameters().items() >= {**FIRST, "width": 64, "height": 64}.items()
    assert found.unread == ()


def test_jpeg_and_its_ticket(sd_server, said):
    """A job is fetched again, by another client, without being painted again."""
    asked = said(parameters={**FIRST, "output_format": "jpeg"})
    news = []
    first = painted("sdcpp", sd_server, asked, watch=news.append)
    assert first.kind == "jpeg"
    assert Status("generating") in news
    with client("sdcpp", sd_server) as another:
        again = another.resume(asked, {"id": job_of(news)})
        assert (again.image, again.request_id) == (first.image, first.request_id)
        with pytest.raises(ResultExpired):
            another.resume(asked, {"id": "job_0_0"})


def job_of(news):
    return next(told.state["id"] for told in news if isinstance(told, Ticket))


def status_of(server, job):
    return server.get(f"/sdcpp/v1/jobs/{job}")["status"]


class Held:
    """A request that the server is at until it is killed."""

    def __init__(self, server, asked, backend="sdcpp"):
        self.painting, self.error = threading.Event(), None
        self._client = client(backend, server)
        self._thread = threading.Thread(target=self._paint, args=(asked,))

    def _paint(self, asked):
        try:
            self._client.generate(asked, watch=self._hear)
        except BackendError as error:
            self.error = error

    def _hear(self, told):
        if not isinstance(told, Status) or told.text == "generating":
            self.painting.set()

    def __enter__(self):
        self._thread.start()
        assert self.painting.wait(60)
        return self

    def __exit__(self, *trouble):
        self._thread.join()
        self._client.close()


@pytest.fixture
def busy_server(tmp_path, said):
    """A server of its own that is at a long job."""
    server = Server(tmp_path / "log.txt")
    with Held(server, said(parameters=LONG)):
        yield server
        server.kill()


async def left(server, asked):
    """Ask for an image, leave as soon as it is a job, and return the job."""
    news, submitted = [], asyncio.Event()

    def hear(told):
        news.append(told)
        submitted.set()

    async with AsyncClient("sdcpp", server.url) as found:
        task = asyncio.create_task(found.generate(asked, watch=hear))
        await submitted.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    return job_of(news)


def test_jobs_that_wait_behind_another(busy_server, said):
    news = []
    with client("sdcpp", busy_server, timeout=3.0) as hasty:
        with pytest.raises(DeadlineExceeded):
            hasty.generate(said(), watch=news.append)
        assert Status("next in the queue") in news
        assert status_of(busy_server, job_of(news)) == "cancelled"

        assert status_of(busy_server, asyncio.run(left(busy_server, said()))) == "cancelled"

        for _ in range(63):
            busy_server.post("/sdcpp/v1/img_gen", {"prompt": "a fox"})
        with pytest.raises(RateLimited, match="job queue is full"):
            hasty.generate(said())


@pytest.mark.parametrize("backend", ["a1111", "sdcpp"])
def test_a_server_that_dies_is_told_from_one_that_is_not_there(tmp_path, said, backend):
    server = Server(tmp_path / "log.txt")
    with Held(server, said(parameters=LONG), backend) as held:
        server.kill()
    assert isinstance(held.error, BackendDown)
    assert held.error.billed in ("maybe", "yes")
    assert "cannot reach 127.0.0.1:" in refused(backend, server, said(), BackendDown)


def test_why_its_commands_are_refused_in_prompts(sd_server):
    asked = {"prompt": COMMANDS, "width": 64, "height": 64, "steps": 1}
    found = sd_server.post("/sdapi/v1/txt2img", asked)["images"][0]
    assert pixels(base64.b64decode(found))[0] == (128, 64)


def test_what_the_real_server_does_not_have(sd_server):
    """The paths that the backend a1111 asks for in vain; it works without them."""
    for path in ("/sdapi/v1/progress?skip_current_image=true", "/sdapi/v1/interrupt"):
        with pytest.raises(HTTPError, match="404"):
            sd_server.get(path)
