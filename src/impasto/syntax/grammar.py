"""Fold Lark's LALR(1) analysis of grammars/impasto.lark into the table that the parser runs.

Lark does the grammar work: EBNF, terminals, LALR analysis. Between an opening bracket and the
point that a parser has reached, Lark's stack takes only finitely many shapes; each becomes one
row, and the row says for every terminal what it is there: an `item` of the list, a `mark` that
separates or weighs, a bracket that `open`s a row of its own, or one that `close`s this one and
names what it was. Development-time only:

    python -m impasto.syntax.grammar --write    after the grammar was changed: writes _tables.py
    python -m impasto.syntax.grammar --check    exit 1 if the table is not up to date
"""

from __future__ import annotations

import hashlib
import pprint
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from lark import Lark
from lark.lexer import PatternStr
from lark.parsers.lalr_analysis import Shift

from impasto import _generated
from impasto._data import data_dir

if TYPE_CHECKING:
    from collections.abc import Callable

GRAMMAR = data_dir("grammars") / "impasto.lark"
TABLES = Path(__file__).with_name("_tables.py")
END = "$END"

Stack: TypeAlias = tuple[int, ...]
Step: TypeAlias = tuple[Any, ...]
Row: TypeAlias = dict[str, Step]


class UnfoldableError(Exception):
    """The grammar has a shape that the fold cannot hold."""


def lark_parser() -> Lark:
    """Return Lark's own parser of the grammar: the reference that tests hold ours to."""
    return Lark(
        GRAMMAR.read_text(encoding="utf-8"),
        parser="lalr",
        lexer="basic",
        keep_all_tokens=True,
        maybe_placeholders=False,
        strict=True,
    )


