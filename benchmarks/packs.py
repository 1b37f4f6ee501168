"""Loading a style pack of 100 styles: validated and with positions, beside CSafeLoader alone.

Ours is `load_pack`: the same YAML, its schema checked, and the place of every text known.
"""

import tempfile
from pathlib import Path

import yaml
from timing import best_of, table, verdict

from impasto._data import data_dir
from impasto.styles.library import load_pack

STYLES = 100
LIMIT = 1.5


def main():
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for source in sorted(data_dir("style_packs").glob("*.yaml")):
            path = Path(folder, source.name)
            count = write_pack(source, path)
            text = path.read_text()
            times = best_of(
                {
                    "yaml": lambda text=text: yaml.load(text, yaml.CSafeLoader),
                    "impasto": lambda path=path: load_pack(path),
                },
                15,
                1,
            )
            ratio = times["impasto"] / times["yaml"]
            ms = [f"{times[key] * 1e3:.1f}" for key in ("yaml", "impasto")]
            size = f"{len(text) // 1024} kB"
            rows.append(
                [source.stem, count, size, *ms, f"{ratio:.2f}", LIMIT, verdict(ratio, LIMIT)]
            )
    heads = ["styles like", "styles", "file", "CSafeLoader ms", "impasto ms", "ratio", "limit", ""]
    table("Loading a pack", rows, heads)


def write_pack(source, path):
    """Write a pack with the styles of `source` again and again, and return how many they are."""
    head, styles = source.read_text().split("\nstyles:\n", 1)
    blocks = [f"  {block}" for block in f"\n{styles.rstrip()}".split("\n  ") if block.strip()]
    starts = [at for at, block in enumerate(blocks) if not block.startswith(("   ", "  #"))]
    pieces = ["\n".join(blocks[a:b]) for a, b in zip(starts, [*starts[1:], None], strict=True)]
    made = []
    for number in range(STYLES):
        name, rest = pieces[number % len(pieces)].split(":", 1)
        made.append(f"{name}-{number}:{with_own_aliases(rest, number)}")
    path.write_text("\n".join([head, "styles:", *made, ""]))
    return len(made)


def with_own_aliases(style, number):
    """Return the text of a style with aliases that no other style of the pack has."""
    head, sign, tail = style.partition("aliases: [")
    if not sign:
        return style
    names, _, rest = tail.partition("]")
    return f"{head}{sign}{', '.join(f'{n.strip()}-{number}' for n in names.split(','))}]{rest}"


if __name__ == "__main__":
    main()
