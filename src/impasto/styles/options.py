"""Options: the typed variables of a style, `film-still(stock="portra 400")`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.diagnostics import did_you_mean
from impasto.errors import BadValueError, StyleError
from impasto.styles.reference import write_reference, write_value
from impasto.templates.frontmatter import VariableModel
from impasto.templates.values import Checker, fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from impasto.styles.library import Style
    from impasto.styles.reference import Option

_TAKEN = "prompt"


def check_options(style: Style) -> None:
    """Refuse options that no value could suit, or that have none by themselves.

    Raises:
        StyleError: with the place in the pack.
    """
    for name, variable in variables(style).items():
        place = style.option_span(name)
        wrong = fault(name, variable)
        if wrong:
            if wrong.key:
                path = ("styles", style.short_name, "options", name, wrong.key)
                place = style.pack.document.span(path)
            raise StyleError(wrong.message, place, expected=wrong.expected)
        if name == _TAKEN:
            raise StyleError('"prompt" is the slot of a style; take another name', place)
        if variable.required:
            hint = "a style can be used by its name alone, so each option has a default"
            raise StyleError(f'the option "{name}" has no default', place, hint=hint)


def variables(style: Style) -> dict[str, VariableModel]:
    """Return the options of a style by name."""
    return {name: v or VariableModel() for name, v in style.model.options.items()}


def meaning(variable: VariableModel) -> str:
    """Return in a line what an option takes, and what it is for."""
    takes = ", ".join(map(str, variable.choices)) or variable.type
    if variable.range:
        takes += f" from {variable.range[0]:g} to {variable.range[1]:g}"
    default = "nothing" if variable.default is None else write_value(variable.default)
    about = f": {variable.description}" if variable.description else ""
    return f"{takes}; {default} by default{about}"


def defaults(style: Style) -> dict[str, object]:
    """Return the value of each option where none is given."""
    return Checker(variables(style)).check({}, style.option_span)


def with_options(style: Style, given: Sequence[Option]) -> Style:
    """Return `style` with its options set.

    Raises:
        StyleError: it has no such option, or the value does not suit it.
    """
    if not given:
        return style
    known = variables(style)
    values = {option.name: _value(style, option, known) for option in given}
    own = defaults(style)
    changed = {name: value for name, value in values.items() if value != own[name]}
    if not changed:
        return style
    ordered = {name: changed[name] for name in known if name in changed}
    return style.with_values({**own, **ordered}, write_reference(style.name, ordered))


def _value(style: Style, option: Option, known: dict[str, VariableModel]) -> object:
    name = option.name
    if name not in known:
        hint = did_you_mean(name, tuple(known))
        if not hint:
            hint = f"it knows {', '.join(known)}" if known else "it has none"
        message = f'the style {style.name} has no option "{name}"'
        raise StyleError(message, option.name_span, hint=hint)
    checker = Checker({name: known[name]})
    try:
        return checker.check({name: option.value}, style.option_span)[name]
    except BadValueError as error:
        raise StyleError(
            error.message, option.span, expected=error.expected, hint=error.hint
        ) from error
