"""`impasto batch`: many images from a file of prompts, that may be stopped and gone on with."""

from __future__ import annotations

import asyncio
import sys
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from impasto.cli.batchinput import Inputs
from impasto.cli.options import format_option
from impasto.cli.preflight import preflight_options, show_changes

if TYPE_CHECKING:
    from impasto.cli.batchplan import Planner
    from impasto.cli.batchrun import Batch
    from impasto.cli.batchtold import Told
    from impasto.cli.terminal import Terminal
    from impasto.client.cache import Cache
    from impasto.client.journal import Journal
    from impasto.config import Config
    from impasto.recipes.images import ImageSet

PLAN = "impasto batch"
JOURNAL = ".impasto-journal.db"
INTERRUPTED = 130

EXAMPLES = """\b
Examples:
  impasto batch prompts.jsonl -o foxes/
  impasto batch prompts.csv --model flux-schnell --estimate
  impasto batch prompts.jsonl --base-url https://api.example.com --max-cost 5
  impasto batch foxes.yaml -o foxes/
  impasto build foxes.yaml | head -20 | impasto batch - -o foxes/

\b
The same command again goes on where it was stopped or killed.

\b
Exit codes: 0 every image is there; 1 some are missing; 2 there is none, or it
could not be done; 130 interrupted."""


@click.command(epilog=EXAMPLES, short_help="Make the images of a file of prompts.")
@click.argument("files", nargs=-1, required=True, type=click.Path(), metavar="FILE…")
@click.option("-m", "--model", help="Which model paints, where a line names none.")
@click.option("--backend", help="Where: proof (no network), gateway, or a plug-in's.")
@click.option("--base-url", metavar="URL", help="The server's address.")
@click.option("-s", "--style", "styles", multiple=True, metavar="NAME[:W]", help="For every line.")
@click.option(
    "-p", "--param", "parameters", multiple=True, metavar="NAME=VALUE", help="For every line."
)
@click.option(
    "--seed", type=click.IntRange(min=0), help="Of the first line; each next one gets one more."
)
@click.option(
    "-o", "--output", type=click.Path(), metavar="DIR", help="Where to save; named as the file is."
)
@click.option("--timeout", type=float, metavar="SECONDS", help="For each image.")
@click.option("--concurrency", type=click.IntRange(min=1), help="How many at once.")
@click.option(
    "--journal", type=click.Path(dir_okay=False), help=f"By default {JOURNAL} in the folder."
)
@click.option("--no-resend", is_flag=True, help="Do not repeat what was on its way at a kill.")
@click.option(
    "--max-cost", type=click.FloatRange(min=0), metavar="USD", help="Stop before it costs more."
)
@click.option("--estimate", is_flag=True, help="Say how many there are to make and the cost.")
@preflight_options
@click.option("--cache", type=click.Path(file_okay=False), metavar="DIR", help="Another cache.")
@click.option("--no-cache", is_flag=True, help="Neither read nor fill the cache.")
@click.option("--dry-run", is_flag=True, help="Print the requests instead of sending them.")
@click.option("--force", is_flag=True, help="Send also what a limit says is refused.")
@click.option(
    "--sheet",
    "sheets",
    multiple=True,
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Then make a contact sheet: a page (.html) or a picture (.png); repeatable.",
)
@format_option("json")
def batch(files: tuple[str, ...], **options: Any) -> int:
    """Make the images of FILE…: a recipe, JSON Lines, CSV, Parquet; "-" is a pipe.

    A line is a prompt, or an object: {"prompt": …, "negative": …, "model": …, "styles": […],
    "seed": …, "parameters": {…}, "output": …}, or what `impasto build` wrote. Columns of CSV and
    Parquet are called so, too. A recipe is a YAML or TOML file.
    """
    from impasto import config as settings
    from impasto.cli.batchplan import Planner
    from impasto.cli.places import checked_client_backend
    from impasto.cli.sheet import checked_sheets
    from impasto.cli.terminal import Terminal

    if options["cache"] and options["no_cache"]:
        raise click.UsageError("--cache and --no-cache say two different things")
    if files.count("-") > 1:
        raise click.UsageError('the standard input "-" can be read only once')
    given = {n: options[n] for n in ("model", "backend", "base_url", "timeout", "concurrency")}
    config = settings.load().with_flags(**given)
    if not 0 < config["timeout"] < 1e6:
        raise click.UsageError(
            f"--timeout is a number of seconds above 0, not {config['timeout']:g}"
        )
    checked_sheets(options["sheets"])
    planner = Planner(config, checked_client_backend(config), options)
    work = _Work(files, config, planner, options, Terminal(sys.stderr))
    if options["dry_run"]:
        from impasto.cli.batchdry import print_requests

        return print_requests(work.inputs, planner, work.notes)
    return work.estimate() if options["estimate"] else work.run()


