r"""ComfyUI: `(text:weight)`, where an inner number replaces the outer one.

Facts: comfy/sd1_clip.py of Comfy-Org/ComfyUI at 443393b48e19. Everything but round brackets and
`embedding:name` is text on the server; the editor in the browser has a syntax of its own, which
it resolves before it sends the prompt (src/utils/formatUtil.ts of ComfyUI_frontend). Models whose
tokenizer sets `disable_weights` read the dialect `comfyui-plain`: Flux.2, Qwen-Image and others.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from impasto.diagnostics import Diagnostic, Loss
from impasto.dialects.base import Reading
from impasto.dialects.comfyui import parentheses, switch_nodes
from impasto.dialects.comfyui.parentheses import segments, unescaped
from impasto.dialects.round_brackets import RoundBrackets, glimpse
from impasto.syntax.nodes import Part, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from impasto.source import Source
    from impasto.syntax.prompt import Prompt
    from impasto.syntax.runs import Run
    from impasto.syntax.weights import Runs, Schedules

NOTHING: Final = re.compile(r"(?!)")
"""The sign that cuts a text into chunks, in a dialect that has none."""


class _Foreign(NamedTuple):
    """Syntax that ComfyUI has not: what finds it, and which of `signs` every find holds."""

    find: re.Pattern[str]
    signs: tuple[str, ...]
    message: str
    hint: str


_FOREIGN: Final = (
    _Foreign(
        re.compile(r"\b(?:BREAK|AND)\b"),
        ("BREAK", "AND"),
        "{} is a plain word in ComfyUI",
        "leave it out, or use one node for each prompt",
    ),
    _Foreign(
        re.compile(r"<(?:lora|lyco|hypernet):[^<>]++>"),
        ("<",),
        "ComfyUI encodes {} as text",
        "load it with a LoraLoader node",
    ),
    _Foreign(
        re.compile(r"\[[^\[\]:|]*+[:|][^\[\]]*+\]"),
        ("[",),
        "ComfyUI reads {} as it stands: square brackets mean nothing to it",
        "write a weight as (text:0.8); schedules need SwarmUI or prompt-control",
    ),
    _Foreign(
        re.compile(r"（[^（）]*+）"),
        ("（",),
        "full-width brackets are text: {}",
        "type ( and ) for a weight",
    ),
)
_WORD = re.compile(r"\w")
_EDITOR = re.compile(r"//|/\*|(?<!\\)\{")


class ComfyUI(RoundBrackets):
    """The reader and writer for ComfyUI's text encoder nodes."""

    name = "comfyui"
    title = "ComfyUI"

    def read(self, source: Source) -> Reading:
        """Return texts at absolute weights, side by side."""
        text = source.text
        scan = parentheses.scan(text)
        nodes = tuple(switch_nodes.verbatim(text, scan.segments))
        found = (*weight_findings(source), *_foreign(source))
        return Reading((Part(nodes, "", 0, len(text)),), found)

    def weights(self, prompt: Prompt, step: int, steps: int) -> Runs:  # noqa: ARG002 - all alike
        """Return the runs of ComfyUI's own parser; neighbours of equal weight stay apart."""
        return parentheses.runs(prompt.text)

    def schedule(self, prompt: Prompt, steps: int) -> Schedules:
        """Return the one prompt that there is, for all steps."""
        return [(1.0, steps, self.weights(prompt, 1, steps))]


