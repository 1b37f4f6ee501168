"""What ends a run early: signals, a disk without room, a server that wants no more."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

KEY = "sk-Loopback0123456789"
COMMAND = [sys.executable, "-c", "from impasto.cli.app import main; main()"]
posix = pytest.mark.skipif(os.name == "nt", reason="signals are another thing there")


@pytest.fixture(autouse=True)
def own_places(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("IMPASTO_API_KEY", KEY)
    monkeypatch.setenv("TMPDIR", str(tmp_path))


@pytest.fixture
def server(acts):
    site = acts.Site(acts.b64())
    yield site
    site.close()


def prompts(place, number, **more):
    lines = (json.dumps({"prompt": f"fox {n}", "model": "flux-dev", **more}) for n in range(number))
    (place / "p.jsonl").write_text("\n".join(lines), "utf-8")


def ended(server, sign, *args):
    """Run a command until its server is asked, then end it; return its code and what it said."""
    command = subprocess.Popen([*COMMAND, *args], stderr=subprocess.PIPE, text=True)
    while not server.seen:
        assert command.poll() is None, command.stderr.read()
    command.send_signal(sign)
    _, said = command.communicate(timeout=30)
    return command.returncode, said


@posix
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_generate_says_what_may_be_on_the_bill(place, server, acts, sign):
    server.plays(acts.hang)
    code, said = ended(
        server, sign, "generate", "a fox", "-m", "flux-dev", "--base-url", server.url
    )
    assert code == 130
    assert "1 request was under way and may have been billed" in said
    assert "Traceback" not in said


@posix
def test_a_batch_that_is_terminated_ends_as_gently_as_with_ctrl_c(place, server, acts):
    import threading

    prompts(place, 4)
    let = threading.Event()
    server.plays(acts.gate(acts.b64(), let))
    threading.Timer(1.5, let.set).start()
    args = ("batch", "p.jsonl", "-o", "out", "--concurrency", "1", "--base-url", server.url)
    code, said = ended(server, signal.SIGTERM, *args)
    assert code == 130
    assert "1 made, 3 not sent" in said


def test_a_server_that_wants_no_more_this_year_ends_the_batch(run, place, server, acts):
    prompts(place, 5)
    server.plays(acts.error(429, "rate_limit_exceeded", "slow", retry_after="31536000"))
    args = ("-o", "out", "--concurrency", "1", "--base-url", server.url)
    found = run("batch", "p.jsonl", *args)
    assert found.exit_code == 2
    assert "stopped: the server takes no more for 365 days" in found.stderr
    assert len(server.seen) == 1


def test_a_batch_that_cannot_write_keeps_what_was_paid_for(run, place, server):
    prompts(place, 3)
    (place / "p.jsonl").write_text(
        "\n".join(
            json.dumps({"prompt": "fox", "model": "flux-dev", "output": f"no/{n}"}) for n in "ab"
        ),
        "utf-8",
    )
    (place / "out").mkdir()
    (place / "out" / "no").write_text("a file")
    found = run("batch", "p.jsonl", "-o", "out", "--concurrency", "1", "--base-url", server.url)
    assert found.exit_code == 2
    assert "the image is in " in found.stderr
    assert "(it was billed)" in found.stderr
    assert "stopped: images cannot be written" in found.stderr
    assert len(server.seen) == 1


def test_generate_keeps_what_was_paid_for_elsewhere_where_it_cannot_write(run, place, server):
    (place / "file").write_text("no folder")
    args = ("-m", "flux-dev", "-n", "2", "-o", "file/fox.png", "--base-url", server.url)
    found = run("generate", "a fox", *args)
    assert found.exit_code == 2
    assert found.stderr.count("the image is in ") == 2
    assert found.stderr.count("(it was billed)") == 2
