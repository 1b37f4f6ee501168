"""impasto: image prompts. Say it once, know what every model will hear.

    import impasto

    prompt = impasto.parse("a red fox, (golden light:1.2)")
    heard = impasto.translate(prompt, model="flux-dev")
    heard.prompt, heard.losses

Names load when they are first used, so importing the package costs next to nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # what type checkers take for true; importing typing would cost more than all

if TYPE_CHECKING:
    from impasto.builder import PromptBuilder as PromptBuilder
    from impasto.client import AsyncClient as AsyncClient
    from impasto.client import Client as Client
    from impasto.client import Request as Request
    from impasto.client import Result as Result
    from impasto.compose.api import compose as compose
    from impasto.compose.composition import Composition as Composition
    from impasto.compose.expansion import Expansion as Expansion
    from impasto.compose.expansion import expand as expand
    from impasto.diagnostics import Diagnostic as Diagnostic
    from impasto.diagnostics import Loss as Loss
    from impasto.dialects.api import read as read
    from impasto.dialects.api import write as write
    from impasto.dialects.detect import Guess as Guess
    from impasto.dialects.detect import detect as detect
    from impasto.errors import ImpastoError as ImpastoError
    from impasto.errors import LimitError as LimitError
    from impasto.errors import LockError as LockError
    from impasto.errors import LossError as LossError
    from impasto.errors import OpenPromptError as OpenPromptError
    from impasto.errors import PackError as PackError
    from impasto.errors import PromptSyntaxError as PromptSyntaxError
    from impasto.errors import SourceError as SourceError
    from impasto.errors import StyleError as StyleError
    from impasto.errors import TemplateError as TemplateError
    from impasto.errors import UnknownNameError as UnknownNameError
    from impasto.formatting.api import format as format  # noqa: A004 - the field's word
    from impasto.images.inspection import inspect as inspect
    from impasto.lint.api import lint as lint
    from impasto.models.registry import load_model as load_model
    from impasto.source import Source as Source
    from impasto.source import Span as Span
    from impasto.styles.api import load_style as load_style
    from impasto.styles.library import Library as Library
    from impasto.styles.library import load_pack as load_pack
    from impasto.syntax.parser import parse as parse
    from impasto.syntax.prompt import Prompt as Prompt
    from impasto.syntax.walk import rebuild as rebuild
    from impasto.syntax.walk import walk as walk
    from impasto.tokens.api import TokenCount as TokenCount
    from impasto.tokens.api import count_tokens as count_tokens
    from impasto.translate.api import LossWarning as LossWarning
    from impasto.translate.api import translate as translate
    from impasto.translate.budget import Budget as Budget
    from impasto.translate.budget import token_budget as token_budget
    from impasto.translate.translation import Translation as Translation

_HOME = {
    "AsyncClient": "impasto.client",
    "Budget": "impasto.translate.budget",
    "Client": "impasto.client",
    "Composition": "impasto.compose.composition",
    "Diagnostic": "impasto.diagnostics",
    "Expansion": "impasto.compose.expansion",
    "Guess": "impasto.dialects.detect",
    "ImpastoError": "impasto.errors",
    "Library": "impasto.styles.library",
    "LockError": "impasto.errors",
    "Loss": "impasto.diagnostics",
    "LimitError": "impasto.errors",
    "LossError": "impasto.errors",
    "LossWarning": "impasto.translate.api",
    "OpenPromptError": "impasto.errors",
    "PackError": "impasto.errors",
    "Prompt": "impasto.syntax.prompt",
    "PromptBuilder": "impasto.builder",
    "PromptSyntaxError": "impasto.errors",
    "Request": "impasto.client",
    "Result": "impasto.client",
    "Source": "impasto.source",
    "SourceError": "impasto.errors",
    "Span": "impasto.source",
    "StyleError": "impasto.errors",
    "TemplateError": "impasto.errors",
    "TokenCount": "impasto.tokens.api",
    "Translation": "impasto.translate.translation",
    "UnknownNameError": "impasto.errors",
    "compose": "impasto.compose.api",
    "count_tokens": "impasto.tokens.api",
    "detect": "impasto.dialects.detect",
    "expand": "impasto.compose.expansion",
    "format": "impasto.formatting.api",
    "inspect": "impasto.images.inspection",
    "lint": "impasto.lint.api",
    "load_model": "impasto.models.registry",
    "load_pack": "impasto.styles.library",
    "load_style": "impasto.styles.api",
    "parse": "impasto.syntax.parser",
    "read": "impasto.dialects.api",
    "rebuild": "impasto.syntax.walk",
    "token_budget": "impasto.translate.budget",
    "translate": "impasto.translate.api",
    "walk": "impasto.syntax.walk",
    "write": "impasto.dialects.api",
}

__all__ = sorted(_HOME)  # noqa: PLE0605 - the table is the list


def __getattr__(name: str) -> object:
    if name in _HOME:
        from importlib import import_module  # noqa: PLC0415

        found = getattr(import_module(_HOME[name]), name)
        # A room of that name, which the import has put here, takes the call itself: see _rooms.
        return globals().setdefault(name, found)
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 - slow

        return version("impasto")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *__all__]
