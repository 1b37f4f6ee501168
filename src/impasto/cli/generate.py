"""`impasto generate`: images on disk, each with the record of what made it."""

from __future__ import annotations

import sys
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
    from impasto.cli.plan import Plan
    from impasto.cli.terminal import Terminal
    from impasto.config import Config

EXAMPLES = """\b
Examples:
  impasto generate "a red fox, (golden light:1.2)"
  impasto generate "a {red|white} fox" -n 4 --seed 1 -o foxes/
  impasto generate -f portrait.prompt --set subject="an old sailor" --model flux-dev \\
      --base-url https://api.example.com      (the key is in IMPASTO_API_KEY)
  impasto generate "a red fox" --dry-run

\b
Exit codes: 0 every image is there; 1 some are missing, or --on-loss raise and
something is lost; 2 there is none."""


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
@click.option("--retry-paid", is_flag=True, help="Repeat also what may have been billed.")
@click.option("--dry-run", is_flag=True, help="Print the request instead of sending it.")
@click.option("--force", is_flag=True, help="Send it even where a limit says it is refused.")
@on_loss_option
@emphasis_option
@format_option("json")
def generate(**options: Any) -> int:
    """Make images of TEXT or of a file and save them with the record of what made them.

    Without a server it draws a proof: a picture of the prompt itself, not a painting.
    """
    from impasto import config as settings
    from impasto.cli.inputs import job
    from impasto.cli.making import Maker
    from impasto.cli.places import checked_client_backend
    from impasto.cli.plan import plan
    from impasto.cli.terminal import Terminal

    form, work_options = options.pop("form"), given_prompt(options)
    given = {n: options[n] for n in ("model", "backend", "base_url", "timeout", "concurrency")}
    config = settings.load().with_flags(**given)
    _check_timeout(config["timeout"])
    work = job(work_options, config)
    backend = checked_client_backend(config)
    notes = Terminal(sys.stderr)
    found = plan(work, options["model"], backend, options["count"], options["emphasis"])
    stop = _examine(found, notes, options)
    if stop is not None:
        return stop
    if options["dry_run"]:
        return _dry_run(found, config, notes)
    maker = Maker(found, config, options["output"], notes, quiet=form == "json")
    maker.run(retry_paid=options["retry_paid"])
    return maker.report()


def _check_timeout(seconds: float) -> None:
    if not 0 < seconds < 1e6:
        raise click.UsageError(f"--timeout is a number of seconds above 0, not {seconds:g}")


def _examine(found: Plan, notes: Terminal, options: dict[str, Any]) -> int | None:
    """Show what will be lost or refused; return an exit code where nothing may be sent."""
    from impasto.cli.show import count, finding_rows, loss_rows

    first = found.shots[0].translation
    findings = first.diagnostics
    loss_rows(notes, first.losses)
    finding_rows(notes, findings)
    if options["on_loss"] == "raise" and first.losses:
        notes.line(f"nothing was sent: {count(len(first.losses), 'loss', 'losses')}")
        return 1
    errors = [d for shot in found.shots for d in shot.translation.limits if d.severity == "error"]
    if errors and not options["force"]:
        notes.line(
            f"{notes.paint('error: ', 'red', 'bold')}nothing was sent: {found.model} refuses this"
        )
        notes.line("  hint: change what is marked above, or send it all the same with --force")
        return 2
    return None


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
