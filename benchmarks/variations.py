"""Parsing, drawing and counting through prompts with choices, beside dynamicprompts.

Without dynamicprompts installed only our own times are shown.
"""

import importlib.util
import itertools
import logging

from timing import best_of, table, verdict

import impasto
from impasto.syntax.printer import print_nodes
from impasto.variations.combinations import Space
from impasto.variations.draw import draw

TEMPLATE = (
    "a {red|green|blue} {square|circle|hexagon} in {the park|a {misty|sunny} forest|space}, "
    "{2$$ and $$oil|ink|chalk}, {0.5::young|2::old} {man|woman}, (detailed:1.2), bokeh"
)
MANY = "{a|b|c|d|e|f|g|h|i|j|k|l|m}" * 8
FAR, SHORT = 100_000, 2_000
LIMITS = {"parse": 20, "draw, new template": 20, "draw, one template": 5, "enumerate": 5}
DRAWS, COUNTED = 100, 400


def main():
    theirs = peer()
    for dialect in ("impasto", "dynamicprompts"):
        ours = own(dialect)
        rows = []
        for name, limit in LIMITS.items():
            calls = {"us": ours[name]} | ({"peer": theirs[name]} if theirs else {})
            times = best_of(calls, 5, 2)
            share = DRAWS if name == "draw, one template" else COUNTED if name == "enumerate" else 1
            rows.append(row(name, {key: t / share for key, t in times.items()}, limit))
        heads = ["", "dynamicprompts µs", "impasto µs", "impasto is", "wanted", ""]
        table(f"Variations: a template in the syntax of {dialect}", rows, heads)
    far(theirs)


def row(name, times, limit):
    """Return a line of the table: both times, the ratio, and whether it is enough."""
    us = f"{times['us'] * 1e6:.1f}"
    if "peer" not in times:
        return [name, "not installed", us, "", limit, ""]
    ratio = times["peer"] / times["us"]
    shown = f"{ratio:.0f} times as fast"
    return [name, f"{times['peer'] * 1e6:.0f}", us, shown, limit, verdict(limit, ratio)]


def own(dialect):
    """Return what is measured, each to a text."""

    def read():
        return impasto.read(TEMPLATE, dialect).parts[0].children

    as_text = print_nodes if dialect == "impasto" else joined
    nodes = read()
    space = Space()
    return {
        "parse": read,
        "draw, new template": lambda: as_text(draw(read(), 7)),
        "draw, one template": lambda: [as_text(draw(nodes, seed)) for seed in range(DRAWS)],
        "enumerate": lambda: [
            as_text(prompt) for prompt in itertools.islice(space.iterate(nodes), COUNTED)
        ],
    }


def joined(nodes):
    """Return the text of a prompt that was read as dynamicprompts: nothing in it is syntax."""
    return "".join([node.value for node in nodes])


def peer():
    """Return the same for dynamicprompts, or nothing where it is not installed."""
    if importlib.util.find_spec("dynamicprompts") is None:
        return None
    from dynamicprompts.generators import CombinatorialPromptGenerator, RandomPromptGenerator
    from dynamicprompts.parser.parse import parse
    from dynamicprompts.wildcards import WildcardManager

    logging.getLogger("dynamicprompts").setLevel(logging.CRITICAL)
    lists = WildcardManager(None)
    random = RandomPromptGenerator(lists, seed=7)
    every = CombinatorialPromptGenerator(lists)
    return {
        "parse": lambda: parse(TEMPLATE),
        "draw, new template": lambda: random.generate(TEMPLATE, 1),
        "draw, one template": lambda: list(random.generate(TEMPLATE, DRAWS)),
        "enumerate": lambda: list(every.generate(TEMPLATE, COUNTED)),
        "count up": lambda number: list(every.generate(MANY, number)),
    }


def far(theirs):
    """Measure the way to a far combination; dynamicprompts counts up to it, one by one."""
    space = Space()
    nodes = impasto.parse(MANY).parts[0].children
    us = best_of({"us": lambda: Space().pick(nodes, FAR)}, 5, 5)["us"]
    assert print_nodes(space.pick(nodes, FAR)) == digits(FAR)
    if not theirs:
        rows = [["100,000th of 13^8", "not installed", f"{us * 1e3:.2f}", "", "1,000", ""]]
    else:
        ends = [best_of({"peer": lambda n=n: theirs["count up"](n)}, 1, 1)["peer"]
                for n in (1, SHORT + 1)]  # fmt: skip
        them = ends[0] + (ends[1] - ends[0]) * FAR / SHORT
        ratio = them / us
        rows = [["100,000th of 13^8", f"{them * 1e3:.0f}", f"{us * 1e3:.2f}",
                 f"{ratio:,.0f} times as fast", "1,000", verdict(1000, ratio)]]  # fmt: skip
    heads = ["", "dynamicprompts ms", "impasto ms", "impasto is", "wanted", ""]
    table(f"A far combination (dynamicprompts: {SHORT:,} measured, scaled linearly)", rows, heads)


def digits(number):
    """Return a combination of MANY by its number, another way."""
    letters = []
    for _ in range(8):
        number, digit = divmod(number, 13)
        letters.append("abcdefghijklm"[digit])
    return "".join(reversed(letters))


if __name__ == "__main__":
    main()
