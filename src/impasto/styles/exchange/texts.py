"""A text of another program as a text of a style, and back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from impasto.diagnostics import Diagnostic, Loss
from impasto.dialects import dialect as load_dialect
from impasto.dialects.api import read
from impasto.dialects.base import Script, ScriptPart
from impasto.styles.exchange.base import SLOT, SLOT_CHANGED, finding
from impasto.syntax.escapes import escape
from impasto.syntax.parser import parse
from impasto.syntax.phrases import Phrase, join, split
from impasto.syntax.runs import REFERENCE, TEXT, Run, flatten, number, print_runs
from impasto.variations.draw import is_open

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from impasto.source import Source, Span
    from impasto.styles.exchange.base import Format
    from impasto.syntax.nodes import Node

Phrases = tuple[Phrase, ...]

_KINDS = ("<lora:", "<lyco:", "<hypernet:", "<embedding:")
MAX_LENGTH = 50_000
"""Characters of one text; a template may have twice as many."""
_BRACES = re.compile(r"(?:\\?\{)++")
_AT_START = re.compile(rf"\s*{SLOT}[\s,，、]*")
_AT_END = re.compile(rf"[\s,，、]*{SLOT}[\s,，、]*\Z")
_CHOICE = re.compile(r"\{[^{}|]*+\|[^{}]*+\}")
_DRAWN = re.compile(rf"{_CHOICE.pattern}|(?<!\w)__[\w/*. -]{{1,80}}?__(?!\w)")


class Unusable(Exception):  # noqa: N818 - it never leaves this room
    """A text that no style can hold; `hint` says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Heard(NamedTuple):
    """A text as its program hears it: phrases, and what was noticed."""

    phrases: Phrases = ()
    findings: tuple[Diagnostic, ...] = ()

    @property
    def weighs(self) -> bool:
        """Whether a part of it has a weight."""
        return any(run.weight != 1 and run.text.strip() for p in self.phrases for run in p.runs)

    @property
    def text(self) -> str:
        """The text of a style that says the same."""
        return template(self.phrases)


def hear(text: str, form: Format, span: Span | None) -> Heard:
    """Return what `text` means to the program of `form`; `SLOT` is a letter like any other.

    Raises:
        Unusable: it holds AND or choices, is too long, or the slot is part of a name.
    """
    if not text.strip():
        return Heard()
    if len(text) > MAX_LENGTH:
        raise Unusable(f"a text of {len(text):,} characters is longer than a style may be")
    prompt = read(text, form.dialect)
    if len(prompt.parts) > 1:
        raise Unusable(
            "AND makes two prompts of one, which a style cannot",
            "make two styles of it, or write AND in the prompt",
        )
    nodes = prompt.parts[0].children if prompt.parts else ()
    if is_open(nodes) or (form.draws and _DRAWN.search(text)):
        raise Unusable(
            "a choice or wildcard is in the text, and a style holds none",
            "write it in the prompt, or make a style of each option",
        )
    phrases = _settled(_known(nodes, prompt.source), prompt.source)
    if SLOT in text and sum(phrase.text.count(SLOT) for phrase in phrases) != 1:
        raise Unusable("brackets cross around the prompt, which would not stand in one place")
    return Heard(phrases, placed(prompt.diagnostics, span))


def _known(nodes: tuple[Node, ...], source: Source) -> tuple[Node, ...]:
    """Return `nodes` if a style can say all that they refer to.

    Raises:
        Unusable: a reference is made of the prompt, or of a kind that impasto does not know.
    """
    for run in flatten(nodes, source):
        if run.kind == REFERENCE and SLOT in run.text:
            raise Unusable("the prompt stands inside a reference, and cannot be part of a name")
        if run.kind == REFERENCE and not run.text.startswith(_KINDS):
            raise Unusable(
                f'"{run.text[:60]}" calls an extension of the program', "take it out of the text"
            )
    return nodes


def _settled(nodes: Iterable[Node], source: Source) -> Phrases:
    """Return the phrases of `nodes` as they are once they were written and read again."""
    written = parse(canonical(_spaced(p) for p in split(nodes, source)), recover=True)
    children = (node for part in written.parts for node in part.children)
    return tuple(_spaced(phrase) for phrase in split(children, written.source))


def _spaced(phrase: Phrase) -> Phrase:
    """Return a phrase with one space where two of its texts bring one each."""
    found: list[Run] = []
    for run in phrase.runs:
        double = found and found[-1].text.endswith(" ") and run.text.startswith(" ")
        if double and run.kind == TEXT:
            found.append(Run(TEXT, run.text.lstrip(), run.weight, run.span))
        else:
            found.append(run)
    return Phrase(tuple(run for run in found if run.text))


