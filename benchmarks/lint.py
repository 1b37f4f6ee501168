"""What linting costs: beside bare Python, a plain loop over the text, Jinja, and itself.

    python benchmarks/lint.py                   everything
    python benchmarks/lint.py start folders     some: start, folders, again, hostile

Whole commands are measured, with their start and all that they import, in one process; `loop` and
`jinja` are the bare work of the other side in a process that has started. The texts of no two files
are equal; those of "template" are of one shape, so that words alone differ, those of "template,
mixed" of a hundred. `marginal` is what 1,000 files cost above one, so without the start.
"""

import os
import random
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from statistics import median

import jinja2
from baseline_loop import MIXED, PLAIN, WEIGHTED, loop
from processes import BARE, IMPASTO, SOURCE, cpu, least
from timing import best_of, table, verdict

TARGET = ("--for", "stable-diffusion-xl")
LINT = (*IMPASTO, "lint")
FILES, PROMPTS = 1000, 5
STARTS = 25
LIMITS = {"no target": 9.0, "with a target": 15.0, "text": 12.0, "template": 3.0, "again": 0.1}
TEMPLATE = """---
format: 1
title: Portrait {number}
variables:
  person: {{description: who is portrayed, default: a young woman}}
  light: {{choices: [natural lighting, window light], default: natural lighting}}
---
portrait of {{{{ person }}}}, {first}, ({{{{ light }}}}:1.2),
{{% if person == "a knight" %}}(steel armor:1.1){{% else %}}{second}{{% endif %}},
{{% for word in ["wide", "calm"] %}}{{{{ word }}}} {{% endfor %}}street {number}, {third}
"""
HOSTILE = {
    "(": "((((((((((", ")": "))))))))))", "[": "[[[[[[[[[[", "{|": "{|{|{|{|{|", "nested": "(a:1.2) ",
    "open weights": "(a:1.2 (b ", "colons": "a:a:a:a:a:", "dots": "1.1.1.1.1.", "<lora:": "<lora:a<lo",
    "__": "__a__ __b ", "backslashes": "\\\\\\(\\(\\", "commas": ",,,,,,,,,,", "spaces": "a         ",
    "BREAK": "BREAK AND ", "one phrase": "same, same", "lines": "(a:1.2)\nb\n", "comments": "# impasto\n",
    "ignores": "# impasto: ignore[IMP101]\n", "full width": "（a：1.2），", "quotes": "\"a'b\"c'd\"e",
}  # fmt: skip
SHORT, TIMES, SLOPE = 4_000, 8, 2.0


def main(parts=()):
    for name in parts or ("start", "folders", "again", "hostile"):
        with tempfile.TemporaryDirectory() as folder:
            os.environ["XDG_CACHE_HOME"] = f"{folder}/cache"
            PARTS[name](Path(folder))


def without_cache():
    """Return the flag that keeps a run from looking at an earlier one, where there is one."""
    from impasto.cli.lint import lint

    known = {name for option in lint.params for name in (*option.opts, *option.secondary_opts)}
    return ("--no-cache",) if "--no-cache" in known else ()


def start(folder):
    """Measure one small file, beside bare Python."""
    file = folder / "one.txt"
    file.write_text(f"{WEIGHTED}\n")
    run = (*LINT, *without_cache())
    commands = {"python": BARE, "no target": (*run, file), "with a target": (*run, *TARGET, file)}
    rows = []
    for kind, environ in (("", {}), (", nothing compiled", SOURCE)):
        best = least(commands, STARTS, folder, **environ)
        for name in ("no target", "with a target"):
            ratio, limit = best[name] / best["python"], LIMITS[name]
            ms = f"{best[name] * 1e3:.0f}"
            end = ["", ""] if environ else [limit, verdict(ratio, limit)]
            rows.append([name + kind, ms, f"{ratio:.2f}", *end])
    heads = ["one small file", "CPU ms", "to bare Python", "limit", ""]
    table("Linting: the start", rows, heads)


def folders(folder):
    """Measure 1,000 text files and 1,000 templates, beside a loop and Jinja's parser."""
    rows = []
    for name, write, other in FOLDERS:
        place = folder / name.replace(", ", "-")
        texts = write(place)
        for target in ((), TARGET):
            run = (*LINT, *without_cache(), "--jobs", "1", *target)
            commands = ((*run, "."), (*run, "0000" + ending(name)))
            whole, one, bare = in_turn(commands, place, partial(other, texts), 3 if target else 9)
            ratio, limit = whole / bare, LIMITS[name.partition(",")[0]]
            marginal = f"{(whole - one) / bare:.2f}"
            times = [f"{seconds * 1e3:.0f}" for seconds in (bare, whole)]
            what = f"{name}, {'with' if target else 'no'} target"
            end = ["", ""] if target else [limit, verdict(ratio, limit)]
            rows.append([what, *times, f"{ratio:.2f}", marginal, *end])
    heads = ["1,000 files of", "loop or jinja ms", "lint ms", "ratio", "marginal", "limit", ""]
    table("Linting: folders", rows, heads)


