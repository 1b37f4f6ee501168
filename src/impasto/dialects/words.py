"""Saying a weight in words: "striking red hair" for `(red hair:1.3)`. The table is docs/words.md.

The form follows the kind of phrase, so that the result stays grammatical: an adjective before a
noun, behind its article; an adverb before an adjective, a place or an action; "above all," before
a clause. A text for which no form is safe (another script, a bare label) is left as it is.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from impasto.dialects.vocabulary import (
    ACTIONS,
    ADJECTIVE_ENDINGS,
    ADJECTIVES,
    ARTICLES,
    CARRIERS,
    DEGREES,
    DETERMINERS,
    IMPERATIVES,
    LINKS,
    NEGATIONS,
    NOT_ADJECTIVES,
    NOT_PARTICIPLES,
    NOUNS,
    PARTICIPLES,
    PREPOSITIONS,
    PRONOUNS,
    QUALITY,
    VERBS,
)

NEUTRAL: Final = 0.05
"""Weights this near to 1 are not said."""


class Level(NamedTuple):
    """The words for a range of weights, by the kind of phrase they stand before."""

    below: float
    noun: str
    part: str
    adjective: str
    action: str
    place: str
    clause: str
    passage: str


LEVELS: Final = (
    Level(0.35, "barely visible", "the faintest hint of", "barely", "barely", "barely",
          "as the faintest detail", "barely hinted at"),
    Level(0.65, "faint", "a hint of", "slightly", "only slightly", "only partly",
          "as a faint detail", "only hinted at"),
    Level(1.0, "subtle", "", "somewhat", "slightly", "partly",
          "as a minor detail", "lightly suggested"),
    Level(1.25, "prominent", "", "distinctly", "clearly", "clearly", "notably", "notably"),
    Level(1.45, "striking", "", "strikingly", "unmistakably", "unmistakably",
          "above all", "above all"),
    Level(float("inf"), "dominant", "", "extremely", "above all", "above all",
          "above all else", "above all else"),
)  # fmt: skip
"""The table from weight to words: the first level whose bound is above the weight."""

_BARE = tuple(f"{row.noun} " for row in LEVELS)

_WORD = re.compile(r"[^\s,]*\w[^\s,]*")
_FOREIGN = re.compile(r"[^\W\d_a-zA-Z\u00c0-\u024f]")
_LETTER = re.compile(r"[^\W\d_]")
_ULTRA = re.compile(r"(?:ultra|hyper|super)-(?=[a-z])", re.IGNORECASE)
_ENDS_IN_ARTICLE = re.compile(r"(?<!\S)([Aa])n?(\s+)\Z")
_OPENS = re.compile(r"(?<!\w)['‘“](?=\w)")
_CLOSES = re.compile(r"(?<=[\w.,!?])['’”](?!\w)")
_FUNCTION_WORDS = (DETERMINERS, PREPOSITIONS, LINKS, CARRIERS)
_SILENT = ("hour", "honest", "honor", "honour", "heir")
_LIKE_YOU = ("uni", "use", "usu", "eu", "one", "once", "ufo", "uto")
_MARKS = ".,;:!?\"'“”‘’()[]{}<>*-"
_MAX_LOOK = 40
_BETWEEN = ("and", "but", "more", "most", "less", "least")


def level(weight: float) -> Level:
    """Return the row of the table for a weight above 0."""
    return next(row for row in LEVELS if weight < row.below)


def is_neutral(weight: float) -> bool:
    """Whether a weight is too near to 1 to be said."""
    return abs(weight - 1) <= NEUTRAL + 1e-9


def say(text: str, weight: float, before: str = "") -> str | None:
    """Return `text` with words for its weight, None where no words fit.

    `before` is what stands before it in the same phrase; an article at its end belongs to the
    text.
    """
    words = _WORD.findall(text[:600])[:_MAX_LOOK]
    lower = [word.lower().strip(_MARKS) for word in words]
    if not _can_be_said(text, lower) or _in_quotes(before):
        return None
    row = level(weight)
    first = lower[0]
    previous = _last_word(before)
    if first in LINKS and len(words) > 1:
        return _behind(text, words, weight, before="and" if first == "and" else "who")
    if first in CARRIERS and len(words) > 1:
        return _behind(text, words, weight, before=words[0])
    if (not previous or previous in LINKS) and _is_clause(lower):
        return f"{row.clause}, {lowered(text)}"
    if first in VERBS and previous not in DETERMINERS:
        return f"{row.action} {text}"
    if first in PREPOSITIONS or _is_state(lower, previous):
        return f"{row.place} {text}"
    if _is_action(lower, previous):
        return f"{row.action} {text}"
    if first not in DETERMINERS and _is_adjective(lower):
        return _adjective(text, words, row)
    return _noun(text, words, lower, row, previous)


def say_together(text: str, weight: float, *, passage: bool = False) -> str:
    """Return `text`, the first of several phrases of one weight, with words for all of them.

    With `passage` it opens several sentences.
    """
    row = level(weight)
    if passage:
        return f"{row.passage}: {lowered(text)}"
    words = [word.lower().strip(_MARKS) for word in _WORD.findall(text[:600])[:_MAX_LOOK]]
    if weight < 1 and not (words and _is_clause(words)):
        return f"{row.passage}: {lowered(text)}"
    comma = "," if words and _is_clause(words) else ""
    return f"{row.clause}{comma} {lowered(text)}"


def _can_be_said(text: str, words: list[str]) -> bool:
    """Whether English words may join the text: it has some itself, and is no bare label."""
    if not words or not words[0] or not _LETTER.search(text) or _FOREIGN.search(text):
        return False
    if words[0] in NEGATIONS or " ".join(words) in QUALITY:
        return False
    if all(any(word in kind for kind in _FUNCTION_WORDS) for word in words):
        return False
    return not words[0][0].isdigit() or (words[0].isdigit() and len(words) > 1)


def _behind(text: str, words: list[str], weight: float, before: str) -> str | None:
    """Say the weight behind the first word: "with striking red hair"."""
    at = text.index(words[0]) + len(words[0])
    rest = text[at:].lstrip()
    said = say(rest, weight, before)
    return None if said is None else f"{text[:at]} {said}"


def _is_clause(words: list[str]) -> bool:
    """Whether a sentence with its verb is meant: "the knight rides", "she is old"."""
    if words[0] in PRONOUNS or words[0] in IMPERATIVES:
        return True
    for at, word in enumerate(words[1:], 1):
        if word in LINKS and word not in ("and", "or"):
            return False
        if word in VERBS:
            return True
        if at > 8 or word in CARRIERS:
            return False
    return False


def _is_state(words: list[str], previous: str) -> bool:
    """Whether it begins with a participle: "covered in mud", "lit by candles"."""
    first = words[0]
    if first not in PARTICIPLES and (not first.endswith("ed") or first in NOT_PARTICIPLES):
        return False
    if len(words) > 1:
        return words[1] in PREPOSITIONS or words[1] == "with"
    return bool(previous) and previous not in DETERMINERS and previous not in ADJECTIVES


def _is_action(words: list[str], previous: str) -> bool:
    """Whether it begins with a verb in -ing; "flying vehicles" is a noun with an adjective."""
    first = words[0]
    if not first.endswith("ing") or len(first) < 5 or first in NOUNS:
        return False
    if previous and not _may_come_before_noun(previous):
        return True
    if len(words) == 1:
        return first in ACTIONS
    follower = words[1]
    if follower in PREPOSITIONS or follower in DETERMINERS or follower == "with":
        return True
    return first in ("looking", "facing", "standing", "sitting") or follower.endswith("ly")


def _is_adjective(words: list[str]) -> bool:
    """Whether it is an adjective with what belongs to it: "highly detailed"."""
    last = words[-1]
    if len(words) > 4 or any(word in PREPOSITIONS for word in words):
        return False
    if len(words) > 1 and words[-2] in ARTICLES:
        return False
    if _ULTRA.match(last):
        last = _ULTRA.sub("", last)
    if "-" in last and last.rsplit("-", 1)[1] in PARTICIPLES:
        return True
    if last.endswith("ed") and len(last) > 4 and last not in NOT_PARTICIPLES:
        return len(words) == 1 or words[0] in DEGREES or words[0].endswith("ly")
    known = last in ADJECTIVES and last not in ("light", "cold", "dark", "square")
    ends = last.endswith(ADJECTIVE_ENDINGS) and last not in NOT_ADJECTIVES
    if len(words) == 1:
        return last in ADJECTIVES or ends
    return (known or ends) and all(
        w in ADJECTIVES or w in DEGREES or w in _BETWEEN or w.endswith("ly") for w in words[:-1]
    )


def _adjective(text: str, words: list[str], row: Level) -> str:
    """Put the adverb first; an adverb of degree that is there already gives way."""
    rest = text
    if words[0].lower() in DEGREES and len(words) > 1:
        rest = text[text.index(words[0]) + len(words[0]) :].lstrip()
    elif _ULTRA.match(text):
        rest = _ULTRA.sub("", text, count=1)
    return f"{row.adjective} {lowered(rest)}"


def _noun(text: str, words: list[str], lower: list[str], row: Level, previous: str) -> str | None:
    """Put the adjective behind the article, or say "a hint of" where that can stand."""
    if row.part and previous in ("", "with", "and", "or") and not (previous and _is_set(lower)):
        return f"{row.part} {lowered(text)}"
    if not _is_set(lower):
        if previous and not _may_come_before_noun(previous):
            return None
        return f"{_article(words, previous)}{row.noun} {lowered(text)}"
    at = text.index(words[0]) + len(words[0])
    head = text[:at]
    if lower[0] == "an" and head[-1] in "nN":
        head = head[:-1]
    return f"{head} {row.noun} {text[at:].lstrip()}"


def _in_quotes(before: str) -> bool:
    """Whether a quotation is open: its words are painted as they are."""
    opened = len(_OPENS.findall(before)) - len(_CLOSES.findall(before))
    return opened > 0 or before.count('"') % 2 == 1


def _last_word(before: str) -> str:
    """Return the last word of what stands before, "" at the start and behind punctuation."""
    found = before[-60:].rsplit(maxsplit=1)[-1:]
    return "" if not found or found[0][-1] in ",;:.!?" else found[0].lower()


def _may_come_before_noun(word: str) -> bool:
    """Whether a noun with its adjective may follow: not in "mountain striking road"."""
    return (
        any(word in kind for kind in (*_FUNCTION_WORDS, VERBS, IMPERATIVES, PARTICIPLES, DEGREES))
        or _is_like_adjective(word)
        or word.isdigit()
        or word.endswith(("ing", "'s", "’s"))
    )


def _is_like_adjective(word: str) -> bool:
    """Whether a word that stands before a noun is an adjective."""
    return word in ADJECTIVES or word.endswith(("ic", "ive", "ish", "ed", *ADJECTIVE_ENDINGS))


def _is_set(words: list[str]) -> bool:
    """Whether it begins with an article, a possessive or a number."""
    return len(words) > 1 and (words[0] in DETERMINERS or words[0].isdigit())


def _article(words: list[str], previous: str) -> str:
    """Return "a " before a name of several words, "a striking Hatsune Miku"."""
    if len(words) < 2 or previous in DETERMINERS or (previous and previous not in PREPOSITIONS):
        return ""
    named = all(word[0].isupper() and word[1:].islower() for word in words)
    return "a " if named and words[0].lower() not in ADJECTIVES | NOUNS else ""


def lowered(text: str) -> str:
    """Take the capital off a first word that has it only because it came first, not off a name."""
    first = text.split(maxsplit=1)[0].lower() if text[:1].isupper() else ""
    known = DETERMINERS, ADJECTIVES, PREPOSITIONS, CARRIERS, PRONOUNS - {"i"}, NOUNS, ACTIONS
    return text[0].lower() + text[1:] if any(first in words for words in known) else text


def agree(before: str, after: str) -> str:
    """Return `before` made to fit a new word behind it.

    An article fits the word, a red and an old; a comma stands between two adjectives that go
    with one noun: "a cute, striking cartoon cat".
    """
    found = _ENDS_IN_ARTICLE.search(before[-12:])
    if found and after:
        start = len(before) - len(found[0])
        return before[:start] + found[1] + ("n" if _takes_an(after) else "") + found[2]
    if after.startswith(_BARE) and _is_like_adjective(_last_word(before)):
        return before.rstrip() + ", "
    return before


def _takes_an(text: str) -> bool:
    word = text.split(maxsplit=1)[0].lower() if text.strip() else ""
    if word.startswith(_SILENT):
        return True
    return word[:1] in tuple("aeiou") and not word.startswith(_LIKE_YOU)
