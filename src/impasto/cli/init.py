"""`impasto init`: a small project that works right away."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

FILES = {
    "impasto.toml": """\
# Settings of this project. Environment variables (IMPASTO_MODEL …) and flags win over them.
model = "stable-diffusion-xl"
output = "images"
style_packs = ["style_packs"]

# Without a server `impasto generate` draws proofs. With one:
# base_url = "https://api.example.com"
# The key never stands in a file. It is in the environment variable IMPASTO_API_KEY, or in this:
# api_key_env = "MY_API_KEY"
""",
    "prompts/portrait.prompt": """\
---
title: A portrait
description: One person, one light, one mood.
variables:
  subject: {description: Who it is}
  mood: {default: quiet, choices: [quiet, proud, cheerful]}
  light: {default: window light, description: Where the light comes from}
  age: {type: integer, default: 40, range: [18, 100]}
styles: [house/warm-film]
negative: hat, sunglasses
parameters: {aspect_ratio: "4:5"}
---
portrait of {{ subject }}, {{ age }} years old, ({{ mood }} expression:1.2), {{ light }}
""",
    "style_packs/house.yaml": """\
# The project's own styles. `impasto styles check` looks them over.
format: 1
name: house
version: 1.0.0
title: House styles
styles:
  warm-film:
    title: Warm film
    description: The look of this project, warm colours on fine grain.
    tags: [portrait, film]
    text: "{{ prompt }}, warm color negative film, fine grain, (soft contrast:0.9)"
    negative: "cold colors, plastic skin, watermark"
    variants:
      sdxl: {parameters: {num_inference_steps: 30}}
      prose:
        text: "{{ prompt }}. Photographed on warm color negative film with fine grain and gentle contrast"
        negative: ""
""",
    "README.md": """\
# An impasto project

`impasto.toml` has the settings, `prompts/` the templates, `style_packs/` the styles.

    impasto translate -f prompts/portrait.prompt --set subject="an old sailor" --all
""",
}
"""What a new project holds: path -> text."""

TRY = (
    'impasto compose -f prompts/portrait.prompt --set subject="an old sailor" --explain',
    'impasto translate -f prompts/portrait.prompt --set subject="an old sailor" --all',
    'impasto generate -f prompts/portrait.prompt --set subject="an old sailor" --seed 7',
)
"""Commands that work in a new project."""


@click.command(short_help="Start a small project: settings, a template, styles.")
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(file_okay=False))
@click.option("--force", is_flag=True, help="Replace files that are there.")
def init(folder: str, force: bool) -> None:
    """Write a small project into DIR: settings, a typed template, a style pack.

    Files that are there are kept; nothing at all is written then, unless --force is given.
    """
    from impasto.cli.terminal import Terminal
    from impasto.errors import FileError

    root = Path(folder)
    there = [name for name in FILES if (root / name).exists()]
    if there and not force:
        raise FileError(
            f"there is already {', '.join(there)} in {_called(root)}",
            hint="name another folder, or replace them with --force",
        )
    try:
        for name, text in FILES.items():
            _write(root / name, text)
    except OSError as error:
        what = error.strerror or error
        raise FileError(f"cannot write into {_called(root)}: {what}") from error
    terminal = Terminal()
    terminal.line(f"a new project in {_called(root)}: {', '.join(FILES)}")
    terminal.line("try:")
    for command in ([] if root.samefile(".") else [f"cd {shlex.quote(folder)}"]) + list(TRY):
        terminal.line(f"  {terminal.paint(command, 'cyan')}")


def _called(root: Path) -> str:
    return "this folder" if root == Path() else str(root)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
