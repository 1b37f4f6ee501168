"""`impasto rerun`: an image made again from its own metadata, the same or changed."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from impasto.cli.options import format_option
from impasto.cli.preflight import Wishes, sending_options

if TYPE_CHECKING:
    from impasto.cli.plan import Plan
    from impasto.cli.redo import Redo
    from impasto.config import Config
    from impasto.images.generation import Generation
    from impasto.models.card import ModelCard

EXAMPLES = """\b
Examples:
  impasto rerun sailor.png
  impasto rerun sailor.png --set subject="an old captain" --set seed=8
  impasto rerun sailor.png --model flux-dev --base-url https://api.example.com
  impasto rerun from-civitai.png --model sdxl --backend a1111 --dry-run

\b
Exit codes: 0 the image is there; 1 something is lost with --on-loss raise, or
found with --strict; 2 it could not be made, or the image does not say how."""


@click.command(epilog=EXAMPLES, short_help="Make an image again, the same or changed.")
@click.argument("image", type=click.Path())
@click.option(
    "--set",
    "values",
    multiple=True,
    metavar="NAME=VALUE",
    help="Change a variable of its template, the prompt, negative, seed or another parameter.",
)
@click.option("-m", "--model", help="Another model paints.")
@click.option("--backend", help="Where; without it where our own image came from.")
@click.option("--base-url", metavar="URL", help="The server's address.")
@click.option(
    "-o", "--output", type=click.Path(), metavar="FILE|DIR", help="Where to save. DIR ends in /."
)
@click.option("--timeout", type=float, metavar="SECONDS", help="For the image.")
@sending_options
@format_option("json")
def rerun(image: str, values: tuple[str, ...], form: str, **options: Any) -> int:
    """Make IMAGE again from what it says of how it was made.

    An image of impasto is asked for exactly as it was. The prompt of another tool's image is read
    in the dialect of that tool and translated for the model.
    """
    from impasto.cli.generate import check_timeout, send
    from impasto.cli.inputs import read_values
    from impasto.cli.redo import Places, redo, wanted

    wishes = Wishes.of(options)
    made = _generation(Path(image))
    config = _config(made, options)
    check_timeout(config["timeout"])
    card = _card(made, options["model"], config)
    change = wanted(read_values(values), made, card)
    same = _is_same(made, card, config)
    with ExitStack() as stack:
        places = Places(Path(image), _scratch(stack))
        found = redo(made, change, card, config, places, same=same)
        for note in found.notes:
            _note(note)
        ready = _plan(found, card, config, wishes, options["emphasis"])
        return send(ready, config, options, wishes, quiet=form == "json")


def _generation(path: Path) -> Generation:
    """Return what made an image.

    Raises:
        ImageError: it does not say so, or cannot be read.
    """
    from impasto.cli.imagefiles import look
    from impasto.errors import ImageError

    found = look(path)
    if found.generation is None:
        problems = "".join(f"\n  {sentence}" for sentence in found.unread)
        raise ImageError(f"{path} says nothing of how it was made{problems}")
    if not found.generation.prompt:
        raise ImageError(f"{path} says nothing of a prompt; impasto inspect shows what it says")
    return found.generation


def _config(made: Generation, options: dict[str, Any]) -> Config:
    """Return the settings; our own images come from where they came, unless a flag says else."""
    from impasto import config as settings
    from impasto.cli.places import checked_client_backend

    given = {name: options[name] for name in ("model", "backend", "base_url", "timeout")}
    recorded = (made.record or {}).get("backend")
    if recorded and not options["backend"] and not options["base_url"]:
        given["backend"] = str(recorded)
    config = settings.load().with_flags(**given)
    checked_client_backend(config)
    return config


def _card(made: Generation, asked: str | None, config: Config) -> ModelCard:
    """Return the card of the model that is to paint, and say so where it is a guess."""
    from impasto.cli.modelfiles import card_named
    from impasto.config import DEFAULT_MODEL
    from impasto.models.registry import load_model

    if asked:
        return load_model(asked)
    if made.record is not None and made.model:
        return load_model(made.model)
    found = card_named(made.model) if made.model else None
    card = found or load_model(config.model() or DEFAULT_MODEL)
    named = f'made with "{made.model}"' if made.model else "made with a model that it does not name"
    _note(f"{named}, asking for {card.id}; another one: --model")
    return card


def _is_same(made: Generation, card: ModelCard, config: Config) -> bool:
    record = made.record or {}
    return (record.get("model"), record.get("backend")) == (card.id, config.backend)


def _scratch(stack: ExitStack) -> Path:
    """Return a folder that is there as long as `stack` is open."""
    from tempfile import TemporaryDirectory

    return Path(stack.enter_context(TemporaryDirectory(prefix="impasto-")))


def _plan(found: Redo, card: ModelCard, config: Config, wishes: Wishes, emphasis: str) -> Plan:
    """Return the plan for one image; what was asked before is asked word for word."""
    from msgspec.structs import replace

    from impasto.cli.plan import Plan, Shot
    from impasto.cli.preflight import prepare

    made = prepare(found.job, card, config.backend, wishes, emphasis)
    if found.asked is not None and not wishes.preview:
        made = made._replace(translation=replace(made.translation, **found.asked))
    seed = made.translation.parameters.get("seed")
    shot = Shot(seed if isinstance(seed, int) else None, made)
    return Plan((shot,), made.translation.model, drawn=False)


def _note(text: str) -> None:
    from impasto.cli.terminal import Terminal

    notes = Terminal(sys.stderr)
    notes.wrapped(text, indent=13, first=f"  {notes.paint('careful', 'yellow')}")
