"""Images of tiny pipelines: what a request changes in them, and that nothing else does."""

from __future__ import annotations

import asyncio
import io
import threading

import pytest
from PIL import Image, ImageChops

from impasto.client import AsyncClient, Client
from impasto.client.cache import Cache
from impasto.client.exchange import Status
from impasto.client.journal import Journal
from impasto.client.runner import Runner
from impasto.client.saving import Folder
from impasto.errors import DeadlineExceeded

KINDS = pytest.mark.parametrize("kind", ["sd", "sdxl", "flux"])


def pixels(data):
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB")


def difference(one, other):
    """Return by how much the two images differ where they differ most, of 255."""
    return max(high for _, high in ImageChops.difference(pixels(one), pixels(other)).getextrema())


@KINDS
def test_it_is_the_image_of_the_pipeline_itself(kind, paint, made):
    import torch

    result = paint(kind, "a red fox, snow", guidance_scale=4.0)
    own = made(kind)(
        "a red fox, snow",
        width=64,
        height=64,
        num_inference_steps=2,
        guidance_scale=4.0,
        generator=torch.Generator().manual_seed(1),
    ).images[0]
    assert pixels(result.image).size == own.size == (64, 64)
    assert ImageChops.difference(pixels(result.image), own).getbbox() is None
    assert (result.kind, result.seed, result.host, result.cost) == ("png", 1, "", None)


@KINDS
def test_a_request_has_one_image(kind, paint):
    first = paint(kind).image
    assert paint(kind).image == first
    assert paint(kind, seed=2).image != first
    assert paint(kind, "a castle at night").image != first
    assert paint(kind, guidance_scale=1.5).image != first


@pytest.mark.parametrize("kind", ["sd", "sdxl"])
def test_weights_and_the_negative_prompt_are_heard(kind, paint):
    plain = paint(kind).image
    assert paint(kind, "a (red:1.0) fox, snow").image == plain
    weak, strong = (paint(kind, f"a (red fox:{w}), snow").image for w in (1.1, 1.8))
    assert 0 < difference(weak, plain) <= difference(strong, plain)
    assert difference(paint(kind, "a red fox, snow", "blurry").image, plain) > 0


def test_the_end_of_a_long_prompt_is_heard(paint):
    long = "a red fox, " * 30
    assert paint("sdxl", long + "snow").image != paint("sdxl", long + "night").image


def test_flux_hears_a_negative_prompt_where_it_is_told_to(client, asked, said):
    plain = asked("flux", "a red fox, snow")
    assert [loss.kind for loss in asked("flux", "a fox", "blurry").losses] != []
    own = {**plain.parameters, "true_cfg_scale": 4.0}
    sent = [said(plain.prompt, "flux-dev", "diffusers", n, own) for n in ("", "blurry")]
    without, heard = (client.generate(one, backend="diffusers").image for one in sent)
    assert without == client.generate(plain, backend="diffusers").image
    assert difference(heard, without) > 0


def test_weights_for_flux_are_losses(asked):
    translation = asked("flux", "a (red:1.4) fox")
    assert [loss.kind for loss in translation.losses]
    assert "(" not in translation.prompt


def test_several_images_have_the_seeds_after_the_first(paint):
    both = paint("sdxl", n=2)
    assert len(both.others) == 1
    assert difference(both.image, paint("sdxl", seed=1).image) <= 2  # sums of another order
    assert difference(both.others[0].data, paint("sdxl", seed=2).image) <= 2


def test_a_seed_is_drawn_and_told(paint):
    drawn = paint("sd", seed=None)
    assert 0 <= drawn.seed < 1 << 32
    assert paint("sd", seed=drawn.seed).image == drawn.image


def test_other_sizes_and_arguments(paint):
    wide = paint("sdxl", width=96, height=64, guidance_rescale=0.7)
    assert pixels(wide.image).size == (96, 64)


