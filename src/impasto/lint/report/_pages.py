"""The pages of rules: what reports say about a rule beside its findings, and where to read on."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from impasto.errors import UnknownNameError
from impasto.lint.registry import find

if TYPE_CHECKING:
    from impasto.lint.rule import Rule


@cache
def rule(code: str) -> type[Rule] | None:
    """Return the rule of a code; findings of dialects have one only if a file defines it."""
    try:
        return find(code)
    except UnknownNameError:
        return None


@cache
def address(code: str) -> str:
    """Return the address of a rule's page below the documentation that the package names.

    Empty where the package says nothing of one, and for rules of others.
    """
    base = documentation()
    return f"{base}/rules/{code}.md" if base and code.startswith("IMP") and rule(code) else ""


@cache
def documentation() -> str:
    """Return the address under "Documentation" in the metadata of the package, maybe empty."""
    from importlib.metadata import PackageNotFoundError, metadata  # noqa: PLC0415 - slow

    try:
        urls: list[str] = metadata("impasto").get_all("Project-URL") or []
    except PackageNotFoundError:
        return ""
    named = dict(url.split(", ", 1) for url in urls if ", " in url)
    return named.get("Documentation", "").rstrip("/")