class _Work:
    """What the command does with its files."""

    def __init__(
        self,
        files: tuple[str, ...],
        config: Config,
        planner: Planner,
        options: dict[str, Any],
        notes: Terminal,
    ) -> None:
        self.files = files
        self.config = config
        self.planner = planner
        self.options = options
        self.notes = notes
        self.inputs = Inputs(files, self._recipe)
        self.folder = _folder(options["output"], config, files[0])
        self.journal = Path(options["journal"] or self.folder / JOURNAL)

    def _recipe(self, file: str) -> ImageSet:
        from impasto.cli.batchrecipe import images_of

        model = self.options["model"]
        models, planner = (model,) if model else (), self.planner
        return images_of(file, self.config, models, planner.backend, planner.wishes)

    @property
    def _as_json(self) -> bool:
        return bool(self.options["form"] == "json")

    def estimate(self) -> int:
        """Say how many images there are to make and what they cost; nothing is sent or written."""
        from impasto.cli.batchestimate import Estimate
        from impasto.cli.batchtold import show_troubles, trouble_of
        from impasto.cli.terminal import Terminal, write_json
        from impasto.client.exchange import host_of
        from impasto.client.saving import Folder
        from impasto.errors import ImpastoError

        names: dict[int, str] = {}
        host = host_of(self.config["base_url"] or "")
        with ExitStack() as stack:
            journal = self._journal(stack) if self.journal.is_file() else None
            cache = self._cache(stack, only_there=True)
            folder = Folder(self.folder, names.__getitem__)
            found = Estimate(folder, journal, cache, host, self.planner.backend)
            for line in self.inputs:
                try:
                    item = self.planner.item(line)
                except ImpastoError as error:
                    found.counts["broken"] += 1
                    show_troubles({trouble_of(error): [line.place]}, self.notes)
                    continue
                names[item.number] = item.name
                found.add(item, self.planner.price(item.translation))
                del names[item.number]
        if self._as_json:
            write_json({"event": "estimate", **found.to_json()}, indent=None)
        else:
            found.show(Terminal())
        return 1 if found.counts["broken"] else 0

    def run(self) -> int:
        """Make the images; return the exit code."""
        from impasto.cli.batchjson import ToldAsJson
        from impasto.cli.batchrun import BY_HAND, Batch
        from impasto.cli.batchtold import ToldToPeople

        total = self.inputs.count()
        if total == 0:
            raise click.UsageError(f"there is no prompt in {', '.join(self.files)}")
        kind = ToldAsJson if self._as_json else ToldToPeople
        told = kind(self.folder, self.journal, total, self.notes)
        found = Batch(self.inputs, self.planner, told)
        found.budget = self.options["max_cost"]
        with ExitStack() as stack:
            journal = self._journal(stack)
            cache = self._cache(stack)
            try:
                with told.shown():
                    asyncio.run(self._send(found, told, journal, cache))
            except (KeyboardInterrupt, asyncio.CancelledError):
                found.stopped = BY_HAND
            finally:
                doubtful = 0 if self.planner.is_free else journal.summary().doubtful
                facts = told.facts(doubtful, self.planner.losing, found.stopped)
                told.summary({**facts, "changes": dict(self.planner.changes)})
                if not self._as_json:
                    show_changes(self.notes, self.planner.changes)
        self._write_sheets(told)
        return _code(found, told)

    def _write_sheets(self, told: Told) -> None:
        if not self.options["sheets"]:
            return
        from impasto.cli.sheet import write_sheets
        from impasto.sheet.frames import Frame, frames_of

        frames = frames_of(self.folder, self.journal)
        frames += [
            Frame(name=place, state="failed", reason=trouble.message, hint=trouble.hint)
            for place, trouble in told.refused
        ]
        write_sheets(frames, self.options["sheets"], self.folder.resolve().name)

    async def _send(self, found: Batch, told: Told, journal: Journal, cache: Cache | None) -> None:
        from impasto.client.budget import Budget
        from impasto.client.client import AsyncClient
        from impasto.client.runner import Runner
        from impasto.client.saving import Folder

        config = self.config
        spent = journal.summary().cost
        client = AsyncClient(
            self.planner.backend,
            config["base_url"] or "",
            config.key() or None,
            timeout=config["timeout"],
            concurrency=config["concurrency"],
            cancel_jobs=False,  # the next run looks for them
        )
        told.started({"backend": client.backend, "host": client.host})
        async with client:
            runner = Runner(
                client,
                Folder(self.folder, found.name, found.record),
                journal=journal,
                cache=cache,
                budget=Budget(self.options["max_cost"], self.planner.price, spent),
                resend=not self.options["no_resend"],
            )
            await found.run(runner)

    def _journal(self, stack: ExitStack) -> Journal:
        from impasto.client.journal import Journal

        return stack.enter_context(closing(Journal(self.journal, PLAN)))

    def _cache(self, stack: ExitStack, *, only_there: bool = False) -> Cache | None:
        """Open the cache, where it is of use: a proof is drawn as fast as it is read."""
        from impasto.cli.places import cache_folder
        from impasto.client.cache import Cache

        if self.options["no_cache"] or self.planner.backend == "proof":
            return None
        folder = cache_folder(self.config, self.options["cache"])
        if only_there and not (folder / "index.db").is_file():
            return None
        return stack.enter_context(closing(Cache(folder)))


def _folder(output: str | None, config: Config, first: str) -> Path:
    """Return the folder of the images: as given, else one that is called as the file is."""
    if output:
        return Path(output)
    name = "batch" if first == "-" else Path(first).stem
    return Path(config["output"]) / name


def _code(found: Batch, told: Told) -> int:
    from impasto.cli.batchrun import BY_HAND

    if found.stopped == BY_HAND:
        return INTERRUPTED
    if not told.missing and told.there:
        return 0
    return 1 if told.there else 2
