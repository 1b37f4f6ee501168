"""`impasto schema`: the JSON Schemas of every file that impasto reads or writes."""

from __future__ import annotations

import click


@click.command()
@click.argument("name", required=False)
def schema(name: str | None) -> None:
    """Print the JSON Schema NAME, for editors and programs, or list all of them."""
    from impasto.cli.terminal import write_json
    from impasto.jsonschemas import WRITTEN_BY_PEOPLE, names
    from impasto.jsonschemas import schema as of

    if name:
        write_json(of(name))
        return
    for known in names():
        who = "you write it" if known in WRITTEN_BY_PEOPLE else "impasto writes it"
        click.echo(f"{known:18} {who}")
