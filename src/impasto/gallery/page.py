"""The page: exhibits into one HTML file that asks nothing of any server.

Texts of packs are escaped by the template; only our own style sheet and script stand in it as
they are. A content security policy names both by their SHA-256 and forbids everything else but
pictures inside the file, so that no text of a pack could load or run anything.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup
from msgspec import Struct

from impasto.gallery.exhibit import Exhibit, picture_size
from impasto.gallery.web import FOLDER, environment, own, policy
from impasto.models.registry import all_models

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2 import Environment

    from impasto.styles.library import Pack

MARK = '<meta name="generator" content="impasto gallery, format 1">'
"""By this line a file is known to be a gallery that may be written anew."""


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
    style, script = own(FOLDER / "page.css"), own(FOLDER / "page.js")
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
            policy=policy(style, script),
            style=style,
            script=script,
        )
    )


def _by_tag(prints: Iterable[Print]) -> dict[str, list[Exhibit]]:
    """Return the exhibits of every tag; the tags are sorted."""
    found: dict[str, list[Exhibit]] = {}
    for one in prints:
        for tag in dict.fromkeys(one.exhibit.style.model.tags):
            found.setdefault(tag, []).append(one.exhibit)
    return dict(sorted(found.items()))


@cache
def _environment() -> Environment:
    return environment(FOLDER)
