"""Hypothesis strategies that several rooms share: texts, canonical prompts, hostile strings."""

from __future__ import annotations

from hypothesis import strategies as st

WORDS = (
    *("cat", "red fox", "golden hour", "8k", "f/1.8", "16:9", "12:30", "smile :)", "o_o", "a__b"),
    *("BREAK", "AND", "BREAKFAST", "ANDROID", "a#b", "# note", "$5", "C:\\pics", "50%", "<3"),
    *("日本の庭", "ｶﾞｰﾃﾞﾝ", "été", "🦊", "naïve", "x, y", "don't", "-", "1.2", ":1.2", "2::", "2$$"),
)
PIECES = (
    *"()[]{}|:\\<>_#AB$ \n\t,;'\"",
    *("a", "b1", "1.2", ":1.2", ":0.5)", ":12]", ": -.5 ", "BREAK", "AND", " AND ", "aAND", "__"),
    *("__a__", "__a/b*__", "<lora:a:1>", "<embedding:x>", "<lora:", "# x", "\n# y\n", "2$$", "$$"),
    *("1-2$$, $$", "2::", "0.5::a", "(a:1.2)", "[b]", "(x)", "[a:b:0.5]", "[a|b]", "{a|b}"),
    *(
        "\\(",
        "\\AND",
        "\\BREAK",
        "\\_",
        "é",
        "：",
        "( a",
        "16:9",
        "٣",
        ".5",
        "+1",
        "\r\n",
        "\u2028",
        "日",
    ),
)
"""Pieces of syntax whose every joint is worth a try."""

texts = st.one_of(
    st.text(max_size=40), st.sampled_from(WORDS), st.lists(st.sampled_from(WORDS)).map(" ".join)
)
"""What a person or a value may hold: any characters, words that look like syntax."""

hostile = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=16).map("".join),
    st.text(alphabet="()[]{}|:\\<>_#AB$ \n12.ND", max_size=24),
    texts,
)
"""Any string, most of them nearly syntax."""

numbers = st.sampled_from(["1", "1.2", ".5", "0.8", "-0.5", "+1", "2.", " 1.1 ", "0", "30"])
plain = st.sampled_from(
    [
        "cat",
        "a fox",
        "red, wet",
        " light ",
        "16:9",
        r"\(sic\)",
        r"a\|b",
        "x_y",
        "日本",
        "50%",
        "a\n",
        r"\AND",
    ]
)
_atoms = st.one_of(
    plain,
    st.sampled_from(["<lora:film:0.8>", "<embedding:neg>", "<lora:a:0.8:0.6>", "__animals/cat*__"]),
    st.sampled_from([" BREAK ", "\n# a note\n", " <3 ", ", "]),
)
_inner = plain.map(lambda text: text.replace("16:9", "wide"))


def _joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(inner, max_size=3).map("".join)


def _groups(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Brackets of every kind around `inner`, which has no bare colon, bar or number at its end."""
    run = _joined(inner)
    fields = st.lists(run, min_size=2, max_size=3).map("|".join)
    odds = st.tuples(st.sampled_from(["", "2::", "0.5::"]), run).map("".join)
    options = st.lists(odds, min_size=1, max_size=3).map("|".join)
    counts = st.sampled_from(["", "2$$", "1-2$$", "-2$$ and $$", "1-$$"])
    return st.one_of(
        run.map("({})".format),
        run.map("[{}]".format),
        st.tuples(run, numbers).map(lambda x: f"({x[0]}:{x[1]})"),
        st.tuples(run, numbers).map(lambda x: f"[{x[0]}:{x[1]}]"),
        st.tuples(run, run, numbers).map(lambda x: f"[{x[0]}:{x[1]}:{x[2]}]"),
        fields.map("[{}]".format),
        st.tuples(counts, options).map(lambda x: f"{{{x[0]}{x[1]}}}"),
    )


_leaves = st.one_of(_inner, _atoms.filter(lambda text: ":9" not in text))
_pieces = st.recursive(_leaves, lambda inner: st.one_of(inner, _groups(inner)), max_leaves=12)
_tops = st.lists(st.one_of(_atoms, _pieces), max_size=5).map("".join)
canonical = st.lists(_tops, min_size=1, max_size=3).map(" AND ".join)
"""Sources that the strict parser accepts, of every construct and nesting."""

_closed_leaves = st.one_of(
    _inner, st.sampled_from(["<lora:film:0.8>", " BREAK ", "\n# a note\n", ", "])
)


def _weighted(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    run = _joined(inner)
    return st.one_of(
        run.map("({})".format),
        run.map("[{}]".format),
        st.tuples(run, numbers).map(lambda x: f"({x[0]}:{x[1]})"),
        st.tuples(run, numbers).map(lambda x: f"[{x[0]}:{x[1]}]"),
    )


_weighted_pieces = st.recursive(
    _closed_leaves, lambda inner: st.one_of(inner, _weighted(inner)), max_leaves=12
)
weighted = st.lists(_weighted_pieces, max_size=5).map("".join)
"""Canonical sources of one part without choices, schedules and alternations."""

groups_only = st.lists(
    st.sampled_from([*"()[]:\\", "a", " b", ", ", ":1.2)", ":.5]", "1", "\\(", "\n", "16:9"]),
    max_size=16,
).map("".join)
"""Texts of nothing but words, round and square brackets, colons and escapes."""

values = st.lists(st.one_of(texts, hostile), min_size=1, max_size=4)
"""Values that a template may put side by side."""
