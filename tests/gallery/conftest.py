from __future__ import annotations

import pytest
from lxml import html


@pytest.fixture(scope="session")
def parsed():
    """Return a page as a tree."""
    return html.fromstring


@pytest.fixture
def library(tmp_path):
    """Make a library of one pack, or of several, without the built-in ones."""
    from impasto.styles.library import Library

    def made(**packs):
        for name, text in packs.items():
            head = f"format: 1\nname: {name}\n"
            (tmp_path / f"{name}.yaml").write_text(head + text, encoding="utf-8")
        return Library((tmp_path,), builtin=False)

    return made
