"""`impasto translate`: what each model hears of a prompt, and what it loses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from impasto.cli.lines import Record, answer, jsonl_option
from impasto.cli.options import (
    emphasis_option,
    format_option,
    given_prompt,
    on_loss_option,
    prompt_options,
)
from impasto.cli.targets import carried, foreign, in_dialect, targets_of, to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from impasto.cli.inputs import Job
    from impasto.cli.terminal import Terminal
    from impasto.config import Config
    from impasto.diagnostics import Diagnostic
    from impasto.translate.translation import Translation

EXAMPLES = """\b
Examples:
  impasto translate "a red fox, (golden light:1.2)" --all
  impasto translate "a red fox, (golden light:1.2)" --to flux-dev,midjourney-v6
  impasto translate -f portrait.prompt --set subject="an old sailor" --to sdxl
  impasto translate "((a fox)), [fog:0.5]" --from a1111 --to comfyui,flux-dev
  impasto translate --jsonl -f prompts.jsonl --from auto --to novelai-4"""


@click.command(epilog=EXAMPLES, short_help="Show what each model hears, and loses.")
@prompt_options
@click.option(
    "-t",
    "--to",
    multiple=True,
    metavar="MODEL,…",
    help="For these models, or in these dialects; may be repeated.",
)
@click.option(
    "--from",
    "origin",
    metavar="D|auto",
    help="TEXT is in this dialect; auto: in the one it was probably written for.",
)
@click.option("--all", "everyone", is_flag=True, help="For every model that is known.")
@click.option("--backend", help="Where the models are reached, which may change their limits.")
@on_loss_option
@emphasis_option
@jsonl_option
@format_option("json", "jsonl")
def translate(
    to: tuple[str, ...],
    everyone: bool,
    origin: str | None,
    jsonl: bool,
    backend: str | None,
    on_loss: str,
    emphasis: str,
    form: str,
    **options: Any,
) -> int:
    """Show what each model hears of TEXT or of a file, and what it loses.

    --from reads a prompt that was written for something else, --to also writes one in a dialect.
    Without --to and --all it is the model that the file or the settings name, else the six of the
    API guide.
    """
    from impasto import config as settings
    from impasto.cli.inputs import job
    from impasto.cli.places import checked_backend

    config = settings.load().with_flags(backend=backend)
    given = given_prompt(options)
    place = checked_backend(config, config["backend"])
    if jsonl:
        line = _line_of(given, config, origin, (to, everyone, place, emphasis))
        return answer(given["text"], given["file"], form, line)
    work = job(given, config, origin)
    targets = targets_of(work.model(), to, everyone=everyone)
    found = translations(work, targets, place, emphasis)
    _write(found, form)
    return 1 if on_loss == "raise" and any(t.losses for t in found) else 0


def _line_of(
    given: dict[str, Any],
    config: Config,
    origin: str | None,
    wanted: tuple[Sequence[str], bool, str | None, str],
) -> Callable[[Record], object]:
    """Return the function that translates a line of --jsonl."""
    from impasto.cli.inputs import job_of
    from impasto.cli.readings import AUTO, checked

    to, everyone, place, emphasis = wanted
    targets = targets_of(config.model(), to, everyone=everyone)
    if origin not in (None, AUTO):
        checked(str(origin))

    def line(record: Record) -> object:
        options = {**given, "negative": record.negative or given["negative"]}
        work = job_of(record.prompt, options, config, origin)
        found = translations(work, targets, place, emphasis)
        return {
            "format": 1,
            "line": record.line,
            "translations": [to_json(one) for one in found],
        }

    return line


def translations(
    work: Job,
    targets: Sequence[str],
    backend: str | None,
    emphasis: str = "auto",
    *,
    add_seed: bool = True,
    adapt: bool = False,
) -> list[Translation]:
    """Return the translations of a job for models and into dialects.

    Its seed is a parameter with `add_seed`; `adapt` takes the nearest values that models take.
    """
    from impasto.models.registry import model_names
    from impasto.translate.api import translate as for_model

    models = model_names()
    first = next((name for name in targets if name in models), None)
    prompt = work.prompt(first if not work.is_plain else None)
    parameters = dict(work.parameters)
    if add_seed and work.seed is not None:
        parameters.setdefault("seed", work.seed)
    is_text = work.is_plain and not hasattr(prompt, "recipe")
    negative = work.unwanted if is_text else None
    found = []
    for target in targets:
        sent = {**carried(prompt, target), **parameters}
        found.append(
            in_dialect(prompt, target, negative, sent, emphasis)
            if target not in models
            else for_model(
                prompt,
                target,
                backend,
                negative=negative,
                parameters=sent,
                emphasis=emphasis,  # type: ignore[arg-type]
                adapt=adapt,
            )
        )
    return found


def _write(found: list[Translation], form: str) -> None:
    from impasto.cli.terminal import Terminal, write_json

    if form == "json":
        write_json({"format": 1, "translations": [to_json(one) for one in found]})
    elif form == "jsonl":
        for one in found:
            write_json(to_json(one), indent=None)
    else:
        _show(found, Terminal())


def _show(found: list[Translation], terminal: Terminal) -> None:
    from impasto.cli.show import finding_rows, text_row

    given = foreign(found[0])
    if given is not None:
        terminal.line(terminal.paint(f"your {given.name}, read as {given.dialect}", "bold"))
        if given.name != "prompt":  # one that was drawn: nobody has seen it yet
            text_row(terminal, "text", given.text)
        finding_rows(terminal, given.diagnostics)
        terminal.line()
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
    names = ", ".join(one.model or one.dialect for one in group)
    at = f" at {found.backend}" if found.backend else ""
    terminal.wrapped(names + at, "bold", "cyan")
    text_row(terminal, "hears", found.prompt or "(nothing)")
    if found.negative_prompt:
        text_row(terminal, "negative", found.negative_prompt)
    if found.parameters:
        text_row(terminal, "parameters", parameters_text(found.parameters))
    text_row(terminal, "syntax", _syntax(found.dialect))
    if not found.losses:
        terminal.line(f"  {terminal.paint('nothing is lost', 'green')}")
    loss_rows(terminal, found.losses)
    finding_rows(terminal, _told_once(group))


def _told_once(group: list[Translation]) -> list[Diagnostic]:
    """Return the findings of a group, one for those that differ only in the model's name."""
    alike: dict[tuple[str, ...], list[tuple[str, Diagnostic]]] = {}
    for one in group:
        for limit in one.limits:
            key = (limit.code, limit.parameter, limit.message.replace(one.model, ""), limit.hint)
            alike.setdefault(key, []).append((one.model, limit))
    return [_for_all(found) for found in alike.values()]


def _for_all(found: list[tuple[str, Diagnostic]]) -> Diagnostic:
    from msgspec.structs import replace

    (_, first), *others = found
    if not others:
        return first
    names = ", ".join(model for model, _ in others)
    return replace(first, message=f"{first.message} (so for {names})")


def _syntax(dialect: str) -> str:
    from impasto.dialects import dialect as load_dialect

    short = _SYNTAX.get(dialect) or _SYNTAX.get(dialect.split("-", maxsplit=1)[0])
    return short or load_dialect(dialect).title or dialect


_SYNTAX = {
    "a1111": "weights in brackets, as in A1111",
    "plain": "plain words, no weights",
    "midjourney": "parts with :: and --flags",
}


def _summary(found: list[Translation], terminal: Terminal) -> None:
    rows = [
        (
            one.model or one.dialect,
            str(len(one.losses)),
            str(len(one.limits)),
            _worst(one, terminal),
        )
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
