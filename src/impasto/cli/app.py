"""The entry point: verbs that load when they run, and what an error looks like."""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

import click

from impasto.cli.streams import leave_quietly, survive_any_text

if TYPE_CHECKING:
    from collections.abc import Sequence

VERBS = {
    "compose": ("impasto.cli.compose:compose", "Put a prompt together and show it."),
    "explain": ("impasto.cli.explain:explain", "Show where every word of a prompt comes from."),
    "translate": ("impasto.cli.translate:translate", "Show what each model hears, and loses."),
    "read": ("impasto.cli.read:read", "Show what a prompt means in its dialect."),
    "tokens": ("impasto.cli.tokens:tokens", "Count tokens; show chunks and what falls off."),
    "compare": ("impasto.cli.compare:compare", "Show what each dialect makes of one text."),
    "expand": ("impasto.cli.expand:expand", "List the prompts that choices stand for."),
    "build": ("impasto.cli.build:build", "Compose and translate all images of a recipe."),
    "generate": ("impasto.cli.generate:generate", "Make images and save them with their record."),
    "batch": ("impasto.cli.batch:batch", "Make the images of a file of prompts."),
    "sheet": ("impasto.cli.sheet:sheet", "Make a contact sheet of a run."),
    "inspect": ("impasto.cli.inspect:inspect", "Show what images say of how they were made."),
    "rerun": ("impasto.cli.rerun:rerun", "Make an image again, the same or changed."),
    "cache": ("impasto.cli.cache:cache", "List, show, check and prune kept results."),
    "lint": ("impasto.cli.lint:lint", "Find mistakes in prompts, templates and styles."),
    "format": ("impasto.cli.format:format_", "Lay out prompts, templates and styles."),
    "rule": ("impasto.cli.rule:rule", "Explain a rule of the linter."),
    "lsp": ("impasto.cli.lsp:lsp", "Serve an editor: the linter while one types."),
    "schema": ("impasto.cli.schema:schema", "Print the JSON Schema of a file of ours."),
    "styles": ("impasto.cli.styles:styles", "List, show and check styles."),
    "models": ("impasto.cli.models:models", "List models and show what they take."),
    "init": ("impasto.cli.init:init", "Start a small project: settings, a template, styles."),
}
"""Verb -> where its command is ("module:attribute") and what it is for."""

FINDINGS = 1
FAILED = 2
INTERRUPTED = 130
_FULL = (errno.ENOSPC, errno.EFBIG, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC))
"""What the system says of a disk that takes no more; it names no file then."""
_LONG_NAME = 80  # characters of a file name that a message shows


class App(click.Group):
    """Maps verbs to commands; a verb's module is imported only when the verb runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the verbs in the order of work."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return the command of a verb, or None."""
        if cmd_name not in VERBS:
            return None
        module, _, attribute = VERBS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of verbs without importing any of them."""
        with formatter.section("Verbs"):
            formatter.write_dl([(verb, text) for verb, (_, text) in VERBS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb, or say which one is nearest."""
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            raise click.UsageError(_no_verb(args[0]), ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; a reader that has gone (`impasto … | head`) is no error."""
        try:
            found = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            leave_quietly()
        return found

    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> NoReturn:
        """Run the command and exit: 0 clean, 1 findings, 2 could not do it, 130 interrupted."""
        survive_any_text()
        extra["standalone_mode"] = False
        args = [_readable(arg) for arg in (sys.argv[1:] if args is None else args)]
        try:
            code = super().main(args, prog_name or "impasto", **extra)
        except (KeyboardInterrupt, click.Abort):
            click.echo("\ninterrupted", err=True)
            sys.exit(INTERRUPTED)
        except click.ClickException as error:
            sys.exit(_explain_usage(error))
        except Exception as error:  # noqa: BLE001 - every error ends as a message
            sys.exit(_explain(error))
        sys.exit(code if isinstance(code, int) else 0)


def _no_verb(name: str) -> str:
    from impasto.diagnostics import did_you_mean

    hint = did_you_mean(name, list(VERBS)) or f"verbs are {', '.join(VERBS)}"
    return f'there is no verb "{name}"; {hint}'


def _explain_usage(error: click.ClickException) -> int:
    from impasto.cli.terminal import Terminal

    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return FAILED
    path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else ""
    hint = f"\n  hint: {path} --help shows how" if path else ""
    message = error.format_message()
    Terminal(sys.stderr).finding(f"error: {message[:1].lower()}{message[1:].rstrip('.')}{hint}")
    return FAILED


def _explain(error: Exception) -> int:
    """Write one message about `error`; what is no error of ours is a bug and shows its trace."""
    from impasto.errors import ImpastoError

    if isinstance(error, OSError) and (error.filename is not None or error.errno in _FULL):
        error = _about_file(error)
    if _wants_trace() or not isinstance(error, ImpastoError):
        import traceback

        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    if not isinstance(error, ImpastoError):
        click.echo("this is a mistake in impasto, not in your prompt; please report it", err=True)
        return FAILED
    from impasto.cli.terminal import Terminal

    Terminal(sys.stderr).error(error)
    return FAILED


def _about_file(error: OSError) -> Exception:
    """Return what the system says of a file as an error of ours."""
    from impasto.errors import FileError

    said = (error.strerror or str(error)).lower()
    name = "the output" if error.filename is None else os.fsdecode(error.filename)
    shown = name if len(name) <= _LONG_NAME else f"{name[:_LONG_NAME]}…"
    found = FileError(f"cannot use {shown}: {said}")
    found.__cause__ = error
    return found


def _wants_trace() -> bool:
    return bool(os.environ.get("IMPASTO_DEBUG"))


def _readable(argument: str) -> str:
    """Return an argument as UTF-8 where the locale could not read it."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        return os.fsencode(argument).decode("utf-8", "replace")
    return argument


def _show_version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        click.echo(f"impasto {version('impasto')}")
        ctx.exit()


def _debug(_ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        os.environ["IMPASTO_DEBUG"] = "1"


EPILOG = """\b
Start here:
  impasto translate "a red fox, (golden light:1.2)" --all
  impasto generate "a red fox, (golden light:1.2)"
  impasto init my-project

Exit codes: 0 all went well, 1 there are findings, 2 it could not be done."""


@click.group(
    "impasto",
    cls=App,
    epilog=EPILOG,
    subcommand_metavar="VERB …",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version.",
)
@click.option(
    "--debug", is_flag=True, expose_value=False, callback=_debug, help="Show the trace of errors."
)
def main() -> None:
    """Image prompts: say it once, know what every model will hear."""
