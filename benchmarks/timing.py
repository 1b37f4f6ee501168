"""Timing of several functions side by side: the best of many interleaved rounds.

Processor time, not the clock's: other work on the machine counts less.
"""

import gc
import time


def best_of(functions, rounds=15, repeat=200):
    """Return the least seconds per call of each function in a dict, measured in turn."""
    best = dict.fromkeys(functions, float("inf"))
    gc.collect()
    for _ in range(rounds):
        for name, call in functions.items():
            start = time.process_time()
            for _ in range(repeat):
                call()
            best[name] = min(best[name], (time.process_time() - start) / repeat)
    return best


def table(title, rows, heads):
    """Print rows as a table."""
    print(f"\n{title}")
    cells = [heads, *[[str(c) for c in row] for row in rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(heads))]
    for at, row in enumerate(cells):
        print("  " + "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip())
        if not at:
            print("  " + "  ".join("-" * w for w in widths))


def verdict(ratio, limit):
    """Return "ok" or by how much a ratio misses its limit."""
    return "ok" if ratio <= limit else f"over by {ratio / limit - 1:.0%}"
