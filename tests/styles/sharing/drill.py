"""Runs the command once for every folder; the n-th dies before its n-th step that changes a file.

    python drill.py FOLDER… -- styles add SOURCE

Steps are files opened for writing, moved or removed below the folder. It writes how many died.
"""

import os
import signal
import sys
from pathlib import Path


def _changes(event, args, here):
    if event == "open":
        path, _, flags = args
        writes = isinstance(path, str) and flags & (os.O_WRONLY | os.O_RDWR)
        return bool(writes) and str(Path(path).absolute()).startswith(here)
    return event in ("os.rename", "os.remove")


def run(folder, left, command):
    os.chdir(folder)

    def die(event, args):
        nonlocal left
        if _changes(event, args, folder):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(die)
    sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115
    main(command)


def status_of(folder, step, command):
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        run(folder, step, command)
    except SystemExit as end:
        os._exit(int(end.code or 0))
    os._exit(70)


if __name__ == "__main__":
    from impasto.cli import packs, styles  # noqa: F401 - loaded once for all children
    from impasto.cli.app import main
    from impasto.styles import library, pack, schema  # noqa: F401

    cut = sys.argv.index("--")
    found = [status_of(f, n, sys.argv[cut + 1 :]) for n, f in enumerate(sys.argv[1:cut], 1)]
    assert set(found) <= {0, -signal.SIGKILL}, found
    sys.stderr.write(str(len([status for status in found if status])))
