from __future__ import annotations

from pathlib import Path

import pytest

from impasto.styles.exchange import export_pack, import_files
from impasto.styles.library import load_pack

DATA = Path(__file__).parent / "data"


class Trips:
    """Packs and collections on their way through the formats."""

    def __init__(self, folder):
        self.folder = folder
        self.number = 0

    def _place(self):
        self.number += 1
        place = self.folder / str(self.number)
        place.mkdir()
        return place

    def pack(self, *sources, form="auto", **how):
        """Import, write the pack to a file and load that."""
        found = import_files([DATA / s if isinstance(s, str) else s for s in sources], form, **how)
        path = self._place() / f"{found.name}.yaml"
        path.write_text(found.text, encoding="utf-8")
        return load_pack(path), found

    def out(self, pack, form, **how):
        """Export a pack and return the folder with the files, and the losses."""
        written = export_pack(pack, form, **how)
        place = self._place()
        for name, text in written.files.items():
            (place / name).write_text(text, encoding="utf-8", newline="")
        return place, written.losses

    def again(self, pack, form):
        """Export a pack and import that."""
        place, losses = self.out(pack, form)
        found, _ = self.pack(place, form=form, name=pack.name)
        return found, losses


@pytest.fixture
def trips(tmp_path):
    return Trips(tmp_path)


@pytest.fixture
def data():
    return DATA
