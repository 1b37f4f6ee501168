"""NovelAI: PNG texts with JSON in `Comment`; the same texts are hidden in the alpha channel.

`Software` is "NovelAI", `Source` names the model, `Description` is the prompt. From version 4 on
the JSON has `v4_prompt` with a caption for the picture and one for each character.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from impasto.images import jsontext
from impasto.images.generation import Fields, Generation

if TYPE_CHECKING:
    from impasto.images.carried import Carried

RANK = 50


def read(carried: Carried) -> Generation | None:
    """Return what NovelAI says; None where it did not write it.

    Raises:
        ImageError: its JSON is damaged.
    """
    texts = carried.texts
    if texts.get("Software") != "NovelAI":
        return None
    comment = texts.get("Comment", "")
    fields = Fields(jsontext.mapping(comment, "the comment of NovelAI") if comment else {})
    newer = "v4_prompt" in fields.left or " V4" in texts.get("Source", "")
    prompt, people = _caption(fields.take("v4_prompt"))
    unwanted, unwanted_people = _caption(fields.take("v4_negative_prompt"))
    for name, captions in (("characters", people), ("unwanted characters", unwanted_people)):
        if captions:
            fields.left[name] = captions
            fields.unread.append(f"the {name} have prompts of their own, kept under others")
    whole = fields.text("prompt") or texts.get("Description", "")
    whole_unwanted = fields.text("uc")
    return Generation(
        tool="novelai",
        software="NovelAI",
        dialect="novelai-4" if newer else "novelai-3",
        prompt=prompt or whole,
        negative_prompt=unwanted or whole_unwanted,
        seed=fields.whole("seed"),
        steps=fields.whole("steps"),
        cfg=fields.number("scale"),
        sampler=fields.name("sampler"),
        scheduler=fields.name("noise_schedule"),
        width=fields.whole("width"),
        height=fields.whole("height"),
        model=texts.get("Source", ""),
        others=fields.left,
        unread=tuple(fields.unread),
    )


def _caption(value: Any) -> tuple[str, list[str]]:
    """Return the caption of the picture and those of its characters."""
    caption = value.get("caption") if isinstance(value, dict) else None
    if not isinstance(caption, dict):
        return "", []
    people = caption.get("char_captions")
    found = (
        [one.get("char_caption") for one in people if isinstance(one, dict)]
        if isinstance(people, list)
        else []
    )
    return str(caption.get("base_caption") or ""), [str(text) for text in found if text]
