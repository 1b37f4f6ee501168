"""Fooocus: ComfyUI's parentheses, and `<lora:name:0.8>`, `[[a, b]]`, one prompt in each line.

Its copy of ComfyUI's parser is unchanged; what it does to a prompt before that is in
modules/async_worker.py, modules/util.py and modules/sdxl_styles.py at 59f183ab of
lllyasviel/Fooocus. Weights act on the mean of the whole prompt, as in A1111.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from impasto.diagnostics import Diagnostic, Loss
from impasto.dialects.base import Reading
from impasto.dialects.comfyui import ComfyUI, parentheses, switch_nodes, switches, weight_findings
from impasto.dialects.round_brackets import NETWORK, VERBATIM, glimpse
from impasto.syntax.escapes import escape, literal
from impasto.syntax.nodes import Part, Reference
from impasto.syntax.runs import Run, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.source import Source

_LORA = re.compile(r"<lora:(?P<name>[^<>:]++):(?P<weight>[-+]?(?:\d++(?:\.\d*+)?|\.\d++))>")
_ARRAY = re.compile(r"\[\[[^\[\]]*+\]\]")
_WILDCARD = re.compile(r"__([\w-]+?)__")
_RISKY = re.compile(r"\n|\[(?=\[)|__(?=[\w-]+?__)|<(?=lora:)")
_SPECIAL: Final = re.compile(r"[\n\[_<]")
_NO_LORA: Final = "Fooocus takes <lora:name:weight> with one number and nothing behind it"


class Fooocus(ComfyUI):
    """The reader and writer for Fooocus."""

    name = "fooocus"
    title = "Fooocus"
    program = "Fooocus"
    embedding = "embedding:{}"

    def read(self, source: Source) -> Reading:
        """Return ComfyUI's runs with the networks as references; arrays and lines are findings."""
        text = source.text
        if "<lora:" in text:
            nodes = switch_nodes.nodes(switches.Line(_items(text)))
        else:
            nodes = tuple(switch_nodes.verbatim(text, parentheses.segments(text)))
        found = (*weight_findings(source), *_findings(source))
        return Reading((Part(nodes, "", 0, len(text)),), found)

    def reference(self, run: Run) -> Run:
        """Keep a LoRA, with the one weight that Fooocus reads."""
        kind, *arguments = run.text[1:-1].split(":")
        name = literal(arguments[0])
        if kind != "lora" or not name or set(name) & set("<>:"):
            return super().reference(run)
        weights = arguments[1:] or ["1"]
        try:
            weight = number(float(weights[-1]))
        except ValueError:
            return super().reference(run)
        return Run(VERBATIM, f"<lora:{name}:{weight}>", 1.0, run.span)

    def lost(self, run: Run) -> Loss | None:
        """Return what is lost with a run."""
        if run.kind == VERBATIM and run.span.text.count(":") > 2:
            return Loss(
                "reference",
                _NO_LORA,
                glimpse(run.span.text),
                run.span,
                "info",
                f"{run.text} was written, with the weight for the picture",
                "give it one weight",
            )
        if run.kind == NETWORK:
            found = super().lost(run)
            assert found is not None
            return Loss(
                "reference", _NO_LORA, found.text, run.span, "warning", found.instead,
                "choose it in Fooocus itself",
            )  # fmt: skip
        return super().lost(run)

    def safe(self, run: Run, losses: list[Loss]) -> str:
        """Return the text without lines, arrays, wildcards and networks, which have no escape."""
        text = super().safe(run, losses)
        if not _SPECIAL.search(text) or not _RISKY.search(text):
            return text
        changed = _RISKY.sub(lambda sign: _INSTEAD[sign[0]], text)
        losses.append(
            Loss(
                "escape",
                "Fooocus has a meaning for a new line, for [[, for __name__ and for <lora:…>",
                glimpse(text),
                run.span,
                "info",
                "a space was put there",
                "write it otherwise",
            )
        )
        return changed


_INSTEAD: Final = {"\n": " ", "[": "[ ", "__": "_ _", "<": "< "}


def _items(text: str) -> Iterator[switches.Item]:
    """Yield the texts of a prompt and its networks."""
    at = 0
    for lora in _LORA.finditer(text):
        if at < lora.start():
            yield switches.Piece(text[at : lora.start()], at, lora.start())
        weight = number(float(lora["weight"]))
        value = f"<lora:{escape(lora['name'], in_brackets=True)}:{weight}>"
        yield switches.Load(Reference(value, lora.start(), lora.end()))
        at = lora.end()
    if at < len(text):
        yield switches.Piece(text[at:], at, len(text))


def _findings(source: Source) -> Iterator[Diagnostic]:
    """Yield what Fooocus resolves before the prompt is one prompt: arrays, lines, wildcards."""
    text = source.text
    for array in _ARRAY.finditer(text) if "[[" in text else ():
        yield Diagnostic(
            "IMP525",
            "array",
            "warning",
            f"Fooocus makes one picture for each entry of {glimpse(array[0])}",
            source.span(*array.span()),
            hint="write single brackets for the characters, {a|b} for a choice in impasto",
        )
    line = text.rstrip().find("\n")
    if line >= 0:
        yield Diagnostic(
            "IMP526",
            "prompt-per-line",
            "warning",
            "Fooocus encodes each line as a prompt of its own and joins them",
            source.span(line, line + 1),
            hint="put the prompt on one line",
        )
    wildcard = _WILDCARD.search(text)
    if wildcard:
        yield Diagnostic(
            "IMP527",
            "wildcard",
            "info",
            f"Fooocus puts a line of the file wildcards/{wildcard[1]}.txt here",
            source.span(*wildcard.span()),
        )
