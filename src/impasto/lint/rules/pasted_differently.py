"""A prompt that the target would read in another way if it were pasted as it stands."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from impasto.lint.rule import Case, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.lint.check import Check
    from impasto.lint.views import TargetView
    from impasto.syntax.prompt import Prompt
    from impasto.syntax.weights import Runs

_SIGNS: Final = r"[()\[\]|\\#<\n]|::|\+\+|--|:[0-9 ]*\Z|AND|BREAK"
_UNLIKE: Final = ("plain", "midjourney")
"""Dialects so unlike ours that every weight differs; other rules say so."""
_STEPS: Final = 20
_TOLERANCE: Final = 1e-4


class PastedDifferently(Rule):
    r"""A prompt that the target would read in another way if it were pasted as it stands.

    ## What it does

    For targets with weights in brackets: reads the text with the target's own rules, and notes
    the first word that comes out otherwise than here.

    ## Why is this bad?

    It is a note, and of no matter as long as `impasto translate` or `generate` writes the text,
    for they write it so that it means the same. But prompts travel by copy and paste, and the
    hosts disagree about brackets, schedules, comments, numbers at the end and backslashes.

    ## Example

    ```
    a harbour, [fog:0.8], C# \{sign\}           for stable-diffusion-xl
    ```

    ## Use instead

    ```
    a harbour, (fog:0.8), {sign}                what impasto translate writes
    ```
    """

    code = "IMP126"
    name = "pasted-differently"
    severity = "info"
    VALID = (
        Case("a harbour, (fog:0.8), [mist]", target="stable-diffusion-xl"),
        Case("a [fox:wolf:0.5]", target="stable-diffusion-xl"),
        Case("a harbour, [fog:0.8]", target="flux-dev"),
        Case("a {red|blue} fox", target="stable-diffusion-xl"),
    )
    INVALID = (
        Case("a harbour, [fog:0.8]", "a harbour, [fog:0.8]", target="stable-diffusion-xl"),
        Case("poster, ratio 16:9", "poster, ratio 16:9", target="stable-diffusion-xl"),
        Case("a fox\n# a comment\nsnow", "a fox\n# a comment\nsnow", target="stable-diffusion-xl"),
    )

    def visit_target(self, view: TargetView, check: Check) -> None:
        """Read the prompt as the target would."""
        from impasto.lint.reading import read  # noqa: PLC0415 - reads with the dialect's rules
        from impasto.source import Source  # noqa: PLC0415
        from impasto.syntax.prompt import Prompt  # noqa: PLC0415

        prompt, dialect = view.translation.source, view.translation.dialect
        if not isinstance(prompt, Prompt) or dialect.startswith(_UNLIKE):
            return
        text = prompt.text
        if "{" in text or "__" in text or not re.search(_SIGNS, text):
            return
        found = _difference(prompt, read(Source(text), dialect))
        if found:
            span = prompt.source.span(0, len(text))
            hint = f"impasto translate writes what means the same to {view.card.id}"
            check.report(self, span, f"pasted as it stands, {dialect} reads {found}", hint=hint)


def _difference(prompt: Prompt, other: Prompt) -> str:
    """Return in words what `other` has otherwise than `prompt`; nothing where they are alike."""
    ours, theirs = prompt.schedule(_STEPS), other.schedule(_STEPS)
    weights = {weight for weight, _, _ in theirs} - {weight for weight, _, _ in ours}
    if weights:
        return f"the number at the end as the weight {min(weights):g} of all before it"
    if [until for _, until, _ in ours] != [until for _, until, _ in theirs]:
        return "it with other schedules"
    for (_, _, here), (_, _, there) in zip(ours, theirs, strict=True):
        for (word, weight), (foreign, other_weight) in zip_longest(
            _words(here), _words(there), fillvalue=("", 0.0)
        ):
            if word != foreign:
                return f'"{foreign}" where it is "{word}" here' if foreign else f'no "{word}"'
            if abs(weight - other_weight) > _TOLERANCE:
                return f'"{word}" at {other_weight:.4g}; it is {weight:.4g} here'
    return ""


def _words(runs: Runs) -> Iterator[tuple[str, float]]:
    """Yield every word with its weight; where weights meet inside a word, its pieces."""
    for text, weight in runs:
        for word in text.split():
            yield word, weight
