"""No text and no place is too strange for an editor: every feature answers, in every kind of file."""

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from editing import document, project
from impasto.errors import ImpastoError
from impasto.lsp import fixing
from impasto.lsp.checking import Checker
from impasto.lsp.completing import complete
from impasto.lsp.documents import Place, Range
from impasto.lsp.hovering import hover
from impasto.lsp.locating import definitions
from impasto.lsp.outlining import outline
from impasto.lsp.places import thing_at
from strategies import PIECES

TYPED = st.lists(
    st.sampled_from(
        [
            *PIECES,
            *(
                "---\n",
                "{{ ",
                " }}",
                "{% if x %}",
                "{% endif %}",
                "{#",
                "#}",
                "| weight",
                ".",
                "🦊",
            ),
            *("styles: [", "variables:\n  ", "who: {", "parameters:\n", "model: flux-dev\n", "- "),
            *("# impasto: ignore[", "IMP101", "]", "{% include '", "format: 1\n", "name: x\n"),
            *("text: |\n  ", "negative: '", "variants: {", "\ud800", "\x00", "\u2028", "\r"),
        ]
    ),
    max_size=14,
).map("".join)
NAMES = st.sampled_from(["a.txt", "a.prompt", "a.j2", "x.yaml"])


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return project(tmp_path_factory.mktemp("hostile"), targets=("flux-dev",))


@given(text=TYPED, name=NAMES, line=st.integers(0, 6), column=st.integers(0, 40))
@example(text="---\nstyles: [a", name="a.prompt", line=1, column=10)
@example(text="format: 1\nname: x\nstyles: {a: {text: '{{ prompt", name="x.yaml", line=2, column=30)
def test_every_feature_answers_everywhere(home, text, name, line, column):
    held = document(text, name, home.folder)
    place = held.place(held.offset(Place(line, column)))
    found = Checker().check(held, home)
    for finding in found:
        assert finding.range.start <= finding.range.end
    thing = thing_at(held, place)
    assert thing.range.start <= place <= thing.range.end
    hover(held, place, home, found)
    for one in complete(held, place, home):
        assert one.range == thing.range
    definitions(held, place, home)
    outline(held)
    for action in fixing.actions(found, Range(place, place)):
        changed = held.snapshot()
        for change in action.changes or ():
            changed.change(change.text, change.range)
    fixing.fix_all(held, found, home)
    with suppress(ImpastoError):  # too broken to be laid out
        fixing.formatting(held, home)
