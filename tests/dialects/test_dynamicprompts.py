"""dynamicprompts: what a text expands to, what it becomes here, and what is written for it."""

import re
from math import prod
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st
from lark import Lark

import impasto
from impasto._data import data_dir
from impasto.dialects.dynamicprompts import combinations, grammar, terminals
from impasto.dialects.dynamicprompts.terminals import UnreadableError
from impasto.errors import ImpastoError, OpenPromptError, UnknownNameError
from impasto.syntax.nodes import Choice, Part, Value, Variable, Wildcard, Wrap
from impasto.syntax.printer import print_nodes, print_parts
from impasto.syntax.prompt import Prompt
from impasto.syntax.walk import walk
from impasto.variations.combinations import Space
from impasto.variations.draw import draw
from impasto.variations.wordlists import Wordlists
from strategies import canonical, hostile

CASES = yaml.safe_load(
    (Path(__file__).parent / "cases" / "dynamicprompts.yaml").read_text(encoding="utf-8")
)


def read(text):
    return impasto.read(text, "dynamicprompts")


def nodes(text):
    return read(text).parts[0].children


def texts(text, lists=None, most=200):
    """Return all texts that our own expansion of `text` gives."""
    space, found = Space(lists), nodes(text)
    picked = [space.pick(found, n) for n in range(min(space.count(found), most))]
    return ["".join(node.value for node in prompt) for prompt in picked]


@pytest.mark.parametrize("text", CASES["combinations"])
def test_combinations_are_those_of_the_real_generator(text):
    wanted = CASES["combinations"][text]
    if wanted is None:
        with pytest.raises(ImpastoError):
            combinations(text)
    else:
        assert combinations(text) == wanted


@pytest.mark.parametrize("text", CASES["repeats"])
def test_an_unknown_wildcard_repeats(text):
    assert combinations(text) == [CASES["repeats"][text]] * 32


SAME = [
    *("{a|b} {c|d}", "{a|{b|c}|}", "{2$$ and $$a|b}", "{-2$$a|b}", "{3-$$a|b}", "{0$$a|b}x"),
    *("{2:: a|b}", "a} | {b|c}", "${v={a|b}}${v} ${v}", "${v}${v=a}", "${v: d }{x|y}"),
    *("${w=${v}b}${v=a}${w}", "%{a ... b$$c}", "%{{a|b}...z$${c|d}}", "%{%{a...$$b...c}$$d}"),
    *("a #c\nb", "  #c\n  a", "ab\tc", "(a:1.2), [b]", "{ a | b }c", "%{{a...|b...}$${c|d}}"),
]


@pytest.mark.parametrize("text", SAME)
def test_what_is_read_expands_to_the_same(text):
    assert texts(text) == combinations(text)


def test_the_tree_says_count_separator_and_odds():
    (choice,) = nodes("{~1-2$$ & $$2::a|b}")
    assert (choice.sampler, choice.mark) == ("~", "1-2$$ & $$")
    assert [option.odds for option in choice.options] == [2.0, 1.0]
    assert nodes("{2$$a|b}")[0].mark == "2$$,$$"
    assert nodes("__@a/*(v={1|2})__")[0] == Wildcard("__a/*__", 0, 17, "@", "(v={1|2})")
    (definition, use) = nodes("${v=!a}${v:b}")
    assert (definition.is_definition, definition.is_immediate) == (True, True)
    assert (use.is_definition, use.children) == (False, (Value("b", 11, 12),))
    (wrap,) = nodes("%{a ... $$ b}")
    assert isinstance(wrap, Wrap)


@pytest.mark.parametrize("text", ["(a:1.2), [b|c:0.5] AND BREAK <lora:x:1>", r"\(a\) C++ :)"])
def test_weights_stay_text_for_the_parser_behind(text):
    prompt = read(text)
    assert prompt.weights() == [(text, 1.0)]
    assert not prompt.diagnostics


