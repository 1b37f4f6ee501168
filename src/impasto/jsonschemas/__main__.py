"""Writing and checking docs/schemas; see the package."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

from impasto import _generated
from impasto.jsonschemas import __doc__ as usage
from impasto.jsonschemas import names, schema

FOLDER: Final = Path(__file__).parents[3] / "docs" / "schemas"


def rendered() -> dict[Path, str]:
    """Return the text of every file."""
    return {
        FOLDER / f"{name}.json": json.dumps(schema(name), indent=2, ensure_ascii=False) + "\n"
        for name in names()
    }


def outdated() -> list[Path]:
    """Return the files that are not what the models say, those of no model included."""
    return _generated.outdated(rendered(), FOLDER.glob("*.json"))


def main(arguments: list[str]) -> int:
    """Write or check the files."""
    return _generated.run(arguments, usage, rendered(), FOLDER.glob("*.json"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
