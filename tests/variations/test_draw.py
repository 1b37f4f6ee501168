"""Closing choices by seed: the same everywhere, fair in the long run, never more than asked."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from impasto.syntax.escapes import literal
from impasto.syntax.nodes import Choice, Option, Text
from impasto.syntax.parser import parse
from impasto.syntax.printer import print_nodes
from impasto.syntax.walk import walk
from impasto.variations.draw import Draws, count_of, draw, is_open, part_seed
from strategies import canonical

CASES = Path(__file__).parents[1] / "cases" / "variations"
PINNED = yaml.safe_load((CASES / "draws.yaml").read_text(encoding="utf-8"))
ODDS = yaml.safe_load((CASES / "odds.yaml").read_text(encoding="utf-8"))
COUNTS = yaml.safe_load((CASES / "counts.yaml").read_text(encoding="utf-8"))
closable = canonical.map(lambda text: text.replace("__animals/cat*__", "cat"))


def drawn(text, seed):
    """The text of the first part of a prompt closed with `seed`."""
    nodes = draw(parse(text).parts[0].children, seed)
    assert not is_open(nodes)
    return "".join(run for run, _ in parse(print_nodes(nodes)).weights())


@pytest.mark.parametrize("case", PINNED["integers"], ids=lambda c: f"{c['seed']}-{c['choice']}")
def test_integers_never_change(case):
    draws = Draws(case["seed"], case["choice"])
    assert [draws.below(1 << 64) for _ in case["values"]] == case["values"]


@pytest.mark.parametrize("case", PINNED["prompts"], ids=lambda c: f"{c['seed']}: {c['source']}")
def test_drawn_prompts_never_change(case):
    assert drawn(case["source"], case["seed"]) == case["drawn"]


@pytest.mark.parametrize("case", ODDS, ids=lambda c: c["source"])
def test_odds_hold_in_the_long_run(case):
    """Four standard deviations of a fair draw, over a fixed row of seeds."""
    seeds = 4000
    counts = Counter(drawn(case["source"], seed) for seed in range(seeds))
    assert set(counts) <= set(case["shares"])
    for word, share in case["shares"].items():
        bound = 4 * (seeds * share * (1 - share)) ** 0.5
        assert abs(counts[word] - seeds * share) <= bound


def test_one_seed_does_not_foretell_the_next():
    """Each pair of answers of two seeds in a row comes up as often as any other."""
    text = "{2$$a|b|c|d}"
    answers = [drawn(text, seed) for seed in range(3000)]
    first_then_first = Counter((one[0], other[0]) for one, other in pairwise(answers))
    second_then_first = Counter((one[-1], other[0]) for one, other in pairwise(answers))
    for pairs in (first_then_first, second_then_first):
        assert len(pairs) == 16
        assert all(abs(count - 187.5) <= 4 * 13.3 for count in pairs.values())


def test_choices_of_one_seed_are_independent():
    pairs = Counter(drawn("{a|b|c}{d|e|f}", seed) for seed in range(1800))
    assert len(pairs) == 9
    assert all(abs(count - 200) <= 4 * 13.4 for count in pairs.values())


@pytest.mark.parametrize("case", COUNTS, ids=lambda c: c["source"])
def test_counts_and_separators(case):
    (choice,) = parse(case["source"]).parts[0].children
    assert list(count_of(choice)) == [case["least"], case["most"], case["separator"]]
    found = {drawn(case["source"], seed) for seed in range(400)}
    between = literal(case["separator"])
    sizes = {len(answer.split(between)) if answer else 0 for answer in found}
    assert sizes == set(range(case["least"], case["most"] + 1))
    for answer in found:
        words = answer.split(between)
        assert len(set(words)) == len(words)


def test_every_order_comes_up():
    found = {drawn("{3$$ $$a|b|c}", seed) for seed in range(200)}
    assert found == {"a b c", "a c b", "b a c", "b c a", "c a b", "c b a"}


def test_an_option_without_odds_comes_last():
    found = {drawn("{2$$0::never|1::a}", seed) for seed in range(50)}
    assert found == {"a, never"}
    assert {drawn("{0::a|0::b}", seed) for seed in range(50)} == {"a", "b"}


def test_numbers_of_any_length():
    many = "9" * 5000
    assert drawn(f"{{{many}$$a}}", 1) == "a"
    assert drawn(f"{{0-{many}$$ $$a|b}}", 1) in ("", "a", "b", "a b", "b a")
    assert drawn("{000000000000001$$a|b}", 1) in ("a", "b")
    assert {drawn(f"{{{many}::a|1::b}}", seed) for seed in range(50)} == {"a"}


@pytest.mark.parametrize("seed", [0, -1, 2**64, -(2**70), 123456789012345678901234567890])
def test_any_integer_is_a_seed(seed):
    assert drawn("{a|b}", seed) in ("a", "b")
    assert drawn("{a|b} {c|d}", seed) == drawn("{a|b} {c|d}", seed)


@given(closable, st.integers())
def test_drawing_is_deterministic_and_leaves_nothing_open(text, seed):
    for part in parse(text).parts:
        closed = draw(part.children, seed)
        assert closed == draw(part.children, seed)
        assert not is_open(closed)
        assert not any(isinstance(node, Text) and not node.value for node in walk(closed))


@given(closable, st.integers(0, 100))
def test_a_drawn_prompt_prints_as_what_it_means(text, seed):
    """What options held is text: a drawn word meets its neighbours without becoming syntax."""
    for part in parse(text).parts:
        closed = draw(part.children, seed)
        (back,) = parse(print_nodes(closed)).parts
        assert [kind for kind in kinds(back.children) if kind != "Text"] == [
            kind for kind in kinds(closed) if kind != "Text"
        ]


def kinds(nodes):
    return [type(node).__name__ for node in walk(nodes)]


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("{BRE}{AK} a", r"\BREAK a"),
        ("a {A}{ND} b", r"a \AND b"),
        ("_{_a__}", r"\__a\_\_"),
        ("{# note}", r"\# note"),
        ("(a:{1.2})", r"(a\:1.2)"),
        ("[a{:|:}b:c]", r"[a\:b\:c]"),
    ],
)
def test_options_never_join_to_syntax(text, printed):
    nodes = draw(parse(text).parts[0].children, 1)
    assert print_nodes(nodes) == printed


def test_what_is_not_open_stays_the_same_node():
    nodes = parse("a (b:1.2) {c|d}").parts[0].children
    closed = draw(nodes, 1)
    assert closed[0] is nodes[0]
    assert closed[1] is nodes[1]


def test_drawn_texts_know_where_they_were_written():
    prompt = parse("x { red fox | blue cat }, {2$$ and $$a|b}")
    nodes = draw(prompt.parts[0].children, 1)
    texts = [node for node in walk(nodes) if isinstance(node, Text)]
    assert [prompt.span(text).text for text in texts] == [text.value for text in texts]
    assert " and " in [text.value for text in texts]


def test_the_default_separator_points_to_its_choice():
    prompt = parse("x {2$$a|b}")
    (separator,) = [n for n in draw(prompt.parts[0].children, 1) if n.value == ", "]
    assert prompt.span(separator).text == "{2$$a|b}"


def test_choices_made_by_code_can_be_drawn():
    choice = Choice((Option((Text(" a "),)), Option((Text(" a "),))), "2$$")
    assert draw((choice,), 1) == (Text("a"), Text(", "), Text("a"))


def test_nested_choices_close_from_the_inside():
    found = {drawn("{ {a|b} c|{d|e} f}", seed) for seed in range(100)}
    assert found == {"a c", "b c", "d f", "e f"}


def test_choices_close_inside_every_bracket():
    nodes = draw(parse("({a}) [{b}] [{c}:{d}:0.5] [{e}|{f}]").parts[0].children, 1)
    assert print_nodes(nodes) == "(a) [b] [c:d:0.5] [e|f]"


def test_editing_one_choice_leaves_the_others_alone():
    for seed in range(50):
        before = drawn("{a|b} {c|d|e} {f|g}", seed).split()
        after = drawn("{a|b} {1|2|3|4|5} {f|g}", seed).split()
        assert (before[0], before[2]) == (after[0], after[2])


def test_thousands_of_options_are_drawn_in_one_go():
    words = [f"w{number}" for number in range(20_000)]
    found = drawn("{20000$$ $$" + "|".join(words) + "}", 3).split()
    assert found != words
    assert sorted(found) == sorted(words)


def test_parts_that_and_composes_draw_on_their_own():
    first, second = parse("{a|b|c|d|e|f|g|h} AND {a|b|c|d|e|f|g|h}").parts
    one = [draw(first.children, part_seed(seed, 0)) for seed in range(200)]
    other = [draw(second.children, part_seed(seed, 1)) for seed in range(200)]
    assert one == [draw(first.children, seed) for seed in range(200)]
    letters = [[nodes[0].value for nodes in row] for row in (one, other)]
    same = sum(a == b for a, b in zip(*letters, strict=True))
    moved = sum(a == b for a, b in zip(letters[0][1:], letters[1], strict=False))
    assert max(same, moved) < 60  # one in eight, by chance
