"""Real collections of styles: imported, composed with 100 subjects, translated for every model.

    python benchmarks/presets.py FOLDER            # every file and folder in it is one collection
    python benchmarks/presets.py FOLDER --subjects 5 --table docs/exchange.md

Counts, not times: what was found in each collection, and whether anything broke or was lost
without a word on the way. What a composition must hold is checked each time: the subject with its
weight, and every phrase of the style, or a note that folded it. `--table` writes the table of
findings between the marks in a page. Exit 1 if something broke.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from bisect import bisect
from collections import Counter
from functools import cache
from multiprocessing import Pool
from pathlib import Path

from impasto import Library, compose, translate
from impasto.errors import FileError, ImpastoError
from impasto.models.registry import all_models
from impasto.styles.exchange import export_pack, format_named, import_files, names
from impasto.styles.layer import ANYTHING, layers
from impasto.styles.library import load_pack

BEGIN, END = "<!-- findings -->\n", "<!-- end of findings -->\n"
ADJECTIVES = (
    *("red", "old", "tiny", "glass", "quiet"),
    *("wooden", "golden", "lonely", "floating", "striped"),
)
THINGS = (
    *("fox", "lighthouse", "tea pot", "woman in a (green coat:1.2)", "harbour at 5 o'clock"),
    *("cat_girl", "16:9 frame", "robot :\\)", "café 日本", "knight, sword, 1,000 banners"),
)
SUBJECTS = [f"{adjective} {thing}" for adjective in ADJECTIVES for thing in THINGS]


def collections(folder):
    return [p for p in sorted(folder.iterdir()) if p.suffix in (".csv", ".json") or p.is_dir()]


@cache
def library_of(path):
    """Return a pack and a library that holds it alone, loaded once in every process."""
    pack = load_pack(path)
    library = Library(builtin=False)
    library.add(pack)
    return pack, library


@cache
def phrases_of(subject):
    return [phrase.key for part in compose(subject).parts for phrase in part.phrases]


def missing(style, subject, composed, library):
    """Return the phrases that should be in a composition and are not."""
    there = {phrase.key for part in composed.parts for phrase in part.phrases}
    there |= {phrase.key for phrase in composed.negative}
    layer = layers(style, 1.0, ANYTHING, library)[0]
    own = [p.key for p in (*layer.phrases, *layer.negative) if "\U0010fffd" not in p.text]
    wanted = phrases_of(subject)
    text = "\n".join(there)
    return [k for k in own if k not in there] + [k for k in wanted if k not in text]


def work(job):
    """Compose and translate one style with all subjects; return what was counted."""
    path, name, subjects, models = job
    counted = Counter()
    pack, library = library_of(path)
    for subject in subjects:
        composed = compose(subject, styles=[f"{pack.name}/{name}"], library=library)
        counted["compositions"] += 1
        lost = missing(pack.styles[name], subject, composed, library)
        counted["lost in composition"] += len(lost)
        for model in models:
            done = translate(composed, model)
            counted["translations"] += 1
            counted["losses told"] += len(done.losses)
            counted["empty"] += not done.prompt.strip()
    return counted


def attempt(job):
    try:
        return work(job)
    except ImpastoError as error:
        return Counter({f"{type(error).__name__}: {error}": 1})


def there_and_back(pack, form, folder):
    """Return how many styles changed on the way without a loss that says so."""
    written = export_pack(pack, form)
    place = folder / form
    place.mkdir()
    for name, text in written.files.items():
        (place / name).write_text(text, encoding="utf-8", newline="")
    path = folder / f"{form}.yaml"
    path.write_text(import_files([place], form, name=form).text, encoding="utf-8")
    starts = [style.span.line for style in pack.styles.values()]
    order = list(pack.styles)
    told = {order[bisect(starts, loss.span.line) - 1] for loss in written.losses if loss.span}
    back = load_pack(path).document.data["styles"]
    first = pack.document.data["styles"]
    return sum(back.get(name) != style and name not in told for name, style in first.items())


def one(path, arguments, models, pool):
    """Import a collection and put it to work; return its row of the table, and the counts."""
    found = import_files([path], name="collection")
    rules = Counter(d.rule for d in found.findings)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "collection.yaml"
        file.write_text(found.text, encoding="utf-8")
        pack = load_pack(file)
        jobs = [(file, name, SUBJECTS[: arguments.subjects], models) for name in pack.styles]
        counted = sum(pool.imap_unordered(attempt, jobs, chunksize=8), Counter())
        forms = [n for n in names() if n != "wildcards" and format_named(n).suffixes]
        counted["changed without a word"] = sum(
            there_and_back(pack, f, Path(folder)) for f in forms
        )
    weighs = rules.get("holds-weights", 0)
    told = ", ".join(f"{n} {rule}" for rule, n in sorted(rules.items()) if rule not in SHOWN)
    row = [
        path.name,
        found.styles,
        rules.get("style-left-out", 0),
        rules.get("same-text", 0),
        weighs,
    ]
    return [*row, told or "none"], counted


SHOWN = ("holds-weights", "same-text", "style-left-out", "no-license")
HEAD = ("collection", "styles", "left out", "same words", "with weights", "other findings")


def table(rows):
    lines = [" | ".join(map(str, row)) for row in (HEAD, ["---"] * len(HEAD), *rows)]
    return "".join(f"| {line} |\n" for line in lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--subjects", type=int, default=len(SUBJECTS))
    parser.add_argument("--table", type=Path)
    arguments = parser.parse_args()
    models = [card.id for card in all_models()]
    rows, whole = [], Counter()
    with Pool() as pool:
        for path in collections(arguments.folder):
            try:
                row, counted = one(path, arguments, models, pool)
            except FileError as error:
                print(error)
                whole["unreadable"] += 1
                continue
            rows.append(row)
            whole += counted
            print(path.name, dict(counted), flush=True)
    print(f"\n{table(rows)}\n{len(models)} models")
    for what, number in whole.items():
        print(f"{number:>12,}  {what}")
    if arguments.table:
        text = arguments.table.read_text(encoding="utf-8")
        before, after = text.split(BEGIN)[0], text.split(END)[1]
        arguments.table.write_text(
            f"{before}{BEGIN}\n{table(rows)}\n{END}{after}", encoding="utf-8"
        )
    fine = ("compositions", "translations", "losses told", "empty")
    return int(any(number for what, number in whole.items() if what not in fine))


if __name__ == "__main__":
    sys.exit(main())
