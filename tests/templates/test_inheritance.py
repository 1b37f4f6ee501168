"""Prompt files that extend others: what is merged, what blocks are filled, what goes wrong."""

import os

import pytest

import impasto
from impasto.errors import FileError, TemplateError, TemplateLimitError
from impasto.source import Source
from impasto.templates.promptfile import PromptFile

BASE = """\
---
title: Base
variables:
  who: {description: Who it is}
  light: {choices: [window, candle], default: window}
styles: [mixins/film-grain]
negative: "blurry, {% block flaws %}low quality{% endblock %}"
parameters: {steps: 30, size: 512x512}
model: sdxl
---
{% set mood = "calm" %}
portrait of {{ who }}, {% block scene %}a room{% endblock %}, {{ light }} light, {{ mood }}
"""


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def written(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path.relative_to(tmp_path)

    written("base.prompt", BASE)
    return written


def composed(path, **values):
    return impasto.compose(path, values={"who": "Ada", **values})


def test_a_file_inherits_all_that_it_does_not_say(write):
    found = composed(write("kid.prompt", "---\nextends: base.prompt\n---\n"))
    base = composed(write("base.prompt", BASE))
    assert found.text == base.text
    assert str(found.negative_prompt) == str(base.negative_prompt) == "blurry, low quality"
    assert found.parameters == base.parameters
    assert found.styles == ("mixins/film-grain",)
    assert found.target.id == "stable-diffusion-xl"


def test_what_a_file_says_is_merged_key_by_key(write):
    path = write(
        "kid.prompt",
        "---\nextends: base.prompt\ntitle: Kid\nvariables:\n  light: {default: candle}\n  hat:\n"
        "styles: [mixins/lens-flare]\nparameters: {num_inference_steps: 50}\nmodel: flux-dev\n---\n"
        "{% block scene %}{{ super() }}, a {{ hat }} hat{% endblock %}\n",
    )
    file = PromptFile(Source(path.read_text("utf-8"), str(path)), path.parent)
    assert (file.front.title, list(file.variables)) == ("Kid", ["who", "light", "hat"])
    assert file.variables["light"].choices == ["window", "candle"]
    assert file.files == ("kid.prompt", "base.prompt")
    found = composed(path, hat="red")
    assert found.text.startswith("portrait of Ada, a room, a red hat, candle light, calm, ")
    assert found.styles == ("mixins/film-grain", "mixins/lens-flare")
    assert found.parameters == {"num_inference_steps": 50, "width": 512, "height": 512}
    assert found.target.id == "flux-dev"


def test_text_without_blocks_takes_the_place_of_the_text(write):
    found = composed(write("kid.prompt", "---\nextends: base.prompt\n---\njust {{ who }}\n"))
    assert found.text.startswith("just Ada, ")
    assert str(found.negative_prompt) == "blurry, low quality"


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ("negative: ugly", "", "ugly"),
        ("negative: 'ugly, {{ super() }}'", "", "ugly, blurry, low quality"),
        ("", "{% block negative %}ugly, {{ who }}{% endblock %}", "ugly, Ada"),
        ("", "{% block negative %}{{ super() }}, ugly{% endblock %}", "blurry, low quality, ugly"),
        ("", "{% block flaws %}{{ super() }}, blots{% endblock %}", "blurry, low quality, blots"),
        ("negative: ugly", "just {{ who }}", "ugly"),
        ("", "just {{ who }}{% set x = 1 %}", "blurry, low quality"),
    ],
)
def test_the_negative_prompt_is_a_block_too(write, head, body, expected):
    found = composed(write("kid.prompt", f"---\nextends: base.prompt\n{head}\n---\n{body}\n"))
    assert str(found.negative_prompt) == expected
    assert "ugly" not in found.text


def test_a_block_negative_needs_no_base_and_sees_what_the_template_sets(write):
    path = write(
        "a.prompt",
        "---\nvariables: {who: }\n---\n{% set mood = 'calm' %}\n{{ who }}, {{ mood }}\n"
        "{% block negative %}blurry {{ who }}, not {{ mood }}{% endblock %}\n",
    )
    found = composed(path)
    assert (found.text, str(found.negative_prompt)) == ("Ada, calm", "blurry Ada, not calm")
    place = next(f.span for f in found.fragments if f.role == "negative prompt")
    assert str(place) == "a.prompt:6:21"


