"""Every error that impasto raises.

ImpastoError
├── SourceError                 has a place in a text
│   ├── PromptSyntaxError       a prompt in the canonical syntax
│   ├── TemplateError           a template: its syntax or its run
│   │   ├── UndefinedVariableError
│   │   └── TemplateLimitError  time, loops or output
│   ├── BadValueError            a value given to a template
│   ├── StyleError              a style pack
│   ├── LockError               impasto.lock: broken, or packs that are not what it pins
│   └── FileError               any other file: config, front matter, model card
├── UnknownNameError            a model, style, dialect, backend … that nobody defines
├── OpenPromptError             choices or wildcards where a closed prompt is needed
├── LossError                   a loss where `on_loss="raise"`
├── LimitError                  a request that the model would refuse or ignore, where `strict`
├── ImageError                  an image that cannot be read or written
├── PackError                   a style pack that cannot be shared
│   ├── SourceUnavailable       its source cannot be read or fetched
│   ├── SourceRefused           its source is nothing that is safe to take
│   ├── PackConflict            another pack is in its place
│   └── RequirementError        the packs that it needs are not there
└── BackendError                sending: what happened, was it billed, what to do
├── AuthError               401, 403: the key
├── QuotaError              402, insufficient quota
├── RateLimited             429
├── ModerationRefused       refused content, at input or output
├── InvalidRequest          400, 413, 422
├── ModelRetired            the model is gone
├── BackendDown             5xx or no connection
├── GenerationFailed        the job ended in failure
├── ResultExpired           the image can no longer be fetched
├── DeadlineExceeded        the time for this image is over
└── ProtocolError           an answer that makes no sense
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    from impasto.diagnostics import Diagnostic
    from impasto.source import Span


class ImpastoError(Exception):
    """Root of the tree."""


class SourceError(ImpastoError):
    """An error with a place: `span`, what was `expected`, a `hint`.

    `str()` shows file, line and column, the line with the span underlined, and the hint.
    """

    code = "IMP000"
    rule = "error"

    def __init__(
        self,
        message: str,
        span: Span | None = None,
        *,
        expected: tuple[str, ...] = (),
        hint: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.expected = expected
        self.hint = hint

    @property
    def diagnostic(self) -> Diagnostic:
        """The error as a finding."""
        from impasto.diagnostics import Diagnostic  # noqa: PLC0415 - keeps this module import-free

        return Diagnostic(
            self.code,
            self.rule,
            "error",
            self.message,
            self.span,
            self.expected,
            self.hint,
        )

    def __str__(self) -> str:
        from impasto.diagnostics import render  # noqa: PLC0415

        return render(self.diagnostic, with_code=False)


class PromptSyntaxError(SourceError):
    """A prompt that the canonical syntax does not allow."""

    code = "IMP001"
    rule = "syntax-error"


class TemplateError(SourceError):
    """A template that Jinja does not accept, or that failed while it ran."""

    code = "IMP002"
    rule = "template-error"


class UndefinedVariableError(TemplateError):
    """A template uses a variable that has no value."""

    code = "IMP003"
    rule = "undefined-variable"


class TemplateLimitError(TemplateError):
    """A template that ran too long, looped too often or wrote too much."""

    code = "IMP004"
    rule = "template-limit"


class BadValueError(SourceError):
    """A value that its variable does not accept."""

    code = "IMP005"
    rule = "bad-value"


class StyleError(SourceError):
    """A style pack that breaks its schema."""

    code = "IMP006"
    rule = "style-pack-error"


class LockError(SourceError):
    """An `impasto.lock` that cannot be read, or that pins other packs than the files are."""

    code = "IMP009"
    rule = "lock-mismatch"


class FileError(SourceError):
    """A config file, front matter or model card that cannot be used."""

    code = "IMP007"
    rule = "file-error"


class UnknownNameError(ImpastoError):
    """A name that nobody defines; `known` are those that exist."""

    def __init__(self, kind: str, name: str, known: tuple[str, ...] = (), hint: str = "") -> None:
        from impasto.diagnostics import did_you_mean  # noqa: PLC0415

        self.kind = kind
        self.name = name
        self.known = known
        self.hint = did_you_mean(name, known) or hint
        super().__init__(f'unknown {kind} "{name}"' + (f"; {self.hint}" if self.hint else ""))


class OpenPromptError(ImpastoError):
    """A prompt with open choices or wildcards, where only one fixed prompt will do."""


class LossError(ImpastoError):
    """A translation lost something and the caller asked for `on_loss="raise"`."""

    def __init__(self, losses: tuple[object, ...]) -> None:
        self.losses = losses
        super().__init__("\n".join(str(loss) for loss in losses))


class LimitError(ImpastoError):
    """A request has findings (`diagnostics`) where the caller asked for one without any.

    Nothing was sent.
    """

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        self.diagnostics = diagnostics
        super().__init__("\n".join(str(found) for found in diagnostics))


class ImageError(ImpastoError):
    """An image that cannot be read or written."""


class PackError(ImpastoError):
    """A style pack that cannot be brought into a project or out of it; `hint` is what to do."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  hint: {self.hint}" if self.hint else self.message


