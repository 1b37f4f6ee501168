"""What a start costs: user and system time of whole processes, beside bare Python."""

import sys

from processes import BARE, IMPASTO, least
from timing import table, verdict

RUNS = 25
CASES = {
    "python": (BARE, None),
    "import impasto": ((sys.executable, "-c", "import impasto"), 1.5),
    "impasto --help": ((*IMPASTO, "--help"), None),
    "impasto translate": ((*IMPASTO, "translate", "(x:1.2)", "--to", "flux-dev"), None),
    "impasto translate, one style": (
        (*IMPASTO, "translate", "x", "--to", "flux-dev", "--style", "photorealistic/noir"),
        None,
    ),
    "impasto tokens": ((*IMPASTO, "tokens", "(x:1.2)", "--for", "flux-dev"), None),
    "impasto models list": ((*IMPASTO, "models", "list"), None),
}


def main():
    best = least({name: command for name, (command, _) in CASES.items()}, RUNS)
    rows = []
    for name, (_, limit) in CASES.items():
        ratio = best[name] / best["python"]
        note = verdict(ratio, limit) if limit else ""
        rows.append([name, f"{best[name] * 1000:.0f}", f"{ratio:.2f}", limit or "", note])
    table("Starting", rows, ["process", "CPU ms", "to bare Python", "limit", ""])


if __name__ == "__main__":
    main()
