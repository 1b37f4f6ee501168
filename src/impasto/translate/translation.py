"""What one model at one backend hears of a prompt, and what it loses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from impasto.compose.composition import Composition
    from impasto.diagnostics import Diagnostic, Loss
    from impasto.models.adapting import Change
    from impasto.syntax.prompt import Prompt
    from impasto.syntax.weights import Runs


class Translation(Struct, frozen=True):
    """Final texts and parameters for `model` at `backend`.

    `source` is what was translated; `negative` its negative prompt where it is a prompt.
    `limits` are the findings about the request; `diagnostics` has those of composing, too.
    `changes` are the parameters that were set right where that was asked for.
    """

    model: str
    backend: str
    dialect: str
    prompt: str
    negative_prompt: str
    parameters: dict[str, Any]
    losses: tuple[Loss, ...]
    limits: tuple[Diagnostic, ...]
    source: Prompt | Composition
    negative: Prompt | None = None
    changes: tuple[Change, ...] = ()

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Every finding: about the composition, then about the request."""
        return (*getattr(self.composition, "diagnostics", ()), *self.limits)

    @property
    def composition(self) -> Composition | None:
        """The composition that was translated, if it was one."""
        from impasto.compose.composition import Composition  # noqa: PLC0415 - for one look

        return self.source if isinstance(self.source, Composition) else None

    @property
    def canonical(self) -> str:
        """The prompt in the canonical syntax."""
        return self.composition.text if self.composition else self.source.canonical  # type: ignore[union-attr]

    @property
    def runs(self) -> tuple[tuple[str, float], ...]:
        """The effective weights of the positive prompt as it was meant."""
        prompt = self.composition.prompt if self.composition else self.source
        return tuple(prompt.weights())  # type: ignore[union-attr]

    @property
    def negative_runs(self) -> tuple[tuple[str, float], ...]:
        """The effective weights of the negative prompt as it was meant."""
        composition = self.composition
        prompt = composition.negative_prompt if composition else self.negative
        runs: Runs = prompt.weights() if prompt else []
        return tuple(runs)

    def to_json(self) -> dict[str, object]:
        """Return the translation as a JSON-ready object, format 1."""
        changes = {"changes": [change.to_json() for change in self.changes]} if self.changes else {}
        return {
            "format": 1,
            "model": self.model,
            "backend": self.backend,
            "dialect": self.dialect,
            "prompt": self.prompt,
            "negative_prompt": self.negative_prompt,
            "parameters": self.parameters,
            "losses": [loss.to_json() for loss in self.losses],
            "diagnostics": [finding.to_json() for finding in self.diagnostics],
            "canonical": self.canonical,
            **changes,
        }
