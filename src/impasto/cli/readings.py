"""What a dialect hears of a text, ready to be shown or written as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from impasto.errors import OpenPromptError, UnknownNameError
from impasto.syntax.weights import number_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from impasto.cli.heat import Runs
    from impasto.diagnostics import Diagnostic
    from impasto.dialects.detect import Guess
    from impasto.syntax.prompt import Prompt

AUTO = "auto"


class Heard(NamedTuple):
    """A text as one dialect hears it; `schedule` is None where choices are still open."""

    prompt: Prompt
    weights: Runs
    schedule: list[tuple[float, int, Runs]] | None
    guesses: tuple[Guess, ...] = ()

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What the real parser would stumble over, and what a reader may misread."""
        return self.prompt.diagnostics

    def to_json(self) -> dict[str, object]:
        """Return what is heard as a JSON-ready object, format 1."""
        found: dict[str, object] = {
            "format": 1,
            "dialect": self.prompt.dialect,
            "text": self.prompt.text,
            "weights": None if self.schedule is None else runs_json(self.weights),
            "schedule": None if self.schedule is None else schedule_json(self.schedule),
            "diagnostics": [finding.to_json() for finding in self.diagnostics],
        }
        if self.guesses:
            found["guesses"] = [guess_json(guess) for guess in self.guesses]
        return found


def hear(text: str, dialect: str, steps: int, *, why: bool = False) -> Heard:
    """Read `text` in a dialect, "auto" for the likeliest, with reasons where `why` is asked.

    Raises:
        UnknownNameError: nobody defines the dialect, or it is only written.
    """
    guesses: tuple[Guess, ...] = ()
    if dialect == AUTO and why:
        from impasto.dialects.detect import detect

        guesses = tuple(detect(text))
    prompt = read_in(text, dialect)
    try:
        return Heard(prompt, prompt.weights(1, steps), prompt.schedule(steps), guesses)
    except OpenPromptError:
        return Heard(prompt, [], None, guesses)


def read_in(text: str, dialect: str, name: str | None = None) -> Prompt:
    """Return the prompt that `text` is in a dialect, "auto" for the likeliest.

    Raises:
        UnknownNameError: nobody defines the dialect, or it is only written.
    """
    from impasto.dialects.api import read

    return read(text, resolved(text, dialect), name=name)


def resolved(text: str, dialect: str) -> str:
    """Return the dialect itself, or for "auto" the one that `text` was probably written for.

    Raises:
        UnknownNameError: nobody defines the dialect, or it is only written.
    """
    from impasto.dialects.detect import likeliest

    return likeliest(text) if dialect == AUTO else checked(dialect)


def checked(dialect: str) -> str:
    """Return the name of a dialect that can be read.

    Raises:
        UnknownNameError: there is none of that name.
    """
    from impasto.dialects.detect import is_able, readable

    if is_able(dialect, "read"):
        return dialect
    known = readable()
    hint = f"dialects that can be read are {', '.join(known)}, or auto"
    raise UnknownNameError("dialect to read", dialect, (*known, AUTO), hint)


def guess_json(guess: Guess) -> dict[str, object]:
    """Return a guess as a JSON-ready object."""
    return {
        "dialect": guess.dialect,
        "score": guess.score,
        "reasons": list(guess.reasons),
        "alike": list(guess.alike),
    }


def schedule_json(schedule: Sequence[tuple[float, int, Runs]]) -> list[dict[str, object]]:
    """Return a schedule as a JSON-ready list."""
    return [
        {"weight": number_json(weight), "until": until, "runs": runs_json(runs)}
        for weight, until, runs in schedule
    ]


def runs_json(runs: Runs) -> list[list[object]]:
    """Return runs as JSON-ready pairs."""
    return [[text, number_json(weight)] for text, weight in runs]
