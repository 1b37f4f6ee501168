"""Values to fill a template with: its own defaults and choices, else made-up ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.templates.promptfile import PromptFile, VariableModel

MAX_SETS = 12


class Sample(NamedTuple):
    """Values of all variables; `certain` says that the author means them to work."""

    values: dict[str, object]
    certain: bool = True


class Placeholder(str):
    """Stands for a value of which nothing is known: a text, a list, or something with parts."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Placeholder:
        if name.startswith("_"):
            raise AttributeError(name)
        return Placeholder(f"{self} {name}")

    def __getitem__(self, _key: object) -> Placeholder:
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter((self, Placeholder(f"{self} two")))


def samples(file: PromptFile) -> list[Sample]:
    """Return sets of values: the first as the author would give them, then one changed in each."""
    variables = file.variables
    base = {name: _usual(name, variable) for name, variable in variables.items()}
    found = [Sample(base)]
    for name, variable in variables.items():
        found += [Sample({**base, name: v}) for v in _others(variable, base[name])]
    for name, variable in variables.items():
        if _is_empty_possible(variable, base[name]):
            empty: object = [] if variable.type == "list" else ""
            found.append(Sample({**base, name: empty}, certain=False))
    return found[:MAX_SETS]


def numeric(sample: Sample, file: PromptFile) -> Sample:
    """Return `sample` with "1" for texts that nothing is known of: they may stand for numbers."""
    free = {
        name: "1"
        for name, variable in file.variables.items()
        if variable.type == "string" and isinstance(sample.values[name], Placeholder)
    }
    return Sample({**sample.values, **free}, sample.certain)


def _usual(name: str, variable: VariableModel) -> object:
    if variable.default is not None:
        return variable.default
    if variable.choices:
        return variable.choices[0]
    if variable.type == "list":
        return [f"first {name}", f"second {name}"]
    if variable.type == "boolean":
        return True
    least = variable.range[0] if variable.range else 1
    if variable.type == "integer":
        return int(least)
    return float(least) if variable.type == "number" else Placeholder(name.replace("_", " "))


def _others(variable: VariableModel, usual: object) -> list[object]:
    """Return the other values that the author speaks of."""
    if variable.type == "boolean":
        return [not usual]
    others: list[object] = [choice for choice in variable.choices if choice != usual]
    if not variable.required and variable.default is None:
        others.append(None)
    return others


def _is_empty_possible(variable: VariableModel, usual: object) -> bool:
    return variable.type in ("string", "list") and not variable.choices and bool(usual)
