"""Saying a weight in words: "striking red hair" for `(red hair:1.3)`. The table is docs/words.md.

The form follows the kind of phrase, so that the result stays grammatical: an adjective before a
noun, behind its article; an adverb before an adjective, a place or an action; "above all," before
a clause. A text for which no form is safe (another script, a bare label) is left as it is.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from impasto.dialects.plain.kinds import (
    FUNCTION_WORDS,
    ULTRA,
    is_action,
    is_adjective,
    is_clause,
    is_like_adjective,
    is_set,
    is_state,
    may_come_before_noun,
)
from impasto.dialects.plain.vocabulary import (
    ACTIONS,
    ADJECTIVES,
    CARRIERS,
    DEGREES,
    DETERMINERS,
    LINKS,
    NEGATIONS,
    NOUNS,
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
_ENDS_IN_ARTICLE = re.compile(r"(?<!\S)([Aa])n?(\s+)\Z")
_SILENT = ("hour", "honest", "honor", "honour", "heir")
_LIKE_YOU = ("uni", "use", "usu", "eu", "one", "once", "ufo", "uto")
_MARKS = ".,;:!?\"'“”‘’()[]{}<>*-"
_MAX_LOOK = 40


def level(weight: float) -> Level:
    """Return the row of the table for a weight above 0."""
    return next(row for row in LEVELS if weight < row.below)


def is_neutral(weight: float) -> bool:
    """Whether a weight is too near to 1 to be said."""
    return abs(weight - 1) <= NEUTRAL + 1e-9


def say(text: str, weight: float, before: str = "") -> str | None:
    """Return `text` with words for its weight, None where no words fit.

    `before` is the end of what stands before it in the same phrase; an article there belongs to
    the text.
    """
    words = _WORD.findall(text[:600])[:_MAX_LOOK]
    lower = [word.lower().strip(_MARKS) for word in words]
    if not _can_be_said(text, lower):
        return None
    row = level(weight)
    first = lower[0]
    previous = _last_word(before)
    if first in LINKS and len(words) > 1:
        return _behind(text, words, weight, before="and" if first == "and" else "who")
    if first in CARRIERS and len(words) > 1:
        return _behind(text, words, weight, before=words[0])
    if (not previous or previous in LINKS) and is_clause(lower):
        return f"{row.clause}, {lowered(text)}"
    if first in VERBS and previous not in DETERMINERS:
        return f"{row.action} {text}"
    if first in PREPOSITIONS or is_state(lower, previous):
        return f"{row.place} {text}"
    if is_action(lower, previous):
        return f"{row.action} {text}"
    if first not in DETERMINERS and is_adjective(lower):
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
    if weight < 1 and not (words and is_clause(words)):
        return f"{row.passage}: {lowered(text)}"
    comma = "," if words and is_clause(words) else ""
    return f"{row.clause}{comma} {lowered(text)}"


def _can_be_said(text: str, words: list[str]) -> bool:
    """Whether English words may join the text: it has some itself, and is no bare label."""
    if not words or not words[0] or not _LETTER.search(text) or _FOREIGN.search(text):
        return False
    if words[0] in NEGATIONS or " ".join(words) in QUALITY:
        return False
    if all(any(word in kind for kind in FUNCTION_WORDS) for word in words):
        return False
    return not words[0][0].isdigit() or (words[0].isdigit() and len(words) > 1)


def _behind(text: str, words: list[str], weight: float, before: str) -> str | None:
    """Say the weight behind the first word: "with striking red hair"."""
    at = text.index(words[0]) + len(words[0])
    rest = text[at:].lstrip()
    said = say(rest, weight, before)
    return None if said is None else f"{text[:at]} {said}"


def _adjective(text: str, words: list[str], row: Level) -> str:
    """Put the adverb first; an adverb of degree that is there already gives way."""
    rest = text
    if words[0].lower() in DEGREES and len(words) > 1:
        rest = text[text.index(words[0]) + len(words[0]) :].lstrip()
    elif ULTRA.match(text):
        rest = ULTRA.sub("", text, count=1)
    return f"{row.adjective} {lowered(rest)}"


def _noun(text: str, words: list[str], lower: list[str], row: Level, previous: str) -> str | None:
    """Put the adjective behind the article, or say "a hint of" where that can stand."""
    if row.part and previous in ("", "with", "and", "or") and not (previous and is_set(lower)):
        return f"{row.part} {lowered(text)}"
    if not is_set(lower):
        if previous and not may_come_before_noun(previous):
            return None
        return f"{_article(words, previous)}{row.noun} {lowered(text)}"
    at = text.index(words[0]) + len(words[0])
    head = text[:at]
    if lower[0] == "an" and head[-1] in "nN":
        head = head[:-1]
    return f"{head} {row.noun} {text[at:].lstrip()}"


def _last_word(before: str) -> str:
    """Return the last word of what stands before, "" at the start and behind punctuation."""
    found = before[-60:].rsplit(maxsplit=1)[-1:]
    return "" if not found or found[0][-1] in ",;:.!?" else found[0].lower()


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
    if after.startswith(_BARE) and is_like_adjective(_last_word(before)):
        return before.rstrip() + ", "
    return before


def _takes_an(text: str) -> bool:
    word = text.split(maxsplit=1)[0].lower() if text.strip() else ""
    if word.startswith(_SILENT):
        return True
    return word[:1] in tuple("aeiou") and not word.startswith(_LIKE_YOU)
