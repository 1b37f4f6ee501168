"""Making the images of a plan: a few at a time, each saved as it comes."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from impasto.cli import files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from impasto.cli.plan import Plan, Shot
    from impasto.cli.terminal import Terminal
    from impasto.client import Client, Result
    from impasto.client.cache import Cache
    from impasto.config import Config
    from impasto.errors import BackendError


class Failure(NamedTuple):
    """An image that did not come."""

    shot: Shot
    error: BackendError

    def to_json(self) -> dict[str, object]:
        """Return the failure as a JSON-ready object."""
        error = self.error
        return {
            "seed": self.shot.seed,
            "error": type(error).__name__,
            "message": error.message,
            "hint": error.hint,
            "billed": error.billed,
            "status": error.status,
        }


class Saved(NamedTuple):
    """An image on disk; `record` is what was written into it, `cached` that nobody was asked."""

    files: tuple[Path, ...]
    record: dict[str, object]
    cached: bool

    def to_json(self) -> dict[str, object]:
        """Return the image as a JSON-ready object."""
        sidecar = {"sidecar": str(self.files[1])} if self.files[1:] else {}
        return {
            "file": str(self.files[0]),
            **sidecar,
            "cached": self.cached,
            "record": self.record,
        }


class Maker:
    """Makes the images of `plan`; the files' names go to standard output, the rest to `notes`.

    `output` is the file or folder that the user named. With `quiet` nothing but the JSON of
    `report` goes to standard output.
    """

    def __init__(
        self, plan: Plan, config: Config, output: str | None, notes: Terminal, *, quiet: bool
    ) -> None:
        self.plan = plan
        self.config = config
        self.output = output
        self.notes = notes
        self.quiet = quiet
        self.saved: list[Saved] = []
        self.failures: list[Failure] = []
        self._holds = False
        self._held: list[str] = []

    def run(self, cache: Cache | None = None, *, retry_paid: bool = False) -> None:
        """Send every request of the plan whose result is not in `cache`, and save what comes.

        Raises:
            ImageError: a file from the cache cannot be written.
            FileError: the cache cannot be used.
        """
        from impasto.client import Client
        from impasto.client.progress import bar

        client = Client(
            self.config.backend,
            self.config["base_url"] or "",
            self.config.key() or None,
            timeout=self.config["timeout"],
            concurrency=self.config["concurrency"],
            retry_paid=retry_paid,
        )
        todo = [shot for shot in self.plan.shots if not self._recalled(shot, cache, client.host)]
        if not todo:
            client.close()
            return
        self._announce()
        several = len(todo) > 1
        # Names would break into the bar where both are on one terminal.
        self._holds = several and not self.quiet and sys.stdout.isatty()
        try:
            with terminable(), client, bar(len(todo)) if several else nullcontext() as advance:
                self._collect(client, todo, cache, advance)
        except KeyboardInterrupt:
            self._tell_open(len(todo), client.concurrency)
            raise
        finally:
            for name in self._held:
                click.echo(name)

    def _recalled(self, shot: Shot, cache: Cache | None, host: str) -> bool:
        """Save the result of an equal request of before; return whether there is one."""
        from impasto.client.request import Request

        request = Request.of(shot.translation, self.config.backend)
        result = cache.recall(request, host) if cache else None
        if result is None:
            return False
        self.notes.line("an equal request was made before; --no-cache makes it anew")
        self._save(result, shot, cached=True)
        return True

    def _collect(
        self,
        client: Client,
        shots: list[Shot],
        cache: Cache | None,
        advance: Callable[[int, int], None] | None,
    ) -> None:
        todo = (shot.translation for shot in shots)
        for index, outcome in client.batch(todo, progress=advance):
            if isinstance(outcome, Exception):
                self.failures.append(Failure(shots[index], outcome))
                continue
            self._take(outcome, shots[index])
            if cache:
                self._keep(outcome, cache, client.host)

    def _take(self, result: Result, shot: Shot) -> None:
        """Save an image; one that cannot be written is put elsewhere, as it was paid for."""
        from impasto.client.reasons import unwritten
        from impasto.client.saving import rescue
        from impasto.errors import ImageError

        try:
            self._save(result, shot)
        except ImageError as error:
            place = rescue(result, self._path(shot).stem, self._record(result, shot))
            lost = unwritten(error, place, "no" if self._is_free else "yes")
            self.failures.append(Failure(shot, lost))

    def _keep(self, result: Result, cache: Cache, host: str) -> None:
        """Put a result into the cache; the image is there even where that cannot be done."""
        from impasto.errors import FileError

        try:
            cache.keep(result, host)
        except FileError as error:
            self.notes.line(f"note: {error}")

    @property
    def _is_free(self) -> bool:
        from impasto.cli.batchplan import OWN

        return self.config.backend in OWN

    def _tell_open(self, asked: int, width: int) -> None:
        """Say what an interruption leaves behind: requests that may be billed without an image."""
        left = min(asked - len(self.saved) - len(self.failures), width)
        if left < 1 or self._is_free:
            return
        what = "1 request was" if left == 1 else f"up to {left} requests were"
        self.notes.line(
            f"\n{what} under way and may have been billed; "
            "look at the provider's dashboard before you send it again"
        )

    def _announce(self) -> None:
        """Say what is about to happen, where, and which seed was drawn."""
        seed = self.plan.shots[0].seed
        said = "" if seed is None else f", seed {seed}"
        if said and self.plan.drawn:
            said += f" (drawn; --seed {seed} repeats it)"
        if self.config.backend != "proof":
            self.notes.line(f"asking {self._where()} for {self.plan.model}{said}")
            return
        self.notes.line(f"drawing a proof of what {self.plan.model} hears, not a painting{said}")
        if self.config.is_unset:
            hint = "to paint, name a server: --base-url https://…, its key in IMPASTO_API_KEY"
            self.notes.line(self.notes.paint(hint, "dim"))

    def _where(self) -> str:
        from impasto.client.exchange import host_of

        url = self.config["base_url"]
        return host_of(url) if url else f"the backend {self.config.backend}"

    def _save(self, result: Result, shot: Shot, *, cached: bool = False) -> None:
        from impasto.client.request import Picture

        record = self._record(result, shot)
        for picture in (Picture(result.image, result.kind), *result.others):
            written = files.save(self._path(shot), picture.data, picture.kind, record)
            self.saved.append(Saved(written, record, cached))
            self._tell(str(_near(written[0])))
        self._note_kind(result.kind)

    @staticmethod
    def _record(result: Result, shot: Shot) -> dict[str, object]:
        """Return what is written into an image."""
        from impasto.cli.record import record_of

        record = record_of(result, shot.translation, shot.made.job)
        if preview := shot.made.preview:
            record["preview_of"] = preview.of.id
        return record

    def _tell(self, name: str) -> None:
        if self._holds:
            self._held.append(name)
        elif not self.quiet:
            click.echo(name)

    def _path(self, shot: Shot) -> Path:
        place = Path(self.output) if self.output else self.config["output"]
        named_folder = self.output is None or self.output.endswith(("/", "\\"))
        if not (named_folder or place.is_dir()):
            return place
        heard = shot.translation
        return place / files.name(heard.model, heard.canonical, shot.seed)

    def _note_kind(self, kind: str) -> None:
        """Say so where the file's name promises another kind of image."""
        from impasto.images.kinds import extension

        named = Path(self.output or "").suffix.lower().replace(".jpeg", ".jpg")
        if named in files.IMAGE_SUFFIXES and named != extension(kind) and len(self.saved) == 1:
            self.notes.line(f"note: the image is {kind.upper()}, whatever the name says")

    def report(self) -> int:
        """Write the end of it; return 0, 1 where some images are missing, 2 where all are."""
        for failure in sorted(self.failures, key=lambda one: one.shot.seed or 0):
            self._show(failure)
        self.tell()
        if self.saved and self.failures:
            made, all_of_them = len(self.saved), len(self.plan.shots)
            self.notes.line(f"{made} of {all_of_them} images were made and are kept")
        return 0 if not self.failures else 1 if self.saved else 2

    def tell(self) -> None:
        """Write the JSON, where it was asked for."""
        if not self.quiet:
            return
        from impasto.cli.preflight import to_json
        from impasto.cli.terminal import write_json

        images = [one.to_json() for one in self.saved]
        failures = [one.to_json() for one in self.failures]
        facts = to_json(self.plan.shots[0].made)
        write_json({"format": 1, "images": images, "failures": failures, **facts})

    def _show(self, failure: Failure) -> None:
        error = failure.error
        seed = "" if failure.shot.seed is None else f" [seed {failure.shot.seed}]"
        head, _, hint = str(error).partition("\n")
        billed = "" if error.billed != "no" else " (it was not billed)"
        text = f"error: {head}{billed}{seed if len(self.plan.shots) > 1 else ''}"
        self.notes.finding(f"{text}\n{hint}" if hint else text)


@contextmanager
def terminable() -> Iterator[None]:
    """Let SIGTERM end the work as Ctrl-C does, so that jobs are given up and the bill is told."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _near(path: Path) -> Path:
    """Return the path as seen from here, where it lies below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
