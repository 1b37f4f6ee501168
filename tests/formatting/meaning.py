"""What a prompt says, the spaces aside that part nothing: how the laws compare two layouts."""

from __future__ import annotations

import re

from impasto.syntax.nodes import Comment, Reference, Text, Wildcard
from impasto.syntax.parser import parse
from impasto.syntax.walk import rebuild, walk_prompt
from impasto.syntax.weights import changes, runs
from impasto.variations.draw import draw

STEPS = 12
_WORD = re.compile(r"[ \t\n]+|,|[^ \t\n,]+")
BREAK = ("BREAK", -1.0)


def heard(text, seeds=(0, 1, 2)):
    """Every word with its weight, for each draw, part, and stretch of steps."""
    prompt = parse(text)
    return [
        (part.weight, step, words(runs(nodes, step, STEPS)))
        for seed in seeds
        for part in prompt.parts
        for nodes in [draw(rebuild(part.children, _named), seed)]
        for step in changes(nodes, STEPS)
    ]


def _named(node):
    return Text(node.name, node.start, node.end) if isinstance(node, Wildcard) else node


def words(found):
    """Return [(word, weight)], a space between two words that it parts.

    Stretches of equal weight are one word, however they were cut.
    """
    said = []
    space = False
    for run in found:
        for piece in [run[0]] if run == BREAK else _WORD.findall(run[0]):
            if piece.isspace():
                space = True
                continue
            word = (piece, run[1])
            parted = bool(said) and not {",", "BREAK"} & {said[-1][0], piece}
            if space and parted:
                said.append((" ", 0))
            elif parted and said[-1][1] == run[1]:
                word = (said.pop()[0] + piece, run[1])
            said.append(word)
            space = False
    return said


def kept(text):
    """Return what weighs nothing and has to stay: references and comments."""
    nodes = list(walk_prompt(parse(text)))
    return (
        [node.value for node in nodes if isinstance(node, Reference)],
        [node.value.rstrip() for node in nodes if isinstance(node, Comment)],
    )
