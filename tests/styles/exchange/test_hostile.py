"""Whatever a file holds: a pack that loads, or an error with a type."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from impasto.errors import FileError, ImpastoError
from impasto.source import Source
from impasto.styles.exchange import discovery, export_pack, format_named, import_files, names
from impasto.styles.exchange.base import Given
from impasto.styles.exchange.making import Maker
from impasto.styles.exchange.packtext import write_pack
from impasto.styles.library import Pack
from impasto.yamlsource import load

TEXTS = st.text(max_size=20) | st.sampled_from(
    [
        "{prompt}",
        "{value}",
        "{p}###{np}",
        "{p} {p}",
        "a AND b",
        "{a|b}",
        "<lora:{prompt}:1>",
        "(a:1e9)",
        "{{ x }}",
        "{% if %}",
        "\ud800",
        "\U0010fffd",
        "((" * 30,
        "[{prompt}:b:0.5]",
        "BREAK",
        "\x00",
    ]
)
VALUES = st.recursive(
    TEXTS
    | st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
KEYS = st.sampled_from(
    [
        "name",
        "title",
        "prompt",
        "negative_prompt",
        "negative",
        "style_prompt",
        "positive_prompt",
        "preset_data",
        "param_map",
        "extra",
        "wildcards",
        "steps",
        "cfg_scale",
        "width",
        "styles",
        "thumbnail",
        "metadata",
        "weight",
        "text",
    ]
)
RECORDS = st.dictionaries(KEYS, VALUES, max_size=5)
COLLECTIONS = st.lists(RECORDS | VALUES, max_size=3) | st.dictionaries(TEXTS, RECORDS, max_size=3)
FUZZ = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def imported(form, text, suffix):
    """Read a text in a format; return the pack, where there are styles."""
    given_ = Given(Source(text, "x"), Path(f"x{suffix}"))
    found = format_named(form).read(given_)
    maker = Maker()
    maker.add(found.presets, format_named(form))
    for finding in (*found.findings, *maker.findings):
        str(finding)
        json.dumps(finding.to_json())
    if not maker.styles:
        return None
    yaml = write_pack({"format": 1, "name": "p", "styles": maker.styles}, "x")
    pack = Pack(load(Source(yaml, "p.yaml")))
    assert len(pack.styles) == len(maker.styles)
    return pack


@FUZZ
@given(st.sampled_from([n for n in names() if n != "a1111"]), COLLECTIONS, st.booleans())
def test_json_of_any_shape(form, data, plain):
    with contextlib.suppress(FileError):
        pack = imported(form, json.dumps(data, ensure_ascii=plain), ".json")
        assert pack is None or pack.styles


@FUZZ
@given(st.text(alphabet='name,prompt\n"{}()[]|:# \ufeffé', max_size=80))
def test_csv_of_any_text(text):
    with contextlib.suppress(FileError):
        pack = imported("a1111", f"name,prompt,negative_prompt,x\n{text}", ".csv")
        assert pack is None or pack.styles


@FUZZ
@given(st.binary(max_size=40), st.sampled_from([".json", ".csv", ".txt", ".yaml"]))
def test_bytes(tmp_path_factory, content, suffix):
    path = tmp_path_factory.mktemp("fuzz") / f"x{suffix}"
    path.write_bytes(content)
    with contextlib.suppress(ImpastoError):
        assert import_files([path]).findings is not None


def test_styles_of_hostile_texts_can_be_composed(trips, tmp_path):
    from impasto import Library, compose, translate

    hostile = ["{{ 7*7 }}", "{% raw %}", "{# x", "\\", "\\{", "__x__", "# c", "${a}", "<lora:a:1>"]
    hostile += [
        "a:1.5",
        "(a",
        "a)",
        "[a:b:3]",
        "[a|b]",
        "\u2028x",
        "'\"",
        "- x: y",
        "&a *b !c",
        "\x07",
    ]
    rows = [
        {"name": f"s{n}", "prompt": f"{{prompt}}, {x}", "negative": x}
        for n, x in enumerate(hostile)
    ]
    path = tmp_path / "h.json"
    path.write_text(json.dumps(rows))
    pack, _ = trips.pack(path, form="fooocus")
    library = Library(builtin=False)
    library.add(pack)
    for name in pack.styles:
        found = compose("a cat", styles=[f"h/{name}"], library=library)
        assert found.text.startswith("a cat")
        for model in ("flux-dev", "stable-diffusion-xl", "dall-e-3"):
            assert "a cat" in translate(found, model).prompt


@pytest.mark.parametrize(
    "text", ["{{%", "{{{{#}}", "{{prompt}}", "{%{prompt}%}", "{#", "{" * 40_000 + "{prompt}%"]
)
def test_brackets_of_templates_are_text(text):
    pack = imported("fooocus", json.dumps([{"name": "a", "prompt": f"{text} x"}]), ".json")
    said = json.loads(export_pack(pack, "fooocus").text)[0]["prompt"]
    first = "" if "{prompt}" in text else "{prompt}, "
    assert said == f"{first}{text} x"


def test_limits(tmp_path, monkeypatch):
    path = tmp_path / "x.json"
    path.write_text(json.dumps([{"name": "long", "prompt": "a" * 60_000}]))
    found = import_files([path])
    assert [d.code for d in found.findings] == ["IMP320"]
    monkeypatch.setattr(discovery, "MAX_BYTES", 10)
    with pytest.raises(FileError, match="larger than"):
        import_files([path])
    monkeypatch.setattr(discovery, "MAX_FILES", 0)
    with pytest.raises(FileError, match="files; 0 are read"):
        import_files([tmp_path])


def test_a_list_cannot_leave_its_folder(tmp_path):
    path = tmp_path / "w.yaml"
    path.write_text('"../../up": [x]\n/root: [y]\n"..": {".": [z]}\n')
    found = import_files([path], "wildcards")
    assert sorted(found.lists) == ["w/list/list", "w/list/list/up", "w/list/root"]
