"""A public server cannot make us read from the inside of a network."""

from __future__ import annotations

import pytest

from impasto.client.addresses import addresses, is_private, permitted
from impasto.client.download import collect
from impasto.client.exchange import Answer, Call, Work
from impasto.client.pictures import Found
from impasto.errors import ProtocolError

PUBLIC = "https://api.example.com/v1/images/generations"


def run(steps, names=None, answers=()):
    """Run an exchange with these names and answers; return its value and its calls."""
    todo, calls, reply = list(answers), [], None
    try:
        while True:
            step = steps.send(reply)
            if isinstance(step, Work):
                assert step.run.func is addresses
                reply = (names or {}).get(step.run.args[0], ())
            else:
                assert isinstance(step, Call)
                calls.append(step)
                reply = todo.pop(0)
    except StopIteration as end:
        return end.value, calls


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1.2.3",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "localhost",
        "a.localhost",
        "localhost.",
        "[::1]",
        "[::]",
        "[fe80::1]",
        "[fd00::1]",
        "[::ffff:127.0.0.1]",
    ],
)
def test_private_addresses_are_closed_to_public_servers(host):
    with pytest.raises(ProtocolError, match="private address") as caught:
        run(permitted(f"http://{host}:8080/a.png", PUBLIC), {"api.example.com": ("93.184.215.14",)})
    assert caught.value.billed == "yes"


@pytest.mark.parametrize("host", ["93.184.215.14", "198.18.0.7", "[2606:2800::1]"])
def test_public_addresses_are_open(host):
    run(permitted(f"https://{host}/a.png", PUBLIC))


def test_names_that_lead_inside_are_closed():
    names = {"evil.example.com": ("93.184.215.14", "10.1.2.3"), "api.example.com": ("8.8.8.8",)}
    with pytest.raises(ProtocolError, match="private address"):
        run(permitted("https://evil.example.com/a.png", PUBLIC), names)


def test_names_that_cannot_be_looked_up_pass():
    run(permitted("https://cdn.example.com/a.png", PUBLIC))


@pytest.mark.parametrize("base", ["http://192.168.1.5:8000", "http://gpu-box:8000"])
def test_a_private_server_may_name_private_addresses(base):
    run(permitted("http://192.168.1.9/a.png", base), {"gpu-box": ("192.168.1.5",)})


def test_the_server_itself_may_hold_the_image():
    names = {"gpu-box": ("192.168.1.5",)}
    run(permitted("http://gpu-box:9000/a.png", "http://gpu-box:8000"), names)


def test_redirects_are_checked_as_well():
    steps = collect((Found(url="https://cdn.example.com/a.png"),), PUBLIC)
    moved = Answer(302, {"location": "http://169.254.169.254/latest/"}, b"", "cdn.example.com")
    with pytest.raises(ProtocolError, match=r"169\.254\.169\.254"):
        run(steps, {"api.example.com": ("8.8.8.8",)}, [moved])


def test_lookups():
    assert set(addresses("localhost")) & {"127.0.0.1", "::1"}
    assert addresses("..") == ()
    assert all(is_private(address) for address in addresses("localhost"))
