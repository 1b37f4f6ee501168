from __future__ import annotations

import json
import subprocess
import sys
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impasto.errors import OpenPromptError
from impasto.recipes.images import ImageSet
from impasto.recipes.recipe import load_recipe
from strategies import hostile

FOXES = """\
    format: 1
    template: "{{ subject }} at {{ light }}"
    styles: ["photorealistic/noir:0.7"]
    negative: blurry
    parameters: {steps: 30, size: 1024x1024}
    models:
      sdxl: {negative: low quality, parameters: {steps: 40}, styles: [anime/modern-tv]}
      flux-dev:
    matrix:
      subject: [a fox, an owl, a hare]
      light: [dawn, noon]
    exclude:
      - {subject: an owl, light: noon}
      - {light: dawn, model: flux-dev}
    include:
      - {subject: a cat, light: dusk}
    output: "{model}/{subject}_{light}"
"""


def told(images):
    return [
        (i.combination.values["subject"], i.combination.values["light"], i.combination.model)
        for i in images.iterate()
    ]


def test_the_set_is_the_matrix_less_what_is_excluded_and_what_is_included(images):
    sdxl, flux = "stable-diffusion-xl", "flux-dev"
    assert told(images(FOXES)) == [
        ("a fox", "dawn", sdxl),
        ("a fox", "noon", sdxl),
        ("a fox", "noon", flux),
        ("an owl", "dawn", sdxl),
        ("a hare", "dawn", sdxl),
        ("a hare", "noon", sdxl),
        ("a hare", "noon", flux),
        ("a cat", "dusk", sdxl),
        ("a cat", "dusk", flux),
    ]


def test_each_model_has_what_is_its_own(images):
    xl, flux = (images(FOXES).pick(number) for number in (1, 2))
    assert xl.translation.parameters["num_inference_steps"] == 40
    assert flux.translation.parameters["num_inference_steps"] == 30
    assert "low quality" in xl.translation.negative_prompt
    assert "blurry" in xl.translation.negative_prompt
    assert xl.styles == ("photorealistic/noir:0.7", "anime/modern-tv")
    assert flux.styles == ("photorealistic/noir:0.7",)
    assert (xl.output, flux.output) == ("stable-diffusion-xl/a-fox_noon", "flux-dev/a-fox_noon")


def test_models_can_be_chosen_and_then_rules_of_others_do_not_count(images):
    assert told(images(FOXES, models=["flux-dev"])) == [
        ("a fox", "noon", "flux-dev"),
        ("a hare", "noon", "flux-dev"),
        ("a cat", "dusk", "flux-dev"),
    ]
    other = images(FOXES, models=["dall-e-3"])
    assert other.count == 6
    assert other.pick(0).translation.model == "dall-e-3"


def test_styles_vary_like_values(images):
    found = images(
        """\
        format: 1
        template: a fox
        models: [sdxl]
        matrix:
          styles: [photorealistic/noir, [], [anime/modern-tv, "photorealistic/food:0.5"]]
        exclude: [{styles: []}]
        output: "{styles}"
        """
    )
    outputs = [image.output for image in found.iterate()]
    assert outputs == ["photorealistic-noir", "anime-modern-tv+photorealistic-food-0-5"]


def test_seeds_are_sent_and_draw(images):
    found = images(
        'format: 1\ntemplate: "a {red|white|grey} fox"\nmodels: [sdxl]\n'
        "seeds: {start: 5, count: 20}\noutput: '{seed}'\n"
    )
    seeds = [image.translation.parameters["seed"] for image in found.iterate()]
    assert seeds == list(range(5, 25))
    assert len({image.translation.prompt for image in found.iterate()}) == 3


def test_without_seeds_each_combination_has_one_that_edits_elsewhere_do_not_change(images):
    recipe = (
        'format: 1\ntemplate: "a {{red|white|grey}} {{{{ animal }}}}"\n'
        "models: [sdxl, flux-dev]\nmatrix: {{animal: [{}]}}\n"
    )
    few = list(images(recipe.format("fox, owl")).iterate())
    more = list(images(recipe.format("hare, fox, owl")).iterate())
    assert [i.combination.seed for i in few] == [i.combination.seed for i in more[2:]]
    assert [i.translation.prompt for i in few] == [i.translation.prompt for i in more[2:]]
    assert few[0].combination.seed == few[1].combination.seed != few[2].combination.seed
    assert "seed" not in few[0].translation.parameters


