"""Text to tree with spans, against a regex loop that keeps flat runs, and against peers."""

import importlib.util
import sys
from pathlib import Path

from baseline_loop import MIXED, PLAIN, WEIGHTED, loop
from timing import best_of, table, verdict

from impasto.syntax.parser import parse

LIMITS = {"weighted": 0.75, "mixed": 1.4, "plain": 1.1}
TEXTS = {"weighted": WEIGHTED, "mixed": MIXED, "plain": PLAIN}


def main():
    rows = []
    for name, text in TEXTS.items():
        times = best_of({"loop": lambda t=text: loop(t), "impasto": lambda t=text: parse(t)})
        ratio = times["impasto"] / times["loop"]
        rows.append(
            [name, f"{times['loop'] * 1e6:.1f}", f"{times['impasto'] * 1e6:.1f}", f"{ratio:.2f}",
             LIMITS[name], verdict(ratio, LIMITS[name])]
        )  # fmt: skip
    heads = ["prompt", "loop µs", "impasto µs", "ratio", "limit", ""]
    table("Parsing: impasto (tree with spans) beside a regex loop (flat runs)", rows, heads)
    peers()


def peers():
    """Measure the parsers of dynamicprompts and compel where they are installed."""
    rows = []
    for name, load, text in (
        ("dynamicprompts", dynamicprompts_parser, MIXED.replace("__pose__", "standing")),
        ("compel", compel_parser, "a (red car)1.2 in the (rain)0.8, (night)1.3 street, bokeh"),
    ):
        peer = load()
        if peer is None:
            rows.append([name, "not installed", "", ""])
            continue
        ours = text.replace(")1.2", ":1.2)").replace(")0.8", ":0.8)").replace(")1.3", ":1.3)")
        times = best_of({"peer": lambda p=peer, t=text: p(t), "us": lambda t=ours: parse(t)}, 5, 5)
        rows.append(
            [name, f"{times['peer'] * 1e6:.0f}", f"{times['us'] * 1e6:.1f}",
             f"{times['peer'] / times['us']:.0f} times as fast"]
        )  # fmt: skip
    table("Parsing: peers", rows, ["peer", "peer µs", "impasto µs", "impasto is"])


def dynamicprompts_parser():
    if importlib.util.find_spec("dynamicprompts") is None:
        return None
    from dynamicprompts.parser.parse import parse as peer

    return peer


def compel_parser():
    """Load compel's parser file alone: the package itself imports torch."""
    spec = importlib.util.find_spec("compel")
    if spec is None or importlib.util.find_spec("pyparsing") is None:
        return None
    path = Path(spec.submodule_search_locations[0]) / "prompt_parser.py"
    inner = importlib.util.spec_from_file_location("compel_prompt_parser", path)
    module = importlib.util.module_from_spec(inner)
    sys.modules[inner.name] = module
    inner.loader.exec_module(module)
    return module.PromptParser().parse_conjunction


if __name__ == "__main__":
    main()
