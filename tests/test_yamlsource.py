"""YAML with positions: what files mean, where their parts stand, what is refused and how."""

from __future__ import annotations

import math
import re
import string

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from impasto import yamlsource
from impasto.errors import FileError
from impasto.source import Source
from impasto.yamlsource import MAX_DEPTH, Document, load, load_file


@pytest.fixture(params=["libyaml", "pure"])
def parser(request, monkeypatch):
    """Run a test with both parsers: the second is what a PyYAML without libyaml has."""
    if request.param == "pure":
        monkeypatch.setattr(yamlsource, "_Loader", yamlsource._PureLoader)
    return request.param


def read(text: str) -> Document:
    return load(Source(text, "pack.yaml"))


def refused(text: str) -> FileError:
    with pytest.raises(FileError) as caught:
        read(text)
    assert caught.value.span is not None
    return caught.value


SCALARS = [
    ("true", True),
    ("False", False),
    ("null", None),
    ("~", None),
    ("", None),
    ("no", "no"),
    ("on", "on"),
    ("Yes", "Yes"),
    ("16:9", "16:9"),
    ("1:1", "1:1"),
    ("2026-11-22", "2026-11-22"),
    ("007", "007"),
    ("0755", "0755"),
    ("0", 0),
    ("-12", -12),
    ("+3", 3),
    ("1_000", "1_000"),
    ("0x1F", 31),
    ("0o17", 15),
    ("0b11", "0b11"),
    ("1.5", 1.5),
    ("-.5", -0.5),
    ("1.", 1.0),
    ("1e3", 1000.0),
    ("6.02E-2", 0.0602),
    ("e3", "e3"),
    (".inf", math.inf),
    ("-.Inf", -math.inf),
    (".", "."),
    ("-", [None]),
    ("- -", [[None]]),
    ("nan", "nan"),
    ("'1'", "1"),
    ('"true"', "true"),
    ("|\n  5", "5"),
    ("<<", "<<"),
    ("smile :)", "smile :)"),
    ("R&B, 5*3", "R&B, 5*3"),
    ("__animals/cat*__", "__animals/cat*__"),
]


@pytest.mark.parametrize(("written", "meant"), SCALARS)
def test_a_scalar_means_what_yaml_1_2_says(parser, written, meant):
    text = (
        f"a: {written}"
        if not written.startswith("-") or written[1:2].strip()
        else f"a:\n  {written}"
    )
    value = read(text).data["a"]
    assert value == meant
    assert type(value) is type(meant)


def test_not_a_number_is_read():
    assert math.isnan(read("a: .nan").data["a"])


PACK = """\
# A pack.
title: Film looks
styles:
  noir:   # the dark one
    prompt: >-
      {{ prompt }}, hard shadows,
      (film grain:1.2

    weights: [1, {x: 2.5}]
    empty:
  "pastel":
    prompt: 'it''s soft'

end: true
"""


@pytest.mark.parametrize(
    ("path", "place", "text"),
    [
        (("title",), "2:8", "Film looks"),
        (
            ("styles", "noir", "prompt"),
            "5:13",
            ">-\n      {{ prompt }}, hard shadows,\n      (film grain:1.2",
        ),
        (("styles", "noir", "weights"), "9:14", "[1, {x: 2.5}]"),
        (("styles", "noir", "weights", 1, "x"), "9:22", "2.5"),
        (("styles", "noir", "empty"), "10:11", ""),
        (("styles", "pastel"), "12:5", "prompt: 'it''s soft'"),
        (("end",), "14:6", "true"),
    ],
)
def test_a_value_is_found_by_its_path(parser, path, place, text):
    span = read(PACK).span(path)
    assert str(span) == f"pack.yaml:{place}"
    assert span.text == text


@pytest.mark.parametrize(
    ("path", "place", "text"),
    [
        (("styles",), "3:1", "styles"),
        (("styles", "pastel"), "11:3", '"pastel"'),
        (("styles", "noir", "weights", 0), "9:15", "1"),
        (("styles", "noir", "weights", 1, "x"), "9:19", "x"),
    ],
)
def test_a_key_is_found_by_its_path(parser, path, place, text):
    span = read(PACK).key_span(path)
    assert (str(span), span.text) == (f"pack.yaml:{place}", text)


