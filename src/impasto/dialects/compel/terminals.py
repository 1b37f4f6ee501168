r"""The words and signs of compel's syntax; grammars/compel.lark defines them for people.

All repeat possessively, so that each runs in linear time. Spaces are those that pyparsing skips.
"""

from __future__ import annotations

import re
from typing import Final

S: Final = r"[ \t\r\n]*+"
NUMBER_TEXT: Final = r"(?:[-+]?(?:\d++\.\d*+|\.\d++)|-?[0-9]++)"
NAME_TEXT: Final = r"[A-Za-z0-9_-]++"
STOP: Final = r"[ \t\r\n()\",.+\-=]"
WORD_TEXT: Final = rf"(?:[^ \t\r\n\x0b\x0c()\",.+\-=\\]++|\\[()\",.+\-=]|\\|[-+](?!{STOP}|\Z))++"

SKIP: Final = re.compile(S)
ODD_SPACES: Final = re.compile(r"[ \t\r\n]{2,}|[\t\r\n]")
"""Spaces that become one."""
WORD: Final = re.compile(WORD_TEXT)
"""A word in a group, or the beginning of one at the top; a sign in it stands before a letter."""
FREE: Final = re.compile(r"[^ \t\r\n\x0b\x0c]++")
"""A word at the top: anything but spaces."""
FORM_FEED: Final = re.compile(r"\f[\f\xa0\u1680\u180e\u2000-\u200b\u202f\u205f\u3000]*+[ \t\r\n]++")
"""What is skipped at the top only, and not without a space behind it."""

_PLAIN = (
    r"(?:[^ \t\r\n\x0b\x0c(\"+\-\\][^ \t\r\n\x0b\x0c+\-\\]*+(?![+\-\\])"
    rf"|(?![(\"]|{WORD_TEXT}[-+])[^ \t\r\n\x0b\x0c]++)"
)
_INNER = rf"(?:[^()\"\\+=\-\x0b\x0c]++|[-+](?!{STOP}))*+"
STRETCH: Final = re.compile(
    rf"{S}({_PLAIN}(?:[ \t\r\n]++{_PLAIN})*+)?+{S}"
    rf"(?:\(({_INNER})\)(?:(\++|-+)|({NUMBER_TEXT}))?+)?+"
)
"""Plain words at the top, then a group without anything to look into."""

SIGNS: Final = re.compile(r"\++|-+")
FACTOR: Final = re.compile(rf"(\++|-+)|({NUMBER_TEXT})")
ATTEND: Final = re.compile(rf"{S}\.attend{S}\({S}(?:(\++|-+)|({NUMBER_TEXT})){S}\)")
SWAP: Final = re.compile(rf"{S}\.swap{S}\(")
LORA: Final = re.compile(
    rf"(?:useLora|withLora){S}\({S}({NAME_TEXT}){S}(?:,{S}({NUMBER_TEXT}){S})?\)"
)
OPTION: Final = re.compile(
    rf"{S}(?:({NAME_TEXT}){S}={S}(?>({NUMBER_TEXT})|({NAME_TEXT}))|({NUMBER_TEXT})|({NAME_TEXT}))"
)
COMMA: Final = re.compile(rf"{S},")
CLOSE: Final = re.compile(rf"{S}\)")
CALL: Final = re.compile(rf"{S}\.(and|add|blend){S}\(")

QUOTED: Final = re.compile(r'"((?:[^"\\\n\r]++|\\"|\\)*+)("?)')
"""A quotation up to its end, or the line's where none of its quotes is without a backslash."""
SPACE_ESCAPES: Final = re.compile(r"\\[tnfr]")