def test_progress_is_told(asked):
    heard = []
    with Client("diffusers") as client:
        client.generate(asked("sd"), watch=heard.append)
    steps = [news for news in heard if news.share]
    assert [news.text for news in steps] == [f"step {n} of 2" for n in (1, 2)]
    assert [news.share for news in steps] == [0.5, 1.0]


def test_a_pipeline_is_loaded_once(asked):
    heard = []
    with Client("diffusers") as client:
        for kind in ("flux", "sd", "sd", "sdxl"):
            client.generate(asked(kind), watch=heard.append)
    loads = [news.text for news in heard if news.text.startswith("loading")]
    assert loads[-2:] == ["loading tiny-sd", "loading tiny-sdxl"]


@pytest.fixture
def steps(painter, paint, monkeypatch):
    """Count the steps that the pipeline of SD paints."""
    paint("sd")
    scheduler = painter().scheduler
    own, counted = scheduler.step, []

    def step(*args, **more):
        counted.append(1)
        return own(*args, **more)

    monkeypatch.setattr(scheduler, "step", step)
    return counted


class _Enough(BaseException):
    """What Ctrl-C is to a program."""


def _until(step):
    def watch(news):
        if isinstance(news, Status) and news.text.startswith(f"step {step} "):
            raise _Enough

    return watch


def test_giving_up_stops_the_painting(asked, steps, at_rest, paint):
    with Client("diffusers") as client, pytest.raises(_Enough):
        client.generate(asked("sd", num_inference_steps=900), watch=_until(3))
    at_rest()
    assert 3 <= len(steps) < 800
    assert paint("sd").image == paint("sd").image


def test_a_task_that_is_cancelled_stops_the_painting(asked, steps, at_rest):
    async def go():
        begun = asyncio.Event()
        async with AsyncClient("diffusers") as client:
            said = asked("sd", num_inference_steps=900)
            task = asyncio.create_task(client.generate(said, watch=lambda _: begun.set()))
            await begun.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(go())
    at_rest()
    assert len(steps) < 800


def test_the_deadline_stops_the_painting(asked, steps, at_rest, client):
    said = asked("sd", num_inference_steps=999)
    with pytest.raises(DeadlineExceeded) as caught:
        client.generate(said, backend="diffusers", timeout=0.3)
    at_rest()
    assert len(steps) < 900
    assert caught.value.billed == "no"


def test_requests_of_several_threads_take_turns(asked, steps):
    images = {}

    def work(seed):
        with Client("diffusers") as client:
            images[seed] = client.generate(asked("sd", seed=seed)).image

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(images.values())) == 4
    assert len(steps) == 8


def test_a_batch_is_one_at_a_time_and_goes_on_after_a_failure(asked, client):
    wanted = [asked("sd", seed=1), asked("sd", seed=2, width=63), asked("sd", seed=3)]
    done = client.batch(wanted, backend="diffusers", concurrency=4)
    assert sorted(done) == [0, 1, 2]
    assert "multiple of 8" in str(done[1])
    assert [done[n].seed for n in (0, 2)] == [1, 3]
    assert client.open(backend="diffusers", concurrency=4).concurrency == 1


def test_journal_and_cache(asked, tmp_path, steps):
    wanted = [asked("sd", seed=seed) for seed in (1, 2)]

    async def run(name, cache):
        journal = Journal(tmp_path / f"{name}.db", "plan")
        async with AsyncClient("diffusers") as client:
            runner = Runner(client, Folder(tmp_path / name), journal=journal, cache=cache)
            events = [event async for event in runner.run(wanted)]
        journal.close()
        return [event.how for event in sorted(events)]

    cache = Cache(tmp_path / "cache")
    try:
        ways = [asyncio.run(run(name, cache)) for name in ("one", "one", "two")]
    finally:
        cache.close()
    assert ways == [["made"] * 2, ["kept"] * 2, ["cached"] * 2]
    assert len(steps) == 4
