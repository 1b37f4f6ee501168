"""XMP packets: the text of a property, found without an XML parser.

A packet may come from anywhere, and entities of XML can swell; so tags are only looked for. XMP is
ISO 16684-1: a property is an element, maybe with a list of alternatives in it, or an attribute.
"""

from __future__ import annotations

import html
import re

_TAG = re.compile(r"<[^<>]*>")
LARGEST = 4 * 2**20
"""Characters of a packet that are looked at."""


def value(packet: str, name: str) -> str:
    """Return the text of the property `name`, such as "dc:description"; "" if there is none."""
    packet = packet[:LARGEST]
    return _element(packet, name) or _attribute(packet, name)


def _element(packet: str, name: str) -> str:
    start = packet.find(f"<{name}")
    opened = packet.find(">", start) if start >= 0 else -1
    end = packet.find(f"</{name}>", opened) if opened >= 0 else -1
    if end < 0 or packet[start + 1 + len(name)] not in " \t\r\n>":
        return ""
    return html.unescape(_TAG.sub("", packet[opened + 1 : end])).strip()


def _attribute(packet: str, name: str) -> str:
    for quote in "\"'":
        start = packet.find(f"{name}={quote}")
        end = packet.find(quote, start + len(name) + 2) if start >= 0 else -1
        if end >= 0:
            return html.unescape(packet[start + len(name) + 2 : end]).strip()
    return ""
