"""Processor time of whole processes, children included.

They find their bytecode, as in an installation; `SOURCE` in the environment takes it away, as in
a fresh checkout where nothing may be written. The least of several runs counts, so the one that
compiles does not.
"""

import atexit
import os
import subprocess
import sys
import tempfile

IMPASTO = (sys.executable, "-m", "impasto")
BARE = (sys.executable, "-c", "pass")
SOURCE = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": ""}
_BYTECODE = tempfile.TemporaryDirectory()
atexit.register(_BYTECODE.cleanup)
_INSTALLED = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": _BYTECODE.name}


def cpu(command, folder=None, **environ):
    """Return the user and system seconds of one run of `command` in `folder`."""
    child = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env={**os.environ, **_INSTALLED, **environ},
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):  # 1: there are findings
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {child.returncode}")
    return used.ru_utime + used.ru_stime


def least(commands, runs, folder=None, **environ):
    """Return the least seconds of each command in a dict, run in turn."""
    best = dict.fromkeys(commands, float("inf"))
    for _ in range(runs):
        for name, command in commands.items():
            best[name] = min(best[name], cpu(command, folder, **environ))
    return best
