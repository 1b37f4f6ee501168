"""Words that no text encoder reads, because the prompt has more tokens than it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from impasto.lint.rule import Case, Rule

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.lint.views import TargetView
    from impasto.source import Span
    from impasto.translate.budget import Reading
    from impasto.translate.origins import Piece

MOST: Final = 60
"""How many characters of a piece are quoted."""
MOST_PIECES: Final = 3


class TokenBudgetExceeded(Rule):
    """Words that no text encoder reads, because the prompt has more tokens than it takes.

    ## What it does

    Counts the tokens of what the model would be sent, as its own tokenizer does, and names the
    words behind the last one that is read, each with the file that brought it. Hosts that read a
    long prompt in several chunks (A1111, ComfyUI) lose nothing, and nothing is reported.

    ## Why is this bad?

    Nobody says that the end of the prompt is cut off: the picture simply does not show it. CLIP
    reads 75 tokens, T5 255 in FLUX schnell and 511 in FLUX dev. A style that is put behind the
    subject is what goes first. The limits are those of the model's card; see
    [tokens](../tokens.md).

    ## Example

    ```
    style packs of 60 tokens around a subject of 30, for Stable Diffusion XL at Hugging Face
    ```

    ## Use instead

    ```
    fewer words, those that matter first, or a host that reads further chunks
    ```
    """

    code = "IMP601"
    name = "token-budget-exceeded"
    VALID = (
        Case("a red fox, " * 15 + "snow", target="stable-diffusion-xl@huggingface"),
        Case("a red fox, " * 40 + "snow", target="stable-diffusion-xl"),
        Case("a red fox, " * 40 + "snow", target="flux-schnell"),
        Case("a red fox, " * 400, target="dall-e-3"),
    )
    INVALID = (
        Case(
            "snow, " * 37 + "one red fox, ice",
            "red fox, ice",
            target="stable-diffusion-xl@huggingface",
        ),
        Case("snow, " * 127 + "one red fox, ice", "red fox, ice", target="flux-schnell"),
    )

    def visit_target(self, view: TargetView, check: Check) -> None:
        """Count the tokens of both prompts, unless they are too short to matter."""
        from impasto.translate.budget import budget, surely_fits  # noqa: PLC0415 - vocabularies

        if surely_fits(view.translation):
            return
        found = budget(view.translation)
        for field, reading in (("prompt", found.main), ("negative prompt", found.main_negative)):
            if reading and reading.lost:
                self._report(reading, view.card.id, field, check)

    def _report(self, reading: Reading, model: str, field: str, check: Check) -> None:
        pieces = reading.lost_pieces
        places = [piece.span for piece in pieces if piece.span]
        about = "" if reading.exact else "about "
        check.report(
            self,
            places[0] if places else check.source.span(0, 0),
            f"{model} reads {reading.limit} tokens, and the {field} has {about}{reading.count}: "
            f"{_told(pieces)} fall off",
            hint="say it in fewer words, what matters most first",
        )


def _told(pieces: list[Piece]) -> str:
    """Return the first pieces with their places, and how many there are besides."""
    more = f" and {len(pieces) - MOST_PIECES} more" if len(pieces) > MOST_PIECES else ""
    return ", ".join(map(_quoted, pieces[:MOST_PIECES])) + more


def _quoted(piece: Piece) -> str:
    text = " ".join(piece.text.split())
    short = text if len(text) <= MOST else f"{text[: MOST // 2]} … {text[-MOST // 2 :]}"
    return f'"{short}"{_place(piece.span)}'


def _place(span: Span | None) -> str:
    return f" ({span})" if span else ""
