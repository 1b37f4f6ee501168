"""Import, export, import: nothing changes, in any format, unless a loss says so."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from impasto.source import Source
from impasto.styles.exchange import format_named, names
from impasto.styles.exchange.api import write
from impasto.styles.exchange.base import SLOT, Given, Preset
from impasto.styles.exchange.making import Maker
from impasto.styles.exchange.naming import Names, slug
from impasto.styles.exchange.packtext import write_pack
from impasto.styles.exchange.telling import Teller
from impasto.styles.library import Library, Pack
from impasto.yamlsource import load

COLLECTIONS = [name for name in names() if name != "wildcards"]
WORDS = st.sampled_from(
    [
        "film",
        "soft light",
        "35mm",
        "1,000 lights",
        "f/2.8",
        "a 16:9 frame",
        "night . rain",
        "光",
        "it's",
    ]
)
SIGNS = st.text(alphabet="ab (){}[]<>|:#%\\_,.~+-&*!$'\"0159\u00e9\u2028\x07", max_size=12)
TITLES = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\U0010fffd"), max_size=12
)
PARAMETERS = st.fixed_dictionaries(
    {},
    optional={
        "num_inference_steps": st.integers(1, 60),
        "guidance_scale": st.sampled_from([1, 3.5, 7, 7.5]),
        "width": st.sampled_from([512, 832]),
        "height": st.sampled_from([768, 1216]),
    },
)


def phrases(words):
    weighed = st.builds("({}:{})".format, words, st.sampled_from(["1.2", "0.8", "1.35"]))
    return st.lists(words | weighed, max_size=4).map(", ".join)


def presets(words):
    around = st.builds(
        "{}{}{}".format, phrases(words), st.sampled_from(["", " ", ", "]), st.just(SLOT)
    )
    positive = st.builds("{}{}".format, around, phrases(words)) | phrases(words)
    return st.lists(
        st.builds(
            Preset, name=TITLES, positive=positive, negative=phrases(words), parameters=PARAMETERS
        ),
        max_size=4,
    )


def file_of(form, made):
    """Write presets in the words of the program, and return its files."""
    taken = Names("{} ({})")
    named = [Preset(taken.take(slug(p.name)), p.positive, p.negative, p.parameters) for p in made]
    return write(named, form).files


def pack_of(form, files):
    """Import the text of files."""
    from pathlib import Path

    maker = Maker()
    format_ = format_named(form)
    facts = {}
    for name, text in files.items():
        given_ = Given(Source(text.removeprefix("\ufeff"), name), Path(name))
        found = format_.read(given_)
        facts.update({form: found.facts} if found.facts else {})
        maker.findings += found.findings
        maker.add(found.presets, format_)
    text = write_pack({"format": 1, "name": "p", "metadata": facts, "styles": maker.styles})
    return Pack(load(Source(text, "p.yaml"))), maker.findings


def out(form, pack):
    library = Library(builtin=False)
    library.add(pack)
    teller = Teller(format_named(form), library)
    made = [teller.preset(style) for style in pack.styles.values()]
    facts = pack.model.metadata.get(form, {})
    return format_named(form).write(made, facts, "p").files, teller.losses


def styles(pack):
    """Return the styles, in the order that a folder of files does not change."""
    return dict(sorted(pack.document.data["styles"].items()))


@pytest.mark.parametrize("form", COLLECTIONS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(made=presets(WORDS))
def test_common_styles_are_the_same(form, made):
    first, _ = pack_of(form, file_of(form, made))
    files, losses = out(form, first)
    second, findings = pack_of(form, files)
    assert losses == [] or form in ("invokeai", "swarmui")
    if losses == []:
        assert styles(second) == styles(first)
    assert not [d for d in findings if d.severity == "error"]
    third, _ = pack_of(form, out(form, second)[0])
    assert styles(third) == styles(second)


@pytest.mark.parametrize("form", COLLECTIONS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(made=presets(SIGNS))
def test_what_changes_is_a_loss(form, made):
    first, _ = pack_of(form, file_of(form, made))
    files, losses = out(form, first)
    second, findings = pack_of(form, files)
    if not losses and not [d for d in findings if d.severity == "error"]:
        assert styles(second) == styles(first)


@pytest.mark.parametrize("form", COLLECTIONS)
def test_real_files_come_back(form, trips, data):
    files = {
        "a1111": ["styles.csv", "old.csv"],
        "ai-horde": ["ai-horde.json"],
        "krita": [data / "krita"],
    }
    files.update(fooocus=["styler.json"], invokeai=["invokeai.json"], sdnext=["sdnext-extra.json"])
    files.update({"easy-use": ["easy_styles.json"], "swarmui": ["swarmui.json"]})
    first, _ = trips.pack(*files[form], form=form, name="p")
    second, losses = trips.again(first, form)
    library = Library(builtin=False)
    library.add(first)
    told = {library.style_at(loss.span).short_name for loss in losses}
    assert {n for n in first.styles if styles(second).get(n) != styles(first)[n]} <= told
    third, _ = trips.again(second, form)
    assert styles(third) == styles(second)
