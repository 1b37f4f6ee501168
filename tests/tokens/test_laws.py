"""What holds for every text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from impasto.errors import UnknownNameError
from impasto.tokens import clip, t5
from impasto.tokens.api import count_tokens
from impasto.tokens.cleaning import CLEANINGS
from impasto.tokens.hosts import HOSTS, heard
from impasto.tokens.tokenizers import tokenizer

TEXTS = st.text() | st.text(
    st.sampled_from("aZ1 ,'<|>\n\r\t\0éΣİſﬁ（，“🦊한\u0301\u0345\u200d\ud800")
)


@given(TEXTS, st.sampled_from(list(CLEANINGS.values())))
@example("<|endoftext|>", CLEANINGS["hf"])
def test_clip_tokens_stand_in_order_in_the_text(text, cleaning):
    tokens = clip.encode(text, cleaning)
    check_places(text, tokens)
    assert all(0 <= token.id <= clip.END for token in tokens)


@given(TEXTS)
def test_t5_tokens_stand_in_order_in_the_text(text):
    check_places(text, t5.encode(text))


def check_places(text, tokens):
    assert all(0 <= token.start < token.end <= len(text) for token in tokens)
    assert [t.start for t in tokens] == sorted(t.start for t in tokens)


@given(st.lists(st.text("abc ,é", min_size=1), max_size=5), st.sampled_from(sorted(HOSTS)))
def test_chunks_hold_every_token_once_and_no_more_than_they_can(texts, name):
    runs = heard((text, 1.0 + at / 10) for at, text in enumerate(texts))
    chunks = HOSTS[name].chunks(runs, tokenizer("clip"), 7)
    tokens = [token for chunk in chunks for token in chunk]
    assert all(len(chunk) <= 7 for chunk in chunks)
    assert tokens == sorted(tokens, key=lambda token: token.start)
    whole = [t for text, _ in runs for t in clip.encode(text, HOSTS[name].cleaning)]
    assert [t.id for t in tokens] == [t.id for t in whole]


@pytest.mark.parametrize("sign", ["a", "é", "a,", "<|", "e\u0301", "漢", "<|endoftext|>"])
def test_a_long_text_is_no_trap(sign):
    """Twice the text is twice the tokens: nothing is read again from the start."""
    for encode in (clip.encode, t5.encode):
        assert len(encode(sign * 4000)) <= 4000 * len(sign.encode()) + 1


GUIDE = {
    "low quality, blurry, deformed": (7, 8),
    "a beautiful sunset over mountains, oil painting style": (9, 10),
    "(important:1.2), [less important:0.8]": (15, 11),
    "最新的 FLUX 旗舰": (13, 7),
    'a cat 🐱 "Hello"': (6, 9),
    "": (0, 0),
}


@pytest.mark.parametrize(("text", "counts"), GUIDE.items())
def test_counts_that_were_measured_elsewhere(text, counts):
    assert (count_tokens(text).count, count_tokens(text, "t5").count) == counts


def test_a_count_tells_its_tokens():
    found = count_tokens("Hyperrealism, fox", "clip-l")
    assert found.to_json() == {
        "format": 1,
        "tokenizer": "clip",
        "count": 4,
        "special": 2,
        "exact": True,
        "tokens": [
            {"id": token.id, "text": text, "start": token.start, "end": token.end}
            for token, text in zip(found.tokens, ["Hyper", "realism", ",", "fox"], strict=True)
        ],
    }


def test_unknown_names_are_told():
    with pytest.raises(UnknownNameError, match='did you mean "clip"'):
        count_tokens("a", "clipp")
    with pytest.raises(UnknownNameError, match="hf-slow"):
        count_tokens("a", cleaning="hf_slow")
