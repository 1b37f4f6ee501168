"""`impasto compose`: template, styles and values put together, and where each word came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from impasto.cli.options import format_option, given_prompt, prompt_options

if TYPE_CHECKING:
    from impasto.compose.composition import Composition

EXAMPLES = """\b
Examples:
  impasto compose "a lighthouse" --style photorealistic/portrait
  impasto compose "a {{ animal }} in the snow" --set animal=fox
  impasto compose -f portrait.prompt --set subject="an old sailor" --explain
  echo "a lighthouse" | impasto compose"""


@click.command(epilog=EXAMPLES, short_help="Put a prompt together and show it.")
@prompt_options
@click.option("-m", "--model", help="Compose for this model: its variants of the styles.")
@click.option(
    "--explain", is_flag=True, help="Show where every word comes from, as impasto explain does."
)
@format_option("json")
def compose(model: str | None, explain: bool, form: str, **options: Any) -> None:
    """Put a prompt together from TEXT or a file, with values and styles, and show it."""
    from impasto import config as settings
    from impasto.cli.inputs import job
    from impasto.models.registry import load_model

    config = settings.load()
    work = job(given_prompt(options), config)
    model = load_model(model).id if model else work.model()
    found = work.compose(model)
    if form == "json":
        from impasto.cli.terminal import write_json

        write_json(to_json(found))
    elif explain:
        from impasto.cli.explain import show
        from impasto.compose.explain import explain as explained

        show(explained(found, work.front))
    else:
        _show(found)


def to_json(found: Composition) -> dict[str, object]:
    """Return a composition as a JSON-ready object, format 1."""
    return {
        "format": 1,
        "model": found.target.id or None,
        "prompt": found.text,
        "negative_prompt": str(found.negative_prompt),
        "parameters": found.parameters,
        "styles": list(found.styles),
        "seed": found.seed,
        "fragments": [fragment.to_json() for fragment in found.fragments],
        "diagnostics": [finding.to_json() for finding in found.diagnostics],
    }


def _show(found: Composition) -> None:
    from impasto.cli.show import finding_rows, parameters_text, text_row
    from impasto.cli.terminal import Terminal

    terminal = Terminal()
    if found.target.id:
        text_row(terminal, "for", found.target.id)
    text_row(terminal, "prompt", found.text)
    if found.negative:
        text_row(terminal, "negative", str(found.negative_prompt))
    if found.parameters:
        text_row(terminal, "parameters", parameters_text(found.parameters))
    if found.seed is not None:
        text_row(terminal, "seed", str(found.seed))
    finding_rows(terminal, found.diagnostics)