class Fold:
    """The rows of one grammar, by stack shape."""

    def __init__(self, lark: Lark, start: str = "start") -> None:
        table = lark.parser.parser._parse_table  # noqa: SLF001
        self._lalr: dict[int, dict[str, tuple[Any, Any]]] = table.states
        self._start = start
        patterns = {t.name: t.pattern for t in lark.terminals}
        self.spelling = {n: p.value for n, p in patterns.items() if isinstance(p, PatternStr)}
        self.regexes = {n: p.to_regexp() for n, p in patterns.items() if n not in self.spelling}
        brackets = [r for r in lark.rules if r.expansion and self._is_bracket(r)]
        self._openers = {r.expansion[0].name: r.origin.name for r in brackets}
        self._closers = {r.expansion[-1].name for r in brackets}
        self.first: Stack = (table.start_states[start],)
        self.rows = self._explore()

    def _is_bracket(self, rule: Any) -> bool:
        ends = {rule.expansion[0].name, rule.expansion[-1].name}
        return bool(rule.alias) and len(ends) == 2 and ends <= set(self.spelling)

    def _explore(self) -> dict[Stack, Row]:
        rows: dict[Stack, Row] = {}
        todo = [self.first]
        while todo:
            stack = todo.pop()
            if stack in rows:
                continue
            if len(rows) > 500 or len(stack) > 20:
                raise UnfoldableError("the stack between two brackets can grow without end")
            rows[stack] = self._row(stack)
            todo += [s for step in rows[stack].values() for s in step[1:] if isinstance(s, tuple)]
        return rows

    def _row(self, stack: Stack) -> Row:
        symbols = [END, *self.spelling, *self.regexes]
        steps = ((self.spelling.get(s, s), self._step(stack, s)) for s in symbols)
        return {name: step for name, step in steps if step is not None}

    def _step(self, stack: Stack, symbol: str) -> Step | None:
        """Return what `symbol` is after `stack`, and the shapes it leads to."""
        while True:
            action, target = self._lalr[stack[-1]].get(symbol, (None, None))
            if action is None:
                return None
            if action is Shift:
                break
            if target.origin.name == self._start:
                return ("close", target.alias)
            stack = self._apply(stack, target)
        if symbol in self._openers:
            after = self._lalr[stack[-1]][self._openers[symbol]][1]
            return ("open", (target,), self._settle((*stack, after)))
        rule = self._only_reduction(target)
        if symbol in self._closers:
            if rule is None or len(rule.expansion) != len(stack) + 1:
                raise UnfoldableError(f"{symbol} does not close one bracket rule")
            return ("close", rule.alias)
        kind = "item" if rule is not None and self._extends_a_list(rule) else "mark"
        return (kind, self._settle((*stack, target)))

    @staticmethod
    def _extends_a_list(rule: Any) -> bool:
        """Whether `rule` is `x: TERMINAL` or Lark's helper `list: list TERMINAL`."""
        names = [symbol.name for symbol in rule.expansion]
        return len(names) == 1 or (len(names) == 2 and names[0] == rule.origin.name)

    def _apply(self, stack: Stack, rule: Any) -> Stack:
        kept = stack[: len(stack) - len(rule.expansion)]
        return (*kept, self._lalr[kept[-1]][rule.origin.name][1])

    def _only_reduction(self, state: int) -> Any:
        """The rule that `state` applies whatever comes next, or None."""
        row = self._lalr[state].values()
        rules = {id(target): target for action, target in row if action is not Shift}
        pure = len(rules) == 1 and all(action is not Shift for action, _ in row)
        return next(iter(rules.values())) if pure else None

    def _settle(self, stack: Stack) -> Stack:
        rule = self._only_reduction(stack[-1])
        while rule is not None and rule.origin.name != self._start:
            stack = self._apply(stack, rule)
            rule = self._only_reduction(stack[-1])
        return stack

    def numbered(self) -> list[Row]:
        """Return the rows with numbers for shapes: rows that behave alike merged, first one 0.

        Lark's own state numbers differ from one process to the next, so none may reach the file.
        """
        group = dict.fromkeys(self.rows, 0)
        while True:  # Moore's refinement: alike so far, and so is all they lead to
            keys = {s: (group[s], repr(_renamed(r, group.get))) for s, r in self.rows.items()}
            rank = {key: i for i, key in enumerate(sorted(set(keys.values())))}
            finer = {s: rank[keys[s]] for s in self.rows}
            if len(rank) == len(set(group.values())):
                break
            group = finer
        member = {group[s]: row for s, row in self.rows.items()}
        order: dict[int, int] = {}
        todo = [group[self.first]]
        while todo:
            at = todo.pop(0)
            if at not in order:
                order[at] = len(order)
                row = _renamed(member[at], group.get)
                todo += [t for step in row.values() for t in step[1:] if isinstance(t, int)]
        return [_renamed(member[at], lambda s: order[group[s]]) for at in order]


def _renamed(row: Row, number: Callable[[Stack], int | None]) -> Row:
    return {
        name: tuple(number(part) if isinstance(part, tuple) else part for part in row[name])
        for name in sorted(row)
    }


def render() -> str:
    """Return the text of `_tables.py`."""
    source = GRAMMAR.read_text(encoding="utf-8")
    fold = Fold(lark_parser())
    head = (
        '"""Generated from grammars/impasto.lark by impasto.syntax.grammar; do not edit."""\n\n'
        "# fmt: off\n"
        f"GRAMMAR_SHA256 = {hashlib.sha256(source.encode()).hexdigest()!r}\n\n"
    )
    terminals = pprint.pformat(dict(sorted(fold.regexes.items())), width=96)
    rows = pprint.pformat(fold.numbered(), width=96)
    return (
        f"{head}TERMINALS: dict[str, str] = {terminals}\n\n"
        f"ROWS: list[dict[str, tuple[str | int, ...]]] = {rows}\n"
    )


def main(arguments: list[str]) -> int:
    """Write or check the tables."""
    return _generated.run(arguments, __doc__, {TABLES: render()})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
