"""What there is to say about a name, in Markdown: for hovers and beside completions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from impasto.errors import ImpastoError, UnknownNameError
from impasto.lint.registry import find
from impasto.models.parameters import ALIASES
from impasto.templates.filters import FILTERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.diagnostics import Diagnostic
    from impasto.models.card import ModelCard, ParameterSpec
    from impasto.styles.library import Style
    from impasto.templates.promptfile import VariableModel
    from impasto.variations.wordlists import Wordlists

_SECTION = re.compile(r"^## (.+)\n+((?:(?!## ).*\n?)*)", re.MULTILINE)
_SECTIONS = ("What it does", "Why is this bad?")
_LISTED = 6
_FENCE = re.compile("^`{3,}", re.MULTILINE)


def rule(code: str) -> str:
    """Return the help of a rule; empty for a code that no rule has."""
    try:
        found = find(code)
    except UnknownNameError:
        return ""
    sections = {name: text.strip() for name, text in _SECTION.findall(found.page())}
    told = [sections[name] for name in _SECTIONS if name in sections]
    return "\n\n".join([f"**{found.code} {found.name}**: {found.summary()}", *told])


def finding(found: Diagnostic) -> str:
    """Return a finding with its hint and the help of its rule."""
    hint = f"\n\n*{found.hint}*" if found.hint else ""
    return f"{found.message}{hint}\n\n{rule(found.code)}".rstrip()


def style(found: Style) -> str:
    """Return what a style is and what it writes."""
    model = found.model
    title = f": {model.title}" if model.title else ""
    lines = [f"**{found.name}**{title}", model.description, _extends(model.bases)]
    lines += [_code(model.text), f"negative:\n\n{_code(model.negative)}" if model.negative else ""]
    lines.append(_pairs("parameters", model.parameters))
    variants = ", ".join(f"`{name}`" for name in model.variants)
    lines.append(f"variants: {variants}" if variants else "")
    lines.append(f"{found.span.file}, line {found.span.line}")
    return _paragraphs(lines)


def _extends(bases: list[str]) -> str:
    return f"extends {', '.join(f'`{base}`' for base in bases)}" if bases else ""


def _code(text: str) -> str:
    """Return a text as a block of code; its own fences are taken apart."""
    shown = _FENCE.sub(lambda fence: " ".join(fence[0]), text.strip("\n"))
    return f"```impasto\n{shown}\n```" if shown.strip() else ""


def _pairs(title: str, values: Mapping[str, object]) -> str:
    if not values:
        return ""
    return f"{title}: " + ", ".join(f"`{name}: {value}`" for name, value in values.items())


def _paragraphs(lines: list[str]) -> str:
    return "\n\n".join(line for line in lines if line)


def model(card: ModelCard) -> str:
    """Return what a model is, and the limits that a prompt meets."""
    status = f" ({card.status})" if card.status != "active" else ""
    negative = {"field": "yes", "syntax": "in the prompt", "none": "no"}[card.negative]
    facts = [
        f"writes best in {card.writing}, dialect `{card.dialect}`",
        f"negative prompt: {negative}",
        f"parameters: {', '.join(f'`{name}`' for name in card.parameters)}"
        if card.parameters
        else "",
        card.status_note,
        f"instead: {', '.join(card.replaced_by)}" if card.replaced_by else "",
    ]
    bullets = "\n".join(f"- {fact}" for fact in facts if fact)
    return f"**{card.id}**: {card.title}, {card.vendor}{status}\n\n{bullets}"


def parameter(name: str, card: ModelCard | None) -> str:
    """Return what a parameter of a request is called, and what `card` takes for it."""
    canonical = ALIASES.get(name.lower().replace("-", "_"), name)
    also = f" (`{name}`)" if canonical != name else ""
    lines = [f"**{canonical}**{also}"]
    if card is None:
        return lines[0]
    spec = card.parameters.get(canonical)
    if spec is not None:
        lines.append(f"{card.id}: {_spec(spec)}")
    elif canonical in card.lacks:
        lines.append(f"{card.id} does not have it: {card.lacks[canonical]}")
    return _paragraphs(lines)


def _spec(spec: ParameterSpec) -> str:
    bounds = [("from", spec.min), ("to", spec.max), ("in steps of", spec.multiple_of)]
    facts = [spec.type, *(f"{word} {value}" for word, value in bounds if value is not None)]
    if spec.choices:
        facts.append(f"one of {', '.join(spec.choices)}")
    if spec.default is not None:
        facts.append(f"default {spec.default}")
    note = f". {spec.note}" if spec.note else ""
    return f"{', '.join(facts)}{note}"


def variable(name: str, found: VariableModel | None) -> str:
    """Return what a variable accepts."""
    if name == "model":
        return "**model**: the model that the prompt is written for (`id`, `family`, `writing`)"
    if found is None:
        return f"**{name}**: a variable that the front matter does not declare"
    facts = [
        f"default `{found.default}`" if not found.required else "a value must be given",
        f"one of {', '.join(f'`{c}`' for c in found.choices)}" if found.choices else "",
        f"from {found.range[0]:g} to {found.range[1]:g}" if found.range else "",
    ]
    told = f"\n\n{found.description}" if found.description else ""
    return f"**{name}**: {found.type}, {', '.join(f for f in facts if f)}{told}"


def filter_(name: str) -> str:
    """Return what a filter of templates does; empty for one that templates do not have."""
    found = FILTERS.get(name)
    if found is None:
        return ""
    said = (found.__doc__ or "").strip().partition("\n")[0]
    own = found.__module__.startswith("impasto.") and found.__name__ != "<lambda>"
    return f"**{name}**: {said}" if own else f"**{name}**: as in Jinja"


def wildcard(pattern: str, lists: Wordlists) -> str:
    """Return how many lines a wildcard draws from, and the first of them."""
    try:
        words = lists.find(pattern)
    except ImpastoError as error:
        return str(error).partition("\n")[0]
    shown = "\n".join(f"- {word.text}" for word in words.lines[:_LISTED])
    more = len(words) - _LISTED
    rest = f"\n- … and {more} more" if more > 0 else ""
    return f"**\\_\\_{pattern}\\_\\_**: {len(words)} lines\n\n{shown}{rest}"
