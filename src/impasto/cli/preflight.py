"""What is decided before anything is sent: limits, the nearest values, a preview instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from impasto.cli.options import emphasis_option, on_loss_option

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from impasto.cli.inputs import Job
    from impasto.cli.terminal import Terminal
    from impasto.diagnostics import Diagnostic
    from impasto.models.card import ModelCard
    from impasto.models.preview import Preview
    from impasto.translate.translation import Translation

F = TypeVar("F", bound="Callable[..., Any]")


class Wishes(NamedTuple):
    """What to do about limits; the default says them and refuses only what would be refused."""

    adapt: bool = False
    strict: bool = False
    force: bool = False
    preview: bool = False

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Wishes:
        """Return the wishes in the options of `preflight_options` and --force.

        Raises:
            click.UsageError: --strict and --force.
        """
        wishes = cls(*(bool(options.get(name)) for name in cls._fields))
        if wishes.strict and wishes.force:
            raise click.UsageError("--strict and --force say two different things")
        return wishes


def preflight_options(command: F) -> F:
    """Add what may be wished: --adapt, --strict, --preview."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option(
        "--adapt", is_flag=True, help="Change what the model refuses to the nearest it takes."
    ),
    click.option("--strict", is_flag=True, help="Send nothing where a limit so much as warns."),
    click.option(
        "--preview", is_flag=True, help="Quick and cheap: a faster model, fewer steps, smaller."
    ),
)


def sending_options(command: F) -> F:
    """Add what says how images are asked for, where a prompt is sent."""
    for option in reversed(_SENDING):
        command = option(command)
    return command


_SENDING = (
    click.option("--retry-paid", is_flag=True, help="Repeat also what may have been billed."),
    *_OPTIONS,
    click.option("--cache", type=click.Path(file_okay=False), metavar="DIR", help="Another cache."),
    click.option("--no-cache", is_flag=True, help="Neither read nor fill the cache."),
    click.option("--dry-run", is_flag=True, help="Print the request instead of sending it."),
    click.option("--force", is_flag=True, help="Send it even where a limit says it is refused."),
    on_loss_option,
    emphasis_option,
)


class Prepared(NamedTuple):
    """A translation that is ready to be judged, its job, and what it is a preview of."""

    job: Job
    translation: Translation
    preview: Preview | None = None


def prepare(
    job: Job, card: ModelCard, backend: str, wishes: Wishes, emphasis: str = "auto"
) -> Prepared:
    """Translate a job for the model of `card` as it is wished.

    Raises:
        SourceError: in the prompt, the template, a value or a style.
    """
    from impasto.cli.translate import translations

    def made(job: Job, model: str, *, adapt: bool) -> Translation:
        return translations(job, [model], backend, emphasis, add_seed=False, adapt=adapt)[0]

    whole = made(job, card.id, adapt=wishes.adapt)
    if not wishes.preview:
        return Prepared(job, whole)
    from impasto.models.parameters import normalize
    from impasto.models.preview import preview

    found = preview(card, backend, whole.parameters)
    own = job._replace(parameters={**normalize(job.parameters), **found.parameters})
    # What was said for one model may be wrong for its sibling, so the nearest is taken.
    return Prepared(own, made(own, found.card.id, adapt=True), found)


def refused(found: Translation, wishes: Wishes) -> tuple[Diagnostic, ...]:
    """Return the findings for which nothing is to be sent."""
    if wishes.force:
        return ()
    harmless = ("info",) if wishes.strict else ("info", "warning")
    return tuple(one for one in found.limits if one.severity not in harmless)


def change_rows(terminal: Terminal, found: Translation) -> None:
    """Write what was changed to the nearest valid values, and why."""
    from impasto.cli.show import INDENT

    for change in found.changes:
        mark = terminal.paint("changed", "cyan")
        terminal.wrapped(str(change), indent=INDENT, first=f"  {mark}")


def show_changes(terminal: Terminal, changes: Mapping[str, int]) -> None:
    """Write what was changed in the lines of a batch, and in how many."""
    from impasto.cli.show import INDENT, count

    for text, number in changes.items():
        mark = f"  {terminal.paint('changed', 'cyan')}"
        terminal.wrapped(f"{text} ({count(number, 'line')})", indent=INDENT, first=mark)


def to_json(made: Prepared) -> dict[str, object]:
    """Return what a program wants to know beside the images: findings, changes, the preview."""
    found = made.translation
    return {
        "findings": [one.to_json() for one in found.diagnostics],
        "changes": [change.to_json() for change in found.changes],
        "preview": made.preview.to_json() if made.preview else None,
    }