def test_a_path_that_leads_nowhere_points_at_its_deepest_part():
    document = read(PACK)
    assert document.span(("styles", "noir", "negative")).text == "noir"
    # Schema libraries put the names of unions and validators between the keys.
    assert document.span(("styles", "Style", "noir", "str", "empty")).line == 10
    assert document.span(("nothing",)).line == 2
    assert read("").span(("a",)).line == 1


def test_an_error_of_the_caller_shows_the_line():
    error = read(PACK).error("too heavy", ("styles", "noir", "weights", 0), hint="at most 0.5")
    assert str(error).splitlines() == [
        "pack.yaml:9:15: error: too heavy",
        "   9 |     weights: [1, {x: 2.5}]",
        "     |               ^",
        "  hint: at most 0.5",
    ]


def test_positions_in_a_text_are_those_of_the_file(parser):
    text = read(PACK).text(("styles", "noir", "prompt"))
    assert text.text == "{{ prompt }}, hard shadows, (film grain:1.2"
    at = text.text.index("(film")
    assert str(text.span(at, at + 5)) == "pack.yaml:7:7"
    assert str(text.span(0, 2)) == "pack.yaml:6:7"


def test_positions_in_front_matter_are_those_of_the_whole_file():
    file = Source("---\nprompt: a (b\n---\nbody\n", "cat.prompt")
    front = Source("prompt: a (b\n", parent=file, anchors=((0, 4),))
    text = load(front).text(("prompt",))
    assert str(text.span(2, 3)) == "cat.prompt:2:11"
    assert str(load(front).span(("prompt",))) == "cat.prompt:2:9"


def test_text_is_for_scalars_only():
    document = read(PACK)
    with pytest.raises(KeyError):
        document.text(("styles",))
    with pytest.raises(KeyError):
        document.text(("styles", "noir", "negative"))


# The law of positions: every word of a value stands in the file where its offset says.

_words = st.text(
    alphabet=string.ascii_letters + string.digits + "()[]{}:.,'\"\\#éß猫𝄞|>&*",
    min_size=1,
    max_size=6,
)
_lines = st.lists(_words, min_size=1, max_size=5).map(" ".join)


def _holds(text: str, value: str) -> None:
    document = read(text)
    source = document.text(("key",))
    assert document.data == {"key": value}
    assert source.text == value
    for word in re.finditer(r"\S+", value):
        at = source.locate(word.start())[1]
        assert text[at : at + len(word[0])] == word[0]


@given(st.lists(_lines, min_size=1, max_size=6), st.integers(1, 6), st.sampled_from(["\n", "\r\n"]))
@example(["a a", "a"], 2, "\n")
def test_words_of_a_literal_block_stand_where_they_say(lines, indent, end):
    block = end.join(" " * indent + line for line in lines)
    _holds(f"key: |  # why{end}{block}{end}", "\n".join(lines) + "\n")


@given(st.lists(_lines, min_size=1, max_size=6), st.integers(1, 6))
def test_words_of_a_folded_block_stand_where_they_say(lines, indent):
    block = "\n".join(" " * indent + line for line in lines)
    _holds(f"# head\nkey: >-\n{block}\n", " ".join(lines))


@given(st.lists(_lines, min_size=1, max_size=4))
def test_words_of_plain_lines_stand_where_they_say(lines):
    text = "key: x" + "\n  ".join(["", *lines])
    try:
        data = yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError:
        return
    if not isinstance(data["key"], str) or " #" in text or "&" in text or "*" in text:
        return
    _holds(text, data["key"])


@given(st.lists(_lines, min_size=1, max_size=4))
def test_words_in_single_quotes_start_where_they_say(lines):
    value = " ".join(lines)
    text = "key: '" + "\n   ".join(lines).replace("'", "''") + "'"
    source = read(text).text(("key",))
    assert source.text == value
    for word in re.finditer(r"[^\s']+", value):
        at = source.locate(word.start())[1]
        assert text[at : at + len(word[0])] == word[0]


