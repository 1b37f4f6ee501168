"""`impasto lint`: find mistakes in prompts, templates and style packs, and fix them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from impasto.cli.replay import Place

F = TypeVar("F", bound="Callable[..., Any]")

_EPILOG = """\b
Exit codes: 0 clean (notes do not count), 1 findings, 2 something could not be checked.

A .txt file holds one prompt in each line; .prompt and .j2 files are templates; .yaml files are
style packs; in .csv and .jsonl files the column "prompt" is checked. `# impasto: ignore[IMP101]`
switches a rule off for the next line, `# impasto: ignore-file` everything for the file. Settings
stand in impasto.toml, table [lint]; flags win."""


def _several(flag: str, *names: str, metavar: str, text: str) -> Callable[[F], F]:
    return click.option(flag, *names, multiple=True, metavar=metavar, help=text)


@click.command(epilog=_EPILOG)
@click.argument("paths", nargs=-1, type=click.Path())
@_several(
    "--for",
    "targets",
    metavar="MODEL[@BACKEND]",
    text="Check for this model, too; several by commas or repetition.",
)
@_several("--select", metavar="CODE,…", text="Use these rules instead of all.")
@_several("--extend-select", metavar="CODE,…", text="Use these rules, too.")
@_several("--ignore", metavar="CODE,…", text="Leave these rules out.")
@click.option("--dialect", metavar="NAME", help="What text files are written in: a1111, comfyui …")
@_several("--column", "columns", metavar="NAME,…", text="The columns of tables that hold prompts.")
@click.option("--images", is_flag=True, help="Look into the images of folders, too.")
@_several(
    "--styles",
    "style_packs",
    metavar="FOLDER",
    text="Look for style packs here, beside those of the project.",
)
@click.option(
    "--format",
    "form",
    default="text",
    metavar="FORMAT",
    help="text, concise, json, jsonl, sarif, github-sarif, github, gitlab, junit.",
)
@click.option("-o", "--output-file", metavar="FILE", help="Write the report to a file.")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule.")
@click.option("--explain", is_flag=True, help="Show the page of each rule that found something.")
@click.option("--fix", is_flag=True, help="Apply the safe fixes.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: the others, too.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option("--baseline", metavar="FILE", help="Leave out the findings that this file knows.")
@click.option("--write-baseline", is_flag=True, help="Write all findings to the baseline.")
@click.option("--no-cache", is_flag=True, help="Check files that have not changed, too.")
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="How many processes to use; as many as pay if this is 0 or not given.",
)
@click.option(
    "--stdin-name",
    default="standard input.txt",
    metavar="NAME",
    help='What the text of "-" is called; its ending says what it is.',
)
@click.pass_obj
def lint(place: Place | None, /, paths: tuple[str, ...], **options: Any) -> int:
    """Find mistakes in prompts, templates and style packs.

    PATHS are files and folders, "-" is the standard input; this folder if there are none.
    """
    from impasto.cli.linting import Linting

    return Linting(paths or (".",), options, place).run()
