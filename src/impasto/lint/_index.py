"""Generated from lint/rules by `python -m impasto.lint.registry --write`."""

from __future__ import annotations

INDEX: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
)
