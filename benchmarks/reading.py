"""Reading foreign dialects: A1111 beside a regex loop, compel beside its own parser.

The loop does A1111's job as far as regular expressions go: networks out, parts at AND with the
weight at their end, chunk breaks, effective weights. It knows no schedules, which we read too.
"""

import re
import sys
from itertools import cycle

from baseline_loop import MIXED, PLAIN, WEIGHTED, loop
from parse import compel_parser
from timing import best_of, table, verdict

from impasto.dialects.api import read

TEXTS = {"weighted": WEIGHTED, "mixed": MIXED, "plain": PLAIN}
TAGS = 400
COMPEL_LIMIT = 1000


NETWORK = re.compile(r"<\w+:[^>]+>")
AND = re.compile(r"\bAND\b")
PART_WEIGHT = re.compile(r"\s*:\s*([-+]?(?:\d+\.?|\d*\.\d+))\s*\Z")
BREAK = re.compile(r"\s*\bBREAK\b\s*")


def same_job(text):
    """Return (weight, runs) of every part."""
    parts = []
    for part in AND.split(NETWORK.sub("", text)):
        found = PART_WEIGHT.search(part)
        runs = []
        for run, weight in loop(part[: found.start()] if found else part):
            first, *others = BREAK.split(run)
            runs.append([first, weight])
            for other in others:
                runs += [["BREAK", -1.0], [other, weight]]
        parts.append((float(found[1]) if found else 1.0, runs))
    return parts


def main():
    rows = []
    for name, text in TEXTS.items():
        times = best_of(
            {
                "loop": lambda t=text: same_job(t),
                "impasto": lambda t=text: read(t, "a1111").weights(),
            }
        )
        ratio = times["impasto"] / times["loop"]
        numbers = [f"{times[key] * 1e6:.1f}" for key in ("loop", "impasto")]
        rows.append([name, *numbers, f"{ratio:.2f}", 1.0, verdict(ratio, 1.0)])
    heads = ["prompt", "loop µs", "impasto µs", "ratio", "limit", ""]
    table("Reading A1111: effective weights, beside a regex loop for the same job", rows, heads)
    compel()


def compel():
    """Read 400 flat weighted tags as compel does, where compel is installed."""
    texts = cycle(
        [
            ", ".join(f"(tag number {at + turn})1.{at % 9 + 1}" for at in range(TAGS))
            for turn in range(20)  # never the same one twice in a row: nothing is remembered
        ]
    )
    ours = best_of({"us": lambda: read(next(texts), "compel").weights()}, 20, 5)["us"]
    theirs = compel_parser()
    if theirs is None:
        row = [TAGS, "not installed", f"{ours * 1e3:.2f}", "", COMPEL_LIMIT, ""]
    else:
        sys.setrecursionlimit(10_000)
        real = best_of({"real": lambda: theirs(next(texts))}, 1, 1)["real"]
        times = real / ours
        note = "ok" if times >= COMPEL_LIMIT else "under"
        row = [TAGS, f"{real * 1e3:.0f}", f"{ours * 1e3:.2f}", f"{times:.0f}", COMPEL_LIMIT, note]
    heads = ["tags", "compel ms", "impasto ms", "times as fast", "at least", ""]
    table("Reading compel: flat weighted tags", [row], heads)


if __name__ == "__main__":
    main()
