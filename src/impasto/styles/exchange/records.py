"""Styles as JSON objects: what the formats share that write them so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar, Final

from impasto.diagnostics import Diagnostic, did_you_mean
from impasto.errors import BadValueError, FileError
from impasto.models.parameters import normalize_one
from impasto.styles.exchange.base import (
    LEFT_OUT,
    NO_STYLE,
    SLOT,
    TEXT_CHANGED,
    UNKNOWN_KEY,
    Exported,
    Format,
    Given,
    Imported,
    Preset,
    finding,
    tame,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from impasto.source import Span
    from impasto.styles.exchange.base import Scalar
    from impasto.styles.exchange.jsonsource import Path

_PICTURE: Final = 2000
"""Characters of a text that is no prompt, from which on it can only be a picture."""


class Records(Format):
    """A JSON list of objects, one for each style; one object alone is read, too.

    `fields` names the keys of the texts: the first name for a field is the one that is written.
    `special` are names that stand for something else than a text.
    """

    fields: ClassVar[Mapping[str, str]] = {
        "name": "name",
        "prompt": "positive",
        "negative_prompt": "negative",
    }
    special: ClassVar[Mapping[str, str]] = {}

    def recognise(self, given: Given) -> float:
        """Return how surely the objects are of this format, by their keys."""
        data = given.data if isinstance(given.data, list) else [given.data]
        records = [item for item in data[:50] if isinstance(item, dict)]
        return self.likeness(frozenset().union(*records)) if records else 0.0

    def likeness(self, keys: frozenset[str]) -> float:  # noqa: ARG002 - as said
        """Return how surely objects with these keys, all taken together, are of this format.

        Not at all, where a format is not known by its keys; it has a `recognise` of its own then.
        """
        return 0.0

    def read(self, given: Given) -> Imported:
        """Return the styles of a file."""
        return gather(self.items(given.json.data, given), self, given)

    def items(self, data: Any, given: Given) -> Iterable[tuple[Path, Any, str]]:
        """Return the path, the object and the name of every style."""
        if isinstance(data, dict):
            return [((), data, given.path.stem)]
        if isinstance(data, list):
            return [((at,), item, "") for at, item in enumerate(data)]
        raise not_this(self, given)

    def write(self, presets: Sequence[Preset], facts: Mapping[str, Any], name: str) -> Exported:  # noqa: ARG002
        """Return one file with a list of objects."""
        return Exported({f"{name}.json": pretty([self.record(p) for p in presets])})

    def record(self, preset: Preset) -> dict[str, Any]:
        """Return the object that says what `preset` says."""
        texts = {
            "name": preset.name,
            "positive": self.unslotted(preset.positive),
            "negative": self.unwanted(preset.negative),
            "description": preset.description or None,
        }
        found: dict[str, Any] = {}
        for key, field in self.fields.items():
            text = texts.pop(field, None)
            if text is not None:
                found[key] = text
        found.update(self.values(preset))
        return {**found, **{k: v for k, v in preset.extras.items() if k not in found}}

    def values(self, preset: Preset) -> dict[str, Any]:
        """Return the parameters of `preset` under the names of the program."""
        names = {canonical: key for key, canonical in reversed(list(self.parameters.items()))}
        return {names[k]: v for k, v in preset.parameters.items() if k in names}


def not_this(form: Format, given: Given) -> FileError:
    """Return the error about a file that is not of the format it was said to be."""
    what = f"{given.source.name} does not hold styles of {form.title}"
    return FileError(what, given.source.span(0, 1), hint="--from auto looks for the format")


def pretty(data: Any) -> str:
    """Return JSON as people like to read it."""
    return json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def gather(items: Iterable[tuple[Path, Any, str]], form: Records, given: Given) -> Imported:
    """Return the styles that objects stand for."""
    presets: list[Preset] = []
    findings: list[Diagnostic] = []
    for path, record, name in items:
        span = given.json.span((*path, _name_key(form)))
        if not isinstance(record, dict):
            findings.append(finding(LEFT_OUT, "this is no object with the keys of a style", span))
            continue
        reader = _Record(form, record, span, findings)
        preset = reader.preset(name)
        if preset.name in form.special:
            findings.append(finding(NO_STYLE, form.special[preset.name], span))
        else:
            presets.append(preset)
    return Imported(tuple(presets), tuple(findings))


def _name_key(form: Records) -> str:
    return next((key for key, field in form.fields.items() if field == "name"), "")


class _Record:
    """One object that is being read."""

    def __init__(
        self, form: Records, record: dict[str, Any], span: Span, findings: list[Diagnostic]
    ) -> None:
        self.form = form
        self.record = record
        self.span = span
        self.findings = findings

    def preset(self, name: str) -> Preset:
        form = self.form
        texts: dict[str, str] = {}
        parameters: dict[str, Scalar] = {}
        extras: dict[str, Any] = {}
        for key, value in self.record.items():
            field = form.fields.get(key)
            if field and (value is None or isinstance(value, str)):
                texts.setdefault(field, value or "")
            elif key in form.ignored:
                continue
            elif field:
                message = f'"{key}" is no text; it stays behind'
                self.findings.append(finding(TEXT_CHANGED, message, self.span))
            elif not self._take_parameter(key, value, parameters):
                self._take_extra(key, value, extras)
        return Preset(
            tame(texts.get("name") or name),
            form.slotted(texts.get("positive", "")),
            tame(texts.get("negative", "")).replace(
                form.negative_placeholder or form.placeholder, SLOT
            ),
            parameters,
            extras,
            tame(texts.get("description", "")),
            span=self.span,
        )

    def _take_parameter(self, key: str, value: Any, parameters: dict[str, Scalar]) -> bool:
        """Put a value among the parameters; False where it is none."""
        canonical = self.form.parameters.get(key)
        if canonical is None or not isinstance(value, (str, int, float)):
            return False
        try:
            found = normalize_one(canonical, tame(value) if isinstance(value, str) else value)
        except BadValueError:
            return False
        if canonical in parameters:
            return False
        parameters.update(found)
        return True

    def _take_extra(self, key: str, value: Any, extras: dict[str, Any]) -> None:
        """Keep what only this program knows, pictures left out."""
        if isinstance(value, str) and (value.startswith("data:") or len(value) > _PICTURE):
            message = f'the picture under "{key}" stays behind'
            self.findings.append(finding(TEXT_CHANGED, message, self.span))
            return
        extras[key] = value
        if key not in self.form.facts:
            self.findings.append(self._unknown(key))

    def _unknown(self, key: str) -> Diagnostic:
        form = self.form
        known = [*form.fields, *form.parameters, *form.facts]
        hint = "" if key in known else did_you_mean(key, known)
        message = f'{form.title} knows no key "{key}" of this kind; it is kept as metadata'
        return finding(UNKNOWN_KEY, message, self.span, hint)
