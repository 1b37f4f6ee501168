r"""Writing for compel: `(text)1.2`, `("a", "b").and(1, 0.7)`, `withLora(name, 0.8)`.

Words at weight 1 stand bare, all others in one group, never nested: compel's own parser takes
exponential time for parentheses in parentheses. What the grammar has no place for:

* A word that ends in `+` or `-` would be weighted, so a space goes before the sign: `C ++`.
* In a group, `=` and signs that no word follows at once end it. `a - b` becomes `a -b`, which is
  the same but for a space; others stand between two groups, at weight 1.
* A backslash before a parenthesis or quote is an escape, and several are no help, for compel takes
  escapes off more than once. A space goes between the two.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from impasto.diagnostics import Loss
from impasto.dialects.base import Piece, Written
from impasto.dialects.compel.terminals import STOP, WORD_TEXT
from impasto.dialects.joined import joined
from impasto.dialects.settle import cut, sane, settle
from impasto.syntax.escapes import literal
from impasto.syntax.nodes import Reference
from impasto.syntax.phrases import join
from impasto.syntax.runs import REFERENCE, TEXT, Run, merged, number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from impasto.dialects.base import Script, ScriptPart
    from impasto.syntax.phrases import Phrase

HEAVIEST: Final = 2.0
LORA: Final = "lora"

_FEEDS = re.compile(r"[\x0b\x0c]")
_SPACES = re.compile(r"[ \t\r\n]+")
_HIDDEN = re.compile(r"(?<=\\)(?=[()\"])")
_HIDDEN_IN_QUOTES = re.compile(r"(?<=\\)(?=[()\"tnfrxu0-7])")
_BRACKETS = re.compile(r"[()\"]")
_WEIGHTED = re.compile(rf"(?:(?<=[ \t\r\n])|\A)({WORD_TEXT})(?=[-+])")
_LISTED = re.compile(rf"(?:[ \t\r\n]++|[,.]|{WORD_TEXT}(?![-+]))*+{WORD_TEXT}(?=[-+])")
_LOOSE_SIGN = re.compile(rf"(\S?)(?<![-+])([-+])[ \t\r\n]++(?!{STOP}|\Z)")
_CALM = re.compile(r"(?! )[^()\"\\+=\-\t\r\n\x0b\x0c]++(?<! )")
"""Words without spaces around them in which compel sees nothing but words."""
_GROUPED = re.compile(rf"(?:[ \t\r\n]++|[,.]|{WORD_TEXT})++|[-+=]++|[\s\S]")
_NAME = re.compile(r"[A-Za-z0-9_-]+")
_RESPACED = re.compile(r"[^\s,.+\-=()\"\\]+|[,.+\-=()\"\\]")


def respaced(runs: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    r"""Return runs up to the spacing that compel imposes; equal neighbours are joined.

    Compel folds spaces, cuts words where a weight begins or ends, and puts `,` and `.` apart in
    groups; the writer adds spaces at `+`, `-`, `\`. So each sign is a word here. Two texts that
    are equal so are read as the same tokens, but for words that were cut in two.
    """
    found: list[tuple[str, float]] = []
    for text, weight in runs:
        words = " ".join(_RESPACED.findall(text))
        if not words:
            continue
        if found and found[-1][1] == weight:
            found[-1] = f"{found[-1][0]} {words}", weight
        else:
            found.append((words, weight))
    return found


def write(script: Script) -> Written:
    """Return the text of a script for compel, and the losses."""
    is_quoted = len(script.parts) > 1 or any(part.weight != 1 for part in script.parts)
    parts = [_phrases(part.phrases, is_quoted=is_quoted) for part in script.parts]
    negative = _phrases(script.negative, is_quoted=False)
    losses = tuple(loss for part in (*parts, negative) for loss in part.losses)
    text = _composed(parts, script.parts) if is_quoted else "".join(part.text for part in parts)
    return Written(text, losses, negative.text)


def _composed(texts: list[Piece], parts: tuple[ScriptPart, ...]) -> str:
    """Return prompts in quotes, joined by `.and(…)`."""
    bare = [text.strip(" ") for text, _ in texts]
    guarded = [f"{text} " if text.endswith("\\") else text for text in bare]
    quoted = ", ".join([f'"{text}"' for text in guarded])
    weights = [number(sane(part.weight)) for part in parts]
    return f"({quoted}).and({'' if set(weights) == {'1'} else ', '.join(weights)})"


def _phrases(phrases: tuple[Phrase, ...], *, is_quoted: bool) -> Piece:
    key = ("compel", is_quoted)
    texts: list[tuple[bool, str]] = []
    losses: list[Loss] = []
    for phrase in phrases:
        piece = phrase.written.get(key)
        if piece is None:
            piece = phrase.written[key] = _Writer(is_quoted=is_quoted).phrase(phrase.runs)
        assert isinstance(piece, Piece)
        texts.append((False, "" if phrase.is_break else piece.text))
        losses += piece.losses
    return Piece(join(texts, ", "), tuple(losses))


def _kept(run: Run) -> Run:
    """Return a run that settling leaves alone: a LoRA to load, an embedding as a word."""
    if run.kind != REFERENCE:
        return run
    reference = Reference(run.text)
    arguments = reference.arguments
    if reference.kind == "lora":
        return Run(LORA, run.text, run.weight, run.span)
    if reference.kind == "embedding":
        factor = float(arguments[1]) if len(arguments) > 1 else 1.0
        return Run(TEXT, f"<{literal(arguments[0])}>", run.weight * factor, run.span)
    return run


def _loras_apart(runs: list[Run]) -> list[Run]:
    """Return runs with the LoRAs that stand inside a word behind all texts."""
    if not any(run.kind == LORA for run in runs):
        return runs
    kept: list[Run] = []
    moved: list[Run] = []
    waiting: list[Run] = []
    before = " "
    for run in runs:
        if run.kind == LORA:
            waiting.append(run)
            continue
        (kept if before.isspace() or run.text[0].isspace() else moved).extend(waiting)
        waiting = []
        kept.append(run)
        before = run.text[-1]
    return [*merged(kept), *waiting, *moved]


class _Writer:
    """One phrase on its way out; `is_quoted`: it will stand in quotes."""

    def __init__(self, *, is_quoted: bool) -> None:
        self.is_quoted = is_quoted
        self.losses: list[Loss] = []
        self.pieces: list[str] = []
        self.last = ""
        self.after_group = False

    def phrase(self, runs: tuple[Run, ...]) -> Piece:
        """Return the text of a phrase."""
        settled = settle(tuple([_kept(run) for run in runs]))
        self.losses += settled.losses
        for run in _loras_apart(joined(settled.runs)):
            if run.kind == LORA:
                self._lora(run)
            elif _CALM.fullmatch(run.text):
                self._put(self._simply(run), is_group=run.weight != 1, run=run)
            elif run.weight == 1 or not run.text.strip():
                self._bare(self._escaped(run), run)
            else:
                self._weighed(run)
        return Piece("".join(self.pieces), tuple(self.losses))

    def _simply(self, run: Run) -> str:
        """Return words without any sign, in a group if they have a weight."""
        return run.text if run.weight == 1 else f"({run.text}){self._weight(run)}"

    def _put(self, text: str, *, is_group: bool, run: Run | None = None) -> None:
        """Add a text, with a space between it and a group."""
        if not text:
            return
        apart = not self.last.isspace() and not text[0].isspace() and self.last != ""
        if apart and (is_group or (self.after_group and text[0] not in ",;:!?")):
            if run and self.last.isalnum() and run.text[:1].isalnum():
                self._cut_word(run)
            self.pieces.append(" ")
        self.pieces.append(text)
        self.after_group = is_group
        self.last = text[-1]

    def _cut_word(self, run: Run) -> None:
        """Say that a word was cut in two where its weight changes."""
        self._lose(
            "spacing",
            "compel weighs whole words only",
            run,
            "a space was put where the weight changes",
            "give the whole word one weight",
        )

    def _lose(
        self, kind: str, message: str, run: Run, instead: str, hint: str, text: str = ""
    ) -> None:
        shown = cut(text or " ".join(run.text.split()))
        self.losses.append(Loss(kind, message, shown, run.span, "info", instead, hint))

    def _escaped(self, run: Run) -> str:
        """Return the text with brackets and quotes as characters."""
        text = _FEEDS.sub(" ", run.text)
        if self.is_quoted:
            text = _SPACES.sub(" ", text)
        hidden = _HIDDEN_IN_QUOTES if self.is_quoted else _HIDDEN
        if "\\" in text and hidden.search(text):
            text = hidden.sub(" ", text)
            self._lose(
                "escape",
                "compel takes this backslash for the beginning of an escape",
                run,
                "a space was put between them",
                "leave the backslash out",
            )
        return _BRACKETS.sub(r"\\\g<0>", text)

    def _bare(self, text: str, run: Run) -> None:
        """Add words without a weight; none may end in a sign."""
        if "+" in text or "-" in text:
            spaced = _WEIGHTED.sub(r"\1 ", text)
            found = _LISTED.match(spaced) if self.is_quoted else None
            if found:
                spaced = f"{found[0]} {spaced[found.end() :]}"
            if spaced != text:
                self._signed(run)
            text = spaced
        self._put(text, is_group=False, run=run)

    def _signed(self, run: Run) -> None:
        self._lose(
            "escape",
            'a "+" or "-" at the end of a word is a weight in compel',
            run,
            "a space was put before it",
            "spell the sign out, or leave it out",
        )

    def _weighed(self, run: Run) -> None:
        """Add words in groups of the run's weight, what no group can hold between them."""
        weight = self._weight(run)
        text = _SPACES.sub(" ", self._escaped(run))
        if text[0] == " ":
            self._put(" ", is_group=False)
        for part in _GROUPED.findall(_LOOSE_SIGN.sub(_moved, text)):
            words = part.strip(" ")
            if not words:
                continue
            if words[0] in "-+=" and words.strip("-+=") == "":
                self._unweighed(words, run)
                continue
            guard = " " if words.endswith("\\") else ""
            self._put(f"({words}{guard}){weight}", is_group=True, run=run)
        if text[-1] == " ":
            self._put(" ", is_group=False)

    def _unweighed(self, signs: str, run: Run) -> None:
        """Add signs that no group can hold, as a word of their own."""
        if self.last not in ("", " "):
            self._put(" ", is_group=False)
        self._put(signs, is_group=False)
        self._put(" ", is_group=False)
        self._lose(
            "escape",
            f'compel cannot weigh "{signs}" here',
            run,
            "it stands between the groups, at weight 1",
            "spell the sign out, or leave it out",
            signs,
        )

    def _weight(self, run: Run) -> str:
        """Return the number behind a group; compel's range is from 0 to 2."""
        weight = min(max(sane(run.weight), 0.0), HEAVIEST)
        if weight != run.weight:
            self.losses.append(_bounded(run, weight))
        return number(weight)

    def _lora(self, run: Run) -> None:
        name, *numbers = Reference(run.text).arguments
        name = literal(name)
        if not _NAME.fullmatch(name):
            what = "compel's withLora takes names of letters, digits, _ and - only"
            lost = "it was left out", "rename the file, or load it beside the prompt"
            self.losses.append(Loss("reference", what, run.text, run.span, "warning", *lost))
            return
        weight = number(float(numbers[0])) if numbers else "1"
        if len(numbers) > 1:
            what = "compel gives a LoRA one weight, not one for each network"
            lost = f"the first was written: {weight}", "load the LoRA beside the prompt"
            self.losses.append(Loss("reference", what, run.text, run.span, "warning", *lost))
        self._put(f"withLora({name}, {weight})", is_group=True)


def _moved(found: re.Match[str]) -> str:
    """Return a sign directly before the word that follows, and apart from the one before."""
    return f"{found[1]} {found[2]}" if found[1].strip() else found[2]


def _bounded(run: Run, weight: float) -> Loss:
    told = f"compel's weights go from 0 to {HEAVIEST:g}; {run.weight:g} is outside"
    return Loss(
        "weight",
        told,
        cut(" ".join(run.text.split())),
        run.span,
        "warning" if run.weight > 0 or math.isnan(run.weight) else "error",
        f"{weight:g} was written",
        "put what is unwanted into the negative prompt" if run.weight < 0 else "use up to 1.6",
    )
