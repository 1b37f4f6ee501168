"""`impasto translate`: what each model hears of a prompt, and what it loses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from impasto.cli.options import (
    emphasis_option,
    format_option,
    given_prompt,
    on_loss_option,
    prompt_options,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from impasto.cli.inputs import Job
    from impasto.cli.terminal import Terminal
    from impasto.translate.translation import Translation

EXAMPLES = """\b
Examples:
  impasto translate "a red fox, (golden light:1.2)" --all
  impasto translate "a red fox, (golden light:1.2)" --to flux-dev,midjourney-v6
  impasto translate -f portrait.prompt --set subject="an old sailor" --to sdxl"""


@click.command(epilog=EXAMPLES, short_help="Show what each model hears, and loses.")
@prompt_options
@click.option(
    "-t", "--to", multiple=True, metavar="MODEL,…", help="For these models; may be repeated."
)
@click.option("--all", "everyone", is_flag=True, help="For every model that is known.")
@click.option("--backend", help="Where the models are reached, which may change their limits.")
@on_loss_option
@emphasis_option
@format_option("json", "jsonl")
def translate(
    to: tuple[str, ...],
    everyone: bool,
    backend: str | None,
    on_loss: str,
    emphasis: str,
    form: str,
    **options: Any,
) -> int:
    """Show what each model hears of TEXT or of a file, and what it loses.

    Without --to and --all it is the model that the file or the settings name, else all of them.
    """
    from impasto import config as settings
    from impasto.cli.inputs import job
    from impasto.cli.places import checked_backend

    config = settings.load().with_flags(backend=backend)
    work = job(given_prompt(options), config)
    place = checked_backend(config, config["backend"])
    names = _models(work, to, everyone=everyone)
    found = translations(work, names, place, emphasis)
    _write(found, form)
    return 1 if on_loss == "raise" and any(t.losses for t in found) else 0


def _models(work: Job, to: Sequence[str], *, everyone: bool) -> list[str]:
    """Return the ids of the models to translate for, each once."""
    from impasto.models.registry import load_model, model_names

    asked = [name.strip() for text in to for name in text.split(",") if name.strip()]
    if asked and everyone:
        raise click.UsageError("--to and --all say two different things; give one of them")
    if asked:
        return list(dict.fromkeys(load_model(name).id for name in asked))
    configured = None if everyone else work.model()
    return [load_model(configured).id] if configured else list(model_names())


def translations(
    work: Job,
    models: Sequence[str],
    backend: str | None,
    emphasis: str = "auto",
    *,
    add_seed: bool = True,
) -> list[Translation]:
    """Return the translations of a job for `models`; its seed is a parameter with `add_seed`."""
    from impasto.translate.api import translate as for_model

    prompt = work.prompt(models[0] if not work.is_plain else None)
    parameters = dict(work.parameters)
    if add_seed and work.seed is not None:
        parameters.setdefault("seed", work.seed)
    is_text = work.is_plain and not hasattr(prompt, "recipe")
    negative = work.negative if is_text else None
    return [
        for_model(
            prompt,
            model,
            backend,
            negative=negative,
            parameters=parameters,
            emphasis=emphasis,  # type: ignore[arg-type]
        )
        for model in models
    ]


def _write(found: list[Translation], form: str) -> None:
    from impasto.cli.terminal import Terminal, write_json

    if form == "json":
        write_json({"format": 1, "translations": [one.to_json() for one in found]})
    elif form == "jsonl":
        for one in found:
            write_json(one.to_json(), indent=None)
    else:
        _show(found, Terminal())


def _show(found: list[Translation], terminal: Terminal) -> None:
    from impasto.cli.show import finding_rows

    composition = found[0].composition
    if composition and composition.diagnostics:
        terminal.line(terminal.paint("your prompt", "bold"))
        finding_rows(terminal, composition.diagnostics)
        terminal.line()
    for group in _groups(found):
        _card(group, terminal)
        terminal.line()
    if len(found) > 1:
        _summary(found, terminal)


def _groups(found: list[Translation]) -> list[list[Translation]]:
    """Return the translations, those together that hear and lose the same."""
    groups: dict[tuple[str, ...], list[Translation]] = {}
    for one in found:
        losses = sorted(map(str, one.losses))
        key = (one.dialect, one.prompt, one.negative_prompt, repr(one.parameters), *losses)
        groups.setdefault(key, []).append(one)
    return list(groups.values())


def _card(group: list[Translation], terminal: Terminal) -> None:
    """Write what the models of a group hear."""
    from impasto.cli.show import finding_rows, loss_rows, parameters_text, text_row

    found = group[0]
    names = ", ".join(one.model for one in group)
    at = f" at {found.backend}" if found.backend else ""
    terminal.line(terminal.paint(names, "bold", "cyan") + at)
    text_row(terminal, "hears", found.prompt or "(nothing)")
    if found.negative_prompt:
        text_row(terminal, "negative", found.negative_prompt)
    if found.parameters:
        text_row(terminal, "parameters", parameters_text(found.parameters))
    text_row(terminal, "syntax", _SYNTAX.get(found.dialect.split("-")[0], found.dialect))
    if not found.losses:
        terminal.line(f"  {terminal.paint('nothing is lost', 'green')}")
    loss_rows(terminal, found.losses)
    finding_rows(terminal, [limit for one in group for limit in one.limits])


_SYNTAX = {
    "a1111": "weights in brackets, as in A1111",
    "plain": "plain words, no weights",
    "midjourney": "parts with :: and --flags",
}


def _summary(found: list[Translation], terminal: Terminal) -> None:
    rows = [
        (one.model, str(len(one.losses)), str(len(one.limits)), _worst(one, terminal))
        for one in found
    ]
    terminal.table(rows, head=("model", "lost", "notes", "in short"))


def _worst(found: Translation, terminal: Terminal) -> str:
    """Return in a word how well the model is served."""
    severities = {loss.severity for loss in found.losses} | {d.severity for d in found.limits}
    if "error" in severities:
        return terminal.paint("something has to change", "red")
    if found.losses:
        kinds = ", ".join(dict.fromkeys(loss.kind for loss in found.losses))
        return terminal.paint(f"loses: {kinds}", "yellow")
    return terminal.paint("hears all of it", "green")
