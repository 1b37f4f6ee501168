"""The page: exhibits into one HTML file that asks nothing of any server.

Texts of packs are escaped by the template; only our own style sheet and script stand in it as
they are. A content security policy names both by their SHA-256 and forbids everything else but
pictures inside the file, so that no text of a pack could load or run anything.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from msgspec import Struct

from impasto.gallery.exhibit import Exhibit, picture_size
from impasto.models.registry import all_models

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from impasto.styles.library import Pack

MARK = '<meta name="generator" content="impasto gallery, format 1">'
"""By this line a file is known to be a gallery that may be written anew."""

_FOLDER = Path(__file__).parent


class Print(Struct, frozen=True):
    """An exhibit with its picture: the bytes of a WebP."""

    exhibit: Exhibit
    picture: bytes

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture in pixels."""
        return picture_size(self.exhibit.ratio)

    @property
    def source(self) -> str:
        """The picture as an address that holds it."""
        return f"data:image/webp;base64,{b64encode(self.picture).decode('ascii')}"


def page(prints: Iterable[Print], title: str = "Style gallery") -> str:
    """Return the HTML page with `prints`, by pack in the order given."""
    rooms: dict[str, list[Print]] = {}
    for one in prints:
        rooms.setdefault(one.exhibit.style.pack.name, []).append(one)
    packs: list[tuple[Pack, list[Print]]] = [
        (found[0].exhibit.style.pack, found) for found in rooms.values()
    ]
    tags = _by_tag(one for _, found in packs for one in found)
    style, script = _own("page.css"), _own("page.js")
    return (
        _environment()
        .get_template("page.html.jinja")
        .render(
            title=title,
            mark=Markup(MARK),  # noqa: S704 - ours
            packs=packs,
            tags=tags,
            numbers={tag: number for number, tag in enumerate(tags, 1)},
            models=all_models(),
            policy=f"default-src 'none'; img-src data:; style-src {_hash(style)}; "
            f"script-src {_hash(script)}; base-uri 'none'; form-action 'none'",
            style=style,
            script=script,
        )
    )


def _own(name: str) -> Markup:
    """Return a file of ours, which stands in the page as it is."""
    return Markup((_FOLDER / name).read_text(encoding="utf-8"))  # noqa: S704 - no text of a pack


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode('ascii')}'"


def _by_tag(prints: Iterable[Print]) -> dict[str, list[Exhibit]]:
    """Return the exhibits of every tag; the tags are sorted."""
    found: dict[str, list[Exhibit]] = {}
    for one in prints:
        for tag in dict.fromkeys(one.exhibit.style.model.tags):
            found.setdefault(tag, []).append(one.exhibit)
    return dict(sorted(found.items()))


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
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