REFUSED = {
    "50% off": (2, 3),
    "a {b": (2, 3),
    "cost: $5": (6, 7),
    "a __b": (2, 4),
    "{a|${v=b}}": (3, 6),
    "%{a b}": (5, 6),
    "tab\t{": (4, 5),
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_refused_is_an_error_and_stays_text(text):
    prompt = read(text)
    (finding,) = prompt.diagnostics
    assert finding.severity == "error"
    assert (finding.span.start, finding.span.end) == REFUSED[text]
    assert finding.hint
    assert prompt.weights() == [(text, 1.0)]


FINDINGS = {
    "${v}": "bad-variable",
    "${seasons=a}${season}": "bad-variable",
    "${v=a}": "bad-variable",
    "${v=${w}}${w=${v}}${v}": "bad-variable",
    "color #ff0000 sky": "comment-hides-text",
    "__a(v=x)__": "parameters-unused",
    "{masterpiece}": "lone-option",
}


@pytest.mark.parametrize("text", FINDINGS)
def test_traps_are_found(text):
    assert [finding.rule for finding in read(text).diagnostics] == [FINDINGS[text]]
    assert not read("# a note\n{a|b} ${v:c} __d__").diagnostics


def test_a_misspelt_variable_gets_a_proposal():
    (finding,) = read("${season=a}${seasn}").diagnostics
    assert "season" in finding.hint
    with pytest.raises(UnknownNameError, match="season"):
        Space().count(nodes("${season=a}${seasn}"))


def test_a_variable_drawn_once_is_the_same_everywhere():
    text = "${v=!{a|b}}${w={1|2}}${v}${v} ${w}${w}"
    assert texts(text) == [f"{v}{v} {w}{x}" for v in "ab" for w in "12" for x in "12"]
    drawn = {"".join(n.value for n in draw(nodes(text), seed)) for seed in range(60)}
    assert drawn == set(texts(text))


def test_variables_that_grow_without_bounds_are_refused():
    doubling = "".join(f"${{v{n}=${{v{n - 1}}}${{v{n - 1}}}}}" for n in range(1, 60))
    with pytest.raises(OpenPromptError, match="written out"):
        Space().count(nodes("${v0={a|b}}" + doubling + "${v59}"))
    with pytest.raises(OpenPromptError, match="circle"):
        draw(nodes("${a=${b}}${b=${a}}${a}"), 1)


def test_long_chains_of_variables_need_no_recursion():
    size = 3000
    chain = "".join(f"${{v{n}=${{v{n + 1}}}}}" for n in range(size))
    assert texts(f"{chain}${{v{size}={{a|b}}}}${{v0}}") == ["a", "b"]


def test_word_lists_are_drawn_from(tmp_path):
    (tmp_path / "warm.txt").write_text("red\n{orange|yellow}\n", encoding="utf-8")
    (tmp_path / "wrap.txt").write_text("a photo of ..., sharp\n", encoding="utf-8")
    lists = Wordlists([tmp_path])
    assert texts("${t=warm}__${t}__ x", lists) == ["red x", "orange x", "yellow x"]
    assert texts("%{__wrap__$${cat|dog}}", lists) == [
        f"a photo of {x}, sharp" for x in ("cat", "dog")
    ]
    assert texts("__{warm|wrap}__", lists)[:3] == ["red", "orange", "yellow"]
    with pytest.raises(UnknownNameError, match='did you mean "warm"'):
        texts("__warn__", lists)


@given(hostile)
def test_any_text_is_read(text):
    prompt = read(text)
    assert str(prompt) == text
    for node in walk(prompt.parts[0].children):
        assert 0 <= node.start <= node.end <= len(text)
        if isinstance(node, (Choice, Variable, Wrap)):
            assert text[node.start] in "{$%_"
            assert text[node.end - 1] in "}_"


@given(hostile)
def test_spans_of_texts_are_what_was_written(text):
    assume(not any(sign in text for sign in "\t#/"))
    for node in walk(nodes(text)):
        if isinstance(node, Value):
            assert text[node.start : node.end] == node.value


@given(hostile)
def test_a_text_is_refused_exactly_where_an_error_is_found(text):
    refused = False
    try:
        grammar.parse(text)
    except UnreadableError:
        refused = True
    assert refused == any(f.rule == "template-refused" for f in read(text).diagnostics)


@pytest.mark.parametrize(
    "piece", ["{", "{a|", "${v:", "%{a$$", "__a{", "__", "{}/*", "#", "//\n", "a_", "{a}", "__a(v="]
)
def test_reading_is_linear_and_of_any_depth(piece):
    assert str(read(piece * 100_000)) == piece * 100_000


def test_deep_choices_are_read_and_written():
    depth = 20_000
    text = "{a|" * depth + "b" + "}" * depth
    found = nodes(text)
    assert Space().count(found) == depth + 1
    canonical_text = print_nodes(found)
    assert impasto.write(impasto.parse(canonical_text), "dynamicprompts").text == text


# Writing


def written(text):
    return impasto.write(impasto.parse(text), "dynamicprompts")


WRITTEN = {
    "{a|b} __animals/cat*__": "{a|b} __animals/cat*__",
    "({a|b (c:1.5)}:1.2), x": "({a|b (c:1.5)}:1.2), x",
    "{2$$a|b}": "{2$$, $$a|b}",
    "{-1$$ & $$a|b}": "{0-1$$ & $$a|b}",
    "{1-$$a|b}": "{1-$$, $$a|b}",
    "{ 2::x | y }": "{2::x|y}",
    "{~a|b}": "{1::~a|b}",
    r"{\[a\]|b}": r"{\[a\]|b}",
    "[{a|b}:c:0.5]": "[{a|b}:c:0.5]",
    "[{a|b}|c]": "[{a|b}|c]",
    "{a|b} AND c:0.7": "{a|b} AND c :0.7",
    "a BREAK {b|c}": "a BREAK {b|c}",
    "# note\n{a|b}": "{a|b}",
    "<lora:x:0.8> {a|b}": "<lora:x:0.8> {a|b}",
}


@pytest.mark.parametrize("text", WRITTEN)
def test_written_texts(text):
    found = written(text)
    assert (found.text, found.losses) == (WRITTEN[text], ())


LOST = {
    "50% {a|b}": ("50 {a|b}", "escape"),
    "$5 {a|b}": ("5 {a|b}", "escape"),
    r"\{a\} {a|b}": ("a} {a|b}", "escape"),
    r"a\_\_b {a|b}": ("a_ _b {a|b}", "escape"),
    r"{a\|b|c}": ("{ab|c}", "escape"),
    "{[x|y]|z}": ("{x|z}", "schedule"),
    "C# {a|b}": ("C {a|b}", "escape"),
    "{a|b}//c": ("{a|b}/ /c", "escape"),
    "a_{b|__c__}": ("a_{b|__c__}", None),
    r"a\___c__": ("a_ __c__", "escape"),
    "{2$$$$a|b}": ("{2$$ $$a|b}", "escape"),
}


@pytest.mark.parametrize("text", LOST)
def test_what_has_no_escape_is_a_loss(text):
    wanted, kind = LOST[text]
    prompt = impasto.parse(text, recover=True)
    found = impasto.write(prompt, "dynamicprompts")
    assert found.text == wanted
    assert {loss.kind for loss in found.losses} == ({kind} if kind else set())


def test_what_was_read_is_written_as_it_stood():
    text = "${v=!{a|b}} ${v} {~1-2$$a|(b:1.2)} %{x ... $$ y} __@z(v=1)__ # note"
    assert impasto.write(read(text), "dynamicprompts").text == text


def test_a_tree_of_every_node_is_written():
    text = "${v=!{a|b}}${w?=c} ${v}${w:d} {~1-2$$ & $$a|3::b} %{x ... $$y} __@z(v=1)__"
    found = impasto.write(Prompt(read(text).parts, text), "dynamicprompts")
    assert (found.text, found.losses) == (text, ())


def test_a_closed_script_is_written_with_its_losses():
    found = impasto.write(impasto.parse("50% (off:1.2)"), "dynamicprompts")
    assert found.text == "50 (off:1.2)"
    assert found.losses


def picked(prompt, index):
    """Return the runs to A1111 of a combination of all parts, the last one turning fastest."""
    space, parts = Space(), []
    for part in reversed(prompt.parts):
        index, own = divmod(index, space.count(part.children))
        parts.insert(0, Part(space.pick(part.children, own), part.mark))
    return impasto.read(impasto.write(Prompt(tuple(parts), ""), "a1111").text, "a1111")


@given(canonical)
def test_writing_and_reading_keeps_all_combinations(source):
    text = source.replace("50%", "half").replace("__animals/cat*__", "<lora:film:0.8>")
    prompt = impasto.parse(text.replace(r"a\|b", "a b"))
    found = impasto.write(prompt, "dynamicprompts")
    back, space = nodes(found.text), Space()
    total = prod(space.count(part.children) for part in prompt.parts)
    if found.losses:
        assert all(loss.kind in ("schedule", "escape", "break") for loss in found.losses)
        return
    assert space.count(back) == total
    for index in range(min(total, 12)):
        again = "".join(node.value for node in space.pick(back, index))
        ours, theirs = picked(prompt, index), impasto.read(again, "a1111")
        assert _joined(ours.schedule()) == pytest.approx(_joined(theirs.schedule()), abs=1e-4)


def _joined(schedules):
    """Return (text, weight) of every character but spaces, so that merging makes no difference."""
    return {
        f"{at} {step} {place} {letter}": weight
        for at, (_, step, runs) in enumerate(schedules)
        for place, (letter, weight) in enumerate(
            (letter, weight) for text, weight in runs for letter in text if not letter.isspace()
        )
    }


@given(canonical)
def test_whatever_is_written_is_read_without_an_error(text):
    found = impasto.write(impasto.parse(text), "dynamicprompts")
    assert not [f for f in read(found.text).diagnostics if f.severity == "error"]


options = st.lists(st.sampled_from(["a", "b c", "(d:1.2)", "", "e_f"]), min_size=1, max_size=3)
templates = st.recursive(
    options.map(lambda texts: "{" + "|".join(texts) + "}"),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=2).map("|".join).map("{{{}}}".format),
        st.lists(inner, min_size=1, max_size=2).map("|".join).map("{{1-2$$ & $${}}}".format),
        inner.map("%{{w ... z$${}}}".format),
        inner.map("${{v:{}}}".format),
    ),
    max_leaves=4,
)


