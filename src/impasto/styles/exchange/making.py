"""From the presets of other programs to the styles of a pack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from impasto.styles.exchange import texts
from impasto.styles.exchange.base import (
    HOLDS_WEIGHTS,
    LEFT_OUT,
    NO_SLOT,
    SAME_NAME,
    SAME_TEXT,
    SLOT,
    SLOT_CHANGED,
    TEXT_CHANGED,
    finding,
)
from impasto.styles.exchange.naming import Names, slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from impasto.diagnostics import Diagnostic
    from impasto.source import Span
    from impasto.styles.exchange.base import Format, Preset

_LOST = "\ufffd"
_UNTITLED = "untitled"
_SAID_SO = "IMP512"  # the reader of ComfyUI speaks of choices itself


class Made(NamedTuple):
    """The styles that were made, as mappings by name, and what was noticed on the way."""

    styles: dict[str, dict[str, Any]]
    findings: tuple[Diagnostic, ...]


class Maker:
    """Makes styles of presets; it remembers names and texts over several files.

    With `unique` a style that says the same as one before is left out.
    """

    def __init__(self, *, unique: bool = False) -> None:
        self.unique = unique
        self.styles: dict[str, dict[str, Any]] = {}
        self.findings: list[Diagnostic] = []
        self._titles = Names("{} ({})")
        self._names = Names()
        self._texts: dict[tuple[str, str], str] = {}
        self._whole: dict[str, str] = {}

    def add(self, presets: Iterable[Preset], form: Format) -> None:
        """Make a style of each preset, in order."""
        for preset in presets:
            try:
                positive, negative = self._heard(preset, form)
            except texts.Unusable as error:
                self._note(LEFT_OUT, f"{_called(preset)}: {error}", preset.span, error.hint)
                continue
            style = _style(preset, form, positive.text, negative.text)
            if not self._is_known(preset, style, positive, negative):
                self._keep(preset, style)

    def _note(
        self, rule: tuple[str, str, Any], message: str, span: Span | None, hint: str = ""
    ) -> None:
        self.findings.append(finding(rule, message, span, hint))

    def _heard(self, preset: Preset, form: Format) -> tuple[texts.Heard, texts.Heard]:
        """Return both texts as the program hears them.

        Raises:
            Unusable: no style can hold them.
        """
        span = preset.span
        wanted, changes = texts.one_slot(form.placed(preset.positive), form, span)
        unwanted, others = texts.no_slot(preset.negative, span)
        positive = texts.hear(wanted, form, span)
        negative = texts.hear(unwanted, form, span)
        self.findings += [*changes, *others, *positive.findings, *negative.findings]
        self.findings += _remarks(preset, form, positive, negative)
        return (texts.Heard() if texts.says_nothing(positive.phrases) else positive), negative

    def _is_known(
        self, preset: Preset, style: dict[str, Any], positive: texts.Heard, negative: texts.Heard
    ) -> bool:
        """Report a style whose text was there before; True where it is to be left out."""
        if not positive.phrases and not negative.phrases:
            return False
        said = (_folded(positive), _folded(negative))
        first = self._texts.setdefault(said, preset.name)
        facts = {k: v for k, v in style.items() if k not in ("title", "text", "negative")}
        whole = repr((_weighed(positive), _weighed(negative), facts))
        same = self._whole.setdefault(whole, preset.name)
        if same is not preset.name:
            left = "it is left out" if self.unique else "both stay"
            hint = "" if self.unique else "--unique leaves such styles out"
            self._note(SAME_TEXT, f'says the same as "{same}"; {left}', preset.span, hint)
            return self.unique
        if first is not preset.name:
            rule = (*SAME_TEXT[:2], "info")
            message = f'has the words of "{first}", with other weights, parameters or metadata'
            self._note(rule, message, preset.span)
        return False

    def _keep(self, preset: Preset, style: dict[str, Any]) -> None:
        wanted = " ".join(preset.name.split())
        title = self._titles.take(wanted or _UNTITLED)
        name = self._names.take(slug(title))
        if title != wanted:
            why = "the name is there already" if wanted else "the style has no name"
            self._note(SAME_NAME, f'{why}; this one is called "{title}"', preset.span)
        if title == name:
            del style["title"]
        else:
            style["title"] = title
        self.styles[name] = style


def _called(preset: Preset) -> str:
    return f'"{preset.name}" is left out' if preset.name else "a style without a name is left out"


def _folded(heard: texts.Heard) -> str:
    """Return the words of a text, case, spaces, underscores and weights aside."""
    return "\n".join(phrase.key for phrase in heard.phrases)


def _weighed(heard: texts.Heard) -> list[tuple[object, ...]]:
    """Return the words of a text with their weights."""
    return [(p.key, *(round(run.weight, 4) for run in p.runs)) for p in heard.phrases]


def _style(preset: Preset, form: Format, text: str, negative: str) -> dict[str, Any]:
    return {
        "title": preset.name,
        "description": " ".join(preset.description.split()),
        "tags": list(preset.tags),
        "text": text,
        "negative": negative,
        "parameters": dict(preset.parameters),
        "metadata": {form.name: preset.extras} if preset.extras else {},
    }


def _remarks(
    preset: Preset, form: Format, positive: texts.Heard, negative: texts.Heard
) -> Iterator[Diagnostic]:
    """Yield what is worth knowing of the texts of a preset."""
    span = preset.span
    both = preset.positive + preset.negative
    if positive.phrases and SLOT not in preset.positive:
        yield _slotless(form, span)
    if positive.weighs or negative.weighs:
        yield finding(HOLDS_WEIGHTS, "weights, which models that read prose do not hear", span)
    if _LOST in both:
        yield finding(TEXT_CHANGED, "characters were lost; U+FFFD stands for them", span)
    noticed = {d.code for d in (*positive.findings, *negative.findings)}
    if texts.looks_like_choice(both) and _SAID_SO not in noticed:
        message = f"to {form.title} {{…|…}} is text, and it stays text"
        yield finding(TEXT_CHANGED, message, span, "write a choice in the prompt")


def _slotless(form: Format, span: Span | None) -> Diagnostic:
    if form.replaces:
        message = f"in {form.title} this text replaces the prompt; here the prompt goes before it"
        return finding(SLOT_CHANGED, message, span)
    where = "the prompt goes before the text" if form.joint else "the text follows the prompt"
    return finding(NO_SLOT, f"no place for the prompt; {where}", span)
