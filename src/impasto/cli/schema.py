"""`impasto schema`: the JSON Schemas of every file that impasto reads or writes."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("name", required=False)
def schema(name: str | None) -> None:
    """Print the JSON Schema NAME, for editors and programs, or list all of them.

    NAME may be a .prompt file: the schema is that of its values then, for forms.
    """
    from impasto.cli.terminal import write_json
    from impasto.jsonschemas import WRITTEN_BY_PEOPLE, names
    from impasto.jsonschemas import schema as of

    if name and name.endswith(".prompt"):
        from impasto.compose.api import prompt_file
        from impasto.templates.form import form_schema

        write_json(form_schema(prompt_file(Path(name))))
        return
    if name:
        write_json(of(name))
        return
    for known in names():
        who = "you write it" if known in WRITTEN_BY_PEOPLE else "impasto writes it"
        click.echo(f"{known:18} {who}")