def in_turn(commands, place, other, rounds):
    """Return the median seconds of commands and of what stands beside them.

    They run in turn, for a processor changes its pace; the median and not the least counts, for the
    least favours what is short.
    """
    for command in commands:
        cpu(command, place)  # compiles
    seconds = [
        (*(cpu(command, place) for command in commands), best_of({"": other}, 1, 1)[""])
        for _ in range(rounds)
    ]
    return map(median, zip(*seconds, strict=True))


def ending(name):
    return ".txt" if name == "text" else ".prompt"


def write_texts(folder):
    """Write text files of five prompts, and return their texts."""
    texts = []
    for number in range(FILES):
        lines = [varied(number * PROMPTS + at) for at in range(PROMPTS)]
        texts.append("\n".join(lines) + "\n")
    return written(folder, ".txt", texts)


def varied(number):
    """Return a prompt of its own for every number, of the phrases of the three in the baseline."""
    mixed = MIXED.replace("__pose__", "standing")  # there is no such list in the folder
    phrases = (WEIGHTED, PLAIN, mixed)[number % 3].split(", ")
    dice = random.Random(number)
    at = dice.randrange(len(phrases))
    return ", ".join([*phrases[:at], f"street {number}", *phrases[at:]])


def write_templates(folder):
    """Write prompt files, and return their texts."""
    phrases = PLAIN.split(", ")
    texts = []
    for number in range(FILES):
        first, second, third = random.Random(number).sample(phrases, 3)
        texts.append(TEMPLATE.format(number=number, first=first, second=second, third=third))
    return written(folder, ".prompt", texts)


def write_mixed(folder):
    """Write prompt files of a hundred shapes, and return their texts."""
    texts = []
    for number in range(FILES):
        dice = random.Random(number)
        first, second, third = dice.sample(PLAIN.split(", "), 3)
        text = TEMPLATE.format(number=number, first=first, second=second, third=third)
        more = ["{{ person }}", "({{ light }}:1.1)"] * 5
        ends = [", ".join(more[: number % 10]), *[f"{third} {n}" for n in range(number // 10 % 10)]]
        texts.append(text + ",\n".join(["", *filter(None, ends)]).lstrip(",\n") + "\n")
    return written(folder, ".prompt", texts)


def written(folder, ending, texts):
    folder.mkdir()
    for number, text in enumerate(texts):
        (folder / f"{number:04}{ending}").write_text(text)
    return texts


def loop_over(texts):
    for text in texts:
        for line in text.splitlines():
            loop(line)


def jinja_over(texts):
    environment = jinja2.Environment()
    for text in texts:
        environment.parse(text)


def again(folder):
    """Measure a second run over files that have not changed."""
    rows = []
    for name, write in (("text", write_texts), ("template", write_templates)):
        places = [folder / f"{name}{turn}" for turn in range(2)]
        for place in places:
            write(place)
        start = min(
            cpu((*LINT, *without_cache(), "0000" + ending(name)), places[0]) for _ in range(5)
        )
        first = min(cpu((*LINT, "."), place, XDG_CACHE_HOME=f"{place}.cache") for place in places)
        second = min(
            cpu((*LINT, "."), places[0], XDG_CACHE_HOME=f"{places[0]}.cache") for _ in range(5)
        )
        ratio = second / first
        marginal = (second - start) / (first - start)
        times = [f"{seconds * 1e3:.0f}" for seconds in (start, first, second)]
        limit = LIMITS["again"]
        ratios = [f"{ratio:.2f}", f"{marginal:.2f}"]
        rows.append([name, *times, *ratios, limit, verdict(ratio, limit)])
    heads = ["1,000 files of", "one ms", "first ms", "second ms", "ratio", "marginal", "limit", ""]
    table("Linting: a second run", rows, heads)


def hostile(_folder):
    """Measure texts made to be slow: eight times as long may take about eight times as long."""
    from impasto.lint.engine import Linter

    rows = []
    for form in ("one prompt", "lines", "template"):
        linter = Linter(TARGET[1:])
        suffix = {"one prompt": "", "lines": ".txt", "template": ".j2"}[form]
        slopes = {name: slope(linter, piece, suffix) for name, piece in HOSTILE.items()}
        worst = max(slopes, key=slopes.get)
        rows.append([form, worst, f"{slopes[worst]:.2f}", SLOPE, verdict(slopes[worst], SLOPE)])
    heads = ["document", "worst text", "growth of time per character", "limit", ""]
    table(
        f"Linting: texts made to be slow, {SHORT:,} and {SHORT * TIMES:,} characters", rows, heads
    )


def slope(linter, piece, suffix):
    """Return how the time for a character grows when the text is `TIMES` as long."""
    spent = {}
    for length in (SHORT, SHORT * TIMES):
        text = (piece * (length // len(piece) + 1))[:length]
        spent[length] = min(timed(linter, f"{text} {turn}", suffix) for turn in range(3))
    return spent[SHORT * TIMES] / spent[SHORT] / TIMES


def timed(linter, text, suffix):
    begin = time.process_time()
    linter.check(text, "hostile", suffix)
    return time.process_time() - begin


FOLDERS = (
    ("text", write_texts, loop_over),
    ("template", write_templates, jinja_over),
    ("template, mixed", write_mixed, jinja_over),
)
PARTS = {"start": start, "folders": folders, "again": again, "hostile": hostile}

if __name__ == "__main__":
    main(sys.argv[1:])
