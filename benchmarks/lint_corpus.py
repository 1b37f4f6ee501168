"""What the linter says of prompts that people wrote: counts by rule, and every finding to read.

    python benchmarks/lint_corpus.py FOLDER                     the table of docs/lint-corpus.md
    python benchmarks/lint_corpus.py FOLDER --show IMP205       every finding of a rule
    python benchmarks/lint_corpus.py FOLDER --for flux-dev      with a target

FOLDER holds files of JSON Lines, maybe compressed (.jsonl, .jsonl.gz), with the keys `prompt` and
`negative`. Files whose names begin with `synthetic` were made by programs and are left out.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

from impasto.lint.engine import Linter

AROUND = 30


class Found(NamedTuple):
    """A finding, the prompt it is about and a glimpse of its place."""

    code: str
    rule: str
    severity: str
    message: str
    prompt: tuple[str, int]
    glimpse: str


def read(path):
    """Return the text of a file, compressed or not."""
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")


def files(folder):
    """Return the files with prompts that people wrote."""
    paths = sorted((*folder.glob("*.jsonl"), *folder.glob("*.jsonl.gz")))
    return [path for path in paths if not path.name.startswith("synthetic")]


def findings(path, linter):
    """Return the number of prompts in a file and what the linter finds in them."""
    text = read(path)
    name = path.name.partition(".")[0]
    found = []
    for finding in linter.check(text, path.name.removesuffix(".gz"), ".jsonl").findings:
        source, start, end = finding.span.in_file()
        line = source.position(start)[0]
        glimpse = source.text[max(0, start - AROUND) : end + AROUND].replace("\n", "⏎")
        found.append(Found(*finding_data(finding), (name, line), glimpse))
    return sum(1 for line in text.splitlines() if json.loads(line)["prompt"]), found


def finding_data(finding):
    """Return what is counted of a finding."""
    return finding.code, finding.rule, finding.severity, finding.message


def report(prompts, found):
    """Print how many prompts have a finding, by severity and by rule."""
    hard = [f for f in found if f.severity != "info"]
    print(f"{prompts} prompts; {len({f.prompt for f in hard})} have a warning or an error")
    rows = defaultdict(list)
    for finding in found:
        rows[finding.code, finding.rule, finding.severity].append(finding)
    print("| rule | severity | prompts | findings | most in |\n|---|---|---|---|---|")
    for (code, rule, severity), group in sorted(rows.items()):
        places = Counter(f.prompt[0] for f in group).most_common(2)
        most = ", ".join(f"{name} {count}" for name, count in places)
        count = len({f.prompt for f in group})
        print(f"| {code} {rule} | {severity} | {count} | {len(group)} | {most} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--for", dest="targets", action="append", default=[], metavar="MODEL")
    parser.add_argument("--show", default="", metavar="CODE")
    options = parser.parse_args()
    linter = Linter(options.targets)
    prompts, found = 0, []
    for path in files(options.folder):
        count, more = findings(path, linter)
        prompts += count
        found += more
    if not options.show:
        report(prompts, found)
    for finding in found:
        if options.show and finding.code.startswith(options.show):
            print(
                f"{finding.prompt[0]}:{finding.prompt[1]}: {finding.message}\n    {finding.glimpse}"
            )


if __name__ == "__main__":
    main()
