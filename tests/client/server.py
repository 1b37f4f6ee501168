"""A server on loopback that speaks the guide's protocol, and its failures.

Two sites: the API and the host of the images. Each plays acts in turn, the last one again and
again, and keeps what it was asked.
"""

from __future__ import annotations

import base64
import json
import struct
import threading
import zlib
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def _chunk(kind, data):
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def png(width=16, height=16, colour=(200, 80, 40)):
    """Return a PNG of one colour."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + bytes(colour) * width) * height, 0)
    ends = _chunk(b"IHDR", head) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + ends


PNG = png()


@dataclass(frozen=True)
class Seen:
    method: str
    path: str
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


class Site:
    """One HTTP server; `acts` are what it answers, `seen` what it was asked."""

    def __init__(self, *acts):
        self.acts, self.seen = list(acts), []
        self.now = self.most = 0
        self.lock, self.over = threading.Lock(), threading.Event()
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.002,))
        self.thread.start()

    def plays(self, *acts):
        self.acts[:] = acts

    def close(self):
        self.over.set()
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()


def _handler(site):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self):
            length = int(self.headers.get("content-length") or 0)
            headers = {k.lower(): v for k, v in self.headers.items()}
            with site.lock:
                act = site.acts[min(len(site.seen), len(site.acts) - 1)]
                site.seen.append(Seen(self.command, self.path, headers, self.rfile.read(length)))
                site.now += 1
                site.most = max(site.most, site.now)
            try:
                act(self, site)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True
            finally:
                with site.lock:
                    site.now -= 1

        do_POST = do_PUT = do_GET  # noqa: N815 - the names that http.server looks for

        def log_message(self, *args):
            pass

    return Handler


def answer(status=200, body=b"", headers=None, kind="application/json"):
    """Answer with these bytes, or with this object as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()

    def act(handler, site):
        handler.send_response(status)
        for name, value in {"content-type": kind, **(headers or {})}.items():
            handler.send_header(name, value)
        handler.send_header("content-length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return act


def image(data=PNG, kind="image/png", headers=None):
    return answer(200, data, headers, kind)


def html(status=200, title="Welcome"):
    page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body>hi</body></html>"
    return answer(status, page.encode(), kind="text/html; charset=utf-8")


def moved(url, status=302):
    return answer(status, b"", {"location": url})


def url(where, **more):
    """Answer as the guide shows: `data[0].url`."""
    return answer(200, {"created": 1, "data": [{"url": where, **more}]})


def b64(data=PNG, **more):
    text = base64.b64encode(data).decode()
    return answer(200, {"data": [{"b64_json": text, **more}]}, {"x-request-id": "req-7"})


def error(status, code, message, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return answer(status, {"error": {"code": code, "message": message, "type": code}}, named)


def hang(handler, site):
    """Read the request and say nothing."""
    handler.close_connection = True
    site.over.wait(20)


def hang_up(handler, site):
    """Read the request and close the connection."""
    handler.close_connection = True


def _begin(handler, length=100_000, kind="application/json"):
    handler.send_response(200)
    handler.send_header("content-type", kind)
    handler.send_header("content-length", str(length))
    handler.end_headers()
    handler.wfile.write(PNG[:40] if kind == "image/png" else b'{"data": [')
    handler.wfile.flush()
    handler.close_connection = True


def cut(handler, site):
    """Close the connection in the middle of the body."""
    _begin(handler)


def cut_image(handler, site):
    _begin(handler, kind="image/png")


def stall(handler, site):
    """Begin to answer, then say nothing more."""
    _begin(handler)
    site.over.wait(20)


def trickle(handler, site):
    """Send a byte now and then, for ever."""
    _begin(handler)
    while not site.over.wait(0.02):
        handler.wfile.write(b" ")
        handler.wfile.flush()


def trickle_headers(handler, site):
    """Send a byte of a header now and then, for ever."""
    handler.close_connection = True
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
    while not site.over.wait(0.02):
        handler.wfile.write(b"z")
        handler.wfile.flush()


def gate(act, event):
    """Wait for the event, then act."""

    def gated(handler, site):
        event.wait(10)
        act(handler, site)

    return gated
