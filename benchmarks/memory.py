"""100,000 compositions in one process: resident memory must stay flat."""

import gc
import resource

from timing import table

import impasto
from compose import STYLES, TEMPLATE

COUNT = 100_000
SLACK_MB = 8


def resident_mb():
    """Return the peak resident size so far in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main():
    rows = []
    warm = 0.0
    for done in range(COUNT + 1):
        if done in (1_000, 10_000, COUNT):
            gc.collect()
            peak = resident_mb()
            warm = warm or peak
            note = "" if peak - warm <= SLACK_MB else f"grew by {peak - warm:.0f} MB"
            rows.append([f"{done:,}", f"{peak:.1f}", note or "ok"])
        values = {"subject": f"cat {done}", "mood": f"calm {done}", "place": f"street {done}"}
        composed = impasto.compose(TEMPLATE, values=values, styles=STYLES, template=True)
        impasto.translate(composed, "stable-diffusion-xl")
    table("Memory over compositions", rows, ["compositions", "peak MB", ""])


if __name__ == "__main__":
    main()
