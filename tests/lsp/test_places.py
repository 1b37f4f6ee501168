"""What stands at a cursor, in whole files and in files that are being typed."""

import pytest

from editing import at_cursor
from impasto.lsp.places import thing_at
from impasto.lsp.yamlplace import yaml_place

PROMPT = {
    "‸": ("text", ""),
    "a fo‸x, b": ("text", "fox"),
    "a __anim‸als/cat*__ b": ("wildcard", "animals/cat*"),
    "a __a__ ‸b__c": ("text", "b__c"),
    "a __a__, __b‸": ("wildcard", "b"),
    r"a \__b‸": ("text", "__b"),
    "<lo‸": ("embedding", "lo"),
    "{{ wh‸o }}": ("variable", "who"),
    "{{ who | we‸ight(2) }}": ("filter", "weight"),
    "{{ who|‸ }}": ("filter", ""),
    "{{ model.fam‸ily }}": ("attribute", "family"),
    "{% if wh‸o %}": ("variable", "who"),
    "{% if who is def‸ined %}": ("test", "defined"),
    "{{ 'wh‸o' }}": ("text", "who"),
    '{% include "li‸ght.txt" %}': ("include", "light.txt"),
    "{{ a }} wh‸o": ("text", "who"),
    "{{ a,\n  wh‸o }}": ("variable", "who"),
    "{# impasto: ignore[IMP1‸01] #}": ("rule", "IMP101"),
    "# impasto: ignore[IMP101, wei‸": ("rule", "wei"),
    "# impasto: ignore[IMP101] wei‸": ("text", "wei"),
    "---\n‸\n---\n": ("key", ""),
    "---\nsty‸": ("key", "sty"),
    "---\nformat: 1\nsty‸\n---\nx": ("key", "sty"),
    "---\nstyles: [photo‸realistic/portrait:0.7]\n---\n": ("style", "photorealistic/portrait"),
    "---\nstyles: [a, ‸": ("style", ""),
    '---\nstyles: ["mixins/fi‸lm:0.7"]\n---\n': ("style", "mixins/film"),
    "---\nstyles:\n- a\n- ‸\n---\n": ("style", ""),
    "---\nmodel: flux‸-dev\n---\n": ("model", "flux-dev"),
    "---\nparameters: {st‸eps: 3}\n---\n": ("parameter", "steps"),
    "---\nparameters:\n  ‸\n---\n": ("parameter", ""),
    "---\nvariables:\n  who: {ty‸\n---\n": ("key", "ty"),
    "---\nvariables:\n  who: {type: in‸teger}\n---\n": ("type", "integer"),
    "---\nvariables:\n  wh‸o:\n---\n": ("key", "who"),
    '---\nnegative: "blurry, {{ li‸ght }}"\n---\n': ("variable", "light"),
    "---\nnegative: blu‸rry\n---\n": ("text", "blurry"),
    "---\ntitle: A f‸ox\n---\n": ("text", "fox"),
    "---\ntitle: x\n---\nst‸yles: [x]": ("text", "styles"),
}

PACK = {
    "sty‸": ("key", "sty"),
    "styles:\n  x:\n    ‸": ("key", ""),
    "styles:\n  x:\n    ext‸ends: [y]": ("key", "extends"),
    "styles:\n  x:\n    extends: mixins/‸": ("style", "mixins/"),
    "styles:\n  x:\n    extends: [a, mi‸": ("style", "mi"),
    "styles:\n  x:\n    text: |\n      {{ pro‸mpt }}, a": ("variable", "prompt"),
    'styles:\n  x:\n    text: "{{ prompt }}, __li‸ght__"': ("wildcard", "light"),
    "styles:\n  x:\n    variants:\n      flux‸-dev: {}": ("variant", "flux-dev"),
    "styles:\n  x:\n    variants:\n      prose: {te‸": ("key", "te"),
    "styles:\n  x:\n    parameters: {gui‸": ("parameter", "gui"),
}


@pytest.mark.parametrize(("text", "expected"), PROMPT.items())
def test_a_prompt_file_has_this_at_the_cursor(text, expected):
    thing = thing_at(*at_cursor(text))
    assert (thing.kind, thing.name) == expected


@pytest.mark.parametrize(("text", "expected"), PACK.items())
def test_a_pack_has_this_at_the_cursor(text, expected):
    thing = thing_at(*at_cursor(f"format: 1\nname: x\n{text}", "x.yaml"))
    assert (thing.kind, thing.name) == expected


@pytest.mark.parametrize("text", ["{{ wh‸o }}", "__a‸"])
def test_in_a_text_file_nothing_is_a_template(text):
    thing = thing_at(*at_cursor(text, "x.txt"))
    assert thing.kind == ("wildcard" if "__" in text else "text")


def test_the_range_is_that_of_the_name_and_typed_is_what_is_before_the_cursor():
    thing = thing_at(*at_cursor("a fox, {{ wh‸o }}"))
    assert (thing.range.start.column, thing.range.end.column, thing.typed) == (10, 13, "wh")


@pytest.mark.parametrize(
    ("before", "path", "is_key"),
    [
        ("", (), True),
        ("a:\n  b: ", ("a", "b"), False),
        ("a: [x, {b: ", ("a", "b"), False),
        ("a:\n- b:\n  ", ("a",), True),
        ("a: 1\n", (), True),
        ("a: |\n  one\n  ", ("a",), True),
        ('a: {b: "x ', ("a", "b"), False),
    ],
)
def test_the_keys_that_lead_to_a_place_of_yaml(before, path, is_key):
    assert yaml_place(before) == (path, is_key)


@pytest.mark.parametrize("before", ["# note ", "a: [}", "a: b: c: ", "\t- :", "a\x00b: "])
def test_yaml_that_is_none_has_no_place_and_no_error(before):
    assert yaml_place(before) is None or yaml_place(before).path is not None
