"""Who signed an image: the C2PA manifest that providers put in, and IPTC's source type.

Only what stands there is told; no signature is verified. A manifest is JUMBF with CBOR in it
(C2PA 2.1, section 11); its texts are found by the names in front of them.
"""

from __future__ import annotations

from msgspec import Struct

SOURCE_TYPES = ("compositeWithTrainedAlgorithmicMedia", "trainedAlgorithmicMedia")
"""Of IPTC's vocabulary, those that say that a trained model made the image, or parts of it."""


class Provenance(Struct, frozen=True, omit_defaults=True):
    """What an image says of where it comes from, unverified.

    `c2pa` says that a manifest is there; `generator` is the program that signed it, `agent` what
    made the image, `source_type` the last part of IPTC's term.
    """

    c2pa: bool = False
    generator: str = ""
    agent: str = ""
    source_type: str = ""

    def __bool__(self) -> bool:
        return self.c2pa or bool(self.source_type)

    def sentence(self) -> str:
        """Return it in words."""
        who = ", ".join(dict.fromkeys(filter(None, [self.agent, self.generator])))
        signed = "it has a C2PA manifest, not verified" if self.c2pa else ""
        signed += f" ({who})" if signed and who else ""
        kind = f"it says of itself: {self.source_type}" if self.source_type else ""
        return "; ".join(filter(None, [signed, kind]))


def of(manifest: bytes, xmp: str) -> Provenance:
    """Return what a C2PA manifest (none: no bytes) and an XMP packet say."""
    texts = (xmp, manifest.decode("latin-1"))
    kinds = (kind for kind in SOURCE_TYPES if any(kind in text for text in texts))
    return Provenance(
        c2pa=bool(manifest),
        generator=_after(manifest, b"claim_generator")
        or _after(manifest, b"claim_generator_info"),  # all there is from C2PA 2.0 on
        agent=_after(manifest, b"softwareAgent"),
        source_type=next(kinds, ""),
    )


def _after(manifest: bytes, name: bytes) -> str:
    """Return the CBOR text behind the first place of `name` that has one, "" if none has."""
    at = manifest.find(name)
    while at >= 0:
        found = _text(manifest, at + len(name)) or _named(manifest, at + len(name))
        if found:
            return found
        at = manifest.find(name, at + len(name))
    return ""


def _named(data: bytes, at: int) -> str:
    """Return the text "name" of a map that begins at `at`, as newer manifests have it."""
    if data[at : at + 1] and data[at] >> 5 == 5:
        place = data.find(b"dname", at, at + 64)
        return _text(data, place + 5) if place >= 0 else ""
    return ""


def _text(data: bytes, at: int) -> str:
    """Return the CBOR text at `at` (RFC 8949, major type 3), "" if there is none."""
    head = data[at] if at < len(data) else 0
    if head >> 5 != 3 or head & 31 > 25:
        return ""
    size = {24: 1, 25: 2}.get(head & 31, 0)
    length = int.from_bytes(data[at + 1 : at + 1 + size], "big") if size else head & 31
    start = at + 1 + size
    return data[start : start + min(length, 400)].decode("utf-8", "replace")
