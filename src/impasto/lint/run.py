"""Checking many files: what is known is looked up, the rest is checked, in parallel if it pays."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.errors import FileError
from impasto.lint.engine import Checked, Linter
from impasto.lint.kinds import PLAIN, Surroundings, content, decoded
from impasto.lint.packed import pack, unpack
from impasto.lint.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from impasto.lint.cache import Cache
    from impasto.lint.packed import Packed

_FEW: Final = 4
_BATCH: Final = 16
_PAYS: Final = 1_500
"""How much work makes up for starting processes, in kilobytes of plain text."""
_TEMPLATE: Final = 20
"""What a template or a style pack costs beside its length, in kilobytes of plain text."""
_MOST_JOBS: Final = 8


class Plan(NamedTuple):
    """All that a linter is made of, so that other processes can make the same."""

    settings: Settings = Settings()
    around: Surroundings = Surroundings()

    def linter(self) -> Linter:
        """Return the linter.

        Raises:
            UnknownNameError: a model, backend, rule or dialect that nobody defines.
        """
        return Linter(settings=self.settings, surroundings=self.around)


class Document(NamedTuple):
    """A file, what it is and what is in it."""

    path: Path
    kind: str
    data: bytes

    @property
    def name(self) -> str:
        """What it is called in findings."""
        return str(self.path)

    @property
    def cost(self) -> float:
        """What checking it costs, in kilobytes of plain text."""
        return len(self.data) / 1000 + (0 if self.kind in PLAIN else _TEMPLATE)


def check_files(
    linter: Linter, plan: Plan, paths: Sequence[Path], cache: Cache | None = None, jobs: int = 0
) -> Iterator[Checked]:
    """Yield what is found in every file, in their order; `jobs` 0 means as many as pay."""
    found: dict[int, Checked] = {}
    open_: dict[int, Document] = {}
    for at, path in enumerate(paths):
        try:
            document = Document(path, linter.kind_of(path), content(path))
            known = cache.find(cache.key(str(path), document.data)) if cache else None
            if known is None:
                open_[at] = document
            else:
                found[at] = unpack(known, str(path), _shown_text(document, known))
        except FileError as error:
            found[at] = linter.failed(str(path), error)
    fresh = _fresh(linter, plan, open_, cache, jobs)
    for at in range(len(paths)):
        yield found[at] if at in found else next(fresh)
    if cache:
        cache.save()


def uses_cache(paths: Sequence[Path], plan: Plan) -> bool:
    """Whether looking findings up can be quicker than a few lines of text."""
    texts = all(path.suffix.lower() in PLAIN for path in paths)
    return len(paths) > _FEW or not texts or bool(plan.settings.targets)


def _shown_text(document: Document, known: Packed) -> str:
    """Return the text of a document where there is something to show of it."""
    return decoded(document.path, document.data)[0] if known[2] or known[3] else ""


def _fresh(
    linter: Linter, plan: Plan, open_: dict[int, Document], cache: Cache | None, jobs: int
) -> Iterator[Checked]:
    """Yield what is found in the documents that nothing is known of."""
    documents = list(open_.values())
    count = jobs or _jobs_that_pay(documents)
    if count > 1 and len(documents) > 1:
        from impasto.lint.parallel import check_documents  # noqa: PLC0415 - few runs pay for it

        results = check_documents(plan, documents, count)
    else:
        results = (check_document(linter, document) for document in documents)
    for document, (checked, read) in zip(documents, results, strict=True):
        if cache and not checked.failed:
            cache.keep(cache.key(document.name, document.data), pack(checked), read)
        yield checked


def _jobs_that_pay(documents: Sequence[Document]) -> int:
    work = sum(document.cost for document in documents)
    if work < _PAYS:
        return 1
    return min(os.cpu_count() or 1, _MOST_JOBS, int(work // (_PAYS / 2)))


def check_document(linter: Linter, document: Document) -> tuple[Checked, set[str]]:
    """Return what is found in a document, and what else was read for it.

    That is paths of files, "packs" for the style packs and "lists" for the word lists.
    """
    linter.touched.clear()
    try:
        text = decoded(document.path, document.data)[0]
    except FileError as error:
        return linter.failed(document.name, error), set()
    if document.kind in PLAIN:
        checked = linter.check(text, document.name, document.kind, document.path.parent)
        return checked, set(linter.touched)
    from impasto.templates.loading import watched  # noqa: PLC0415 - Jinja, which text needs not

    with watched() as files:
        checked = linter.check(text, document.name, document.kind, document.path.parent)
    return checked, linter.touched | files
