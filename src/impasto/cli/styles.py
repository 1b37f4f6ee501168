"""`impasto styles`: which styles there are, what one says, and whether packs are sound."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from impasto.cli.options import format_option

if TYPE_CHECKING:
    from impasto.cli.terminal import Terminal
    from impasto.config import Config
    from impasto.models.card import ModelCard
    from impasto.styles.library import Library, Pack, Style

SUBJECT = "a lighthouse"
ELSEWHERE = {
    "import": "impasto.cli.exchange:import_styles",
    "export": "impasto.cli.exchange:export_styles",
    "gallery": "impasto.cli.gallery:gallery",
    "add": "impasto.cli.packs:add",
    "sync": "impasto.cli.packs:sync",
    "outdated": "impasto.cli.packs:outdated",
    "remove": "impasto.cli.packs:remove",
}
"""Commands of other modules, which are imported when they are asked for."""


class StylesGroup(click.Group):
    """The commands of this module, and those of `ELSEWHERE`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names, those of this module first."""
        return [*super().list_commands(ctx), *ELSEWHERE]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a name, or None."""
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = ELSEWHERE[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(
    cls=StylesGroup, invoke_without_command=True, short_help="List, show and check styles."
)
@click.pass_context
def styles(ctx: click.Context) -> None:
    """List, show and check styles."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_styles)


def _library() -> Library:
    return _reach()[1]


def _reach() -> tuple[Config, Library]:
    from impasto import config as settings

    config = settings.load()
    return config, settings.library(config)


@styles.command("list")
@click.option("--pack", metavar="NAME", help="Only those of this pack.")
@click.option("--tag", metavar="TAG", help="Only those with this tag.")
@click.option("--mixins", is_flag=True, help="The building blocks, too.")
@format_option("json")
def list_styles(
    pack: str | None = None, tag: str | None = None, mixins: bool = False, form: str = "text"
) -> None:
    """List the styles in reach: the project's, your own, those of packages, the built-in ones."""
    from impasto.cli.packs import origin_of, shadowed, shadowed_text
    from impasto.cli.terminal import Terminal, write_json

    config, library = _reach()
    packs = (library.pack(pack),) if pack else library.packs()
    found = {p.name: _chosen(p, tag, mixins=mixins or bool(pack)) for p in packs}
    if tag and not any(found.values()):
        raise _unknown_tag(tag, packs)
    if form == "json":
        every = [
            {**_facts(style), "origin": origin_of(library.files[name], config)}
            for name, chosen in found.items()
            for style in chosen
        ]
        hidden = [fact for name in found for fact in shadowed(name, library, config)]
        return write_json({"format": 1, "styles": every, "shadowed": hidden})
    terminal = Terminal()
    for one in packs:
        if found[one.name]:
            origin = origin_of(library.files[one.name], config)
            hides = shadowed_text(library.shadowed.get(one.name, ()), config)
            _list_pack(one, found[one.name], terminal, origin=origin, hides=hides)
    terminal.line(terminal.paint('use one: impasto compose "…" --style NAME', "dim"))
    return None


def _chosen(pack: Pack, tag: str | None, *, mixins: bool) -> list[Style]:
    return [
        style
        for style in pack.styles.values()
        if (mixins or not style.model.mixin) and (not tag or tag.lower() in style.model.tags)
    ]


def _unknown_tag(tag: str, packs: tuple[Pack, ...]) -> Exception:
    from impasto.errors import UnknownNameError

    tags = sorted({t for pack in packs for s in pack.styles.values() for t in s.model.tags})
    return UnknownNameError("tag", tag, tuple(tags), f"tags are {', '.join(tags)}")


def _list_pack(
    pack: Pack, found: list[Style], terminal: Terminal, *, origin: str, hides: str
) -> None:
    facts = ", ".join(filter(None, [pack.model.version, pack.model.license, origin]))
    name = terminal.paint(f"{pack.name}/", "bold", "cyan")
    title = f"{pack.model.title} ({facts})".strip()
    terminal.line(f"{name}  {terminal.paint(title, 'dim')}")
    if hides:
        terminal.wrapped(f"{terminal.paint('shadows', 'yellow')} {hides}", indent=2)
    rows = [
        (f"  {s.short_name}", s.model.title or s.model.description, ", ".join(s.model.tags))
        for s in found
    ]
    terminal.table(rows, head=("  style", "title", "tags"))
    terminal.line()


def _facts(style: Style) -> dict[str, object]:
    return {
        "name": style.name,
        "title": style.model.title,
        "description": style.model.description,
        "tags": list(style.model.tags),
        "aliases": list(style.model.aliases),
        "mixin": style.model.mixin,
        "extends": list(style.model.bases),
        "pack": style.pack.name,
        "version": style.pack.model.version,
        "license": style.pack.model.license,
        "file": style.span.file,
        "line": style.span.line,
    }


@styles.command("show")
@click.argument("name")
@click.option("-m", "--model", help="As this model hears it.")
@format_option("json")
def show_style(name: str, model: str | None, form: str) -> None:
    """Show what the style NAME says, where, and an example."""
    from msgspec import to_builtins

    from impasto.cli.terminal import Terminal, write_json
    from impasto.models.registry import load_model

    card = load_model(model) if model else None
    library = _library()
    style, _ = library.find(name)
    example = _example(style, card, library)
    others = [other.name for other in library.namesakes(name)]
    if form == "json":
        data = {**_facts(style), **to_builtins(style.model), "example": example}
        return write_json({"format": 1, **data, "comes_before": others})
    _show(style, card, example, others, Terminal())
    return None


def _example(style: Style, card: ModelCard | None, library: Library) -> dict[str, object]:
    from impasto.compose.api import compose

    model = card.id if card else None
    found = compose(SUBJECT, styles=(style.name,), model=model, library=library)
    return {
        "model": model,
        "prompt": found.text,
        "negative_prompt": str(found.negative_prompt),
        "parameters": found.parameters,
    }


def _show(
    style: Style,
    card: ModelCard | None,
    example: dict[str, object],
    others: list[str],
    terminal: Terminal,
) -> None:
    from impasto.cli.show import text_row
    from impasto.styles.layer import variants
    from impasto.styles.options import meaning, variables

    model = style.model
    terminal.line(
        f"{terminal.paint(style.name, 'bold', 'cyan')}  {terminal.paint(model.title, 'dim')}"
    )
    if model.description:
        terminal.wrapped(model.description, indent=2)
    text_row(terminal, "defined", str(style.span))
    if others:
        text_row(
            terminal, "before", f"{', '.join(others)}: of styles of one name the nearest counts"
        )
    if model.aliases:
        text_row(terminal, "aliases", ", ".join(model.aliases))
    if model.bases:
        text_row(terminal, "extends", ", ".join(model.bases))
    if model.tags:
        text_row(terminal, "tags", ", ".join(model.tags))
    for name, option in variables(style).items():
        text_row(terminal, "option", f"{name}: {meaning(option)}")
    _text(terminal, "", model.text, model.negative, model.parameters)
    chosen = variants(style, card) if card else list(model.variants)
    for name in chosen:
        variant = model.variants[name]
        _text(terminal, name, variant.text, variant.negative, variant.parameters)
    _show_example(example, terminal)


def _text(
    terminal: Terminal,
    variant: str,
    text: str | None,
    negative: str | None,
    parameters: dict[str, str | int | float | bool],
) -> None:
    from impasto.cli.show import parameters_text, text_row

    if variant:
        terminal.line()
        terminal.line(f"  {terminal.paint(f'for {variant}', 'bold')}")
    if text:
        text_row(terminal, "text", text)
    if negative is not None and (negative or variant):
        text_row(terminal, "negative", negative or "(none)")
    if parameters:
        text_row(terminal, "parameters", parameters_text(parameters))


def _show_example(example: dict[str, object], terminal: Terminal) -> None:
    from impasto.cli.show import parameters_text, text_row

    terminal.line()
    heard = f" for {example['model']}" if example["model"] else ""
    terminal.line(terminal.paint(f'"{SUBJECT}" in this style{heard}', "bold"))
    text_row(terminal, "prompt", str(example["prompt"]))
    if example["negative_prompt"]:
        text_row(terminal, "negative", str(example["negative_prompt"]))
    if example["parameters"]:
        text_row(terminal, "parameters", parameters_text(example["parameters"]))  # type: ignore[arg-type]


@styles.command("check")
@click.argument("files", nargs=-1, type=click.Path())
@format_option("json")
def check_styles(files: tuple[str, ...], form: str) -> int:
    """Check the packs FILES, or every pack in reach, with every style for every model.

    Exit 1 where something is found.
    """
    from impasto.cli.packcheck import check
    from impasto.cli.terminal import Terminal, write_json

    number, found = check(_library, tuple(Path(name) for name in files))
    if form == "json":
        write_json({"format": 1, "styles": number, "diagnostics": [d.to_json() for d in found]})
    else:
        from impasto.cli.show import count
        from impasto.diagnostics import render

        terminal = Terminal()
        for one in found:
            terminal.finding(render(one))
        verdict = count(len(found), "finding") if found else "nothing to complain about"
        terminal.line(f"{count(number, 'style')} checked: {verdict}")
    return 1 if found else 0


@styles.command("schema")
@click.option(
    "--file", "kind", type=click.Choice(["pack", "prompt"]), default="pack", help="Of which file."
)
def schema(kind: str) -> None:
    """Print the JSON Schema of a style pack, or of a prompt file's front matter."""
    from impasto.cli.terminal import write_json
    from impasto.styles.schema import json_schema as of_pack
    from impasto.templates.promptfile import json_schema as of_prompt

    write_json(of_pack() if kind == "pack" else of_prompt())