@given(templates)
def test_counts_are_exact_and_draws_are_among_the_picks(text):
    found, space = nodes(text), Space()
    total = space.count(found)
    assume(total <= 400)
    picked = [space.pick(found, index) for index in range(total)]
    assert list(space.iterate(found)) == picked
    assert list(space.iterate(found, total // 2)) == picked[total // 2 :]
    values = {"".join(n.value for n in prompt) for prompt in picked}
    for seed in range(5):
        assert "".join(n.value for n in draw(found, seed)) in values
        assert draw(found, seed) == draw(nodes(text), seed)


def test_canonical_printing_writes_variables_out():
    text = print_parts(read("${v={a|b}}${v}, ${w:c} %{x ... y$${d|e}}").parts)
    assert text == "{a|b}, c x {d|e} y"


# The grammar says which terminals there are.

GRAMMAR = Lark(
    (data_dir("grammars") / "dynamicprompts.lark").read_text(encoding="utf-8"), parser="lalr"
)
TERMINALS = {
    "TOP": terminals.TOP,
    "INSIDE": terminals.INSIDE,
    "NAME": terminals.NAME,
    "PARAMETER": terminals.PARAMETER,
    "COMMENT": terminals._COMMENT,
    "BLOCK": terminals._BLOCK,
    "SAMPLER": terminals.SAMPLER,
    "COUNT": terminals.COUNT,
    "SEPARATOR": terminals.SEPARATOR,
    "ODDS": terminals.ODDS,
    "VARIABLE": terminals.VARIABLE,
    "SIGN": terminals.SIGN,
    "KEY": terminals.KEY,
}


def test_the_grammar_has_the_terminals_of_the_reader():
    assert {terminal.name for terminal in GRAMMAR.terminals} == set(TERMINALS)


@given(hostile | st.text("_{}$%#()|=,:~@!/*\\ \n0123.-ab", max_size=30))
def test_terminals_are_those_of_the_grammar(text):
    for name, pattern in TERMINALS.items():
        defined = re.compile(GRAMMAR.get_terminal(name).pattern.to_regexp())
        for at in range(len(text)):
            ours, theirs = pattern.match(text, at), defined.match(text, at)
            assert (ours[0] if ours else "") == (theirs[0] if theirs else ""), (name, at)


# Found beside the real parser.


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("__a) (b__", "__a) (b__"),
        ("__a)(b}__ x", "__a)(b}__ x"),
        ("%{__a)(b__ ... $$x}", "__a)(b__ x "),
    ],
)
def test_behind_a_closing_bracket_the_name_of_a_wildcard_goes_on(text, found):
    assert set(combinations(text)) == {found}


@pytest.mark.parametrize(
    ("text", "opener"), [("a __b, (c=", "__"), ("a %{b $$ c", "%{"), ("a ${b=", "${"), ("{a", "{")]
)
def test_what_is_never_closed_is_shown_where_it_opens(text, opener):
    (found,) = read(text).diagnostics
    assert (found.span.text, f'"{opener}" is never closed' in found.message) == (opener, True)


def test_no_wildcard_comes_about_where_a_sign_is_taken_out():
    written = impasto.write(impasto.parse(r"a_\#_b"), "dynamicprompts")
    assert "__" not in written.text
    assert not read(written.text).diagnostics


def test_the_negative_prompt_is_written_along():
    prompt, unwanted = impasto.parse("a {red|blue} fox"), impasto.parse("{fog|rain}, 50%")
    written = impasto.write(prompt, "dynamicprompts", negative=unwanted)
    assert (written.text, written.negative) == ("a {red|blue} fox", "{fog|rain}, 50")
    assert [loss.kind for loss in written.losses] == ["escape"]
