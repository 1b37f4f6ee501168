"""A server on loopback that answers as a gateway does: an address, then an image of 100 kB.

`python loopback.py` prints its address. It runs as a process of its own, so that it takes no time
of those that are measured.
"""

import asyncio
import json
import random
import struct
import subprocess
import sys
import zlib
from contextlib import contextmanager

SIZE = 100_000


def png(size=SIZE):
    """Return a PNG of so many bytes: noise, so that nothing can be left out."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    width = 180
    height = size // (3 * width + 1)
    noise = random.Random(7).randbytes(3 * width * height)
    rows = b"".join(b"\0" + noise[at : at + 3 * width] for at in range(0, len(noise), 3 * width))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _answer(kind, body):
    head = f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def _serve():
    image = _answer("image/png", png())

    async def talk(reader, writer):
        try:
            while line := await reader.readline():
                length = 0
                while (header := await reader.readline()).strip():
                    name, _, value = header.partition(b":")
                    if name.lower() == b"content-length":
                        length = int(value)
                await reader.readexactly(length)
                writer.write(named if line.startswith(b"POST") else image)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    named = _answer("application/json", json.dumps({"data": [{"url": f"{url}/a.png"}]}).encode())
    print(url, flush=True)
    await server.serve_forever()


@contextmanager
def server():
    """Run the server in a process of its own; yield its address."""
    child = subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, text=True)
    try:
        yield child.stdout.readline().strip()
    finally:
        child.kill()
        child.communicate()


if __name__ == "__main__":
    asyncio.run(_serve())
