"""What a start costs: user and system time of whole processes, beside bare Python."""

import resource
import subprocess
import sys

from timing import table, verdict

RUNS = 25
CASES = {
    "python": ([sys.executable, "-c", "pass"], None),
    "import impasto": ([sys.executable, "-c", "import impasto"], 1.5),
    "impasto --help": ([sys.executable, "-m", "impasto", "--help"], None),
    "impasto translate": (
        [sys.executable, "-m", "impasto", "translate", "(x:1.2)", "--to", "flux-dev"],
        None,
    ),
}


def cpu(command):
    """Return the processor seconds of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    best = dict.fromkeys(CASES, float("inf"))
    for _ in range(RUNS):
        for name, (command, _) in CASES.items():
            best[name] = min(best[name], cpu(command))
    rows = []
    for name, (_, limit) in CASES.items():
        ratio = best[name] / best["python"]
        note = verdict(ratio, limit) if limit else ""
        rows.append([name, f"{best[name] * 1000:.0f}", f"{ratio:.2f}", limit or "", note])
    table("Starting", rows, ["process", "CPU ms", "to bare Python", "limit", ""])


if __name__ == "__main__":
    main()
