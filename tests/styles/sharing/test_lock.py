"""The lock: the same packs give the same bytes, and what was changed by hand is found."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impasto.errors import LockError
from impasto.source import Source
from impasto.styles.sharing import Lock, Pin, lock

PIN = Pin("fog", "1.0.0", "../packs/fog.yaml", "0" * 64)
TEXT = """\
# Style packs that came from elsewhere, written by `impasto styles add`.
# `impasto styles sync` restores them; `impasto styles outdated` looks for newer ones.
format = 1

[[pack]]
name = "fog"
version = "1.0.0"
source = "../packs/fog.yaml"
sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
"""

pins = st.builds(
    Pin,
    st.from_regex(r"\A[a-z0-9][a-z0-9_-]{0,10}\Z"),
    st.from_regex(r"\A[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(-rc\.1)?\Z"),
    st.text(st.characters(min_codepoint=32, exclude_characters="\x7f", exclude_categories=["Cs"]), min_size=1),
    st.from_regex(r"\A[0-9a-f]{64}\Z"),
)  # fmt: skip


def made(*found):
    return Lock({pin.name: pin for pin in found}, Source("", "impasto.lock"))


def test_what_it_looks_like():
    assert lock.written(made(PIN)) == TEXT


@settings(max_examples=40)
@given(st.lists(pins, max_size=4, unique_by=lambda pin: pin.name), st.randoms())
def test_it_reads_what_it_wrote_whatever_the_order(tmp_path_factory, found, random):
    path = tmp_path_factory.mktemp("project") / "impasto.lock"
    text = lock.written(made(*found))
    random.shuffle(found)
    assert lock.written(made(*found)) == text
    path.write_bytes(text.encode())
    assert lock.read(path).pins == {pin.name: pin for pin in found}


def test_without_a_file_it_is_empty_and_without_pins_the_file_goes(place):
    path = place / "impasto.lock"
    assert lock.read(path).pins == {}
    lock.write(made(PIN), path)
    assert path.read_text() == TEXT
    lock.write(made(), path)
    assert list(place.iterdir()) == []


@pytest.mark.parametrize(
    ("old", "new", "said", "line"),
    [
        ("format = 1", "format = 2", "not of format 1", 1),
        ("format = 1\n", "", "not of format 1", 1),
        ("[[pack]]", "<<<<<<< HEAD\n[[pack]]", "this is no TOML", 5),
        ("[[pack]]", "[pack]", "tables [[pack]]", 1),
        ("[[pack]]", "other = 1\n[[pack]]", "tables [[pack]]", 1),
        ('name = "fog"', 'name = "../../fog"', '"name" should be a name of small letters', 5),
        ('name = "fog"\n', "", '"name" should be', 5),
        ('"1.0.0"', "1", '"version" should be a version', 5),
        ('"../packs/fog.yaml"', '""', '"source" should be', 5),
        ("0" * 64, "0" * 63, '"sha256" should be 64 digits', 5),
        ("sha256", "sha265", 'unknown key "sha265"', 5),
        ("[[pack]]", TEXT[TEXT.index("[[") :] + "\n[[pack]]", 'the pack "fog" is pinned twice', 11),
    ],
)  # fmt: skip
def test_a_lock_changed_by_hand_is_an_error_with_a_place(place, old, new, said, line):
    path = place / "impasto.lock"
    path.write_text(TEXT.replace(old, new), encoding="utf-8")
    with pytest.raises(LockError) as caught:
        lock.read(path)
    assert said in caught.value.message
    assert caught.value.span.line == line
    assert str(caught.value).startswith(f"impasto.lock:{line}:")


def test_bytes_that_are_no_text(place):
    (place / "impasto.lock").write_bytes(b"\xff\xfe\0")
    with pytest.raises(LockError, match=r"cannot read impasto\.lock"):
        lock.read(place / "impasto.lock")


@given(st.text())
def test_any_text_is_a_lock_or_an_error(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "any.lock"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with suppress(LockError):
        assert lock.read(path).pins.keys() >= set()
