"""Checking documents in several processes."""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final

from impasto.errors import FileError
from impasto.lint.kinds import decoded
from impasto.lint.packed import pack, unpack
from impasto.lint.run import Document, Plan, check_document

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.context import BaseContext

    from impasto.lint.engine import Checked, Linter
    from impasto.lint.packed import Packed

_BATCHES_EACH: Final = 8
_made: list[Linter] = []


def check_documents(
    plan: Plan, documents: Sequence[Document], jobs: int
) -> Iterator[tuple[Checked, set[str]]]:
    """Yield what `check_document` gives for every document, in their order."""
    size = max(1, len(documents) // (jobs * _BATCHES_EACH))
    batches = [documents[at : at + size] for at in range(0, len(documents), size)]
    with ProcessPoolExecutor(jobs, _context(), _start, (plan,)) as pool:
        for batch, results in zip(batches, pool.map(_check, batches), strict=True):
            for document, (packed, read) in zip(batch, results, strict=True):
                yield unpack(packed, document.name, _text(document)), read


def _context() -> BaseContext:
    """Return how processes start: as copies where that is sound, for they need not import."""
    return get_context("fork" if sys.platform == "linux" else "spawn")


def _text(document: Document) -> str:
    try:
        return decoded(document.path, document.data)[0]
    except FileError:  # a finding says it
        return ""


def _start(plan: Plan) -> None:
    """Make the linter of a process."""
    _made[:] = [plan.linter()]


def _check(batch: Sequence[Document]) -> list[tuple[Packed, set[str]]]:
    results = [check_document(_made[0], document) for document in batch]
    return [(pack(checked), read) for checked, read in results]
