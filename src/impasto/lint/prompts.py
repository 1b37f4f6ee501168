"""One walk over a prompt for all rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto.lint.reading import read
from impasto.source import Source
from impasto.syntax.nodes import Group, Node, Part, Text, Value
from impasto.syntax.walk import children

if TYPE_CHECKING:
    from impasto.lint.check import Check
    from impasto.lint.engine import Handlers
    from impasto.syntax.prompt import Prompt

_MAX_SINGLE_TRIALS = 20


def check_text(check: Check) -> None:
    """Check a document that is one prompt."""
    check_source(Source(check.source.text, parent=check.source), check)


def check_lines(check: Check) -> None:
    """Check a document with one prompt in each line; comments and empty lines are none."""
    source = check.source
    text = source.text
    for at in source.line_starts:
        end = text.find("\n", at)
        line = text[at:] if end < 0 else text[at:end]
        if line.strip() and not line.startswith("# "):
            check_source(Source(line, parent=source, anchors=((0, at),)), check)


def check_source(source: Source, check: Check, *, negative: bool = False) -> None:
    """Check a prompt that stands alone, or a negative prompt, for which targets set no limits."""
    prompt = read(source, check.dialect)
    check.negative = negative
    check_prompt(prompt, check)
    check.negative = False
    if check.linter.targets and not negative:
        from impasto.lint.targets import check_prompt_for  # noqa: PLC0415 - reads model cards

        for target in check.linter.targets:
            check_prompt_for(target, prompt, check)


def check_prompt(prompt: Prompt, check: Check, *, sample: bool = False) -> None:
    """Show every node of `prompt` to the rules; a `sample` is a template with made-up values."""
    visit_nodes(prompt, check, sample=sample)
    for problem in prompt.diagnostics:
        check.add(problem)


def visit_nodes(prompt: Prompt, check: Check, *, sample: bool = False) -> None:
    """Show every node of `prompt` to the rules."""
    handlers = check.linter.handlers_for(check.dialect, sample=sample)
    if not handlers:
        return
    check.prompt = prompt
    for part in prompt.parts:
        check.parent, check.weight = None, 1.0
        for handler in handlers.get(Part, ()):
            check.call(handler, part)
        _visit(part, check, handlers)
    if check.proposed:
        _drop_harmful_fixes(prompt, check)
    check.prompt = check.parent = None


def _visit(part: Part, check: Check, handlers: Handlers) -> None:
    stack: list[tuple[Node, Node | Part, float]] = [(n, part, 1.0) for n in part.children[::-1]]
    while stack:
        node, check.parent, check.weight = stack.pop()
        kind = type(node)
        for handler in handlers.get(kind, ()):
            try:
                handler(node, check)
            except Exception as error:  # noqa: BLE001 - one rule must not stop the others
                check.failed(handler, error)
        if kind is Text or kind is Value:
            continue
        inner = check.weight * node.weight if isinstance(node, Group) else check.weight
        for nodes in reversed(children(node)):
            stack += [(child, node, inner) for child in reversed(nodes)]


def _drop_harmful_fixes(prompt: Prompt, check: Check) -> None:
    """Take away the proposed fixes that would give a text another weight."""
    from impasto.lint.fix import without_fix  # noqa: PLC0415 - most prompts need no fix
    from impasto.lint.meaning import keeps_meaning  # noqa: PLC0415

    findings = check.findings
    proposed = check.proposed
    check.proposed = []
    fixes = {at: fix for at in proposed if (fix := findings[at].fix) is not None}
    if keeps_meaning(prompt, list(fixes.values())):
        return
    for tried, (at, fix) in enumerate(fixes.items()):
        if tried >= _MAX_SINGLE_TRIALS or not keeps_meaning(prompt, [fix]):
            findings[at] = without_fix(findings[at])
