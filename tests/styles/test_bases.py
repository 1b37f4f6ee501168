"""What styles extend: across packs, in circles, too deep, of versions, by other names."""

import pytest

from impasto.compose.api import compose
from impasto.errors import SourceError, StyleError, UnknownNameError
from impasto.styles.bases import chain
from impasto.styles.library import Library


@pytest.fixture
def packs(tmp_path, monkeypatch):
    """Return a function that makes a library of packs, each given as the YAML of its styles."""
    monkeypatch.chdir(tmp_path)

    def made(**styles):
        for name, text in styles.items():
            head = "" if text.startswith("format") else f"format: 1\nname: {name}\nstyles:\n"
            (tmp_path / f"{name}.yaml").write_text(head + text, encoding="utf-8")
        return Library((tmp_path,), builtin=False)

    return made


def links(library, use):
    return [(link.style.label, link.weight) for link in chain(library.find(use)[0], library)]


def test_bases_come_first_each_once_those_of_other_packs_too(packs):
    library = packs(
        a="  top: {extends: [left, b/right:0.5]}\n  left: {extends: low}\n  low: {text: x}",
        b="  right: {extends: [near, a/low]}\n  near: {text: y}",
    )
    assert links(library, "top") == [
        ("a/low", 0.5), ("a/left", 1), ("b/near", 0.5), ("b/right", 0.5), ("a/top", 1),
    ]  # fmt: skip


def test_of_two_weights_for_one_base_the_stronger_counts(packs):
    library = packs(a="  top: {extends: [low:1.2, 'mid']}\n  mid: {extends: 'low:0.5'}\n  low: {}")
    assert links(library, "top") == [("a/low", 0.5), ("a/mid", 1), ("a/top", 1)]


def test_a_base_that_many_paths_lead_to_is_followed_once(packs):
    rows = [f"  r{n}: {{extends: [l{n + 1}, r{n + 1}]}}\n  l{n}: {{extends: [l{n + 1}, r{n + 1}]}}"
            for n in range(30)]  # fmt: skip
    library = packs(a="\n".join([*rows, "  l30: {text: x}", "  r30: {text: y}"]))
    assert len(links(library, "r0")) == 61  # by a thousand million paths


WRONG = {
    "circle through another pack": {"a": "  s: {extends: b/t}", "b": "  t:\n    extends: [a/s]"},
    "circle behind the style": {"a": "  s: {extends: t}\n  t: {extends: u}\n  u: {extends: 't:0.5'}"},
    "circle by another name": {"a": "  s: {aliases: [same], extends: same}"},
    "circle with options": {"a": "  s: {options: {o: {default: x}}, extends: s(o=y)}"},
    "too deep": {"a": "\n".join(f"  s{n}: {{extends: s{n + 1}}}" for n in range(40)).replace("s0:", "s:")
                 + "\n  s40: {}"},
    "missing pack": {"a": "  s: {extends: other/style}"},
    "nearly a pack": {"a": "  s: {extends: oter/style}", "other": "  style: {}"},
    "no such style": {"a": "  s: {extends: b/t}", "b": "  tt: {}\n  u: {}"},
    "two packs of one name": {"a": "  s: {extends: b/t}", "b": "format: 1\nname: a\nstyles: {t: {}}"},
    "no reference": {"a": "  s: {extends: [b, 'b:x']}\n  b: {}"},
    "version": {"a": "format: 1\nname: a\nrequires: [b >=1.2]\nstyles:\n  s: {extends: [b/t]}",
                "b": "format: 1\nname: b\nversion: 1.1.9\nstyles: {t: {}}"},
    "broken requirement": {"a": "format: 1\nname: a\nrequires: [b >= new]\nstyles:\n  s: {extends: b/t}",
                           "b": "format: 1\nname: b\nstyles: {t: {}}"},
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_extended_says_where_and_why(name, packs, snapshot):
    with pytest.raises(SourceError) as caught:
        compose("fox", styles=["a/s"], library=packs(**WRONG[name]))
    assert str(caught.value) == snapshot
    assert caught.value.span.file in ("a.yaml", "b.yaml")


def test_a_pack_of_the_version_that_is_required_will_do(packs):
    library = packs(
        a="format: 1\nname: a\nrequires: [b >=1.2]\nstyles:\n  s: {extends: [b/t]}",
        b="format: 1\nname: b\nversion: 1.2.0\nstyles: {t: {text: x}}",
    )
    assert compose("fox", styles=["a/s"], library=library).text == "fox, x"


# Other names


def test_a_style_is_found_by_its_aliases(packs):
    library = packs(a="  film: {aliases: [movie, cinema-still], text: x}", b="  other: {text: y}")
    for use in ("movie", "a/cinema-still", "film"):
        assert compose("fox", styles=[use], library=library).text == "fox, x"
    assert library.find("movie")[0].name == "a/film"
    assert compose("fox", styles=["film", "movie"], library=library).text == "fox, x"


def test_a_name_goes_before_an_alias_in_another_pack(packs):
    library = packs(a="  film: {aliases: [noir]}", b="  noir: {}")
    assert library.find("noir")[0].name == "b/noir"
    assert library.find("a/noir")[0].name == "a/film"


@pytest.mark.parametrize("lines", ["['noir', x]", "\n    - x\n    - noir", "[x,\n     noir]"])
def test_an_alias_of_two_packs_is_ambiguous(lines, packs):
    library = packs(a=f"  film:\n    aliases: {lines}", b=f"  other:\n    aliases: {lines}")
    with pytest.raises(StyleError, match="write a/film or b/other"):
        library.find("noir")


@pytest.mark.parametrize(
    "styles",
    [
        "  a: {aliases: [b]}\n  b: {text: x}",
        "  a: {aliases: [c]}\n  b: {aliases: [d, c]}",
        "  a: {aliases: [A B]}",
        "  a: {aliases: other}",
    ],
)
def test_aliases_that_cannot_be(styles, packs, snapshot):
    with pytest.raises(StyleError) as caught:
        packs(a=styles).pack("a")
    assert str(caught.value) == snapshot


@pytest.mark.parametrize("use", ["cinema-stil", "a/cinema-stil", "aa/cinema-still"])
def test_aliases_are_proposed_for_what_is_misspelt(use, packs):
    library = packs(a="  film: {aliases: [cinema-still]}")
    with pytest.raises(UnknownNameError, match=r'did you mean "(a/)?cinema-still"'):
        library.find(use)


def test_a_broken_pack_does_not_hide_what_is_wrong_with_a_name(packs):
    library = packs(a="  film: {}", b="  broken: {txt: x}")
    with pytest.raises(UnknownNameError, match='did you mean "a/film"'):
        library.find("aa/film")
