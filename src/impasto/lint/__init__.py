"""Rules over prompts, templates and style packs. Calling this package lints: `impasto.lint(…)`."""

from __future__ import annotations

from impasto._rooms import make_callable

make_callable(__name__)
