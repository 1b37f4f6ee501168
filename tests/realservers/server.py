"""sd-server as a process on loopback."""

from __future__ import annotations

import json
import socket
import subprocess
import time
import urllib.request

from realservers import cached

PATIENCE = 60.0
_http = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Server:
    """sd-server with the tiny model on a free port; paints 64x64 in one step unless told else.

    One thread: on a machine whose cores are busy, more threads wait for each other.
    """

    def __init__(self, log):
        self.log = log
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        with log.open("wb") as out:
            self.process = subprocess.Popen(_command(port), stdout=out, stderr=subprocess.STDOUT)
        try:
            self._await()
        except BaseException:
            self.kill()
            raise

    def _await(self):
        end = time.monotonic() + PATIENCE
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"sd-server did not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.1)

    def _answers(self):
        try:
            return bool(self.get("/"))
        except OSError:
            return False

    def get(self, path):
        return self.post(path, None)

    def post(self, path, body):
        """Return the answer as JSON, its text where it is none; an error status is raised."""
        data = None if body is None else json.dumps(body).encode()
        with _http.open(self.url + path, data, timeout=30) as answer:
            text = answer.read().decode()
        return json.loads(text) if text[:1] in "{[" else text

    def kill(self):
        self.process.kill()
        self.process.wait()


def _command(port):
    models = cached.models()
    return [
        *(cached.server(), "-m", models / "model.safetensors"),
        *("--taesd", models / "taesd.safetensors", "--lora-model-dir", models / "loras"),
        *("--listen-ip", "127.0.0.1", "--listen-port", str(port), "-t", "1"),
        *("-W", "64", "-H", "64", "--steps", "1", "--cfg-scale", "1"),
    ]
