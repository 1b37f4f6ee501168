"""Every reader answers what the real parser answers, as often as the matching rules ask."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def load(name):
    """Load a file of benchmarks/, where the matching lives."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


load("timing")
agreement = load("agreement")
FILES = agreement.RULES["files"]


@pytest.mark.parametrize("name", FILES)
def test_the_reader_agrees_with_the_real_parser(name):
    count, wrong = agreement.measure(ROOT / "tests/dialects/oracles", name)
    rule = FILES[name]
    shown = [case["input"] for case in wrong[:10]]
    assert count["hit"] >= rule.get("share", 0) * count["all"], shown
    assert count["strict_hit"] >= rule.get("strict", 0) * count["strict"], [
        case["input"] for case in wrong if agreement.is_strict(case["category"])
    ][:10]
