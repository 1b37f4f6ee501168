"""What ends the work on an image: a stop from outside, an exception of torch or diffusers."""

from __future__ import annotations

from typing import Final

from impasto.errors import BackendError, GenerationFailed, InvalidRequest

_FULL: Final = ("out of memory", "can't allocate memory", "not enough memory")
_SMALLER: Final = (
    "choose a smaller size, a smaller n, or -p dtype=float16 (FLUX: bfloat16), and end other "
    "programs that use the memory"
)


class Stopped(Exception):  # noqa: N818 - no error: nobody waits for the image any more
    """Ends the work on an image between two steps."""


def failed(error: Exception, what: str) -> BackendError:
    """Return the error for an exception while `what` was done.

    The exception is freed of its frames: they hold tensors, and with them the memory.
    """
    error.with_traceback(None)
    text = " ".join(str(error).split())[:300] or type(error).__name__
    if isinstance(error, MemoryError) or any(sign in text.lower() for sign in _FULL):
        return GenerationFailed(f"{what}: memory is full ({text})", hint=_SMALLER)
    if isinstance(error, OSError):
        return InvalidRequest(f"{what}: {text}", hint="download or save the whole folder again")
    if isinstance(error, TypeError | ValueError):
        return InvalidRequest(f"{what}: {text}", hint="change what it names")
    return GenerationFailed(
        f"{what}: {type(error).__name__}: {text}",
        hint="IMPASTO_DEBUG=1 shows the trace; docs/diffusers.md has the versions that were run",
    )
