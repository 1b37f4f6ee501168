"""A contact sheet as one HTML file that asks nothing of any server.

It looks and works as the gallery of styles does: its style sheet and script, and a few lines more.
"""

from __future__ import annotations

import os
from base64 import b64encode
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from markupsafe import Markup
from msgspec import Struct

from impasto.errors import ImageError
from impasto.gallery.web import FOLDER, environment, own, policy
from impasto.sheet.frames import Frame  # noqa: TC001 - msgspec reads the hints
from impasto.sheet.pictures import as_webp, thumbnail

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jinja2 import Environment

MARK: Final = '<meta name="generator" content="impasto sheet, format 1">'
"""By this line a file is known to be a sheet that may be written anew."""

EDGE: Final = 416
_HERE: Final = Path(__file__).parent
_GROUND: Final = (255, 253, 249)
_STATES: Final = {"failed": "failed", "unfinished": "unfinished", "gone": "file is gone"}
_SIZES: Final = ("width", "height")


class Card(Struct, frozen=True):
    """A frame as the page shows it; `where` is the folder that links are relative to."""

    frame: Frame
    where: Path
    linked: bool

    @property
    def link(self) -> str:
        """The image's address, seen from the page; empty where there is none."""
        return _link(self.frame.path, self.where) if self.frame.path else ""

    @property
    def picture(self) -> str | None:
        """The address of what is shown: the image, or a small one that is part of the page."""
        if self.frame.path is None:
            return None
        if self.linked:
            return self.link
        try:
            data = as_webp(thumbnail(self.frame.path, EDGE, _GROUND))
        except ImageError:
            return None
        return f"data:image/webp;base64,{b64encode(data).decode('ascii')}"

    @property
    def tags(self) -> list[str]:
        """What the page can be narrowed to: what became of it, its model, its styles."""
        found = (_STATES.get(self.frame.state, ""), self.frame.text("model"), *self.frame.styles)
        return list(dict.fromkeys(filter(None, found)))

    @property
    def size(self) -> str:
        """Width and height as they were asked for."""
        sides = [self.frame.parameters.get(side) for side in _SIZES]
        return f"{sides[0]} × {sides[1]}" if None not in sides else ""

    @property
    def parameters(self) -> dict[str, object]:
        """The other parameters."""
        return {k: v for k, v in self.frame.parameters.items() if not self.size or k not in _SIZES}


def _link(path: Path, where: Path) -> str:
    try:
        return quote(Path(os.path.relpath(path, where)).as_posix())
    except ValueError:  # another drive
        return path.resolve().as_uri()


def page(
    frames: Sequence[Frame], title: str, where: Path, *, linked: bool = False
) -> Iterator[str]:
    """Yield the HTML page piece by piece; small pictures are made as it goes.

    Args:
        frames: what to show, in order.
        title: the heading.
        where: the folder that the page will lie in: links to the images are relative to it.
        linked: show the images themselves, from beside the page, not small ones inside it.
    """
    cards = [Card(frame, where, linked) for frame in frames]
    tags = Counter(tag for card in cards for tag in card.tags)
    style = Markup("\n").join((own(FOLDER / "page.css"), own(_HERE / "sheet.css")))
    script = own(FOLDER / "page.js")
    return (
        _environment()
        .get_template("sheet.html.jinja")
        .generate(
            title=title,
            mark=Markup(MARK),  # noqa: S704 - ours
            there=[card for card in cards if card.frame.state == "there"],
            missing=[card for card in cards if card.frame.state != "there"],
            tags=dict(sorted(tags.items(), key=lambda item: (-item[1], item[0]))),
            states=_STATES,
            policy=policy(style, script, "'self' file:" if linked else "data:"),
            style=style,
            script=script,
        )
    )


@cache
def _environment() -> Environment:
    return environment(_HERE)
