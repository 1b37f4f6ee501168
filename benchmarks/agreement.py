"""How often each dialect's reader answers what the real parser answers.

    python benchmarks/agreement.py                  the cases of the repository
    python benchmarks/agreement.py FOLDER           other cases of the same form
    python benchmarks/agreement.py FOLDER comfyui   only some files; differences are shown

Each case is a line {"input", "output", "category"[, "error"]} of a gzipped file; the rules of
matching are data, tests/dialects/matching.yaml.
"""

import gzip
import json
import math
import sys
from collections import Counter
from fnmatch import fnmatch
from importlib import import_module
from pathlib import Path

import yaml
from timing import table

from impasto.dialects.api import read
from impasto.errors import ImpastoError

TESTS = Path(__file__).parents[1] / "tests" / "dialects"
RULES = yaml.safe_load((TESTS / "matching.yaml").read_text(encoding="utf-8"))
RAISED = object()


def cases(path):
    """Yield the cases of one file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def answer(rule, text):
    """Return our answer in the form of the file, RAISED for an error."""
    if rule["answer"] == "function":
        module, _, name = rule["function"].partition(":")
        try:
            return getattr(import_module(module), name)(text)
        except ImpastoError:
            return RAISED
    prompt = read(text, rule["dialect"])
    if rule["answer"] == "weights":
        return prompt.weights()
    return prompt.schedule(20)


def flagged(rule, text):
    """Whether reading `text` says that the real parser would fail."""
    return any(d.severity == "error" for d in read(text, rule["dialect"]).diagnostics)


def matches(rule, case):
    """Whether we answer a case as the real parser did."""
    if case.get("error"):
        if rule["answer"] == "function":
            return answer(rule, case["input"]) is RAISED
        return flagged(rule, case["input"])
    found = answer(rule, case["input"])
    return found is not RAISED and alike(found, case["output"], rule["tolerance"])


def alike(ours, theirs, tolerance):
    """Whether two answers are equal, numbers within the tolerance."""
    if isinstance(theirs, list):
        return (
            isinstance(ours, (list, tuple))
            and len(ours) == len(theirs)
            and all(alike(a, b, tolerance) for a, b in zip(ours, theirs, strict=True))
        )
    if isinstance(theirs, dict):
        return (
            isinstance(ours, dict)
            and ours.keys() == theirs.keys()
            and all(alike(ours[key], theirs[key], tolerance) for key in theirs)
        )
    if theirs in ("nan", "inf", "-inf") and isinstance(ours, float):
        return str(ours) == theirs
    if isinstance(theirs, (int, float)) and not isinstance(theirs, bool):
        number = isinstance(ours, (int, float)) and not isinstance(ours, bool)
        return number and math.isclose(ours, theirs, rel_tol=0, abs_tol=tolerance)
    return ours == theirs


def is_strict(category):
    """Whether a category is one of those where every case must match."""
    return any(fnmatch(category, pattern) for pattern in RULES["categories"])


def measure(folder, name):
    """Return the counts of a file: all, matched, strict, strict matched; and what differs."""
    rule, count, wrong = RULES["files"][name], Counter(), []
    for case in cases(Path(folder) / f"{name}.jsonl.gz"):
        hit = matches(rule, case)
        strict = is_strict(case["category"])
        count.update(all=1, hit=hit, strict=strict, strict_hit=hit and strict)
        if not hit:
            wrong.append(case)
    return count, wrong


def main(folder=TESTS / "oracles", names=()):
    rows = []
    for name, rule in RULES["files"].items():
        if (names and name not in names) or not (Path(folder) / f"{name}.jsonl.gz").exists():
            continue
        count, wrong = measure(folder, name)
        share = count["hit"] / count["all"]
        strict = count["strict_hit"] / count["strict"]
        wanted = [f"{rule[key]:.0%}" if key in rule else "" for key in ("share", "strict")]
        rows.append([name, count["all"], f"{share:.2%}", wanted[0], f"{strict:.2%}", wanted[1]])
        if names:
            show(rule, wrong)
    heads = ["file", "cases", "agree", "wanted", "strict categories", "wanted"]
    table("Agreement with the real parsers", rows, heads)


def show(rule, wrong):
    """Print the first cases that differ."""
    for case in wrong[:40]:
        theirs = case.get("error") or case["output"]
        ours = answer(rule, case["input"])
        print(f"{case['category']}: {case['input']!r}\n  real {theirs}\n  ours {ours}")


if __name__ == "__main__":
    main(*([sys.argv[1], sys.argv[2:]] if len(sys.argv) > 1 else []))