_escapes = st.sampled_from(
    ["\\n", "\\t", '\\"', "\\\\", "\\x41", "\\u732b", "\\U0001F3A8", " \\\n   ", "\n  ", "\n\n "]
)


@given(
    st.lists(
        st.tuples(st.from_regex("[a-z]{1,4}( [a-z]{1,3})?", fullmatch=True), _escapes), max_size=8
    )
)
def test_words_in_double_quotes_stand_where_they_say_behind_escapes(pieces):
    text = 'key: "' + "".join(word + escape for word, escape in pieces) + 'end"'
    source = read(text).text(("key",))
    for word in re.finditer(r"[a-z]+", source.text):
        at = source.locate(word.start())[1]
        assert text[at : at + len(word[0])] == word[0]


def test_a_rare_line_end_in_quotes_still_finds_words():
    text = 'key: "one\u2028  two \\" three"'
    source = read(text).text(("key",))
    at = source.text.index("three")
    assert text[source.locate(at)[1] :].startswith("three")


@given(st.dictionaries(_words, st.one_of(_lines, st.lists(_lines)), max_size=5))
def test_what_a_writer_quoted_is_read_back(data):
    assert read(yaml.safe_dump(data, allow_unicode=True, default_style='"')).data == data


REFUSED = [
    ("a: b: c", "1:5", "starts a second key", "quotes"),
    ("a: 1\nb\n", "2:1", "neither a key nor a value", "key: value"),
    ("a: [1,\n  2\n", "3:1", "this list is not continued or closed; it opens in line 1", "quotes"),
    ("a: {b: 1", "1:9", "this mapping is not continued or closed", "quotes"),
    ("x: 1\na: 'open\nb: 2\n", "2:4", "never closed", "close it"),
    ('a: "(x\n---\n', "1:4", "never closed", "close it"),
    ("a:\n\tb: 1", "2:1", "a tab cannot indent YAML", "spaces"),
    ("a: @x", "1:4", "'@' cannot start a text", "quotes"),
    ("a: *x", "1:4", "aliases", "quotes"),
    ("a: &x 1\nb: *x", "1:4", '"&x" is read as one of YAML\'s anchors', "quotes"),
    ("a: !!python/object:os.system x", "1:4", "tag", "quotes"),
    ("a: !!str 5", "1:4", '"!!str" is read as a tag', "quotes"),
    ("? [a]\n: b", "1:3", "a key has to be text, not a list", "quotes"),
    ("1: a", "1:1", "a key has to be text, and 1 is not", '"1"'),
    ("x:\n  null: a", "2:3", "a key has to be text, and null is not", '"null"'),
    ("a: 1\nb: 2\na: 3", "3:1", '"a" stands here twice, first in line 1', "rename"),
    ("--- a\n--- b\n", "2:1", "a second document", "one file is one document"),
    ("a: b\n...\nc: d", "3:1", "finished document", ""),
    ('a: "\\xZZ"', "1:7", "escape needs more digits", "\\xNN"),
    ("a: |x\n  b", "1:5", "only a comment may follow", "next line"),
    ("a: - b", "1:4", "a list cannot start here", "own line"),
    ("a: }", "1:4", "no value can start like this", "quotes"),
    ("a\x01: b", "1:2", "U+0001 may not stand", "escape"),
    ("a: \ud800", "1:4", "U+D800 may not stand", "escape"),
    ("a: " + "9" * 5000, "1:4", "a number of 5000 digits", ""),
    ("a: " + "[" * 100_000, "1:66", f"nested deeper than {MAX_DEPTH}", ""),
    ("- " * 100_000, "1:127", f"nested deeper than {MAX_DEPTH}", ""),
    ("{a: " * 100_000, None, f"nested deeper than {MAX_DEPTH}", ""),
]


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"), REFUSED, ids=[r[0][:12] for r in REFUSED]
)
def test_what_cannot_be_read_is_told_with_its_place(parser, text, place, message, hint):
    error = refused(text)
    assert message in error.message
    assert hint in error.hint
    if place:
        assert str(error.span) == f"pack.yaml:{place}"


