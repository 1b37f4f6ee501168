"""Composition + (model, backend) -> translation."""

from __future__ import annotations

from impasto._rooms import make_callable

make_callable(__name__)
