"""Rooms of the package that share their name with the function that they offer.

`impasto.lint` is a package and, for callers, a function. Python puts the package there as soon
as one of its modules is imported, so the package itself takes the call.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class _CallableRoom(ModuleType):
    """A package that can be called: as its function `api.<name of the package>`."""

    def __call__(self, *args: Any, **named: Any) -> Any:
        function = self.__dict__.get("_function")
        if function is None:
            function = self.__dict__["_function"] = self.__wrapped__
        return function(*args, **named)

    @property
    def __wrapped__(self) -> Any:
        """The function, for the call and for whoever asks for the signature."""
        return getattr(import_module(f"{self.__name__}.api"), self.__name__.rpartition(".")[2])


def make_callable(room: str) -> None:
    """Let a call of the package `room` be a call of the function of that name in its `api`."""
    sys.modules[room].__class__ = _CallableRoom