def test_a_backslash_in_double_quotes_is_explained(parser):
    error = refused('prompt: "smile \\(happy\\)"')
    assert "a backslash in double quotes starts an escape" in error.message
    assert "single quotes" in error.hint


@pytest.mark.parametrize(
    "text", ["a: 1\n  b: 2", "a:\n  - 1\n b: 2", "- a\nb: 1", "a: 'x' y", "a: [b]]"]
)
def test_wrong_indentation_and_quotes_are_told_without_the_parsers_words(parser, text):
    error = refused(text)
    assert "not YAML" not in error.message
    assert error.span.line == text.count("\n") + 1
    assert error.hint


def test_many_aliases_are_refused_before_they_multiply():
    bomb = "a: &a [x, x]\n" + "".join(
        f"{c}: &{c} [*{p}, *{p}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert refused(bomb).span.line == 1


def test_the_deepest_that_is_allowed_is_read(parser):
    text = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert str(read(text).data) == text


@given(st.text(alphabet=st.sampled_from("ab:-?[]{},&*!|>'\"#%@` \n\t0.\\~"), max_size=40))
def test_any_text_is_read_or_refused_with_a_place(text):
    try:
        span = read(text).span()
    except FileError as error:
        assert str(error)  # noqa: PT017 - either outcome is right, and both are checked
        span = error.span
    assert 0 <= span.start <= span.end <= len(text) + 1


@given(st.text(alphabet=st.sampled_from("ab:-[]{},|'\"# \n"), max_size=30))
def test_data_agree_with_pyyaml_where_both_read(text):
    try:
        ours = read(text).data
        theirs = yaml.load(text, Loader=yaml.SafeLoader)
    except (FileError, yaml.YAMLError):  # libyaml takes "|#", which PyYAML's own reader refuses
        return
    assert theirs == ours


def test_a_file_is_read_and_named(tmp_path):
    file = tmp_path / "noir.yaml"
    file.write_text("a: 猫\n", encoding="utf-8")
    document = load_file(file, "noir.yaml")
    assert document.data == {"a": "猫"}
    assert str(document.span(("a",))) == "noir.yaml:1:4"


def test_a_file_that_is_missing_or_not_text_is_told(tmp_path):
    with pytest.raises(FileError, match=r"cannot read none\.yaml: No such file"):
        load_file(tmp_path / "none.yaml", "none.yaml")
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"a: 1\nb: caf\xe9\n")
    with pytest.raises(FileError, match="is not UTF-8 text: line 2 holds the byte 0xe9"):
        load_file(latin)


def test_a_byte_order_mark_is_no_part_of_the_first_key(parser):
    document = read("\ufeffa: b")
    assert document.data == {"a": "b"}
    assert document.span(("a",)).text == "b"


def test_an_empty_file_is_nothing(parser):
    assert read("").data is None
    assert read("# only a comment\n").data is None


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("a: 'x &y'\nb: &y z", 4),
        ("a: x *y\nb: [c, *y]", 8),
        ("a: |\n  &x\n  *y\nb: &z [1]", 4),
        ('"&a": "*b"\n&c d: 1', 1),
    ],
)
def test_an_anchor_is_refused_beside_texts_that_look_like_one(text, column):
    with pytest.raises(FileError, match=r"YAML's (anchors|aliases)") as caught:
        load(Source(text))
    assert (caught.value.span.line, caught.value.span.column) == (text.count("\n") + 1, column)


class Counted(list):
    """A list that counts how often it was gone through."""

    times = 0

    def __iter__(self):
        self.times += 1
        return super().__iter__()


def test_looking_up_many_keys_goes_through_a_mapping_once():
    document = load(Source("".join(f"key{n}: {{a: {n}}}\n" for n in range(500))))
    pairs = document._root.value = Counted(document._root.value)
    for n in range(500):
        assert document.span((f"key{n}", "a")).text == str(n)
        assert document.text((f"key{n}", "a")).text == str(n)
        assert document.key_span((f"key{n}",)).line == n + 1
    assert document.span(("none", "a")).line == 1
    assert pairs.times == 1
