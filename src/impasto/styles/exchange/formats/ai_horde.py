"""AI Horde: an object of styles by name, or of groups of them.

One text holds both prompts, parted by "###"; `{p}` and `{np}` are the user's own, and "###" is
thought before a `{np}` that has none. Names of models, samplers and adapters are the horde's
own, so they are kept as metadata. Facts: styles.json and sdxl-styles.json of
Haidra-Org/AI-Horde-Styles at d8ba4dc.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from impasto.styles.exchange.base import Exported, Given, Imported, Preset
from impasto.styles.exchange.records import Records, not_this, pretty

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from impasto.styles.exchange.jsonsource import Path

_BORDER: Final = "###"
_GROUP: Final = "group"
_UNGROUPED: Final = "Styles"


class AiHorde(Records):
    """Styles of the AI Horde."""

    name = "ai-horde"
    title = "AI Horde"
    dialect = "comfyui"
    placeholder = "{p}"
    negative_placeholder = "{np}"
    joint = ", "
    replaces = True
    reserved = (_BORDER,)
    fields: ClassVar[Mapping[str, str]] = {
        "name": "name",
        "prompt": "positive",
        "negative_prompt": "negative",
    }
    parameters: ClassVar[Mapping[str, str]] = {
        "steps": "num_inference_steps",
        "cfg_scale": "guidance_scale",
        "width": "width",
        "height": "height",
    }
    facts = frozenset(
        [
            "model",
            "sampler_name",
            "karras",
            "clip_skip",
            "hires_fix",
            "loras",
            "tis",
            "enhance",
            "post_processing",
            "denoising_strength",
            "group",
        ]
    )

    def recognise(self, given: Given) -> float:
        """Return how surely a file holds styles, or groups of styles, by name."""
        styles = list(_entries(given.data))[:50] if isinstance(given.data, dict) else []
        prompts = [s.get("prompt") for _, s, _, _ in styles if isinstance(s, dict)]
        return 0.9 if any(isinstance(p, str) and self.placeholder in p for p in prompts) else 0.0

    def read(self, given: Given) -> Imported:
        """Return the styles of a file, and what it says of its groups."""
        found = super().read(given)
        groups = {
            name: {key: value for key, value in group.items() if key != "styles"}
            for name, group in given.json.data.items()
            if _is_group(group)
        }
        return found._replace(facts={"groups": groups} if any(groups.values()) else {})

    def items(self, data: Any, given: Given) -> Iterable[tuple[Path, Any, str]]:
        """Return the styles with their two texts apart, and the name of their group."""
        if not isinstance(data, dict):
            raise not_this(self, given)
        for path, style, name, group in _entries(data):
            text = style.get("prompt") if isinstance(style, dict) else None
            if isinstance(text, str):
                positive, negative = _parted(text)
                texts = {"prompt": positive, "negative_prompt": negative}
                yield path, {**style, **texts, **({_GROUP: group} if group else {})}, name
            else:
                yield path, style if isinstance(style, dict) else None, name

    def write(self, presets: Sequence[Preset], facts: Mapping[str, Any], name: str) -> Exported:
        """Return one file, in groups where a style has one."""
        styles: dict[str, Any] = {p.name: self.record(p) for p in presets}
        if any(_GROUP in style for style in styles.values()):
            known = facts.get("groups")
            styles = _grouped(styles, known if isinstance(known, dict) else {})
        return Exported({f"{name}.json": pretty(styles)})

    def record(self, preset: Preset) -> dict[str, Any]:
        """Return the object with both texts in one."""
        found = super().record(preset)
        del found["name"]
        apart = " " if found["prompt"].endswith("#") else ""
        found["prompt"] += apart + _BORDER + found.pop("negative_prompt")
        return found


def _is_group(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("styles"), dict)


def _entries(data: Mapping[str, Any]) -> Iterator[tuple[Path, Any, str, str]]:
    """Yield path, style, name and group of every style."""
    for name, value in data.items():
        if _is_group(value):
            for inner, style in value["styles"].items():
                yield (name, "styles", inner), style, inner, name
        else:
            yield (name,), value, name, ""


def _parted(text: str) -> tuple[str, str]:
    """Return the prompt and the negative prompt of a text."""
    if _BORDER not in text:
        text = text.replace("{np}", f"{_BORDER}{{np}}", 1)
    positive, _, negative = text.partition(_BORDER)
    return positive, negative


def _grouped(styles: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the styles in their groups, with what is known of these."""
    groups: dict[str, Any] = {}
    for name, style in styles.items():
        group = str(style.pop(_GROUP, _UNGROUPED))
        facts = known.get(group)
        empty = {**(facts if isinstance(facts, dict) else {}), "styles": {}}
        groups.setdefault(group, empty)["styles"][name] = style
    return groups
