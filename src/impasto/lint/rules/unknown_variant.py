"""A variant of a style that no model will ever take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.diagnostics import did_you_mean
from impasto.errors import UnknownNameError
from impasto.lint.rule import Case, Rule
from impasto.models.registry import all_models, load_model

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.lint.views import PackView

_WRITING = ("tags", "prose", "phrases")


class UnknownVariant(Rule):
    """A variant of a style that no model will ever take.

    ## What it does

    Compares the names of variants with the models, their families and their ways of writing
    (tags, prose, phrases).

    ## Why is this bad?

    A variant with another name is never used, and nothing says so.

    ## Example

    ```
    variants:
      flux-devel: {text: "{{ prompt }}. An ink drawing"}
    ```

    ## Use instead

    ```
    variants:
      flux-dev: {text: "{{ prompt }}. An ink drawing"}
    ```
    """

    code = "IMP305"
    name = "unknown-variant"
    VALID = (
        Case(
            "format: 1\nname: p\nstyles:\n  a:\n    text: ink\n    variants:\n"
            "      flux-dev: {text: b}\n      prose: {text: c}\n      sdxl: {text: d}\n",
            suffix=".yaml",
        ),
    )
    INVALID = (
        Case(
            "format: 1\nname: p\nstyles:\n  a: {text: x, variants: {flux-devel: {text: b}}}\n",
            "flux-devel",
            suffix=".yaml",
        ),
    )

    def visit_pack(self, view: PackView, check: Check) -> None:
        """Look at the variants of every style."""
        known = {*_WRITING, *(name for card in all_models() for name in (card.id, card.family))}
        for style in view.pack.styles.values():
            for name in style.model.variants:
                if name not in known:
                    path = ("styles", style.short_name, "variants", name)
                    span = view.pack.document.key_span(path)
                    message = f'no model takes the variant "{name}"'
                    check.report(self, span, message, hint=_hint(name, sorted(known)))


def _hint(name: str, known: list[str]) -> str:
    """Return the model that `name` is another name of, else the nearest name."""
    try:
        return f'the model is called "{load_model(name).id}" here'
    except UnknownNameError:
        return did_you_mean(name, known) or f"known are {', '.join(known)}"