def placed(found: Iterable[Diagnostic], span: Span | None) -> tuple[Diagnostic, ...]:
    """Return what a reader found in a text, at the place of that text in its file."""
    return tuple(
        Diagnostic(d.code, d.rule, d.severity, d.message, span, d.expected, d.hint) for d in found
    )


def one_slot(text: str, form: Format, span: Span | None) -> tuple[str, tuple[Diagnostic, ...]]:
    """Return `text` with its first slot only, and a finding where it had more."""
    if text.count(SLOT) < 2:
        return text, ()
    first, _, rest = text.partition(SLOT)
    message = f"the prompt stands in {text.count(SLOT)} places; the first one stays"
    hint = f"{form.title} repeats it; a style has one slot"
    return first + SLOT + rest.replace(SLOT, ""), (finding(SLOT_CHANGED, message, span, hint),)


def no_slot(text: str, span: Span | None) -> tuple[str, tuple[Diagnostic, ...]]:
    """Return a negative text without slot, and a finding where that changes the order.

    The negative prompts of a composition follow each other, so at either end it says nothing.
    """
    found = _AT_END.sub("", text)
    found = _AT_START.sub("", found, count=1) if _AT_START.match(found) else found
    if SLOT not in found:
        return found, ()
    message = "the user's negative prompt stands inside this one; it goes before it instead"
    return found.replace(SLOT, ""), (finding(SLOT_CHANGED, message, span),)


def says_nothing(phrases: Sequence[Phrase]) -> bool:
    """Whether there is nothing but a bare slot."""
    runs = [run for phrase in phrases for run in phrase.runs]
    return all(run.text.strip() in ("", SLOT) and run.weight == 1 for run in runs)


def template(phrases: Iterable[Phrase]) -> str:
    """Return the text of a style that says `phrases`: nothing in it is run."""
    return _BRACES.sub(_shielded, canonical(phrases)).replace(SLOT, "{{ prompt }}")


def _shielded(braces: re.Match[str]) -> str:
    """Return curly brackets as a value where a template would see something open in them."""
    behind = braces.string[braces.end() : braces.end() + 1]
    if behind not in ("%", "#", SLOT) and "{{" not in braces[0]:
        return braces[0]
    return '{{ "' + "{" * braces[0].count("{") + '" }}'


def canonical(phrases: Iterable[Phrase]) -> str:
    """Return the canonical text of phrases; those of equal weight share a bracket."""
    return join(_groups(phrases), ", ")


def _groups(phrases: Iterable[Phrase]) -> Iterator[tuple[bool, str]]:
    group: list[Run] = []
    for phrase in phrases:
        run = phrase.runs[0]
        alone = len(phrase.runs) == 1 and run.kind == TEXT and run.weight != 1
        if group and not (alone and run.weight == group[0].weight):
            yield False, _group(group)
            group = []
        if alone:
            group.append(run)
        else:
            yield phrase.is_break, print_runs(phrase.runs)
    if group:
        yield False, _group(group)


def _group(runs: Iterable[Run]) -> str:
    runs = list(runs)
    return f"({', '.join(escape(run.text) for run in runs)}:{number(runs[0].weight)})"


def looks_like_choice(text: str) -> bool:
    """Whether curly brackets with a bar are in a text."""
    return _CHOICE.search(text) is not None


def tell(
    phrases: Phrases, form: Format, span: Span | None, reserved: tuple[str, ...] = ()
) -> tuple[str, tuple[Loss, ...]]:
    """Return `phrases` as the program reads them, with `SLOT` where the prompt goes.

    What the program would take for one of its own signs (its placeholders, what is `reserved`) is
    put apart by a space.
    """
    if not phrases:
        return "", ()
    written = load_dialect(form.dialect).write(Script((ScriptPart(phrases),)))
    text, losses = written.text, list(written.losses)
    if not losses and _read_back(text, form) != canonical(phrases):
        message = f"{form.title} cannot say this with the same spaces and weights"
        losses.append(Loss("text", message, "", span, "info"))
    if form.draws and _DRAWN.search(text):
        message = f"{form.title} draws from {{…|…}} and __…__, which are text in this style"
        losses.append(Loss("choice", message, "", span, "warning"))
    for sign in filter(None, (form.placeholder, form.negative_placeholder, *reserved)):
        if sign in text:
            text = text.replace(sign, f"{sign[0]} {sign[1:]}")
            message = f'{form.title} would take "{sign}" for more than text'
            losses.append(Loss("escape", message, sign, span, "warning", "a space was put in"))
    return text, tuple(losses)


def _read_back(text: str, form: Format) -> str:
    prompt = read(text, form.dialect)
    nodes = [node for part in prompt.parts for node in part.children]
    return "" if is_open(nodes) else canonical(_settled(nodes, prompt.source))
