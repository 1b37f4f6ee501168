"""Prompts in CSV, JSON Lines, word lists and images: findings at the place in the file."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from impasto.images import metadata
from impasto.lint.engine import Linter
from impasto.lint.fix import fixed
from impasto.lint.kinds import Surroundings
from impasto.lint.settings import Settings
from impasto.lint.tables import csv_rows, json_cells
from impasto.source import Source

RULES = ("IMP0", "IMP101", "IMP107", "IMP5")


def linter(**more) -> Linter:
    return Linter(select=RULES, settings=Settings(**more))


def places(text: str, name: str, kind: str = "", **more):
    checked = linter(**more).check(text, name, kind or name[name.rindex(".") :])
    found = []
    for finding in checked.findings:
        file, start, end = finding.span.in_file()
        found.append((finding.code, finding.span.line, finding.span.column, file.text[start:end]))
    return found


def mended(text: str, kind: str) -> str:
    name = f"x{kind}"
    return fixed(text, lambda t: list(linter().check(t, name, kind).findings))[0]


def test_cells_of_csv_have_their_places():
    text = 'id,prompt,notes\n1,"a ""big"" (at 5:30), b","((not this))"\n2,((plain)),x\n'
    assert places(text, "x.csv") == [
        ("IMP101", 2, 19, ":30"),
        ("IMP107", 3, 3, "((plain))"),
    ]


def test_a_quoted_cell_may_have_lines_and_another_delimiter_may_stand_between():
    text = 'name;prompt\n"a;b";"one\n(at 5:30)"\n'
    assert places(text, "x.csv") == [("IMP101", 3, 6, ":30")]
    assert places("name\tprompt\n1\t(at 5:30)\n", "x.tsv") == [("IMP101", 2, 8, ":30")]


def test_a_negative_column_is_checked_but_not_for_targets():
    text = "prompt,negative_prompt\na fox,((rain))\n"
    assert places(text, "x.csv") == [("IMP107", 2, 7, "((rain))")]
    findings = Linter(("flux-dev",)).check(text, "x.csv", ".csv").findings
    assert {finding.code for finding in findings} == {"IMP107"}


def test_fixes_get_the_quotes_of_the_table():
    text = 'prompt\n"a ""b"", (at 5:30)"\n(at 6:45)\n'
    assert mended(text, ".csv") == 'prompt\n"a ""b"", (at 5\\:30)"\n(at 6\\:45)\n'
    line = '{"prompt": "\\"a\\" (at 5:30) \\u00e9 ((b))"}\n'
    after = '{"prompt": "\\"a\\" (at 5\\\\:30) \\u00e9 (b:1.21)"}\n'
    assert mended(line, ".jsonl") == after
    assert json.loads(after)["prompt"] == '"a" (at 5\\:30) é (b:1.21)'


ESCAPED = st.lists(
    st.sampled_from(
        [
            "\\",
            '"',
            "'",
            '\\"',
            "\\n",
            "(at 5:30)",
            "((a))",
            ",",
            "\u200b",
            "\U000e0041",
            "&amp;",
            " b ",
        ]
    ),
    max_size=8,
).map("".join)


@given(text=ESCAPED)
@settings(deadline=None)
@example(text='a \\"sign\\"')
@example(text="a \\")
def test_a_fix_in_a_table_is_the_fix_of_the_prompt_alone(text: str):
    def check(text: str):
        return list(Linter().check(text, "x", "").findings)

    wanted = fixed(text, check, unsafe=True)[0]
    rows = [["id", "prompt"], ["1", text]]
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    table = csv_rows(Source(everything(file.getvalue(), ".csv")), ",")
    assert [[cell.text for cell in row] for row in table] == [rows[0], ["1", wanted]]
    for plain in (True, False):
        line = everything(json.dumps({"prompt": text}, ensure_ascii=plain) + "\n", ".jsonl")
        assert json.loads(line) == {"prompt": wanted}


def everything(text: str, kind: str) -> str:
    name = f"x{kind}"
    return fixed(text, lambda t: list(Linter().check(t, name, kind).findings), unsafe=True)[0]


def test_the_columns_can_be_named_and_a_missing_one_is_an_error():
    assert places("caption\n(at 5:30)\n", "x.csv", columns=("caption",))
    checked = linter().check("promt\n(at 5:30)\n", "x.csv", ".csv")
    assert [f.code for f in checked.findings] == ["IMP007"]
    assert 'did you mean "promt"?' in checked.findings[0].hint


@pytest.mark.parametrize(("text", "place"), [('prompt\n"a', (2, 1)), ('prompt\n"a"b\n', (2, 4))])
def test_broken_csv_is_an_error_at_its_place(text: str, place: tuple[int, int]):
    found = linter().check(text, "x.csv", ".csv").findings[0]
    assert (found.code, found.span.line, found.span.column) == ("IMP007", *place)


def test_lines_of_json_have_their_places():
    text = '{"id": {"prompt": "((no))"}, "prompt": "\\ud83e\\udd8a ((a))"}\n\n"((b))"\n{"x": 1}\n'
    assert places(text, "x.jsonl") == [
        ("IMP107", 1, 54, "((a))"),
        ("IMP107", 3, 2, "((b))"),
    ]


def test_a_line_that_is_no_json_does_not_hide_the_others():
    text = '{"prompt": "((a))"}\n{"prompt": "b",}\n{"prompt": "((c))"} x\n' + "[" * 100_000
    found = [(code, line) for code, line, *_ in places(text, "x.jsonl")]
    assert found == [("IMP107", 1), ("IMP007", 2), ("IMP007", 3), ("IMP007", 4)]


@given(rows=st.lists(st.lists(st.text("ab,;\"'\n ("), min_size=2, max_size=3), min_size=1))
@settings(deadline=None)
def test_csv_is_read_as_the_standard_library_reads_it(rows: list[list[str]]):
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    found = [[cell.text for cell in row] for row in csv_rows(Source(file.getvalue()), ",")]
    assert found == rows


@given(data=st.dictionaries(st.text(), st.one_of(st.text(), st.integers(), st.lists(st.text()))))
@settings(deadline=None)
def test_objects_are_read_as_the_standard_library_reads_them(data: dict[str, object]):
    for line in (
        json.dumps(data),
        json.dumps(data, ensure_ascii=False, indent=1).replace("\n", " "),
    ):
        found = {key: cell.text for key, cell in json_cells(line, 0)}
        assert found == {key: value for key, value in data.items() if isinstance(value, str)}


def test_word_lists_are_known_by_their_folder(tmp_path: Path):
    folder = tmp_path / "words"
    folder.mkdir()
    (folder / "a.txt").write_text("# list\n3::((cat))\ndog (at 5:30)\n")
    (folder / "b.yaml").write_text("pets:\n  - '((cat))'\n  - [x]\n")
    (folder / "c.json").write_text('{"((key))": ["((\\"cat\\"))", "dog"]}')
    around = Surroundings((), (folder,))
    checked = Linter(select=RULES, surroundings=around)
    found = [
        (path.name, f.code, f.span.line, f.span.column)
        for path in sorted(folder.iterdir())
        for f in checked.check_path(path).findings
    ]
    assert found == [
        ("a.txt", "IMP107", 2, 4),
        ("a.txt", "IMP101", 3, 10),
        ("b.yaml", "IMP107", 2, 6),
        ("b.yaml", "IMP007", 3, 5),
        ("c.json", "IMP107", 1, 15),
    ]


def test_a_broken_word_list_is_an_error():
    assert places('{"a": [}', "x.json", "words")[0][:2] == ("IMP007", 1)


WEBUI = (
    "a (cat:1.2.3), fox\nNegative prompt: (bad:1.1.1)\n"
    "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1"
)


def images(folder: Path):
    picture = Image.new("RGB", (8, 8))
    texts = PngInfo()
    texts.add_text("parameters", WEBUI)
    picture.save(folder / "webui.png", pnginfo=texts)
    for suffix in ("jpg", "webp"):
        tags = Image.Exif()
        tags.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + WEBUI.encode("utf-16-be")
        picture.save(folder / f"webui.{suffix}", exif=tags.tobytes())
    picture.save(folder / "plain.png")
    return sorted(folder.glob("webui.*"))


def test_prompts_in_images_are_read_as_the_webui_reads_them(tmp_path: Path):
    for path in images(tmp_path):
        checked = linter().check_path(path)
        found = [(f.code, f.span.line, f.span.column, f.fix) for f in checked.findings]
        assert found == [("IMP503", 1, 8, None), ("IMP503", 2, 23, None)], path
    nothing = linter().check_path(tmp_path / "plain.png")
    assert nothing.failed
    assert "says nothing of a prompt" in nothing.findings[0].message


def test_our_own_images_are_read_too(tmp_path: Path):
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    path = tmp_path / "ours.png"
    record = {"prompt": "a (cat:1.2.3)", "parameters": {"steps": 20}}
    path.write_bytes(metadata.embed(picture.getvalue(), record))
    assert [f.code for f in linter().check_path(path).findings] == ["IMP503"]


def test_the_dialect_of_a_text_is_set_for_all_or_for_some_files():
    assert places("(a:1.2.3)", "x.txt", dialect="a1111") == [("IMP503", 1, 4, "1.2.3")]
    some = {"per_file_dialects": (("old/*", "a1111"),), "root": str(Path.cwd())}
    assert [code for code, *_ in places("(a:1.2.3)", "old/x.txt", **some)] == ["IMP503"]
    assert "IMP503" not in [code for code, *_ in places("(a:1.2.3)", "new/x.txt", **some)]


def test_rules_of_our_syntax_are_not_asked_about_other_dialects():
    text = "((a)) (at 5:30)"
    assert [code for code, *_ in places(text, "x.txt")] == ["IMP107", "IMP101"]
    assert places(text, "x.txt", dialect="a1111") == []


def test_targets_are_checked_in_every_dialect():
    findings = (
        Linter(("flux-dev",), settings=Settings(dialect="a1111")).check("(a:1.4) fox").findings
    )
    assert "IMP110" in {finding.code for finding in findings}
