"""What people read when a template is wrong: file, line, column, and what to do."""

import pytest

import impasto
from impasto.errors import SourceError

FRONT = "---\ntitle: Fox\nvariables:\n  subject: {default: fox}\n---\n"
TEMPLATES = {
    "undefined": "a {{ subjct }} in snow",
    "undefined beside its text": "subjct and {{ subjct }}",
    "undefined in a loop": "{% for t in tags %}{{ t }}{% endfor %}",
    "undefined in a condition": "a\n{% if wet %}wet{% endif %}",
    "undefined part": "a {{ subject.colour.name }} b",
    "undefined in a macro": "{% macro m() %}\n  {{ subjct }}\n{% endmacro %}\nfox, {{ m() }}",
    "misspelt filter": "a {{ subject|uper }} fox",
    "misspelt filter in a branch": "a {% if subject %}{{ subject|wait(1.2) }}{% endif %} fox",
    "misspelt test": "{% if subject is defind %}a{% endif %}",
    "misspelt tag": "{% fro t in [1] %}{{ t }}{% endfor %}",
    "unclosed tag": "a {{ subject fox",
    "unclosed loop": "a\n{% for t in [1] %}{{ t }}",
    "stray end": "a {% endfor %}",
    "wrong end": "{% if subject %}{% for t in [1] %}{% endif %}{% endfor %}",
    "no expression": "a {{ }} fox",
    "unclosed comment": "a {# fox",
    "unclosed text": "a {{ 'fox }}",
    "wrong argument": "a {{ subject|weight(1, 2, 3) }}",
    "no weight": "a {{ subject|weight('much') }}",
    "unclosed bracket": "a fox,\n{{ subject }},\n  (red {{ subject }}, b",
    "unopened bracket": "a fox,\n{{ subject }}, red), b",
    "wrong bracket": "a {{ subject }},\n(red {{ subject }}] b",
    "schedule": "[a:{{ subject }}:b:0.5]",
    "value as a weight": "a ({{ subject }}:{{ subject }})",
    "absent include": "fox,\n{% include 'light.txt' %}",
    "a macro and a missing argument": "{% macro m(a) %}{{ a }}{% endmacro %}\n{{ m() }}",
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_errors_of_a_template_have_their_place_in_the_file(name, tmp_path, monkeypatch, snapshot):
    from pathlib import Path

    monkeypatch.chdir(tmp_path)
    path = Path("fox.prompt")
    path.write_text(FRONT + TEMPLATES[name], encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        impasto.compose(path)
    assert str(caught.value) == snapshot
    assert caught.value.span.line > 5


def test_errors_in_an_included_file_name_that_file(tmp_path, monkeypatch, snapshot):
    from pathlib import Path

    monkeypatch.chdir(tmp_path)
    Path("light.txt").write_text("soft light,\n(hard {{ light }}", encoding="utf-8")
    Path("fox.prompt").write_text("a fox,\n{% include 'light.txt' %}", encoding="utf-8")
    with pytest.raises(SourceError) as undefined:
        impasto.compose(Path("fox.prompt"))
    with pytest.raises(SourceError) as unclosed:
        impasto.compose(Path("fox.prompt"), values={"light": "x"})
    Path("light.txt").write_text("soft light,\n{% if %}", encoding="utf-8")
    with pytest.raises(SourceError) as syntax:
        impasto.compose(Path("fox.prompt"))
    Path("light.txt").write_bytes(b"\xe9")
    with pytest.raises(SourceError) as encoding:
        impasto.compose(Path("fox.prompt"))
    said = [str(caught.value) for caught in (undefined, unclosed, syntax, encoding)]
    assert "\n\n".join(said) == snapshot


def test_errors_in_the_negative_prompt_stand_in_the_front_matter(tmp_path, monkeypatch, snapshot):
    from pathlib import Path

    monkeypatch.chdir(tmp_path)
    texts = [
        'negative: "blurry, {{ bd }}"',
        "negative: >-\n  blurry,\n  (dark: 1.2",
        "negative: |\n  a\n  {% if %}",
    ]
    said = []
    for text in texts:
        Path("fox.prompt").write_text(f"---\n{text}\n---\nfox", encoding="utf-8")
        with pytest.raises(SourceError) as caught:
            impasto.compose(Path("fox.prompt"))
        said.append(str(caught.value))
    assert "\n\n".join(said) == snapshot


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"subjct": "x"}, 'did you mean "subject"'),
        ({"subject": "x", "colour": "y"}, "it knows subject"),
    ],
)
def test_values_that_no_variable_takes(values, message):
    with pytest.raises(impasto.SourceError, match=message):
        impasto.compose("a {{ subject }}", values=values, template=True)


def test_values_for_a_text_that_is_no_template():
    with pytest.raises(impasto.SourceError, match="it has no variables"):
        impasto.compose("a {x}", values={"x": "y"})