def test_a_row_of_files_and_files_in_folders(write):
    write("parts/middle.prompt", "---\nextends: ../base.prompt\nparameters: {steps: 40}\n---\n")
    write("base.prompt", BASE)
    middle = (
        "{% block scene %}{{ super() }} with a {% block thing %}cat{% endblock %}{% endblock %}"
    )
    write("parts/middle.prompt", f"---\nextends: ../base.prompt\n---\n{middle}")
    path = write(
        "kid.prompt",
        "---\nextends: parts/middle.prompt\n---\n{% block thing %}big {{ super() }}{% endblock %}",
    )
    assert composed(path).text.startswith("portrait of Ada, a room with a big cat, window light")


def test_a_base_that_changed_is_read_again(write):
    path = write("kid.prompt", "---\nextends: base.prompt\n---\n")
    file = PromptFile(Source(path.read_text("utf-8"), str(path)), path.parent)
    assert not file.is_stale
    base = write("base.prompt", BASE.replace("a room", "a hall"))
    os.utime(base, ns=(1, 1))
    assert file.is_stale


@pytest.mark.parametrize(
    ("text", "error", "place", "message"),
    [
        ("---\nextends: bas.prompt\n---\n", FileError, "2:10", 'did you mean "base.prompt"?'),
        ("---\nextends: ../base.prompt\n---\n", FileError, "2:10", "lies outside the folder"),
        ("---\nextends: kid.prompt\n---\n", FileError, "2:10", "kid.prompt → kid.prompt"),
        (
            "---\nextends: base.prompt\n---\n{% block scene %}x{% endblock %}\nlost",
            *(TemplateError, "5:1", "never seen"),
        ),
        (
            "---\nextends: base.prompt\n---\n{% block scen %}x{% endblock %}",
            *(TemplateError, "4:10", 'did you mean "scene"?'),
        ),
        (
            "---\nnegative: a\n---\n{% block negative %}b{% endblock %}",
            *(FileError, "2:1", "written twice"),
        ),
        (
            "---\nextends: base.prompt\nvariables: {light: {default: sun}}\n---\n",
            *(FileError, "3:30", 'the default "sun" is no value for "light"'),
        ),
        ("---\nextends: [base.prompt]\n---\n", FileError, "2:10", '"extends" should be text'),
    ],
)
def test_what_cannot_be_extended_is_told_with_its_place(write, text, error, place, message):
    path = write("kid.prompt", text)
    with pytest.raises(error) as caught:
        composed(path)
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"kid.prompt:{place}: ")


def test_files_that_extend_each_other_are_refused(write):
    write("other.prompt", "---\nextends: kid.prompt\n---\n")
    path = write("kid.prompt", "---\nextends: other.prompt\n---\n")
    with pytest.raises(FileError, match=r"kid\.prompt → other\.prompt → kid\.prompt"):
        composed(path)


def test_a_value_that_does_not_fit_names_the_file_that_says_so(write):
    path = write("kid.prompt", "---\nextends: base.prompt\n---\n")
    with pytest.raises(impasto.SourceError) as caught:
        composed(path, light="candel")
    assert str(caught.value).startswith("base.prompt:5:3: ")


def test_an_unknown_style_names_the_file_that_asks_for_it(write):
    write("base.prompt", BASE.replace("film-grain", "film-grian"))
    path = write("kid.prompt", "---\nextends: base.prompt\nstyles: [mixins/lens-flare]\n---\n")
    with pytest.raises(impasto.SourceError) as caught:
        composed(path)
    assert str(caught.value).startswith("base.prompt:6:10: ")


@pytest.mark.parametrize("tag", ["extends", "include", "import"])
def test_templates_that_call_for_themselves_end(write, tag):
    more = " as x" if tag == "import" else ""
    write("a.txt", f"{{% {tag} 'b.txt'{more} %}}")
    write("b.txt", f"\n{{% {tag} 'a.txt'{more} %}}")
    path = write("a.prompt", f"{{% {tag} 'a.txt'{more} %}}")
    with pytest.raises(TemplateLimitError, match="calls itself without end"):
        impasto.compose(path)
