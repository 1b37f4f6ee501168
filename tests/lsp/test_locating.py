"""Where names are defined, and the outline of documents."""

import pytest

from editing import at_cursor, document, project
from impasto.lsp.locating import definitions
from impasto.lsp.outlining import outline

PACK = """format: 1
name: mine
styles:
  soft: {text: "{{ prompt }}, soft"}
  glow:
    title: A glow
    extends: soft
    variants:
      prose: {text: glowing}
"""


@pytest.fixture
def home(tmp_path):
    (tmp_path / "style_packs").mkdir()
    (tmp_path / "style_packs" / "mine.yaml").write_text(PACK, "utf-8")
    (tmp_path / "wildcards").mkdir()
    (tmp_path / "wildcards" / "animals.txt").write_text("# note\nfox\n", "utf-8")
    (tmp_path / "wildcards" / "tree.yaml").write_text("birds:\n- owl\n", "utf-8")
    (tmp_path / "light.txt").write_text("light", "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "file", "place"),
    [
        ("---\nstyles: [mine/gl‸ow]\n---\n", "style_packs/mine.yaml", (4, 2)),
        ("---\nstyles: ['gl‸ow:0.3']\n---\n", "style_packs/mine.yaml", (4, 2)),
        ("__ani‸mals__", "wildcards/animals.txt", (1, 0)),
        ("__tree/bi‸rds__", "wildcards/tree.yaml", (1, 2)),
        ("{% include 'li‸ght.txt' %}", "light.txt", (0, 0)),
        ("---\nvariables:\n  🦊: {}\n  who: {default: x}\n---\n{{ wh‸o }}", "x.prompt", (3, 2)),
    ],
)
def test_a_name_leads_to_where_it_is_defined(home, text, file, place):
    (target,) = definitions(*at_cursor(text, "x.prompt", home), project(home))
    assert target.document.path == home / file
    assert target.range.start == place


def test_a_pattern_leads_to_every_list(home):
    found = definitions(*at_cursor("__*‸*__", "x.prompt", home), project(home))
    assert {target.document.path.name for target in found} == {"animals.txt", "tree.yaml"}


def test_a_style_of_the_pack_itself_is_in_the_pack(home):
    text = PACK.replace("extends: soft", "extends: so‸ft")
    (target,) = definitions(*at_cursor(text, "mine.yaml", home / "style_packs"), project(home))
    assert target.range.start == (3, 2)


def test_a_built_in_style_is_in_the_package(home):
    text = "---\nstyles: [photorealistic/port‸rait]\n---\n"
    (target,) = definitions(*at_cursor(text, "x.prompt", home), project(home))
    line = target.document.path.read_text("utf-8").splitlines()[target.range.start.line]
    assert line.strip() == "portrait:"


@pytest.mark.parametrize(
    "text", ["---\nstyles: [nob‸ody]\n---\n", "__nob‸ody__", "{{ nob‸ody }}", "a fo‸x", "‸"]
)
def test_what_nobody_defines_leads_nowhere(home, text):
    assert definitions(*at_cursor(text, "x.prompt", home), project(home)) == []


def names(symbols):
    return [(s.name, s.kind, names(s.children)) for s in symbols]


def test_the_outline_of_a_prompt_file_is_its_keys_and_its_template(home):
    text = "---\ntitle: x\nvariables:\n  who: {}\nstyles: [a]\n---\na fox, {{ who }}\nmore"
    found = outline(document(text, "x.prompt", home))
    assert names(found) == [
        ("title", "key", []),
        ("variables", "key", [("who", "variable", [])]),
        ("styles", "key", []),
        ("template", "template", []),
    ]
    assert found[-1].detail == "a fox, {{ who }}"
    assert found[-1].range == ((6, 0), (7, 4))


def test_the_outline_of_a_pack_is_its_styles(home):
    found = outline(document(PACK, "mine.yaml", home))
    assert names(found) == [
        ("soft", "style", []),
        ("glow", "style", [("prose", "variant", [])]),
    ]
    assert (found[1].detail, found[1].range.start.line) == ("A glow", 4)


def test_the_outline_of_a_text_file_is_its_prompts(home):
    found = outline(document("# note\n\na fox\n" + "x" * 100, "x.txt", home))
    assert [s.name for s in found] == ["a fox", "x" * 59 + "…"]


@pytest.mark.parametrize("text", ["---\na: [\n---\nx", "---\nx", "---\n- 1\n---\nx", "{% if"])
def test_every_range_of_an_outline_holds_its_name(home, text):
    for symbol in outline(document(text, "x.prompt", home)):
        assert symbol.range.start <= symbol.name_range.start
        assert symbol.name_range.end <= symbol.range.end
