"""What impasto writes for programs: the shape of every JSON document, as types.

Each class describes what a function writes elsewhere; tests hold the two together.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

Format = Annotated[Literal[1], Field(description="Keys may be added within a format, none taken")]
Severity = Literal["error", "warning", "info"]
Number = Annotated[
    float | Literal["nan", "inf", "-inf"],
    Field(description="JSON has no number for nan and infinities"),
]
Run = tuple[str, Number]
"""A text and its effective weight; a chunk break is ["BREAK", -1.0]."""


class Span(TypedDict):
    """Where something was written: [offset, offset + length) of a file, in characters."""

    file: str
    line: Annotated[int, Field(ge=1)]
    column: Annotated[int, Field(ge=1)]
    end_line: Annotated[int, Field(ge=1)]
    end_column: Annotated[int, Field(ge=1)]
    offset: Annotated[int, Field(ge=0)]
    length: Annotated[int, Field(ge=0)]


class Edit(Span):
    """Replace what stands there by `text`."""

    text: str


class Fix(TypedDict):
    """A change that mends a finding; a safe one keeps what the prompt means."""

    title: str
    safe: bool
    edits: list[Edit]


class Finding(TypedDict):
    """What is wrong, where, and what to do. Findings about a request have no span."""

    code: str
    rule: str
    severity: Severity
    message: str
    span: Span | None
    expected: NotRequired[list[str]]
    hint: NotRequired[str]
    parameter: NotRequired[str]
    fix: NotRequired[Fix]


class Loss(TypedDict):
    """One thing that a target cannot express, and what was done instead."""

    kind: str
    message: str
    text: str
    span: Span | None
    severity: Severity
    instead: str
    hint: str


class Summary(TypedDict):
    """How many files were checked, how many findings of a kind they have, how many were fixed."""

    files: int
    error: int
    warning: int
    info: int
    fixed: int


class LintReport(TypedDict):
    """`impasto lint --format json`."""

    format: Format
    findings: list[Finding]
    summary: Summary
    failed: Annotated[list[str], Field(description="What could not be checked")]


class FindingLine(TypedDict):
    """One finding."""

    format: Format
    finding: Finding


class SummaryLine(TypedDict):
    """The last line."""

    format: Format
    summary: Summary
    failed: list[str]


LintLine = FindingLine | SummaryLine
"""`impasto lint --format jsonl`, a line of it."""


class BaselineEntry(TypedDict):
    """A finding that was there before, `count` times; `text` is for people."""

    file: str
    code: str
    fingerprint: str
    text: str
    count: Annotated[int, Field(ge=1)]


class LintBaseline(TypedDict):
    """`impasto lint --write-baseline`."""

    format: Format
    findings: list[BaselineEntry]


class Fragment(TypedDict):
    """A piece of the prompt and where it was written."""

    text: str
    weight: float
    role: Literal["prompt", "negative prompt"]
    span: Span


class Composition(TypedDict):
    """`impasto compose --format json`."""

    format: Format
    model: str | None
    prompt: str
    negative_prompt: str
    parameters: dict[str, Any]
    styles: list[str]
    seed: int | None
    fragments: list[Fragment]
    diagnostics: list[Finding]


class Words(TypedDict):
    """Some words that one line of one file brought into a prompt; together they are the prompt."""

    text: Annotated[str, Field(description="Without escapes and weights")]
    weight: Number
    rule: Literal[
        "text", "template", "include", "extends", "value", "draw", "style", "variant", "squash"
    ]
    span: Annotated[Span | None, Field(description="Null for what is put between phrases")]
    style: str | None
    expression: Annotated[str | None, Field(description="What gave a value: {{ … }}")]
    folded: Annotated[list[Span], Field(description="Where the same phrase stood again")]


class AskedFor(TypedDict):
    """A parameter and who asks for it: a style, a file, or neither of them: the call."""

    name: str
    value: Any
    style: str | None
    span: Span | None


class Explanation(TypedDict):
    """`impasto explain --format json`."""

    format: Format
    model: str | None
    seed: int | None
    prompt: str
    negative_prompt: str
    pieces: list[Words]
    negative_pieces: list[Words]
    parameters: list[AskedFor]
    diagnostics: list[Finding]


class ForeignPrompt(TypedDict):
    """How a prompt that is not in the canonical syntax was read."""

    dialect: str
    text: str
    diagnostics: list[Finding]


class Translation(TypedDict):
    """What one model hears and loses."""

    format: Format
    model: str
    backend: str
    dialect: str
    prompt: str
    negative_prompt: str
    parameters: dict[str, Any]
    losses: list[Loss]
    diagnostics: list[Finding]
    canonical: str
    read: NotRequired[ForeignPrompt]


class ImageError(TypedDict):
    """Why an image of a recipe could not be composed."""

    type: str
    message: str


class RecipeImage(TypedDict):
    """A line of `impasto build`; one that could not be composed has a number and an `error`."""

    format: Format
    number: Annotated[int, Field(ge=0)]
    error: NotRequired[ImageError]
    output: NotRequired[str]
    model: NotRequired[str]
    backend: NotRequired[str]
    values: NotRequired[dict[str, Any]]
    styles: NotRequired[list[str]]
    seed: NotRequired[int]
    choice: NotRequired[int]
    prompt: NotRequired[str]
    negative_prompt: NotRequired[str]
    parameters: NotRequired[dict[str, Any]]
    losses: NotRequired[list[Loss]]
    diagnostics: NotRequired[list[Finding]]


class Translations(TypedDict):
    """`impasto translate --format json`; with `--jsonl`, of the input's `line`."""

    format: Format
    line: NotRequired[int]
    translations: list[Translation]


