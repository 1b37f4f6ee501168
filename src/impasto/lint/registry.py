"""Which rules there are: a generated index, so that no rule is imported before it is needed.

    python -m impasto.lint.registry --write     after a rule was added or changed
    python -m impasto.lint.registry --check     exit 1 if the index or the pages are not up to date

Third parties add rules by entry points in the group "impasto.rules": the name is the code, the
value "module:Class". They are looked up only when a selection names a code that the index lacks.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.errors import UnknownNameError
from impasto.lint._index import INDEX

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from impasto.lint.rule import Rule

GROUP: Final = "impasto.rules"
DEFAULT: Final = "default"
"""The selector of all built-in rules but those that are off unless they are named."""
LIST: Final = '"impasto rule" lists all rules'
_DIGITS: Final = str.maketrans("OoIl", "0011")
_LONGEST: Final = 12
"""Codes are shorter."""
_HERE: Final = Path(__file__).parent
_INDEX_FILE: Final = _HERE / "_index.py"
_PAGES: Final = _HERE.parents[2] / "docs" / "rules"


class Entry(NamedTuple):
    """Where a rule is and what it handles, without importing it."""

    code: str
    name: str
    where: str
    kinds: tuple[str, ...]
    opt_in: bool = False

    def load(self) -> type[Rule]:
        """Return the rule's class."""
        return _load(self.where)


@cache
def entries() -> tuple[Entry, ...]:
    """Return the built-in rules in the order of their codes."""
    return tuple(Entry(*row) for row in INDEX)


@cache
def kinds() -> dict[str, tuple[str, ...]]:
    """Return what the built-in rules handle, by their codes."""
    return {entry.code: entry.kinds for entry in entries()}


@cache
def _load(where: str) -> type[Rule]:
    module, _, name = where.partition(":")
    found: type[Rule] = getattr(import_module(module), name)
    return found


def select(wanted: Sequence[str] = (), unwanted: Sequence[str] = ()) -> tuple[Entry, ...]:
    """Return the rules that codes, beginnings of codes ("IMP1") or names choose.

    `wanted` empty means `DEFAULT`; then those of `unwanted` are taken out.

    Raises:
        UnknownNameError: a selector that fits no rule.
    """
    found = [entry for selector in wanted or (DEFAULT,) for entry in _matching(selector)]
    chosen = sorted(set(found))
    out = {entry.code for selector in unwanted for entry in _matching(selector)}
    return tuple(entry for entry in chosen if entry.code not in out)


def matches(selector: str, code: str, name: str) -> bool:
    """Whether a selector chooses the rule `code`, which is called `name`."""
    return selector == name or code.startswith(selector.upper())


def nearby(selector: str, known: Collection[Entry]) -> tuple[str, ...]:
    """Return what whoever wrote `selector` may have meant: names, and codes of that number.

    Codes are not near each other by their letters: IMP101 has nothing to do with IMP109.
    """
    number = _number(selector)
    codes = (entry.code for entry in known if number and _number(entry.code) == number)
    return (*(entry.name for entry in known), *codes)


def _number(text: str) -> str:
    """Return the number at the end of `text`, where a letter may stand for the digit it is like."""
    found = re.search(r"\d[\dOoIl]*\Z", text.strip()[-_LONGEST:])
    return found[0].translate(_DIGITS).lstrip("0") if found else ""


def _matching(selector: str) -> list[Entry]:
    known = entries()
    if selector == DEFAULT:
        return [entry for entry in known if not entry.opt_in]
    found = [e for e in known if selector and matches(selector, e.code, e.name)]
    if not found:
        plugins = _installed()
        found = [e for e in plugins if selector and matches(selector, e.code, e.name)]
        if not found:
            names = nearby(selector, (*known, *plugins))
            raise UnknownNameError("rule", selector, names, LIST)
    return found


@cache
def _installed() -> tuple[Entry, ...]:
    from importlib.metadata import entry_points  # noqa: PLC0415 - slow, only on a miss

    found = []
    for point in entry_points(group=GROUP):
        rule = _load(point.value)
        found.append(Entry(rule.code, rule.name, point.value, rule.kinds, rule.opt_in))
    return tuple(found)


def find(selector: str) -> type[Rule]:
    """Return the one rule that a code or a name means.

    Raises:
        UnknownNameError: there is none.
    """
    wanted = selector.strip()
    for entry in entries():
        if wanted.upper() == entry.code or wanted.lower() == entry.name:
            return entry.load()
    found = _matching(wanted)
    if len(found) > 1:
        raise UnknownNameError("rule", wanted, hint=f"it is {found[0].code} or another one")
    return found[0].load()


# The index and the pages, generated from the rules.


def discovered() -> list[type[Rule]]:
    """Return the rule of every file in `rules`, and those of the dialects' readers, by code."""
    from impasto.lint import readers  # noqa: PLC0415 - running a linter needs no pages
    from impasto.lint.rule import Rule  # noqa: PLC0415 - it loads this elsewhere

    found: list[type[Rule]] = readers.rules()
    for path in sorted((_HERE / "rules").glob("[a-z]*.py")):
        module = import_module(f"impasto.lint.rules.{path.stem}")
        found += [
            item
            for item in vars(module).values()
            if isinstance(item, type)
            and issubclass(item, Rule)
            and item.__module__ == module.__name__
        ]
    return sorted(found, key=lambda rule: rule.code)


def _index(rules: Iterable[type[Rule]]) -> str:
    lines = [
        '"""Generated from lint/rules by `python -m impasto.lint.registry --write`."""\n',
        "from __future__ import annotations\n",
        "INDEX: tuple[tuple[str, str, str, tuple[str, ...], bool], ...] = (",
    ]
    for rule in rules:
        where = f"{rule.__module__}:{rule.__name__}"
        kinds = f"({', '.join(map(_quoted, rule.kinds))}{',' if len(rule.kinds) == 1 else ''})"
        lines.append("    (")
        lines += [f"        {_quoted(text)}," for text in (rule.code, rule.name, where)]
        lines += [f"        {kinds},", f"        {rule.opt_in},", "    ),"]
    return "\n".join([*lines, ")", ""])


def _quoted(text: str) -> str:
    return f'"{text}"'


def _files() -> dict[Path, str]:
    """Return the text of every generated file."""
    rules = discovered()
    files = {_INDEX_FILE: _index(rules)}
    rows = [
        f"| [{r.code}]({r.code}.md) | {r.name} | {r.severity}{', opt-in' if r.opt_in else ''} "
        f"| {'yes' if r.is_fixable() else ''} "
        f"| {r.summary()} |"
        for r in rules
    ]
    head = [
        "# Rules",
        "",
        "Generated from the rules themselves; `impasto rule CODE` prints a page.",
        "",
        "| code | name | severity | fix | what it finds |",
        "|---|---|---|---|---|",
    ]
    files[_PAGES / "README.md"] = "\n".join([*head, *rows, ""])
    files.update({_PAGES / f"{rule.code}.md": rule.page() for rule in rules})
    return files


def outdated() -> list[Path]:
    """Return the generated files that are not what the rules say, stale pages included."""
    from impasto import _generated  # noqa: PLC0415 - a tool for us

    return _generated.outdated(_files(), _PAGES.glob("*.md"))


def main(arguments: list[str]) -> int:
    """Write or check the generated files."""
    from impasto import _generated  # noqa: PLC0415

    return _generated.run(arguments, __doc__, _files(), _PAGES.glob("*.md"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
