"""What kind of phrase a text is, judged by its words alone: clause, state, action, adjective, noun.

The words are in small letters, without the punctuation around them.
"""

from __future__ import annotations

import re

from impasto.dialects.plain.vocabulary import (
    ACTIONS,
    ADJECTIVE_ENDINGS,
    ADJECTIVES,
    ARTICLES,
    CARRIERS,
    DEGREES,
    DETERMINERS,
    IMPERATIVES,
    LINKS,
    NOT_ADJECTIVES,
    NOT_PARTICIPLES,
    NOUNS,
    PARTICIPLES,
    PREPOSITIONS,
    PRONOUNS,
    VERBS,
)

FUNCTION_WORDS = (DETERMINERS, PREPOSITIONS, LINKS, CARRIERS)
ULTRA = re.compile(r"(?:ultra|hyper|super)-(?=[a-z])", re.IGNORECASE)
_BETWEEN = ("and", "but", "more", "most", "less", "least")


def is_clause(words: list[str]) -> bool:
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


def is_state(words: list[str], previous: str) -> bool:
    """Whether it begins with a participle: "covered in mud", "lit by candles"."""
    first = words[0]
    if first not in PARTICIPLES and (not first.endswith("ed") or first in NOT_PARTICIPLES):
        return False
    if len(words) > 1:
        return words[1] in PREPOSITIONS or words[1] == "with"
    return bool(previous) and previous not in DETERMINERS and previous not in ADJECTIVES


def is_action(words: list[str], previous: str) -> bool:
    """Whether it begins with a verb in -ing; "flying vehicles" is a noun with an adjective."""
    first = words[0]
    if not first.endswith("ing") or len(first) < 5 or first in NOUNS:
        return False
    if previous and not may_come_before_noun(previous):
        return True
    if len(words) == 1:
        return first in ACTIONS
    follower = words[1]
    if follower in PREPOSITIONS or follower in DETERMINERS or follower == "with":
        return True
    return first in ("looking", "facing", "standing", "sitting") or follower.endswith("ly")


def is_adjective(words: list[str]) -> bool:
    """Whether it is an adjective with what belongs to it: "highly detailed"."""
    last = words[-1]
    if len(words) > 4 or any(word in PREPOSITIONS for word in words):
        return False
    if len(words) > 1 and words[-2] in ARTICLES:
        return False
    if ULTRA.match(last):
        last = ULTRA.sub("", last)
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


def may_come_before_noun(word: str) -> bool:
    """Whether a noun with its adjective may follow: not in "mountain striking road"."""
    return (
        any(word in kind for kind in (*FUNCTION_WORDS, VERBS, IMPERATIVES, PARTICIPLES, DEGREES))
        or is_like_adjective(word)
        or word.isdigit()
        or word.endswith(("ing", "'s", "’s"))
    )


def is_like_adjective(word: str) -> bool:
    """Whether a word that stands before a noun is an adjective."""
    return word in ADJECTIVES or word.endswith(("ic", "ive", "ish", "ed", *ADJECTIVE_ENDINGS))


def is_set(words: list[str]) -> bool:
    """Whether it begins with an article, a possessive or a number."""
    return len(words) > 1 and (words[0] in DETERMINERS or words[0].isdigit())
