"""Writing and checking docs/schemas; see the package."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

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
    files = rendered()
    stale = [path for path in sorted(FOLDER.glob("*.json")) if path not in files]
    return stale + [
        path
        for path, text in files.items()
        if not path.is_file() or path.read_text("utf-8") != text
    ]


def main(arguments: list[str]) -> int:
    """Write or check the files."""
    if arguments == ["--write"]:
        files = rendered()
        for path in outdated():
            if path in files:
                path.write_text(files[path], "utf-8")
            else:
                path.unlink()
        return 0
    if arguments == ["--check"]:
        for path in outdated():
            print(f"{path} is not up to date; run with --write")  # noqa: T201 - a tool for us
        return 1 if outdated() else 0
    print(usage)  # noqa: T201
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