class Guess(TypedDict):
    """A dialect that a text may be written in."""

    dialect: str
    score: float
    reasons: list[str]
    alike: list[str]


class Stretch(TypedDict):
    """What is heard until a step, of one AND part with its weight."""

    weight: Number
    until: int
    runs: list[Run]


class Heard(TypedDict):
    """What a dialect hears; nothing to weigh where choices are still open."""

    weights: list[Run] | None
    schedule: list[Stretch] | None
    diagnostics: list[Finding]
    guesses: NotRequired[list[Guess]]


class Reading(Heard):
    """`impasto read --format json`; with `--jsonl`, of the input's `line`."""

    format: Format
    dialect: str
    text: str
    line: NotRequired[int]
    negative: NotRequired[Reading]


class Group(Heard):
    """Dialects that hear the same."""

    dialects: list[str]


class Comparison(TypedDict):
    """`impasto compare --format json`."""

    format: Format
    text: str
    guesses: list[Guess]
    groups: list[Group]


class Drawn(TypedDict):
    """A prompt, and the number or the seed that gives it again."""

    prompt: str
    index: NotRequired[int]
    seed: NotRequired[int]


class Expansion(TypedDict):
    """`impasto expand --format json`."""

    format: Format
    template: str
    count: Annotated[str, Field(pattern="^[0-9]+$", description="Digits: no double holds it")]
    prompts: NotRequired[list[Drawn]]


class Token(TypedDict):
    """A token and what of the text it stands for, [start, end)."""

    id: int
    text: str
    start: int
    end: int


class Piece(TypedDict):
    """A piece of the text and where it was written, if somebody wrote it."""

    text: str
    span: Span | None


class Chunk(TypedDict):
    """What a text encoder reads at a time; one that is not `read` is lost."""

    count: int
    read: bool
    pieces: list[Piece]
    tokens: list[Token]


class EncoderReading(TypedDict):
    """What text encoders that read alike read of a text."""

    encoders: list[str]
    role: str
    tokenizer: str
    exact: Annotated[bool, Field(description="Counted, not estimated")]
    count: int
    limit: int
    special: int
    text: str
    chunks: list[Chunk]
    lost: list[Piece]


class TokenBudget(TypedDict):
    """What the text encoders of one model read; a line of `impasto tokens --format jsonl`."""

    format: Format
    model: str
    backend: str
    dialect: str
    characters: int
    max_characters: int | None
    prompt: list[EncoderReading]
    negative_prompt: list[EncoderReading]


class TokenBudgets(TypedDict):
    """`impasto tokens --format json`."""

    format: Format
    budgets: list[TokenBudget]


def json_schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of the type `kind`."""
    return TypeAdapter(globals()[kind]).json_schema()
