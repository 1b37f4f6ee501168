"""Makes the vocabulary data from the files that their makers publish.

    python -m impasto.tokens.build clip bpe_simple_vocab_16e6.txt.gz
    python -m impasto.tokens.build t5 tokenizer.json

The origin of each, its checksum and its licence are in `data/origins.json`. A file that is not
the one the data was made from is refused.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import struct
import sys
import zlib
from array import array
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impasto.tokens.vocabulary import BYTES, DATA, MERGES

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIRST_MERGE = 1  # the line before it names the version


def main(arguments: list[str]) -> int:
    """Write the data of one vocabulary; 2 if it cannot be done."""
    if len(arguments) != 2 or arguments[0] not in _MAKERS:
        print(__doc__)  # noqa: T201 - a tool for us
        return 2
    name, path = arguments
    raw = Path(path).read_bytes()
    origin = json.loads((DATA / "origins.json").read_text())[name]
    if hashlib.sha256(raw).hexdigest() != origin["sha256"]:
        print(f"{path} is not {origin['file']} of {origin['package']}")  # noqa: T201
        return 2
    for file, content in _MAKERS[name](raw).items():
        (DATA / file).write_bytes(zlib.compress(content, 9))
        print(f"{file}: {(DATA / file).stat().st_size} bytes")  # noqa: T201
    return 0


def clip(raw: bytes) -> dict[str, bytes]:
    """Return the merges as pairs of token ids, each pair one little-endian number."""
    lines = gzip.decompress(raw).decode().split("\n")[_FIRST_MERGE : _FIRST_MERGE + MERGES]
    signs = _byte_signs()
    ids = {sign: at for at, sign in enumerate(signs)}
    ids |= {f"{sign}</w>": at + len(BYTES) for at, sign in enumerate(signs)}
    pairs = array("I")
    for line in lines:
        left, right = line.split()
        pairs.append(ids[left] << 16 | ids[right])
        ids[left + right] = len(ids)
    return {"clip_merges.z": _little(pairs)}


def _byte_signs() -> list[str]:
    """Return the character that stands for each byte of `BYTES`, as the file writes it."""
    unseen = iter(range(256, 512))
    return [chr(b) if chr(b).isprintable() and b != 32 else chr(next(unseen)) for b in BYTES]


def t5(raw: bytes) -> dict[str, bytes]:
    """Return pieces, scores as float32, and what the normalizer replaces by what."""
    told = json.loads(raw)
    vocabulary = told["model"]["vocab"]
    scores = array("f", [score for _, score in vocabulary])
    charsmap = told["normalizer"]["normalizers"][0]["precompiled_charsmap"]
    replaced = _used(dict(_charsmap(base64.b64decode(charsmap))))
    return {
        "t5_pieces.z": "\n".join(piece for piece, _ in vocabulary).encode(),
        "t5_scores.z": _little(scores),
        "t5_charsmap.z": json.dumps(replaced, ensure_ascii=False).encode(),
    }


def _used(charsmap: dict[str, str]) -> dict[str, str]:
    """Return the entries that can ever be used.

    The normalizer takes the shortest key that a grapheme of less than 6 bytes begins with, else
    looks at its characters one by one.
    """
    return {
        key: charsmap[key]
        for key in sorted(charsmap)
        if len(key) == 1
        or (len(key.encode()) < 6 and not any(key[:at] in charsmap for at in range(1, len(key))))
    }


def _charsmap(blob: bytes) -> Iterator[tuple[str, str]]:
    """Yield the keys of a Darts double-array trie, and the texts that they lead to."""
    (size,) = struct.unpack_from("<I", blob)
    units = struct.unpack_from(f"<{size // 4}I", blob, 4)
    texts = blob[4 + size :]
    work = [(b"", 0)]
    while work:
        key, at = work.pop()
        base = at ^ _offset(units[at])
        if key and units[at] >> 8 & 1:
            start = units[base] & 0x7FFFFFFF
            yield key.decode(), texts[start : texts.index(0, start)].decode()
        for byte in range(1, 256):
            child = base ^ byte
            if child < len(units) and units[child] & 0x800000FF == byte:
                work.append((key + bytes([byte]), child))


def _offset(unit: int) -> int:
    return unit >> 10 << ((unit & 1 << 9) >> 6)


def _little(numbers: array[Any]) -> bytes:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


_MAKERS = {"clip": clip, "t5": t5}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
