"""Styles with variables of their own: `film-still(stock="portra 400")`."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impasto.compose.api import compose
from impasto.errors import SourceError, StyleError
from impasto.styles.library import Library
from impasto.syntax.parser import parse

HEAD = "format: 1\nname: mine\nstyles:\n"
FILM = (
    HEAD
    + """\
  film:
    options:
      stock: {choices: [portra 400, cinestill 800t], default: portra 400}
      grain: {type: integer, range: [1, 9], default: 3}
      day: {type: boolean, default: true}
      looks: {type: list, default: [soft]}
      note: {default: null}
    text: "{{ prompt }}, {{ stock }}{% if day %}, daylight{% endif %}, (grain {{ grain }}:1.2), {{ looks }}, {{ note }}"
    negative: "no {{ stock }}"
    variants:
      prose: {text: "{{ prompt }}. Shot on {{ stock }}", negative: ""}
  derived: {extends: "film(stock='cinestill 800t'):0.5", text: "{{ prompt }}, d"}
  twice: {extends: [film, "film(grain=4)"]}
  free: {options: {word: {default: word}}, text: "{{ prompt }}, ({{ word }}:1.2), end"}
"""
)


@pytest.fixture
def library(tmp_path, monkeypatch):
    """Return a function that makes a library of one pack called "mine"."""
    monkeypatch.chdir(tmp_path)

    def made(text=FILM):
        (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
        return Library((tmp_path,), builtin=False)

    return made


@pytest.mark.parametrize(
    ("use", "text"),
    [
        ("film", "fox, portra 400, daylight, (grain 3:1.2), soft"),
        ("film()", "fox, portra 400, daylight, (grain 3:1.2), soft"),
        ("film(stock=cinestill 800t)", "fox, cinestill 800t, daylight, (grain 3:1.2), soft"),
        ("mine/film(day=false, grain=9)", "fox, portra 400, (grain 9:1.2), soft"),
        ("film(looks=[warm, 'old, worn'], day=no)", "fox, portra 400, (grain 3:1.2), warm, old, worn"),
        ("film(note=cheap, day=0):0.5",
         "fox, (portra 400:0.5), (grain 3:0.6), (soft:0.5), (cheap:0.5)"),
        ("derived", "fox, (cinestill 800t:0.5), (daylight:0.5), (grain 3:0.6), (soft:0.5), d"),
    ],
)  # fmt: skip
def test_options_say_what_a_style_says(use, text, library):
    found = compose("fox", styles=[use], library=library())
    assert found.text == text


def test_options_reach_the_negative_prompt_and_the_variants(library):
    use = "film(stock='cinestill 800t')"
    found = compose("fox", styles=[use], library=library())
    assert str(found.negative_prompt) == "no cinestill 800t"
    found = compose("fox", styles=[use], library=library(), model="flux-dev")
    assert found.text == "fox. Shot on cinestill 800t"


def test_options_in_the_front_matter(library, tmp_path):
    path = tmp_path / "a.prompt"
    path.write_text("---\nstyles:\n- film(stock=cinestill 800t, day=false)\n---\nfox")
    assert compose(path, library=library()).text.startswith("fox, cinestill 800t, (grain")


def test_one_style_with_different_options_counts_twice_and_is_reported(library):
    found = compose("fox", styles=["film(day=no)", "film(grain=4, day=no)"], library=library())
    assert found.text == "fox, portra 400, (grain 3:1.2), soft, (grain 4:1.2)"
    [note] = [d for d in found.diagnostics if d.rule == "repeated-style"]
    assert note.message == (
        "mine/film(day=false) and mine/film(grain=4, day=false) are one style with different "
        "options; both count"
    )
    found = compose("fox", styles=["twice"], library=library())
    assert [d.code for d in found.diagnostics if d.code == "IMP306"] == ["IMP306"]


def test_an_option_that_is_given_its_default_changes_nothing(library):
    packs = library()
    assert packs.find("film(stock=portra 400, grain=3)")[0].label == "mine/film"
    assert packs.find("film(day=no,grain=4)")[0].label == "mine/film(grain=4, day=false)"
    assert compose("fox", styles=["film", "film(grain=3)"], library=packs).diagnostics == ()


@pytest.mark.parametrize(
    "use",
    [
        "film(stok=portra 400)",
        "film(zzz=1)",
        "derived(stock=portra 400)",
        "film(stock=portra)",
        "film(stock='')",
        "film(grain=12)",
        "film(grain=much)",
        "film(grain='3.5')",
        "film(day=perhaps)",
        "film(looks=soft)",
        "film(stock=[portra 400])",
    ],
)
def test_what_suits_no_option_says_where_and_why(use, library, tmp_path, snapshot):
    packs = library()
    with pytest.raises(StyleError) as caught:
        compose("fox", styles=[use], library=packs)
    assert str(caught.value) == snapshot
    path = tmp_path / "a.prompt"
    path.write_text(f'---\nstyles: ["{use}"]\n---\nfox')
    with pytest.raises(StyleError) as caught:
        compose(path, library=packs)
    span = caught.value.span
    assert (span.line, span.text in use, span.column > len('styles: ["film(')) == (2, True, True)
    packs = library(f'{FILM}  bad: {{extends: "{use}"}}')
    with pytest.raises(StyleError) as caught:
        compose("fox", styles=["bad"], library=packs)
    assert (caught.value.span.file, caught.value.span.line) == ("mine.yaml", 18)


BROKEN = {
    "no default": '{options: {a: {}}, text: "{{ a }}"}',
    "empty": '{options: {a: }, text: "{{ a }}"}',
    "default of another type": "{options: {a: {type: integer, default: x}}}",
    "default that is no choice": "{options: {a: {choices: [x, y], default: z}}}",
    "empty range": "{options: {a: {type: number, range: [2, 1], default: 1}}}",
    "name": "{options: {a-b: {default: x}}}",
    "the slot": "{options: {prompt: {default: x}}}",
    "the model": "{options: {model: {default: x}}}",
    "type": "{options: {a: {type: text, default: x}}}",
    "key": "{options: {a: {defualt: x}}}",
    "misspelt in the text": '{options: {stock: {default: x}}, text: "{{ stok }}"}',
    "not known in the text": '{options: {stock: {default: x}}, text: "{{ zzz }}"}',
    "not known in the negative": '{options: {stock: {default: x}}, negative: "{{ zzz }}"}',
    "a draw": "{text: \"{{ choice(['a', 'b']) }}\"}",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_pack_with_options_that_cannot_be_says_so(name, library, snapshot):
    with pytest.raises(SourceError) as caught:
        compose("fox", styles=["mine/a"], library=library(f"{HEAD}  a: {BROKEN[name]}"))
    assert str(caught.value) == snapshot
    assert str(caught.value).startswith("mine.yaml:4:")


SIGNS = st.text("()[]{}<>:|\\_,#$&* aAND:BREAK1.2\n", max_size=12) | st.text(max_size=8)


@given(SIGNS)
@settings(deadline=None)
def test_no_value_changes_the_weights_around_it(value):
    from impasto.styles.reference import write_reference

    found = compose("(fox:1.1)", styles=[write_reference("free", {"word": value})], library=FREE)
    runs = parse(found.text).weights()
    assert runs[0] == ("fox", 1.1)
    assert runs[-1] in ((", end", 1.0), (", , end", 1.0))
    assert {weight for _, weight in runs} <= {1.1, 1.0, 1.2}


@pytest.fixture(scope="module", autouse=True)
def free(tmp_path_factory):
    """Make the library that the property above uses."""
    global FREE  # noqa: PLW0603
    folder = tmp_path_factory.mktemp("free")
    (folder / "mine.yaml").write_text(FILM, encoding="utf-8")
    FREE = Library((folder,), builtin=False)