def test_choices_can_be_gone_through(images):
    found = images(
        'format: 1\ntemplate: "a {red|white} fox in {rain|snow|fog} {{ time }}"\nmodels: [sdxl]\n'
        "matrix: {time: [at dawn, at noon]}\nchoices: all\noutput: '{choice}_{time}'\n"
    )
    prompts = [image.translation.prompt for image in found.iterate()]
    assert prompts == [
        f"a {colour} fox in {place} {time}"
        for time, colour, place in product(
            ["at dawn", "at noon"], ["red", "white"], ["rain", "snow", "fog"]
        )
    ]
    assert found.pick(7).to_json()["choice"] == 1


def test_numbers_may_have_any_size(images):
    choices = " ".join(["{a|b|c|d|e|f|g|h|i|j}"] * 30)
    found = images(
        f'format: 1\ntemplate: "{choices}"\nmodels: [sdxl]\nchoices: all\n'
        "seeds: {count: 1000000000000000000000}\noutput: '{choice}_{seed}'\n"
    )
    assert found.count == 10**51
    last = found.pick(10**51 - 1)
    assert last.translation.prompt == " ".join("j" * 30)
    assert last.output == f"{'9' * 30}_{'9' * 21}"


def test_choices_that_depend_on_values_have_no_number(images):
    found = images(
        'format: 1\ntemplate: "{% if x == 1 %}{a|b}{% else %}{a|b|c}{% endif %}"\n'
        "models: [sdxl]\nmatrix: {x: [1, 2]}\nchoices: all\n"
    )
    assert found.pick(1).translation.prompt == "b"
    with pytest.raises(OpenPromptError, match="image 2 has other choices"):
        found.pick(2)
    with pytest.raises(OpenPromptError, match="the negative prompt has choices"):
        images('format: 1\ntemplate: "{a|b}"\nnegative: "{c|d}"\nmodels: [sdxl]\nchoices: all\n')


def test_a_sample_is_some_of_all_and_never_one_twice(images):
    recipe = (
        'format: 1\ntemplate: "{{{{ a }}}} {{{{ b }}}}"\nmodels: [sdxl]\n'
        "matrix: {{a: [{}], b: [{}]}}\nsample: {{count: {}, seed: {}}}\noutput: '{{a}}_{{b}}'\n"
    )
    rows = ", ".join(f"x{n}" for n in range(30))
    drawn = {i.output for i in images(recipe.format(rows, rows, 40, 1)).iterate()}
    assert len(drawn) == 40
    assert drawn == {i.output for i in images(recipe.format(rows, rows, 40, 1)).iterate()}
    assert drawn != {i.output for i in images(recipe.format(rows, rows, 40, 2)).iterate()}
    assert images(recipe.format(rows, rows, 9999, 1)).count == 900


def test_an_empty_matrix_is_one_image_and_a_set_may_be_empty(images):
    one = images("format: 1\ntemplate: a fox\nmodels: [sdxl]\nmatrix: {}\n")
    assert (one.count, one.pick(0).output) == (1, "0-stable-diffusion-xl")
    none = images(
        'format: 1\ntemplate: "{{ a }}"\nmodels: [sdxl]\nmatrix: {a: [b]}\nexclude: [{a: b}]\n'
    )
    assert (none.count, list(none.iterate())) == (0, [])
    with pytest.raises(IndexError):
        none.pick(0)


_words = st.lists(st.text("ab1-", min_size=1, max_size=3), min_size=1, max_size=4, unique=True)


@st.composite
def recipes(draw):
    matrix = {name: draw(_words) for name in draw(st.sampled_from(["", "x", "xy", "xyz"]))}
    rule = st.fixed_dictionaries({}, optional={n: st.sampled_from(v) for n, v in matrix.items()})
    rules = draw(st.lists(rule.filter(bool), max_size=4)) if matrix else []
    added = st.dictionaries(st.sampled_from("xyz"), st.text("ab", min_size=1), min_size=1)
    return {
        "format": 1,
        "template": "{{ x }} {{ y }} {{ z }}",
        "variables": {name: "v" for name in "xyz" if name not in matrix},
        "models": draw(st.sampled_from([["sdxl"], ["sdxl", "flux-dev"]])),
        "matrix": matrix,
        "exclude": rules,
        "include": draw(st.lists(added, max_size=2)),
        "seeds": draw(st.sampled_from([[], [7], {"start": 3, "count": 4}])),
    }


