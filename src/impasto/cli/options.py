"""Options that several verbs share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")


def format_option(*formats: str) -> Callable[[F], F]:
    """Return the option --format."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", *formats]),
        default="text",
        help="text for people, the others for programs.",
    )


def prompt_options(command: F) -> F:
    """Add everything that says what the prompt is."""
    for option in reversed(_PROMPT):
        command = option(command)
    return command


def given_prompt(options: dict[str, Any]) -> dict[str, Any]:
    """Take the options of `prompt_options` out of all `options`."""
    return {name: options.pop(name) for name in _NAMES}


_NAMES = ("text", "file", "template", "values", "styles", "negative", "parameters", "seed")
_PROMPT = (
    click.argument("text", required=False),
    click.option(
        "-f",
        "--file",
        type=click.Path(),
        help="Read a .prompt file: front matter and a template.",
    ),
    click.option("--template", is_flag=True, help="TEXT is a template, as --set says too."),
    click.option(
        "--set",
        "values",
        multiple=True,
        metavar="NAME=VALUE",
        help="Give a variable its value; NAME=@FILE reads it from a file; several make a list.",
    ),
    click.option(
        "-s",
        "--style",
        "styles",
        multiple=True,
        metavar="NAME[:W]",
        help='Put a style around it: "noir", "noir:0.7", "film(stock=a)"; several work together.',
    ),
    click.option("--negative", metavar="TEXT", help="What should not be in the picture."),
    click.option(
        "-p",
        "--param",
        "parameters",
        multiple=True,
        metavar="NAME=VALUE",
        help="A parameter of the request: size=1024x768, steps=30, ar=16:9 …",
    ),
    click.option("--seed", type=click.IntRange(min=0), help="Draws choices; seeds the picture."),
)
steps_option = click.option(
    "--steps",
    type=click.IntRange(1, 10_000),
    default=20,
    show_default=True,
    help="How many steps schedules are counted in.",
)
emphasis_option = click.option(
    "--emphasis",
    type=click.Choice(["auto", "words", "order", "drop"]),
    default="auto",
    help="How models without weights hear them.",
)
on_loss_option = click.option(
    "--on-loss",
    type=click.Choice(["report", "raise"]),
    default="report",
    help="raise: exit 1 when something is lost.",
)
