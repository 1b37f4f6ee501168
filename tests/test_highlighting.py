"""Colours: the TextMate grammar and the Pygments lexers say what the parser says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.token import Comment, Error, Keyword, Name, Number, Punctuation, String

import impasto
from impasto.highlight import PromptFileLexer, PromptLexer
from impasto.syntax import nodes
from impasto.syntax.walk import walk_prompt
from strategies import canonical, hostile

ROOT = Path(__file__).parents[1]
GRAMMAR = json.loads((ROOT / "grammars" / "impasto.tmLanguage.json").read_text("utf-8"))
HERO = """---
title: Hero # what it is
variables:
  mood: {default: calm}
---
# a note about {{ x }}
portrait of {{ who | weight(1.2) }}, ({{ mood }}:{{ w }}), [a:b:0.5], [x|y], [fog: .8 ]
{2$$ and $$ 2::a|b\\||(c:1.2)}, __animals/cat*__, 16:9, (at 5\\:30), (big (cat:1.3)) C++
{% if model == "%}" %}(red:1.2){% endif %} BREAK <lora:film:0.8> x:0.7 AND \\(b\\) BREAKFAST <3
{% raw %}{a|{{b}|c}}{% endraw %} {# {gone} #}
"""


class TextMate:
    """Tokenises as TextMate does: line by line, a stack of rules, the leftmost match wins."""

    def __init__(self, grammar: dict) -> None:
        self.grammar = grammar
        self.compiled: dict[str, re.Pattern] = {}

    def scopes(self, text: str) -> list[tuple[int, str, str]]:
        """Return (offset, text, scope) for every scope that a rule or a capture gives."""
        found: list[tuple[int, str, str]] = []
        stack = [self.grammar]
        start = 0
        for line in text.split("\n"):
            for at, piece, scope in self._line(line, stack, is_first=start == 0):
                found.append((start + at, piece, scope))
            start += len(line) + 1
        return found

    def _line(self, line: str, stack: list[dict], *, is_first: bool):
        at = 0
        while True:
            match, rule, is_end = self._next(line, at, stack, is_first=is_first)
            if match is None:
                return
            captures = "endCaptures" if is_end else "beginCaptures"
            given = rule.get("captures") or rule.get(captures) or {}
            if "match" in rule and "name" in rule:
                yield match.start(), match[0], rule["name"]
            for number, capture in given.items():
                if match[int(number)] is not None:
                    yield match.start(int(number)), match[int(number)], capture["name"]
            if is_end:
                stack.pop()
            elif "begin" in rule:
                stack.append(rule)
            assert is_end or match.end() > at or match.end() > match.start(), "it would not end"
            at = match.end()

    def _next(self, line: str, at: int, stack: list[dict], *, is_first: bool):
        top = stack[-1]
        best = None, {}, False
        rules = [(top["end"], top, True)] if "end" in top else []
        rules += [(r.get("match") or r["begin"], r, False) for r in self._rules(top)]
        for pattern, rule, is_end in rules:
            match = self._pattern(pattern, is_first=is_first).search(line, at)
            if match and (best[0] is None or match.start() < best[0].start()):
                best = match, rule, is_end
        return best

    def _rules(self, rule: dict):
        for inner in rule.get("patterns", ()):
            name = inner.get("include", "")
            if name.startswith("#"):
                target = self.grammar["repository"][name[1:]]
                yield from [target] if {"match", "begin"} & set(target) else self._rules(target)
            elif not name:
                yield inner

    def _pattern(self, pattern: str, *, is_first: bool) -> re.Pattern:
        if not is_first:
            pattern = pattern.replace("\\A", "(?!)")
        if pattern not in self.compiled:
            self.compiled[pattern] = re.compile(pattern)
        return self.compiled[pattern]


TEXTMATE = TextMate(GRAMMAR)


def told(text: str, scope: str) -> list[tuple[int, str]]:
    return [(at, piece) for at, piece, name in TEXTMATE.scopes(text) if name == scope]


def coloured(lexer, text: str, *kinds) -> list[tuple[int, str]]:
    return [
        (at, piece)
        for at, kind, piece in lexer().get_tokens_unprocessed(text)
        if any(kind in wanted for wanted in kinds)
    ]


def weights(prompt: impasto.Prompt) -> list[tuple[int, str]]:
    """Return where the parser sees the numbers of groups, schedules and parts, and what they are.

    That of the last part is left out: a line of text does not tell whether an AND came before.
    """
    found = []
    for part in prompt.parts[:-1]:
        number = part.mark[1:].strip()
        if number:
            found.append((part.end - len(part.mark) + part.mark.index(number), number))
    for node in walk_prompt(prompt):
        mark = getattr(node, "mark", "") if isinstance(node, nodes.Group | nodes.Schedule) else ""
        number = mark[1:].strip()
        if number:
            at = node.end - 1 - len(mark) + mark.index(number)
            found.append((at, number))
    return sorted(found)


def spans(prompt: impasto.Prompt, kind: type) -> list[tuple[int, str]]:
    found = [node for node in walk_prompt(prompt) if isinstance(node, kind)]
    return [(node.start, prompt.text[node.start : node.end]) for node in found]


# TextMate.

without_jinja = canonical.filter(lambda text: not re.search(r"\{[{%#]", text))


@settings(max_examples=60)
@given(without_jinja)
def test_textmate_sees_the_weights_of_the_parser(text: str):
    assert sorted(told(text, "constant.numeric.weight.impasto")) == sorted(
        [*weights(impasto.parse(text)), *references(text)]
    )


def references(text: str) -> list[tuple[int, str]]:
    found = spans(impasto.parse(text), nodes.Reference)
    return [
        (at + number.start(1), number[1])
        for at, piece in found
        for number in re.finditer(r":([0-9.]+)(?=[:>])", piece)
    ]


@settings(max_examples=60)
@given(without_jinja)
def test_textmate_sees_the_words_lists_and_choices_of_the_parser(text: str):
    prompt = impasto.parse(text)
    keywords = [piece for _, piece in told(text, "keyword.control.impasto")]
    assert keywords.count("AND") == len(prompt.parts) - 1
    assert keywords.count("BREAK") == len(spans(prompt, nodes.Break))
    assert told(text, "variable.other.wildcard.impasto") == spans(prompt, nodes.Wildcard)
    openers = told(text, "punctuation.section.choice.begin.impasto")
    assert [at for at, _ in openers] == sorted(at for at, _ in spans(prompt, nodes.Choice))


@settings(max_examples=60)
@given(hostile)
def test_textmate_ends_on_any_text(text: str):
    TEXTMATE.scopes(text)


def test_textmate_sees_front_matter_and_jinja():
    keys = [piece for _, piece in told(HERO, "entity.name.tag.yaml")]
    assert keys == ["title", "variables", "mood"]
    assert told(HERO, "comment.line.number-sign.yaml")[0][1] == "# what it is"
    names = {piece for _, piece in told(HERO, "variable.other.jinja")}
    assert names == {"x", "who", "mood", "w", "model"}
    assert [piece for _, piece in told(HERO, "entity.name.function.filter.jinja")] == ["weight"]
    assert [p for _, p in told(HERO, "constant.numeric.weight.impasto")] == [
        *("0.5", ".8", "1.2", "1.3", "1.2", "0.8", "0.7")
    ]
    assert told(HERO, "constant.numeric.odds.impasto")[0][1] == "2"
    assert told(HERO, "string.unquoted.separator.impasto")[0][1] == " and "


def test_every_include_of_the_grammar_is_there():
    names = set(re.findall(r'"include": "#([\w-]+)"', json.dumps(GRAMMAR)))
    assert names == set(GRAMMAR["repository"])


# Pygments.


def prompt_files() -> list[str]:
    files = [*ROOT.glob("examples/prompts/*.prompt"), *ROOT.glob("tests/**/*.prompt")]
    return [HERO, *(path.read_text("utf-8") for path in files)]


@pytest.mark.parametrize("text", prompt_files())
def test_files_are_whole_and_without_errors(text: str):
    tokens = list(PromptFileLexer().get_tokens_unprocessed(text))
    assert "".join(piece for *_, piece in tokens) == text
    assert [piece for _, kind, piece in tokens if kind in Error] == []
    ends = [at + len(piece) for at, _, piece in tokens]
    assert [at for at, *_ in tokens] == [0, *ends[:-1]]


@given(hostile)
def test_any_text_is_whole_and_without_errors(text: str):
    for lexer in (PromptLexer, PromptFileLexer):
        tokens = list(lexer().get_tokens_unprocessed(text))
        assert "".join(piece for *_, piece in tokens) == text
        assert not any(kind in Error for _, kind, _ in tokens if not text.startswith("---"))


@given(canonical)
def test_pygments_sees_what_the_parser_sees(text: str):
    prompt = impasto.parse(text)
    assert set(weights(prompt)) <= set(coloured(PromptLexer, text, Number))
    assert len(coloured(PromptLexer, text, Keyword)) >= len(prompt.parts) - 1
    lists = "".join(piece for _, piece in coloured(PromptLexer, text, Name.Variable.Global))
    assert lists == "".join(piece for _, piece in spans(prompt, nodes.Wildcard))


def test_pygments_sees_jinja_in_prompt_syntax():
    names = {piece for _, piece in coloured(PromptFileLexer, HERO, Name.Variable)}
    assert {"who", "w", "model", "__animals/cat*__"} <= names
    assert coloured(PromptFileLexer, HERO, Name.Function)[0][1] == "weight"
    comments = [piece for _, piece in coloured(PromptFileLexer, HERO, Comment.Multiline)]
    assert comments == ["{# {gone} #}"]
    assert (HERO.index('"%}"'), '"%}"') in coloured(PromptFileLexer, HERO, String)
    in_raw = HERO.index("{a|{{b}|c}}")
    assert (in_raw, "{") in coloured(PromptFileLexer, HERO, Punctuation)


def test_a_value_in_the_place_of_a_weight_keeps_the_group():
    text = "({{ mood }}:{{ w }})"
    signs = [piece for _, piece in coloured(PromptFileLexer, text, Punctuation)]
    assert signs == ["(", ":", ")"]


def test_colours_are_linear():
    """Twice the text is twice the tokens, for texts that invite to look again and again."""
    for piece in ("(a:1.2)", "{{ ' ", "{% raw %}", "{#", "((((", "[a:", "---\n", "__a", "\\"):
        small, large = (
            sum(1 for _ in PromptFileLexer().get_tokens_unprocessed(piece * n)) for n in (300, 600)
        )
        assert large <= 2 * small + 2


def test_pygments_finds_the_lexers_by_name_and_by_file():
    assert isinstance(get_lexer_by_name("impasto"), PromptFileLexer)
    assert isinstance(get_lexer_by_name("impasto-text"), PromptLexer)
    assert isinstance(get_lexer_for_filename("hero.prompt"), PromptFileLexer)


def test_only_pygments_imports_the_lexers():
    code = (
        "import sys, impasto, impasto.cli.app; impasto.parse('a'); print('pygments' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