class ComfyUIPlain(RoundBrackets):
    r"""ComfyUI with a tokenizer that reads no weights; it still takes the backslash off `\(`."""

    name = "comfyui-plain"
    title = "ComfyUI, models without weights"

    def read(self, source: Source) -> Reading:
        """Return the text; a weight in it is a warning, for the model will see its brackets."""
        text = source.text
        nodes = (Value(unescaped(text), 0, len(text)),) if text else ()
        found = []
        weighed = next((s for s in segments(text) if s.weight != 1), None)
        if weighed is not None:
            found.append(
                Diagnostic(
                    "IMP509",
                    "weight-not-read",
                    "warning",
                    "this model reads brackets and weights as text",
                    source.span(weighed.start, weighed.end),
                    hint="say in words what matters",
                )
            )
        return Reading((Part(nodes, "", 0, len(text)),), tuple(found))

    def weights(self, prompt: Prompt, step: int, steps: int) -> Runs:  # noqa: ARG002
        """Return the text as one run of weight 1."""
        return [(unescaped(prompt.text), 1.0)] if prompt.text else []

    def schedule(self, prompt: Prompt, steps: int) -> Schedules:
        """Return the one prompt that there is, for all steps."""
        return [(1.0, steps, self.weights(prompt, 1, steps))]

    def escaped(self, text: str) -> str:
        """Return the text with a second backslash where one before a bracket would vanish."""
        return text.replace("\\(", "\\\\(").replace("\\)", "\\\\)")

    def weighed(self, text: str, run: Run, losses: list[Loss], *, bare: bool) -> str:  # noqa: ARG002
        """Return the text without its weight, which is lost."""
        if run.weight != 1 and _WORD.search(text):
            losses.append(
                Loss(
                    "weight",
                    f"the model reads no weights, so {run.weight:g} has no effect",
                    glimpse(run.text),
                    run.span,
                    "warning",
                    "the text stands without it",
                    "say in words what matters",
                )
            )
        return text

    def embedded(self, run: Run, runs: Sequence[Run], at: int, losses: list[Loss]) -> str:
        """Return the embedding at `at`, with a space where it would run into its neighbours."""
        before = runs[at - 1] if at else None
        after = runs[at + 1] if at + 1 < len(runs) else None
        left = before is None or before.text[-1:] in (" ", "\n")
        right = after is None or after.text[:1] in (" ", "\n", ",")
        if not (left and right):
            losses.append(
                Loss(
                    "escape",
                    "the name of an embedding ends at a space",
                    glimpse(run.text),
                    run.span,
                    "info",
                    "a space was put beside it",
                )
            )
        name = self.weighed(self.embedding.format(run.text), run, losses, bare=True)
        return f"{'' if left else ' '}{name}{'' if right else ' '}"


def weight_findings(
    source: Source, chunk: re.Pattern[str] = NOTHING, *, balanced: bool = True
) -> Iterator[Diagnostic]:
    """Yield errors for weights that are not numbers, and a warning for a parenthesis alone.

    What stands between the signs of `chunk` is a text of its own. A schedule may hold the partner
    of a parenthesis; `balanced` says that there are none.
    """
    cuts = [sign.span() for sign in chunk.finditer(source.text)] if chunk is not NOTHING else []
    offset = 0
    for end, behind in (*cuts, (len(source.text), 0)):
        text = source.text[offset:end]
        scan = parentheses.scan(text)
        for first, last, weight in scan.segments:
            if not -math.inf < weight < math.inf:
                yield not_a_number(source, offset + first, offset + last, weight)
        if balanced and scan.alone >= 0:
            takes_all = text.endswith(")") and not text.endswith("\\)")
            yield _alone(source, offset + scan.alone, takes_all=takes_all)
            balanced = False
        offset = behind


def not_a_number(source: Source, start: int, end: int, weight: float) -> Diagnostic:
    """Return the error for a weight that spoils the picture."""
    return Diagnostic(
        "IMP503",
        "weight-not-a-number",
        "error",
        f"the weight is {weight}: ComfyUI computes with it, and the picture is lost",
        source.span(start, end),
        hint="write a number such as 1.2, or put another colon and number behind it",
    )


def _alone(source: Source, at: int, *, takes_all: bool) -> Diagnostic:
    """Return the warning for a parenthesis alone; with `takes_all` the text ends in a closing one."""
    sign = source.text[at]
    if sign == ")":
        lost = "no group behind it has a weight"
    elif takes_all:
        lost = "the rest of the prompt is its group"
    else:
        lost = "it opens no group"
    return Diagnostic(
        "IMP510",
        "parenthesis-without-partner",
        "warning",
        f'this "{sign}" has no partner: {lost}',
        source.span(at, at + 1),
        hint=f"write \\{sign} for the character, or close the pair",
    )


def _foreign(source: Source) -> Iterator[Diagnostic]:
    """Yield a warning for the first of each kind of syntax that ComfyUI has not."""
    text = source.text
    for find, signs, message, hint in _FOREIGN:
        found = find.search(text) if any([sign in text for sign in signs]) else None
        if found:
            said = message.format(glimpse(found[0]))
            span = source.span(*found.span())
            yield Diagnostic("IMP511", "foreign-syntax", "warning", said, span, hint=hint)
    editor = _EDITOR.search(text) if "{" in text or "/" in text else None
    if editor:
        what = (
            "picks one of {…|…}" if editor[0] == "{" else f"removes what stands behind {editor[0]}"
        )
        yield Diagnostic(
            "IMP512",
            "editor-syntax",
            "info",
            f"ComfyUI's editor {what}; a prompt sent to the server keeps it",
            source.span(*editor.span()),
            hint="write it otherwise if the prompt is typed into the editor",
        )
