"""What a backend is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.client.exchange import Outcome, Steps
    from impasto.client.request import Request
    from impasto.client.secret import Secret


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a backend is reached and with which key."""

    base_url: str = ""
    api_key: Secret | None = None


class Backend(Protocol):
    """A protocol in which images are asked for.

    `exchange` is a generator, see `impasto.client.exchange`; it knows nothing of HTTP libraries,
    of waiting between tries, or of time. Plug-ins name a class or an object of this form in the
    entry-point group `impasto.backends`.
    """

    @property
    def name(self) -> str:
        """The name users write."""

    @property
    def needs_network(self) -> bool:
        """Whether an exchange makes calls."""

    def exchange(self, request: Request, settings: Settings) -> Steps[Outcome]:
        """Ask for the image of `request` and return it, or raise a `BackendError`."""


@runtime_checkable
class Resumable(Backend, Protocol):
    """A backend whose jobs can be asked for again by the state of their ticket."""

    def resume(
        self, request: Request, settings: Settings, state: Mapping[str, str]
    ) -> Steps[Outcome]:
        """Go on with a job that was submitted before; nothing is submitted again."""
