"""Which versions of a pack another pack will do with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.errors import StyleError
from impasto.styles.sharing.requirements import parse, version_key

ORDER = [
    "0.9.12", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta.2", "1.0.0-beta.11",
    "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0",
]  # fmt: skip
SHUFFLED = [*ORDER[1::2], *ORDER[::2]]


def test_versions_are_ordered_as_semantic_versioning_has_it():
    assert sorted(SHUFFLED, key=version_key) == ORDER
    assert version_key("1.2") == version_key("1.2.0") == version_key("1.2.0+build.7")


@pytest.mark.parametrize(
    ("text", "version", "will_do"),
    [
        ("fog", "0.0.0", True),
        ("fog >=1.2", "1.2.0", True),
        ("fog>=1.2", "1.1.9", False),
        ("fog >=1.2, <2", "1.10.0", True),
        ("fog >=1.2,<2", "2.0.0", False),
        ("fog >=1.2, <2, !=1.3.1", "1.3.1", False),
        (" fog  ==1.2.3 ", "1.2.3", True),
        ("fog >1", "1.0.0", False),
        ("fog <=1", "1.0.0", True),
        ("fog >=1.0.0", "1.0.0-rc.1", False),
    ],
)
def test_a_range_of_versions(text, version, will_do):
    found = parse(text)
    assert found.name == "fog"
    assert found.accepts(version) is will_do
    assert parse(str(found)) == found


@pytest.mark.parametrize(
    "text", ["", "Fog", "fog 1.2", "fog =>1", "fog >=", "fog >=x", "fog >=1,", "fog ~1", ">=1", "fog ^1"]
)  # fmt: skip
def test_what_cannot_be_read_is_an_error_that_shows_how(text):
    with pytest.raises(StyleError) as caught:
        parse(text)
    assert "noir >=1.2" in str(caught.value)


@given(st.text("fog >=<1.2,-x ", max_size=30))
def test_any_text_is_read_or_refused(text):
    try:
        found = parse(text)
    except StyleError:
        return
    assert parse(str(found)) == found
