"""A template can do little, for a bounded time, and says where it was stopped."""

import threading
from contextlib import suppress

import pytest

import impasto
from impasto.compose import api as compose_api
from impasto.errors import SourceError, TemplateError, TemplateLimitError
from impasto.source import Source
from impasto.templates import loading, run
from impasto.templates.template import Template

LONG = "{% set n = namespace(x='ab') %}{% for i in range(60) %}{% set n.x = "


@pytest.fixture(autouse=True)
def _turns_alone_count(monkeypatch):
    """Let no test depend on how fast the machine is."""
    monkeypatch.setattr(run, "MAX_SECONDS", 3600.0)
    monkeypatch.setattr(run, "MAX_TURNS", 20_000)


def render(text, values=None, folder=None):
    return Template(Source(text, "bad.prompt"), folder).render(values or {})


REFUSED = [
    ("{{ ''.__class__ }}", '"__class__" is not open to templates'),
    ("{{ ''.__class__.__mro__[1].__subclasses__() }}", '"__class__" is not open'),
    ("{{ [].__class__.__base__ }}", '"__class__" is not open'),
    ("{{ ''['__class__'] }}", '"__class__" is not open'),
    ("{{ [x]|map(attribute='__class__')|list }}", '"__class__" is not open'),
    ("{{ cycler.__init__.__globals__ }}", '"__init__" is not open'),
    ("{{ joiner.__init__ }}", '"__init__" is not open'),
    ("{{ namespace.__init__.__globals__.os }}", '"__init__" is not open'),
    ("{{ self.__init__ }}", '"__init__" is not open'),
    ("{{ x.mro }}", None),
    ("{{ model.__dict__ }}", 'there is no "__dict__" in it'),
    ("{% macro m() %}{% endmacro %}{{ m.__call__ }}", '"__call__" is not open'),
    ("{% import 'os' as os %}", "has no folder"),
    ("{% from 'os' import path %}", "has no folder"),
    ("{% include '/etc/passwd' %}", "has no folder"),
    ("{{ '%s'|format('x') }}", 'there is no filter "format"'),
    ("{{ '{:>999999999}'.format(1) }}", '"format" is not open'),
    ("{{ '{x}'.format_map({'x': 1}) }}", '"format_map" is not open'),
    ("{{ '%999999999d' % 1 }}", "% formats texts in Python"),
    ("{{ 'a'.ljust(999999999) }}", '"ljust" is not open'),
    ("{{ 'a'.center(999999999) }}", '"center" is not open'),
    ("{{ 'a'.zfill(999999999) }}", '"zfill" is not open'),
    ("{{ 'a\t'.expandtabs(999999999) }}", '"expandtabs" is not open'),
    ("{{ 'a'.translate({97: 'aaaa'}) }}", '"translate" is not open'),
    ("{{ 'a'.encode().ljust(999999999) }}", '"encode" is not open'),
    ("{{ (1).to_bytes(999999999) }}", '"to_bytes" is not open'),
    ("{{ 'a'.replace('a', 'b') }}", "use the filter: | replace"),
    ("{{ ','.join(['a']) }}", "use the filter: | join"),
    ("{{ [1].append(2) }}", '"append" is not open'),
    ("{{ {}.update({}) }}", '"update" is not open'),
    ("{{ ''|center(999999999) }}", 'there is no filter "center"'),
    ("{{ 'a'|indent(999999999) }}", 'there is no filter "indent"'),
    ("{{ lipsum(999999) }}", '"lipsum" has no value'),
    ("{{ 1|round(999999999, 'ceil') }}", "between -20 and 20"),
    ("{{ [[1]]|sum(start=[]) }}", "sum adds numbers"),
    ("{{ [1]|batch(999999999, 'x')|list }}", None),
    ("{{ [1]|slice(999999999)|list }}", 'there is no filter "slice"'),
    ("{{ 1 / 0 }}", "division by zero"),
    ("{{ 'a' + 1 }}", None),
    ("{{ 1 + 'a' }}", None),
    ("{{ x() }}", None),
    ("{% for a in 5 %}{% endfor %}", 'a loop needs a list, and "5" is none'),
    ("{% for a in none %}{% endfor %}", "a loop needs a list, and nothing is none"),
]
ENDLESS = [
    ("{{ 'a' * 999999999 }}", "more than 1,000,000"),
    ("{{ [1] * 999999999 }}", "more than 1,000,000"),
    ("{{ 999999999 * 'a' }}", "more than 1,000,000"),
    ("{{ 9 ** 9 ** 9 ** 9 ** 9 }}", "bits"),
    ("{{ 9 ** 999999999 }}", "bits"),
    ("{{ range(999999999)|list }}", "Range too big"),
    ("{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}", "turn more"),
    ("{{ range(99999)|join(range(99999)|join) }}", "turn more"),
    ("{% for i in range(9999) %}" + "text" * 999 + "{% endfor %}", "writes more than 1,000,000"),
    ("{% set x %}{% for i in range(9999) %}" + "text" * 999 + "{% endfor %}{% endset %}", "writes more"),
    ("{% macro m() %}" + "text" * 9999 + "{% endmacro %}{% for i in range(9999) %}{{ m() }}{% endfor %}", "writes more"),
    ("{% for i in range(9999) %}{{ 'a' * 900000 }}{% endfor %}", "writes more"),
    (LONG + "[n.x, 'a' * 900000] %}{% endfor %}", "more than 1,000,000"),
    ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "calls itself without end"),
    ("{% macro m(n) %}{% if n %}{{ m(n-1) }}{{ m(n-1) }}{% endif %}{% endmacro %}{{ m(60) }}", "turn"),
    ("{% for x in y recursive %}{{ loop(y) }}{% endfor %}", "calls itself without end"),
    ("{% block a %}{{ self.a() }}{% endblock %}", "calls itself without end"),
    (LONG + "n.x|replace('a', n.x) %}{% endfor %}", "more than 1,000,000"),
    (LONG + "n.x + n.x %}{% endfor %}", "more than 1,000,000"),
    (LONG + "n.x ~ n.x %}{% endfor %}", "more than 1,000,000"),
    (LONG + "[n.x, n.x] %}{% endfor %}", "more than 1,000,000"),
    (LONG + "(n.x, n.x) %}{% endfor %}", "more than 1,000,000"),
    (LONG + "{1: n.x, 2: n.x} %}{% endfor %}", "more than 1,000,000"),
    (LONG + "dict(a=n.x, b=n.x) %}{% endfor %}", "more than 1,000,000"),
    ("{% set n = namespace(x=[1]) %}" + LONG[29:].replace("range(60) %}", "range(60) %}") + "n.x + n.x %}{% endfor %}", "more than"),
    ("{% set n = namespace(x=3) %}{% for i in range(60) %}{% set n.x = n.x * n.x %}{% endfor %}", "bits"),
    ("{% set a = [1] * 1000 %}{% set b = [a] * 1000 %}{% set c = [b] * 1000 %}{{ c == b }}", "more than"),
    ("{% for i in [1] %}" * 25 + "{% endfor %}" * 25, "too deep"),
    ("{% if 1 %}" * 150 + "{% endif %}" * 150, "too deep"),
    ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "too deep"),
    ("{{ " + "1 + " * 5000 + "1 }}", "too deep"),
    ("{{ " + "-" * 5000 + "1 }}", "too deep"),
    ("{{ " + "not " * 5000 + "1 }}", "too deep"),
    ("a {{ x }} " * 100_000, "the template has 1,000,000 characters, more than 100,000"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_what_a_template_may_not_do_is_refused_at_its_line(text, message):
    with pytest.raises(TemplateError) as caught:
        render(f"a fox,\n  {text}", {"x": "a", "y": [1], "model": impasto.load_model("flux-dev")})
    assert message is None or message in str(caught.value)
    assert str(caught.value).startswith("bad.prompt:2:")
    assert "object at 0x" not in str(caught.value)


@pytest.mark.parametrize(("text", "message"), ENDLESS)
def test_what_never_ends_is_stopped_with_its_line(text, message):
    with pytest.raises(TemplateError) as caught:
        render(text, {"x": "a", "y": [1]})
    assert message in str(caught.value)
    assert str(caught.value).startswith("bad.prompt:1:")
    assert isinstance(caught.value, TemplateLimitError) or "Range" in message


def test_time_is_bounded_too(monkeypatch):
    monkeypatch.setattr(run, "MAX_SECONDS", 0.0)
    with pytest.raises(TemplateLimitError, match="longer than 0 seconds"):
        render("{% for i in range(999) %}{{ i }}{% endfor %}")


@pytest.mark.parametrize(
    "step",
    [
        *(
            "x|sort",
            "x|unique|list",
            "x|upper",
            "x|wordcount",
            "x|groupby(0)|list",
            "x|replace(1, 2)",
        ),
        *("x[::-1]", "x.split('a')", "x == 'b'", "'b' in x", "x * 1", "x|trim('a')", "x|title"),
    ],
)
def test_every_step_that_can_take_long_is_watched(monkeypatch, step):
    """Steps that no loop counts: each of them ends a render whose time is over."""
    template = Template(Source(f"{{% set y = {step} %}}", "bad.prompt"))
    monkeypatch.setattr(run, "MAX_SECONDS", -1.0)
    with pytest.raises(TemplateLimitError, match="longer than -1 seconds"):
        template.render({"x": "aaa"})


def test_includes_that_include_each_other_end(tmp_path):
    (tmp_path / "a.txt").write_text("{% include 'b.txt' %}", encoding="utf-8")
    (tmp_path / "b.txt").write_text("\n{% include 'a.txt' %}", encoding="utf-8")
    with pytest.raises(TemplateLimitError, match="calls itself without end") as caught:
        render("{% include 'a.txt' %}", folder=tmp_path)
    assert caught.value.span.file.endswith(("a.txt", "b.txt"))
    twice = "{% if n %}{% set n = n - 1 %}{% include 'c.txt' %}{% include 'c.txt' %}{% endif %}"
    (tmp_path / "c.txt").write_text(twice, encoding="utf-8")
    with pytest.raises(TemplateLimitError, match="turn more than"):
        render("{% include 'c.txt' %}", {"n": 40}, folder=tmp_path)


@pytest.mark.parametrize(
    "name", ["../secret.txt", "/etc/passwd", "link.txt", "sub/../../secret.txt"]
)
def test_includes_stay_in_the_folder_of_the_file(tmp_path, name):
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    folder = tmp_path / "prompts"
    folder.mkdir()
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(TemplateError, match="lies outside the folder") as caught:
        render(f"a\n{{% include {name!r} %}}", folder=folder)
    assert str(caught.value).startswith("bad.prompt:2:")


def test_an_error_in_a_value_of_the_caller_is_the_callers():
    class Broken:
        @property
        def name(self):
            raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        render("{{ x.name }}", {"x": Broken()})


def test_a_limit_is_never_just_a_python_error():
    for text, _ in (*REFUSED, *ENDLESS):
        with suppress(SourceError):
            impasto.compose(text, template=True)


# Nothing of one render is seen in another.


def test_renders_in_many_threads_keep_their_values_apart():
    template = Template(Source("a {{ x }}, {% for t in ts %}{{ t }}, {% endfor %}{{ x }} b", "t"))
    wrong = []

    def work(number):
        for turn in range(300):
            value = f"value {number} {turn}"
            tags = [f"tag {number} {turn} {n}" for n in range(turn % 4)]
            found = template.render({"x": value, "ts": tags})
            if found.values != [value, *tags, value]:
                wrong.append(found.values)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_templates_compiled_in_many_threads_keep_their_places_apart():
    wrong = []

    def work(number):
        for turn in range(40):
            pad = " " * (number + turn)
            found = impasto.compose(
                f"{pad}a{number} {turn}, {{{{ x }}}}", values={"x": "v"}, template=True
            )
            places = [(f.text, f.span.column) for f in found.fragments]
            text = f"a{number} {turn}"
            if places != [(text, len(pad) + 1), ("v", len(pad) + len(text) + 3)]:
                wrong.append(places)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_failed_render_leaves_nothing_behind():
    template = Template(Source("{{ x }}, {{ y.z }}", "t"))
    with pytest.raises(TemplateError):
        template.render({"x": "secret", "y": {}})
    assert template.render({"x": "a", "y": {"z": "b"}}).values == ["a", "b"]


def test_ten_thousand_templates_do_not_fill_the_memory():
    kept = (compose_api._templates, loading._environments)
    for number in range(10_000):
        compose_api.template_of(f"a fox number {number}, {{{{ x }}}}")
    assert all(len(cache) <= 256 for cache in kept)
    for environment in loading._environments.values():
        assert len(environment.sources) < 5000


def test_ten_thousand_wordings_of_one_template_do_not_fill_the_memory():
    template = Template(Source("{{ x|prompt }}, fox", "t"))
    for number in range(10_000):
        template.render({"x": f"(word {number}:1.2)"})
    assert len(template._skeletons) <= 256
