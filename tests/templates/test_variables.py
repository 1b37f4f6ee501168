"""What the variables of a front matter accept: quickly judged as pydantic judges it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.errors import BadValueError
from impasto.schemas.twins import record_of, twin_of
from impasto.templates import values
from impasto.templates.frontmatter import VariableModel

SCALARS = st.one_of(
    st.sampled_from(["", "a", "1", "2.5", "true", True, False, 0, 1, 2, -3, 2.0, 2.5, math.nan]),
    st.integers(),
    st.floats(),
)
GIVEN = st.one_of(st.none(), SCALARS, st.lists(SCALARS, max_size=3))
SPECS = st.fixed_dictionaries(
    {"type": st.sampled_from(["string", "integer", "number", "boolean", "list"])},
    optional={
        "default": GIVEN,
        "choices": st.lists(SCALARS, max_size=3),
        "range": st.sampled_from([(0, 2), (-1.5, 2.5)]),
    },
)


@given(SPECS, GIVEN, st.booleans())
def test_what_is_taken_as_it_is_is_what_pydantic_makes_of_it(spec, value, given_at_all):
    def outcome(quick):
        with pytest.MonkeyPatch.context() as patch:
            if not quick:
                patch.setattr(values, "_as_it_is", lambda *_: values._UNSURE)
                patch.setattr(values, "_is_plainly_sound", lambda _: False)
            variable = record_of(VariableModel, twin_of(VariableModel)(**spec))
            wrong = values.fault("x", variable)
            if wrong:
                return wrong
            try:
                found = values.Checker({"x": variable}).check(
                    {"x": value} if given_at_all else {}, lambda _: None
                )
            except BadValueError as error:
                return str(error)
            return repr(found)

    assert outcome(quick=True) == outcome(quick=False)
