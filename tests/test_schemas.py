"""Records are read by msgspec; their twins, models of pydantic, say the same of the same data."""

import msgspec
import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.errors import FileError
from impasto.schemas import validate
from impasto.schemas.twins import record_of, twin_of
from impasto.source import Source
from impasto.styles.schema import PackModel
from impasto.templates.frontmatter import FrontMatter, VariableModel
from impasto.yamlsource import load

SCALARS = st.one_of(
    st.sampled_from(["", "a", "1", "string", "integer", "list", True, False, 0, 1, 1.0, 2**70]),
    st.floats(),
    st.integers(),
)
ANY = st.recursive(
    SCALARS | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner),
    max_leaves=4,
)


def mappings(**right):
    """Return mappings with these keys: mostly what belongs there, now and then anything."""
    fields = {name: st.one_of(kind, kind, kind, ANY) for name, kind in right.items()}
    return st.fixed_dictionaries({}, optional={**fields, "odd": st.nothing()})


VARIABLES = mappings(
    type=st.sampled_from(["string", "integer", "number", "boolean", "list"]),
    description=st.just("who"),
    default=st.one_of(SCALARS, st.lists(SCALARS, max_size=2), st.none()),
    choices=st.lists(SCALARS, max_size=2),
    range=st.lists(st.one_of(st.integers(), st.floats(), st.just("1")), max_size=3),
)
FRONTS = mappings(
    format=st.sampled_from([1, 1, 1, 2, True, 1.0]),
    title=st.just("a fox"),
    variables=st.dictionaries(st.sampled_from("xy"), VARIABLES | st.none(), max_size=2),
    styles=st.lists(st.just("anime"), max_size=2),
    parameters=st.dictionaries(st.sampled_from(["seed", "steps"]), SCALARS, max_size=2),
    model=st.sampled_from(["flux-dev", None]),
    unknown=st.nothing(),
)


NAMES = st.sampled_from(["noir", "film-still", "Noir", "noir\n", "", "x" * 81, "1_a"])
STYLES = mappings(
    tags=st.lists(st.just("film"), max_size=2),
    aliases=st.lists(NAMES, max_size=2),
    extends=st.one_of(st.just("base"), st.lists(st.just("base"), max_size=2)),
    text=st.sampled_from(["film still of {{ prompt }}", ""]),
    options=st.dictionaries(st.just("stock"), VARIABLES | st.none(), max_size=1),
    weight=st.floats() | st.integers(),
    order=st.integers(),
    parameters=st.dictionaries(st.just("steps"), SCALARS, max_size=1),
    variants=st.dictionaries(
        st.just("flux"), mappings(text=st.just("a photo"), negative=st.none())
    ),
    metadata=st.dictionaries(st.just("by"), ANY, max_size=1),
)
PACKS = st.fixed_dictionaries(
    {
        "format": st.sampled_from([1, 1, 1, 2]),
        "name": NAMES,
        "styles": st.dictionaries(NAMES, STYLES, max_size=2),
    },
    optional={"version": st.sampled_from(["1.0.0", "1.0", "x"]), "requires": ANY},
)


@pytest.mark.parametrize(
    ("record", "data"), [(FrontMatter, FRONTS), (VariableModel, VARIABLES), (PackModel, PACKS)]
)
def test_what_msgspec_reads_pydantic_reads_alike(record, data):
    @given(data)
    def check(told):
        try:
            found = msgspec.convert(told, record)
        except msgspec.ValidationError:
            return
        twin = twin_of(record).model_validate(told)
        assert repr(record_of(record, twin)) == repr(found)

    check()


def test_what_msgspec_refuses_and_pydantic_takes_is_taken(monkeypatch):
    told = load(Source("format: 1\nvariables:\n  age: {range: [1, 9], default: null}\n  who:\n"))
    right = validate(FrontMatter, told)

    def refuse(*_):
        raise msgspec.ValidationError

    monkeypatch.setattr(msgspec, "convert", refuse)
    assert validate(FrontMatter, told) == right


def test_what_both_refuse_is_explained():
    told = load(Source("format: 1\nvariables:\n  age: {type: integr}\n", "a.prompt"))
    with pytest.raises(FileError, match=r'a\.prompt:3:15: (?s:.*)did you mean "integer"'):
        validate(FrontMatter, told)


def test_a_model_may_hold_records():
    class Holder(pydantic.BaseModel):
        options: dict[str, VariableModel | None]

    held = Holder.model_validate({"options": {"stock": {"default": "portra"}, "x": None}})
    assert held.options["stock"] == VariableModel(given="portra")
    assert held.options["x"] is None
    assert held.model_dump()["options"]["stock"]["default"] == "portra"
    with pytest.raises(pydantic.ValidationError, match="extra"):
        Holder.model_validate({"options": {"stock": {"defalt": 1}}})


def test_null_and_nothing_are_told_apart():
    assert msgspec.convert({}, VariableModel).required
    optional = msgspec.convert({"default": None}, VariableModel)
    assert (optional.required, optional.default) == (False, None)
    assert twin_of(VariableModel).model_json_schema()["properties"]["default"]["default"] is None
