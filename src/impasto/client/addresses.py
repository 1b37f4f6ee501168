"""Which addresses may be fetched from, where a server has named them."""

from __future__ import annotations

import socket
from functools import partial
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from impasto.client.exchange import Steps, Work
from impasto.errors import ProtocolError

if TYPE_CHECKING:
    from ipaddress import IPv4Address

# Not `ip.is_private`: that holds 198.18.0.0/15, which local proxies hand out for public names.
_PRIVATE = tuple(
    ip_network(net)
    for net in ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)


def permitted(url: str, base: str) -> Steps[None]:
    """Check that an image may be fetched from `url`, which a server at `base` has named.

    Private and loopback addresses are open only to a server that has such an address itself, so
    that a public server cannot make us read from the inside of a network. Names are looked up;
    one that cannot be looked up (behind a proxy, say) passes.

    Raises:
        ProtocolError: another scheme, no host, or a private address.
    """
    host = _host(url)
    if not (yield from leads_inside(host, _host(base))):
        return
    raise ProtocolError(
        f'the image lies at a private address ("{host}"), which a public server may not name',
        billed="yes",
        hint="if this server is yours, call it by its private address too",
    )


def joined(base: str, place: str) -> str:
    """Return the address that `place` is as seen from `base`; what is none stays as it is."""
    try:
        return urljoin(base, place)
    except ValueError:
        return place


def leads_inside(host: str, base: str) -> Steps[bool]:
    """Return whether `host` is at a private address while the host `base`, which named it, is not.

    Hosts are in small letters, without a port.
    """
    if host == base or not (yield from _is_inside(host)):
        return False
    return not (yield from _is_inside(base))


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".") if parts.port != 0 else ""
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not host:
        what = f'its address begins with "{parts.scheme}:"' if parts.scheme else "it has no address"
        what = "its address is broken" if parts.scheme in ("", "http", "https") else what
        raise ProtocolError(
            f"the answer names an image that cannot be fetched: {what}",
            billed="yes",
            hint="only http and https addresses with a host are fetched",
        )
    return host


def _is_inside(host: str) -> Steps[bool]:
    """Return whether `host` is, or leads to, a private address."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return is_private(host)
    except ValueError:
        found: tuple[str, ...] = yield Work(partial(addresses, host))
        return any(is_private(address) for address in found)


def is_private(address: str) -> bool:
    """Return whether an IP address belongs to this machine or a closed network.

    Raises:
        ValueError: not an IP address.
    """
    ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    closed = ip.is_loopback or ip.is_link_local or ip.is_unspecified or ip.is_multicast
    return closed or any(ip in net for net in _PRIVATE)


def addresses(host: str) -> tuple[str, ...]:
    """Return the IP addresses of `host`, none if it cannot be looked up."""
    try:
        return tuple(str(info[4][0]) for info in socket.getaddrinfo(host, None))
    except (OSError, UnicodeError):
        return ()
