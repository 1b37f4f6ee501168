"""Templates and style packs: findings at the line that the author wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

import impasto
from impasto.lint.engine import Linter
from impasto.styles.library import Library


def lint(text: str, suffix: str = ".prompt", *, targets=(), library=None):
    linter = Linter(targets, library=library)
    return linter.check(text, f"case{suffix}", suffix).findings


def places(found, *codes):
    return [
        (f.code, f.span.line, written(f)) for f in found if not codes or f.code.startswith(codes)
    ]


def written(finding):
    file, start, end = finding.span.in_file()
    return file.text[start:end]


def test_every_branch_of_a_template_is_checked_once():
    text = (
        "---\nvariables:\n  mood: {choices: [calm, wild]}\n---\n"
        "{% if mood == 'wild' %}(storm:2.4){% else %}(calm:0.1){% endif %}\n"
        "{% if mood == 'never' %}(at 5:30){% endif %}\n"
    )
    assert places(lint(text)) == [
        ("IMP105", 5, "(storm:2.4)"),
        ("IMP105", 5, "(calm:0.1)"),
        ("IMP101", 6, ":30"),
    ]


def test_values_are_no_syntax():
    text = "---\nvariables:\n  who: {default: 'smile :) (at 5:30) {a'}\n---\na {{ who }}\n"
    assert lint(text) == ()


def test_a_bracket_that_only_one_branch_closes_is_found():
    text = "---\nvariables:\n  x: {type: boolean}\n---\n(a {% if x %}b){% endif %}\n"
    assert places(lint(text)) == [("IMP001", 5, "(")]


def test_a_variable_that_may_be_a_number_stands_for_a_weight():
    assert lint("---\nvariables:\n  w: {}\n---\n(fox:{{ w }})\n") == ()


@pytest.mark.parametrize(
    "body",
    [
        "{% for item in items %}({{ item.name }}:1.2), {% endfor %}",
        "{{ product['title'] }}, {{ product.colour | upper }}",
        "{% if a is defined %}{{ a }}{% endif %}",
        "{% set x = y or 'z' %}{{ x }}",
        "{% macro m(x) %}({{ x }}:1.2){% endmacro %}{{ m(hero) }}",
        "{{ tags | phrases('and') }}",
    ],
)
def test_templates_without_declared_variables_are_rendered_with_made_up_ones(body: str):
    assert [f for f in lint(body, ".j2") if f.severity != "info"] == []


def test_included_templates_are_checked_where_they_stand(tmp_path: Path):
    (tmp_path / "part.j2").write_text("fog, (at 5:30)")
    path = tmp_path / "a.prompt"
    path.write_text('---\nformat: 1\n---\na fox, {% include "part.j2" %}\n')
    found = impasto.lint(path)
    assert [(f.code, Path(f.span.file).name) for f in found] == [("IMP101", "part.j2")]


@pytest.mark.parametrize("named", ['"missing.j2"', "'parts/missing.j2'"])
def test_an_include_that_is_not_there_is_an_error_whatever_the_values(named, tmp_path: Path):
    file = tmp_path / "a.prompt"
    file.write_text(f"---\nformat: 1\n---\na {{{{ x }}}}, {{% include {named} %}}\n", "utf-8")
    (found,) = Linter(()).check_path(file).findings
    assert (found.code, found.severity) == ("IMP002", "error")
    assert "to include" in found.message


def test_an_include_that_a_value_names_may_be_there(tmp_path: Path):
    file = tmp_path / "a.prompt"
    file.write_text("---\nformat: 1\n---\na fox, {% include part %}\n", "utf-8")
    assert [found.code for found in Linter(()).check_path(file).findings] == ["IMP204"]


@pytest.mark.parametrize("body", ["a fox, ()", "a fox, ()\n", "a fox{# why #}, ()\n"])
def test_what_has_no_tags_is_checked_as_text_is(body: str):
    assert [found.code for found in lint(f"---\nformat: 1\n---\n{body}")] == ["IMP108"]


def test_the_negative_prompt_is_checked_too():
    text = "---\nnegative: 'rain (at 5:30), {{ nope }}'\nvariables: {x: {}}\n---\n{{ x }}\n"
    assert places(lint(text)) == [("IMP101", 2, ":30"), ("IMP003", 2, "nope")]


def test_front_matter_that_is_broken_stops_the_check_whatever_is_selected():
    found = Linter(select=("IMP107",), ignore=("IMP007",)).check(
        "---\nvariables: [\n---\n((a))", "a.prompt", ".prompt"
    )
    assert [f.code for f in found.findings] == ["IMP007"]


def test_a_model_in_the_front_matter_is_a_target():
    text = "---\nmodel: flux-dev\nnegative: people\nparameters: {guidance_scale: 7.5}\n---\na fox\n"
    assert places(lint(text)) == [
        ("IMP407", 3, "people"),
        ("IMP403", 4, "guidance_scale"),
    ]


def test_targets_are_checked_beside_the_model_of_the_file():
    text = "---\nparameters: {guidance_scale: 7.5}\n---\na fox\n"
    assert lint(text) == ()
    assert places(lint(text, targets=("flux-dev", "flux-1.1-pro"))) == [
        ("IMP403", 2, "guidance_scale"),
        ("IMP402", 2, "guidance_scale"),
    ]


def test_the_request_of_the_guide_is_warned_about_and_not_refused():
    text = (
        "---\nnegative: low quality\nparameters: {num_inference_steps: 50, guidance_scale: 7.5, "
        "size: 2048x2048}\n---\nA cute cartoon cat\n"
    )
    found = lint(text, targets=("flux-1.1-pro@gateway",))
    assert {f.severity for f in found} == {"warning"}
    assert {f.code for f in found} == {"IMP407", "IMP409"}


def test_a_parameter_of_a_style_is_shown_where_the_file_asks_for_the_style(tmp_path: Path):
    (tmp_path / "noir.yaml").write_text(
        "format: 1\nname: noir\nstyles:\n  film: {text: film, parameters: {guidance_scale: 9.0}}\n"
    )
    text = "---\nmodel: flux-dev\nstyles: [anime/modern-tv, noir/film]\n---\na fox\n"
    found = lint(text, library=Library((tmp_path,)))
    assert places(found, "IMP403") == [("IMP403", 3, "noir/film")]


def test_a_broken_style_is_an_error_where_it_is_used(tmp_path: Path):
    (tmp_path / "noir.yaml").write_text("format: 1\nname: noir\nstyles:\n  film: {text: (x}\n")
    text = "---\nstyles: [noir/film]\n---\na fox\n"
    found = lint(text, library=Library((tmp_path,)))
    assert places(found) == [("IMP006", 2, "noir/film")]
    assert "noir.yaml:4:16" in found[0].message


def test_every_style_of_a_pack_is_checked_although_another_is_broken():
    text = (
        "format: 1\nname: p\nstyles:\n"
        "  a: {text: (x, negative: b}\n"
        "  b: {text: '{{ promt }}'}\n"
        "  c:\n    text: >\n      {{ prompt }}, soft\n      light (at 5:30)\n"
        "    variants:\n      prose: {text: '{{ prompt }} (rain:3)'}\n"
    )
    assert places(lint(text, ".yaml")) == [
        ("IMP001", 4, "("),
        ("IMP003", 5, "promt"),
        ("IMP101", 9, ":30"),
        ("IMP105", 11, "(rain:3)"),
    ]


def test_a_pack_is_called_as_its_file_is(tmp_path: Path):
    path = tmp_path / "noir.yaml"
    path.write_text("format: 1\nname: film\nstyles:\n  a: {text: x}\n")
    assert places(impasto.lint(path)) == [("IMP006", 2, "film")]


def test_styles_are_checked_for_targets():
    text = "format: 1\nname: p\nstyles:\n  a: {text: '{{ prompt }}, x', parameters: {seed: 1.5}}\n"
    assert lint(text, ".yaml") == ()
    found = lint(text, ".yaml", targets=("flux-dev",))
    assert places(found) == [("IMP411", 4, "seed")]


def test_wildcards_do_not_stop_the_check_of_the_request():
    text = "---\nmodel: flux-dev\nparameters: {guidance_scale: 7.5}\n---\na __animal__, (at 5:30)\n"
    found = places(lint(text), "IMP4", "IMP101")
    assert found == [("IMP403", 3, "guidance_scale"), ("IMP101", 5, ":30")]


def test_choices_and_wildcards_of_plain_text_are_checked_for_targets():
    found = lint("a {red|blue} __animal__, (neon:1.4)", "", targets=("flux-dev",))
    assert places(found, "IMP110") == [("IMP110", 1, "neon")]


def test_windows_line_ends_and_a_byte_order_mark_move_nothing(tmp_path: Path):
    path = tmp_path / "a.prompt"
    path.write_bytes("\ufeff---\r\ntitle: x\r\n---\r\na fox\r\n(at 5:30)\r\n".encode())
    assert places(impasto.lint(path)) == [("IMP101", 5, ":30")]
