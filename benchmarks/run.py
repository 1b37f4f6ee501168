"""Run all benchmarks, or those that are named."""

import importlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
ALL = (
    "parse",
    "reading",
    "variations",
    "agreement",
    "compose",
    "packs",
    "startup",
    "lint",
    "memory",
    "batch",
)

if __name__ == "__main__":
    for name in sys.argv[1:] or ALL:
        importlib.import_module(name).main()