def expected(data):
    names = list(data["matrix"])
    seeds = data["seeds"]
    seeds = list(range(3, 7)) if isinstance(seeds, dict) else seeds or [None]

    def combined(matrix, fixed):
        for values in product(*matrix.values()):
            for model, seed in product(data["models"], seeds):
                yield (
                    {**data["variables"], **dict(zip(matrix, values, strict=True)), **fixed},
                    (
                        model,
                        seed,
                    ),
                )

    for found in combined(data["matrix"], {}):
        rules = data["exclude"]
        if not any(all(found[0][n] == v for n, v in rule.items()) for rule in rules):
            yield found
    for added in data["include"]:
        yield from combined({n: data["matrix"][n] for n in names if n not in added}, added)


@settings(max_examples=60, deadline=None)
@given(recipes())
def test_the_count_is_right_and_each_number_is_its_image(data):
    with TemporaryDirectory() as folder:
        path = Path(folder, "r.yaml")
        path.write_text(json.dumps(data), "utf-8")
        found = ImageSet(load_recipe(path))
    every = [found.combinations.pick(number) for number in range(found.count)]
    models = {"stable-diffusion-xl": "sdxl", "flux-dev": "flux-dev"}
    assert [
        (dict(sorted(one.values.items())), (models[one.model], one.seed if one.is_seeded else None))
        for one in every
    ] == [(dict(sorted(values.items())), which) for values, which in expected(data)]
    assert len({found.name(number) for number in range(found.count)}) == found.count


def _is_in_json_and_yaml(text):
    """JSON writes what lies beyond U+FFFF as two escapes, which YAML does not take for one."""
    return all(character <= "\uffff" for character in text)


@settings(max_examples=40, deadline=None)
@given(st.lists(hostile.filter(_is_in_json_and_yaml), min_size=1, max_size=6, unique=True))
def test_names_are_safe_whatever_the_values(values):
    data = {
        "format": 1,
        "template": "{{ x }}",
        "models": ["sdxl"],
        "matrix": {"x": values},
        "output": "{number}_{x}",
    }
    with TemporaryDirectory() as folder:
        path = Path(folder, "r.toml.yaml")
        path.write_text(json.dumps(data), "utf-8")
        found = ImageSet(load_recipe(path))
        for number in range(found.count):
            name = found.name(number)
            assert not set(name) & set('<>:"/\\|?*\n\r\0')
            assert name == name.strip(" .")
            Path(folder, f"{name}.png").touch(exist_ok=False)


MILLION = """
import gc, sys, tracemalloc
from pathlib import Path
import impasto.recipes.images as room
from impasto.recipes.recipe import load_recipe

made = 0
original = room.translate
def counted(*args, **named):
    global made
    made += 1
    return original(*args, **named)
room.translate = counted

images = room.ImageSet(load_recipe(Path(sys.argv[1])))
print(images.count, made)
last = images.pick(images.count - 1)
print(last.output, made)
stream = images.iterate(400_000)
for _ in range(300):
    next(stream)
tracemalloc.start()
peaks = []
for _ in range(3):
    gc.collect()  # the interpreter keeps freed tuples for later
    tracemalloc.reset_peak()
    for _ in range(600):
        next(stream)
    peaks.append(tracemalloc.get_traced_memory()[1])
print(*peaks)
"""


def test_a_million_are_counted_at_once_and_streamed_with_flat_memory(recipe, tmp_path):
    rows = {name: [f"{name} {at}" for at in range(100)] for name in "abc"}
    recipe(
        f"format: 1\ntemplate: '{{{{ a }}}}, {{{{ b }}}}, {{{{ c }}}}'\nmodels: [flux-dev]\n"
        f"matrix: {json.dumps(rows)}\nexclude: [{{a: a 1, b: b 2}}, {{b: b 2, c: c 3}}]\n"
        "output: '{a}_{b}_{c}'\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", MILLION, str(tmp_path / "r.yaml")],
        capture_output=True,
        text=True,
        check=True,
    )
    counted, last, peaks = done.stdout.splitlines()
    assert counted == "999801 0"
    assert last == "a-99_b-99_c-99 1"
    _, second, third = map(int, peaks.split())
    assert third < second + 20_000