class SourceUnavailable(PackError):  # noqa: N818 - what it is, as with the others
    """A source of style packs that cannot be read or fetched."""


class SourceRefused(PackError):  # noqa: N818
    """A source that is no style pack, or that would do harm: paths out of it, links, bombs."""


class PackConflict(PackError):  # noqa: N818
    """A pack whose place is taken by another one."""


class RequirementError(PackError):
    """A pack that requires others, which are missing or of another version."""


class BackendError(ImpastoError):
    """A request that did not bring an image.

    `billed` says what is known: "no", "yes" or "maybe". `hint` is what to do next: what the
    backend knows of it, else the `advice` of the class. `status` is the HTTP status, where there
    was one. `image_url` is where a finished image lies that could not be fetched.
    """

    billed: Literal["no", "yes", "maybe"] = "no"
    retryable = False
    image_url = ""
    advice: ClassVar[str] = ""

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        billed: Literal["no", "yes", "maybe"] | None = None,
        status: int | None = None,
        backend: str = "",
        model: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint or self.advice
        self.billed = billed or type(self).billed
        self.status = status
        self.backend = backend
        self.model = model
        self.request_id = request_id

    def __str__(self) -> str:
        paid = {"no": "", "yes": " (it was billed)", "maybe": " (it may have been billed)"}
        hint = f"\n  hint: {self.hint}" if self.hint else ""
        where = f"\n  the image: {self.image_url}" if self.image_url else ""
        return f"{self.message}{paid[self.billed]}{hint}{where}"


class AuthError(BackendError):
    """The key is missing, wrong or not allowed to do this (401, 403)."""

    advice = "check the key, and that it is one for this server"


class QuotaError(BackendError):
    """No credit left (402, insufficient quota)."""

    advice = "add credit at the provider, or use another key or backend"


class RateLimited(BackendError):  # noqa: N818 - the field's word
    """Too many requests (429); `retry_after` is in seconds, where the server said so."""

    retryable = True
    advice = "try again in a while; fewer requests at once help (concurrency=)"

    def __init__(self, message: str, *, retry_after: float | None = None, **known: object) -> None:
        super().__init__(message, **known)  # type: ignore[arg-type]
        self.retry_after = retry_after


class ModerationRefused(BackendError):  # noqa: N818
    """The provider refused the content, at the "input" or the "output" stage."""

    advice = (
        "rephrase what the filter may take for sensitive content; it will refuse the same again"
    )

    def __init__(
        self,
        message: str,
        *,
        stage: Literal["input", "output"] = "input",
        reasons: tuple[str, ...] = (),
        **known: object,
    ) -> None:
        super().__init__(message, **known)  # type: ignore[arg-type]
        self.stage = stage
        self.reasons = reasons


class InvalidRequest(BackendError):  # noqa: N818
    """The server does not accept the request (400, 413, 422); `fields` names what it rejected."""

    advice = "check the parameters; `impasto models show MODEL` lists what the model takes"

    def __init__(
        self, message: str, *, fields: dict[str, str] | None = None, **known: object
    ) -> None:
        super().__init__(message, **known)  # type: ignore[arg-type]
        self.fields = fields or {}


class ModelRetired(BackendError):  # noqa: N818
    """The model no longer exists at this backend."""

    advice = "choose another model; `impasto models` lists those we know"


class BackendDown(BackendError):  # noqa: N818
    """The server cannot be reached or answers 5xx."""

    retryable = True
    advice = "check that the server runs, and try again later"


class GenerationFailed(BackendError):  # noqa: N818
    """The job ended without an image."""

    advice = "try another seed or a smaller size; the server's own log or dashboard may say more"


class ResultExpired(BackendError):  # noqa: N818
    """The image was made but can no longer be fetched."""

    billed = "yes"
    advice = "look for it at the provider's dashboard, or ask for it again"


class DeadlineExceeded(BackendError):  # noqa: N818
    """The time for this image is over."""

    billed = "maybe"
    advice = "look at the provider's dashboard before you send it again; then give it more time"


class ProtocolError(BackendError):
    """The server answered something that its protocol does not know."""

    billed = "maybe"
    advice = "check that the base URL is the API's; a proxy or login page answers so, too"
