"""`impasto rule`: what a rule of the linter looks for, and why."""

from __future__ import annotations

import click


@click.command()
@click.argument("code", required=False)
def rule(code: str | None) -> None:
    """Print the page of the rule CODE ("IMP101" or "accidental-weight"), or list all rules."""
    from impasto.lint.registry import entries, find

    if code:
        click.echo(find(code).page(), nl=False)
        return
    for entry in entries():
        found = entry.load()
        fix = "fix" if found.is_fixable() else ""
        click.echo(f"{entry.code}  {entry.name:24} {found.severity:8} {fix:4} {found.summary()}")
