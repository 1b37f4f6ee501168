"""Why an image of a batch is missing where no server said so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from impasto.client.events import Event
from impasto.errors import BackendError, GenerationFailed

if TYPE_CHECKING:
    from impasto.client.answers import Billed
    from impasto.errors import ImageError

CHANGED: Final = (
    "its line, the model, a style or the server changed: put that back and add new lines at the end, "
    "or choose another folder and journal"
)
IN_DOUBT: Final = "look at the provider's dashboard, then run it again and let it resend"
STRANGE: Final = "move it away, or choose another folder"


def mistake(backend: str, error: Exception) -> GenerationFailed:
    """Return the error for an exception that nobody foresaw; the other images are not to blame."""
    found = GenerationFailed(
        f'a mistake in the backend "{backend}": {type(error).__name__}: {error}',
        hint="please report it, with what the server answered",
        billed="maybe",
    )
    found.__cause__ = error
    return found


def unwritten(error: ImageError, place: str, billed: Billed) -> BackendError:
    """Return the error for an image that could not be written and is at `place`, if anywhere."""
    found = BackendError(
        f"{error}; {f'the image is in {place}' if place else 'the image is lost'}",
        billed=billed,
        hint="make room, move it there under that name, then go on" if place else "make room",
    )
    found.__cause__ = error
    return found


def failed(number: int, what: str, hint: str, *, billed: Billed = "no") -> Event:
    """Return the event of an image that was not asked for."""
    return Event(number, "failed", error=BackendError(what, billed=billed, hint=hint), cost=0.0)
