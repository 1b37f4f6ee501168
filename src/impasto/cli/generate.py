"""`impasto generate`: images on disk, each with the record of what made it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from impasto.cli.options import (
    format_option,
    given_prompt,
    prompt_options,
)
from impasto.cli.preflight import Wishes, sending_options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impasto.cli.plan import Plan
    from impasto.cli.terminal import Terminal
    from impasto.config import Config
    from impasto.diagnostics import Diagnostic

EXAMPLES = """\b
Examples:
  impasto generate "a red fox, (golden light:1.2)"
  impasto generate "a {red|white} fox" -n 4 --seed 1 -o foxes/
  impasto generate -f portrait.prompt --set subject="an old sailor" --model flux-dev \\
      --base-url https://api.example.com      (the key is in IMPASTO_API_KEY)
  impasto generate "a red fox" --model flux-dev --preview
  impasto generate "a red fox" --model flux-dev -p guidance=7.5 --adapt
  impasto generate "a red fox" --dry-run

\b
Exit codes: 0 every image is there; 1 some are missing, or something is lost
with --on-loss raise, or found with --strict; 2 there is none."""


@click.command(epilog=EXAMPLES, short_help="Make images and save them with their record.")
@prompt_options
@click.option("-m", "--model", help="Which model paints.")
@click.option("--backend", help="Where: proof (no network), gateway, or a plug-in's.")
@click.option("--base-url", metavar="URL", help="The server's address.")
@click.option(
    "-o", "--output", type=click.Path(), metavar="FILE|DIR", help="Where to save. DIR ends in /."
)
@click.option(
    "-n", "--count", type=click.IntRange(1, 10_000), default=1, help="How many images to make."
)
@click.option("--timeout", type=float, metavar="SECONDS", help="For each image.")
@click.option("--concurrency", type=click.IntRange(min=1), help="How many at once.")
@sending_options
@format_option("json")
def generate(**options: Any) -> int:
    """Make images of TEXT or of a file and save them with the record of what made them.

    Without a server it draws a proof: a picture of the prompt itself, not a painting.
    """
    from impasto import config as settings
    from impasto.cli.inputs import job
    from impasto.cli.places import checked_client_backend
    from impasto.cli.plan import plan

    form, work_options = options.pop("form"), given_prompt(options)
    wishes = Wishes.of(options)
    given = {n: options[n] for n in ("model", "backend", "base_url", "timeout", "concurrency")}
    config = settings.load().with_flags(**given)
    check_timeout(config["timeout"])
    work = job(work_options, config)
    backend = checked_client_backend(config)
    emphasis = options["emphasis"]
    found = plan(work, options["model"], backend, options["count"], emphasis, wishes)
    return send(found, config, options, wishes, quiet=form == "json")


def send(
    found: Plan, config: Config, options: Mapping[str, Any], wishes: Wishes, *, quiet: bool
) -> int:
    """Make the images of a plan as the options of the command say; return the exit code."""
    from impasto.cli.making import Maker
    from impasto.cli.places import checked_cache
    from impasto.cli.terminal import Terminal

    notes = Terminal(sys.stderr)
    maker = Maker(found, config, options["output"], notes, quiet=quiet)
    stop = _examine(found, notes, options["on_loss"], wishes)
    if stop is not None:
        maker.tell()
        return stop
    if options["dry_run"]:
        return _dry_run(found, config, notes)
    with checked_cache(config, options["cache"], unwanted=options["no_cache"]) as cache:
        maker.run(cache, retry_paid=options["retry_paid"])
    return maker.report()


def check_timeout(seconds: float) -> None:
    """Refuse a time that makes no sense.

    Raises:
        click.UsageError: it is not above 0, or endless.
    """
    if not 0 < seconds < 1e6:
        raise click.UsageError(f"--timeout is a number of seconds above 0, not {seconds:g}")


def _examine(found: Plan, notes: Terminal, on_loss: str, wishes: Wishes) -> int | None:
    """Show what will be lost, changed or refused; return an exit code where nothing may be sent."""
    from impasto.cli.preflight import change_rows, refused
    from impasto.cli.show import count, finding_rows, loss_rows

    made = found.shots[0].made
    first = made.translation
    if made.preview:
        notes.line(f"{made.preview}")
    loss_rows(notes, first.losses)
    change_rows(notes, first)
    finding_rows(notes, first.diagnostics)
    if on_loss == "raise" and first.losses:
        notes.line(f"nothing was sent: {count(len(first.losses), 'loss', 'losses')}")
        return 1
    errors = [one for shot in found.shots for one in refused(shot.translation, wishes)]
    return _stop(errors, found.model, notes, wishes) if errors else None


def _stop(errors: list[Diagnostic], model: str, notes: Terminal, wishes: Wishes) -> int:
    """Say why nothing is sent and what to do; return the exit code."""
    from impasto.models.adapting import can_help

    head = notes.paint("error: ", "red", "bold")
    helped = not wishes.adapt and any(map(can_help, errors))
    hint = "  hint: change what is marked above"
    hint += ", or let --adapt take the nearest values" * helped
    if wishes.strict and all(one.severity == "warning" for one in errors):
        notes.line(f"{head}nothing was sent: --strict allows none of what is marked above")
        notes.line(hint)
        return 1
    notes.line(f"{head}nothing was sent: {model} refuses this")
    notes.line(hint + ", or send it all the same with --force" * (not wishes.strict))
    return 2


def _dry_run(found: Plan, config: Config, notes: Terminal) -> int:
    from impasto.cli.terminal import write_json
    from impasto.client.backends.gateway import body, endpoint
    from impasto.client.request import Request

    if config["base_url"] and config.backend == "gateway":
        notes.line(f"POST {endpoint(config['base_url'])}")
    else:
        notes.line(f"the backend {config.backend} gets this; a gateway would, too")
    for shot in found.shots:
        write_json(body(Request.of(shot.translation, config.backend)))
    return 0
