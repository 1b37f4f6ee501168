"""A code names one rule, and a rule has one code, in every room; each has a page."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from impasto.lint.registry import find

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "src" / "impasto"
PAIRS = (
    re.compile(r'"(IMP\d{3})",\s*"([a-z]+(?:-[a-z]+)*)"'),
    re.compile(r'code = "(IMP\d{3})"\s+(?:rule|name) = "([a-z]+(?:-[a-z]+)*)"'),
)


def pairs():
    for path in sorted(SOURCES.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for pattern in PAIRS:
            for found in pattern.finditer(text):
                yield found[1], found[2], path.name


def test_codes_and_rules_go_together():
    rules, codes = defaultdict(set), defaultdict(set)
    for code, rule, _ in pairs():
        rules[code].add(rule)
        codes[rule].add(code)
    assert len(rules) > 60
    assert {code: found for code, found in rules.items() if len(found) > 1} == {}
    assert {rule: found for rule, found in codes.items() if len(found) > 1} == {}


@pytest.mark.parametrize("folder", ["src/impasto", "docs", "examples"])
def test_every_code_that_is_spoken_of_has_a_page(folder):
    paths = [path for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".toml", ".md")]
    texts = (path.read_text(encoding="utf-8") for path in paths)
    codes = {code for text in texts for code in re.findall(r"\bIMP\d{3}\b", text)}
    for code in sorted(codes):
        assert find(code).page().startswith(f"# {code} ")
