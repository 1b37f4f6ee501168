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
    weight: Number
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
    changes: NotRequired[list[Change]]
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


class UsedTemplate(TypedDict):
    """The template or `.prompt` file that an image was made with."""

    name: str
    text: str


class UsedStyle(TypedDict):
    """A style that an image was made with."""

    name: str
    weight: float
    version: NotRequired[str]
    options: NotRequired[dict[str, Any]]


class Given(TypedDict):
    """What was asked for, beside template and values; what was not said is left out."""

    prompt: NotRequired[str]
    dialect: NotRequired[str]
    negative: NotRequired[str]
    styles: NotRequired[list[str]]
    parameters: NotRequired[dict[str, Any]]
    seed: NotRequired[int]


class ImageRecord(TypedDict):
    """What impasto writes into an image, or into a file beside it; unknown facts are left out."""

    format: Format
    impasto: NotRequired[Annotated[str, Field(description="The version that wrote it")]]
    model: NotRequired[str]
    backend: NotRequired[str]
    host: NotRequired[str]
    prompt: NotRequired[Annotated[str, Field(description="As it was sent")]]
    negative_prompt: NotRequired[str]
    parameters: NotRequired[dict[str, Any]]
    canonical: NotRequired[Annotated[str, Field(description="In the canonical syntax")]]
    canonical_negative: NotRequired[str]
    template: NotRequired[UsedTemplate]
    given: NotRequired[Given]
    values: NotRequired[dict[str, Any]]
    styles: NotRequired[list[UsedStyle]]
    seed: NotRequired[int]
    choices_seed: NotRequired[int]
    losses: NotRequired[list[Loss]]
    revised_prompt: NotRequired[str]
    cost: NotRequired[float]
    seconds: NotRequired[float]
    request_id: NotRequired[str]
    preview_of: NotRequired[Annotated[str, Field(description="The model that it is a preview of")]]


class Lora(TypedDict):
    """An adapter that took part."""

    name: str
    weight: float


class Provenance(TypedDict):
    """What an image says of where it comes from; no signature is verified."""

    c2pa: Annotated[bool, Field(description="It has a C2PA manifest")]
    generator: str
    agent: str
    source_type: Annotated[str, Field(description="IPTC's term, such as trainedAlgorithmicMedia")]


class CannotBeRead(TypedDict):
    """Why a file could not be read."""

    type: str
    message: str


class Inspected(TypedDict):
    """`impasto inspect`, an image; `tool` is null where it says nothing of how it was made."""

    format: Format
    file: str
    error: NotRequired[CannotBeRead]
    kind: NotRequired[Literal["png", "jpeg", "webp", "gif", "avif"]]
    tool: NotRequired[str | None]
    software: NotRequired[str]
    dialect: NotRequired[Annotated[str, Field(description="In which both prompts are written")]]
    prompt: NotRequired[str]
    negative_prompt: NotRequired[str]
    seed: NotRequired[int | None]
    steps: NotRequired[int | None]
    cfg: NotRequired[float | None]
    sampler: NotRequired[str]
    scheduler: NotRequired[str]
    width: NotRequired[int | None]
    height: NotRequired[int | None]
    model: NotRequired[str]
    loras: NotRequired[list[Lora]]
    others: NotRequired[Annotated[dict[str, Any], Field(description="In the tool's own names")]]
    record: NotRequired[dict[str, Any]]
    hidden: NotRequired[Annotated[bool, Field(description="In the lowest bits of the pixels")]]
    provenance: NotRequired[Provenance]
    unread: NotRequired[list[str]]


class Inspections(TypedDict):
    """`impasto inspect --format json`."""

    format: Format
    images: list[Inspected]


class Change(TypedDict):
    """A parameter that --adapt or --preview set right; `after` is null where it is left out."""

    parameter: str
    before: Any
    after: Any
    code: str
    reason: str


class Preview(TypedDict):
    """What an image is a preview of and how; prices are in US dollars, null where no card says."""

    of: str
    model: str
    parameters: dict[str, Any]
    text: str
    price: float | None
    full_price: float | None


class Made(TypedDict):
    """An image on disk; `sidecar` has the record where the image cannot hold it."""

    file: str
    sidecar: NotRequired[str]
    cached: Annotated[bool, Field(description="An equal request was made before; nobody was asked")]
    record: dict[str, Any]


class Missing(TypedDict):
    """An image that did not come."""

    seed: int | None
    error: Annotated[str, Field(description="The class of the error, such as QuotaError")]
    message: str
    hint: str
    billed: Literal["no", "yes", "maybe"]
    status: int | None


class Generation(TypedDict):
    """`impasto generate --format json`; `findings` and `changes` are those of the first image."""

    format: Format
    images: list[Made]
    failures: list[Missing]
    findings: list[Finding]
    changes: list[Change]
    preview: Preview | None


class ModelFacts(TypedDict):
    """What a model is and whether it is served."""

    id: str
    aliases: list[str]
    title: str
    vendor: str
    family: str
    status: Literal["active", "legacy", "retiring", "retired"]
    shutdown: str | None
    replaced_by: list[str]
    price_usd: float | None
    price_per: Literal["image", "megapixel"]
    origin: Annotated[str, Field(description="The file of a card of the user's own")]
    writing: Literal["tags", "prose", "phrases"]
    dialect: str
    negative: Literal["field", "syntax", "none"]


class BriefModel(ModelFacts):
    """A model of the list, with the backends of which something else is known."""

    backends: list[str]


class Models(TypedDict):
    """`impasto models list --format json`."""

    format: Format
    models: list[BriefModel]


class Model(ModelFacts):
    """`impasto models show --format json`; all else is as in a file of model cards."""

    format: Format
    backends: dict[str, Any]
    backend: str | None
    served_as: str
    sizes: dict[str, Any]
    parameters: dict[str, dict[str, Any]]
    lacks: dict[str, str]
    documents: list[str]
    declines: list[str]
    encoders: list[dict[str, Any]]
    max_chars: int | None
    preview: dict[str, Any]
    guide: dict[str, Any] | None
    status_note: str
    access: str
    licence: str
    negative_note: str
    weights_note: str
    seed_effect: Literal["fixed", "partial", "none"]
    seed_note: str
    price_further_usd: float | None
    price_by_quality: dict[str, float]
    price_note: str
    notes: list[str]
    unknown: list[str]
    sources: list[str]


def json_schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of the type `kind`."""
    return TypeAdapter(globals()[kind]).json_schema()
