"""Where in a YAML document somebody is typing, even while it is no YAML yet."""

from __future__ import annotations

from typing import Any, NamedTuple

import yaml

_MARK = "\ue000"
_ENDS = ("", ":", '"', "'")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlPlace(NamedTuple):
    """The keys that lead to a place; `is_key` says that it is one itself, or may become one."""

    path: tuple[str, ...]
    is_key: bool


def yaml_place(before: str) -> YamlPlace | None:
    """Return the place behind the text `before`, where a word is about to begin; None in comments.

    YAML's own parser reads the text up to here and a mark; what is open when it meets the mark is
    the answer. The mark may have to be a key, or the end of a quoted text, to be read at all.
    """
    for end in _ENDS:
        found = _place(f"{before}{_MARK}{end}")
        if found:
            alone = not before.rpartition("\n")[2].strip()
            return found._replace(is_key=found.is_key or alone)
    return None


class _Frame:
    """A mapping or a list that is open; `key` is the one whose value comes next."""

    def __init__(self, *, is_mapping: bool) -> None:
        self.is_mapping = is_mapping
        self.key: str | None = None


def _place(text: str) -> YamlPlace | None:
    frames: list[_Frame] = []
    try:
        for event in yaml.parse(text, Loader=_Loader):
            value = getattr(event, "value", "")
            if isinstance(event, yaml.ScalarEvent) and _MARK in value:
                return _described(frames)
            _follow(frames, event)
    except (yaml.YAMLError, UnicodeEncodeError):
        return None
    return None


def _described(frames: list[_Frame]) -> YamlPlace:
    path = tuple(frame.key for frame in frames if frame.key is not None)
    is_key = not frames or (frames[-1].is_mapping and frames[-1].key is None)
    return YamlPlace(path, is_key)


def _follow(frames: list[_Frame], event: yaml.Event) -> None:
    """Keep `frames` the collections that are open after `event`."""
    if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
        frames.append(_Frame(is_mapping=isinstance(event, yaml.MappingStartEvent)))
        return
    if isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
        frames.pop()
    elif not isinstance(event, (yaml.ScalarEvent, yaml.AliasEvent)):
        return
    if not frames or not frames[-1].is_mapping:
        return
    is_key = frames[-1].key is None
    frames[-1].key = event.value if is_key and isinstance(event, yaml.ScalarEvent) else None
