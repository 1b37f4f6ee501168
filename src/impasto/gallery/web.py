"""What our HTML pages share: one file each, with our own style sheet and script and no other."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parent


def own(path: Path) -> Markup:
    """Return a file of ours, which stands in the page as it is."""
    return Markup(path.read_text(encoding="utf-8"))  # noqa: S704 - no text of a user


def policy(style: str, script: str, images: str = "data:") -> str:
    """Return a content security policy: this style, this script, pictures from `images`."""
    return (
        f"default-src 'none'; img-src {images}; style-src {_hash(style)}; "
        f"script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode('ascii')}'"


def environment(folder: Path) -> Environment:
    """Return what renders the templates in `folder`; every text is escaped."""
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["facts"] = facts
    return made


def facts(parameters: Mapping[str, object]) -> str:
    """Return parameters in one line: "width 1024, height 1024, guidance_scale 6"."""
    return ", ".join(
        f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in parameters.items()
    )
