"""What `translate` writes for: models, and dialects that any model may read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from impasto.compose.composition import Composition
    from impasto.syntax.prompt import Prompt
    from impasto.translate.translation import Translation


def targets_of(configured: str | None, to: Sequence[str], *, everyone: bool) -> list[str]:
    """Return the models and dialects to translate for, each once.

    Where nothing is asked for it is the configured model, else those of the API guide.
    """
    from impasto.models.registry import all_models, load_model, model_names

    asked = [name.strip() for text in to for name in text.split(",") if name.strip()]
    if asked and everyone:
        raise click.UsageError("--to and --all say two different things; give one of them")
    if asked:
        return list(dict.fromkeys(_target(name) for name in asked))
    if everyone:
        return list(model_names())
    return [load_model(configured).id] if configured else [c.id for c in all_models() if c.guide]


def _target(name: str) -> str:
    """Return the id of a model, or the name of a dialect as it is.

    Raises:
        UnknownNameError: neither is called so.
    """
    from impasto.errors import UnknownNameError
    from impasto.models.registry import load_model

    try:
        return load_model(name).id
    except UnknownNameError as error:
        from impasto.dialects.detect import is_able, writable

        if is_able(name, "write"):
            return name
        dialects = writable()
        hint = f'"impasto models" lists models, dialects are {", ".join(dialects)}'
        raise UnknownNameError("model", name, (*error.known, *dialects), hint) from error


def in_dialect(
    source: Prompt | Composition,
    name: str,
    negative: str | None,
    parameters: dict[str, Any],
    emphasis: str,
) -> Translation:
    """Write a prompt in a dialect, for whatever model reads it."""
    from impasto.dialects import dialect as load_dialect
    from impasto.dialects.base import Script, ScriptPart, in_phrases, whole
    from impasto.syntax.parser import parse
    from impasto.syntax.prompt import Prompt
    from impasto.translate.translation import Translation

    writer = load_dialect(name)
    unwanted = parse(negative, name="negative prompt") if negative else None
    if isinstance(source, Prompt):
        script = (whole if writer.keeps_layout else in_phrases)(source, unwanted)
    else:
        parts = tuple(ScriptPart(part.phrases, part.weight) for part in source.parts)
        script = Script(parts, source.negative)
        parameters = {**source.parameters, **parameters}
    written = writer.write(script._replace(emphasis=emphasis))
    text, sent, losses = writer.finish(written, None, parameters, None)
    return Translation(
        model="",
        backend="",
        dialect=name,
        prompt=text.strip(),
        negative_prompt=written.negative.strip(),
        parameters=sent,
        losses=(*written.losses, *losses),
        limits=(),
        source=source,
        negative=unwanted,
    )


_ANYWHERE = ("aspect_ratio", "seed")
"""Parameters that mean the same to every model."""


def carried(source: Prompt | Composition, target: str) -> dict[str, object]:
    """Return the parameters in the text of a foreign prompt, as far as they mean the same there.

    Midjourney's `--stylize` means nothing elsewhere; that it stands in the text is among the
    prompt's findings.
    """
    from impasto.dialects import dialect as load_dialect
    from impasto.models.card import CANONICAL
    from impasto.models.registry import load_model, model_names
    from impasto.syntax.prompt import Prompt

    if not isinstance(source, Prompt) or source.meaning is None:
        return {}
    found = load_dialect(source.dialect).parameters(source.text)
    card = load_model(target) if target in model_names() else None
    heard = card.dialect if card else target
    known: Collection[str] = _ANYWHERE
    if heard.partition("-")[0] == source.dialect.partition("-")[0]:
        known = (*CANONICAL, *card.parameters) if card else found
    return {name: value for name, value in found.items() if name in known}


def foreign(found: Translation) -> Prompt | None:
    """Return the prompt in a foreign dialect that was translated, if it was one."""
    source = found.composition.recipe.positive if found.composition else found.source
    from impasto.syntax.prompt import Prompt

    if not isinstance(source, Prompt):
        return None
    return source if source.meaning is not None or source.diagnostics else None


def to_json(found: Translation) -> dict[str, object]:
    """Return a translation as a JSON-ready object, with how a foreign prompt was read."""
    told = found.to_json()
    given = foreign(found)
    if given is None:
        return told
    told["read"] = {
        "dialect": given.dialect,
        "text": given.text,
        "diagnostics": [finding.to_json() for finding in given.diagnostics],
    }
    return told
