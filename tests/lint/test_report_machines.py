"""The formats for machines: what they promise, held against the schemas of their readers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from findings import ACCEPTED, ALL, CLEAN, FAILED, HERO, UNREADABLE, CountedText, found, run
from impasto.diagnostics import Diagnostic
from impasto.lint.report import Run, built_in, load
from impasto.source import Source

SCHEMAS = Path(__file__).parents[1] / "data" / "schemas"
FORMS = Path(__file__).parents[2] / "docs" / "schemas"
RUNS = (run(), CLEAN, FAILED, ACCEPTED)


def checker(path: Path) -> jsonschema.Draft202012Validator:
    schema = json.loads(path.read_text("utf-8"))
    return jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


SARIF = checker(SCHEMAS / "sarif-2.1.0.json")
JUNIT = etree.XMLSchema(etree.parse(SCHEMAS / "junit-10.xsd"))


def sarif(done: Run) -> dict:
    log = json.loads(load("sarif")(done))
    SARIF.validate(log)
    return log["runs"][0]


def junit(done: Run):
    tree = etree.fromstring(load("junit")(done).encode())
    JUNIT.assertValid(tree)
    return tree


@st.composite
def odd_runs(draw: st.DrawFn) -> Run:
    """A run over a file with any name and any text, with findings anywhere in it."""
    source = Source(draw(st.text(max_size=40)), draw(st.text(min_size=1, max_size=12)))
    findings = []
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(source.text)))
        span = source.span(start, draw(st.integers(start, len(source.text))))
        words = [draw(st.text(max_size=12)) for _ in range(2)]
        severity = draw(st.sampled_from(["error", "warning", "info"]))
        findings.append(Diagnostic("IMP101", "a-rule", severity, words[0], span, (), words[1]))
    return Run(tuple(findings), 1, failed=draw(st.sampled_from([(), (source.name,)])))


def test_json_is_versioned_and_counts():
    told = json.loads(load("json")(FAILED))
    assert (told["format"], told["failed"]) == (1, ["bad.txt"])
    assert [f["code"] for f in told["findings"]] == ["IMP007", "IMP101"]
    assert told["summary"] == {"files": 1, "error": 1, "warning": 1, "info": 0, "fixed": 0}
    span = told["findings"][1]["span"]
    assert (span["file"], span["line"], span["column"], span["end_column"]) == (
        HERO.name,
        4,
        16,
        19,
    )


def test_json_lines_say_when_they_end():
    *findings, last = map(json.loads, load("jsonl")(FAILED).splitlines())
    whole = json.loads(load("json")(FAILED))
    assert [line["finding"] for line in findings] == whole["findings"]
    assert last == {"format": 1, "summary": whole["summary"], "failed": ["bad.txt"]}
    assert {line["format"] for line in findings} == {1}


def test_github_gets_one_escaped_command_a_line():
    source = Source("(50% off:9.5)\n", "./a,b:c%.txt")
    odd = found("50% off", source, message="50%\r\nof 1, 2: x", hint="so")
    assert load("github")(run(odd)) == (
        "::warning file=a%2Cb%3Ac%25.txt,line=1,endLine=1,col=2,endColumn=9,"
        "title=IMP101 accidental-weight::50%25%0D%0Aof 1, 2: x%0Aso\n"
    )


def test_github_takes_no_columns_over_several_lines():
    *_, lines = load("github")(run()).splitlines()
    assert lines.startswith("::warning file=prompts/hero 1.prompt,line=5,endLine=6,title=IMP105")


def test_gitlab_gets_places_and_names_that_differ():
    told = json.loads(load("gitlab")(run(*ALL, ALL[1])))
    assert told[1]["location"] == {
        "path": "prompts/hero 1.prompt",
        "positions": {"begin": {"line": 4, "column": 16}, "end": {"line": 4, "column": 19}},
    }
    assert [issue["severity"] for issue in told] == ["major", "minor", "info", "minor", "minor"]
    assert len({issue["fingerprint"] for issue in told}) == 5


@pytest.mark.parametrize("done", RUNS)
def test_sarif_is_valid(done: Run):
    sarif(done)


def test_sarif_points_by_utf_16():
    told = sarif(run())
    assert told["columnKind"] == "utf16CodeUnits"
    place = told["results"][1]["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "prompts/hero%201.prompt", "uriBaseId": "%SRCROOT%"},
        "region": {
            "startLine": 4,
            "startColumn": 17,  # 16 in characters; the fox has two code units
            "endLine": 4,
            "endColumn": 20,
            "snippet": {"text": ":30"},
        },
    }


def applied(text: str, replacement: dict) -> str:
    """Return `text` with a replacement of SARIF applied, as a viewer would."""
    region = replacement["deletedRegion"]
    lines = text.split("\n")

    def offset(line: int, column: int) -> int:
        before = sum(len(line.encode("utf-16-le")) // 2 + 1 for line in lines[: line - 1])
        return 2 * (before + column - 1)

    data = text.encode("utf-16-le")
    start = offset(region["startLine"], region["startColumn"])
    end = offset(region["endLine"], region["endColumn"])
    new = replacement["insertedContent"]["text"].encode("utf-16-le")
    return (data[:start] + new + data[end:]).decode("utf-16-le")


def test_a_viewer_can_apply_the_fixes():
    (fix,) = sarif(run())["results"][1]["fixes"]
    ((change),) = fix["artifactChanges"]
    assert fix["properties"] == {"safe": True}
    assert change["artifactLocation"]["uri"] == "prompts/hero%201.prompt"
    (replacement,) = change["replacements"]
    assert applied(HERO.text, replacement) == HERO.text.replace(":30", "\\:30")


def test_sarif_explains_its_rules():
    told = sarif(run())
    rules = told["tool"]["driver"]["rules"]
    assert [r["id"] for r in rules] == ["IMP001", "IMP101", "IMP107", "IMP105"]
    assert [r["ruleIndex"] for r in told["results"]] == [0, 1, 2, 3]
    accidental = rules[1]
    assert accidental["name"] == "accidental-weight"
    assert accidental["help"]["markdown"].startswith("# IMP101 accidental-weight\n")
    assert "```" in accidental["help"]["markdown"]
    assert "```" not in accidental["help"]["text"]
    assert accidental["defaultConfiguration"] == {"level": "warning"}


def test_a_finding_of_a_rule_that_nobody_knows_is_reported_all_the_same():
    odd = found("x", code="ACME999", rule="no-such-rule")
    (rule,) = sarif(run(odd))["tool"]["driver"]["rules"]
    assert (rule["id"], rule["name"], "help" in rule) == ("ACME999", "no-such-rule", False)


def test_sarif_says_what_could_not_be_checked():
    (invocation,) = sarif(FAILED)["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 2)
    (told,) = invocation["toolExecutionNotifications"]
    assert told["message"]["text"] == UNREADABLE.message
    assert told["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "bad.txt"
    assert sarif(CLEAN)["invocations"][0]["executionSuccessful"]


def test_sarif_shows_what_was_accepted():
    kinds = [r["suppressions"][0]["kind"] for r in sarif(ACCEPTED)["results"]]
    assert kinds == ["inSource", "external"]
    assert "suppressions" not in sarif(run())["results"][0]


def test_github_gets_no_sarif_of_what_was_accepted():
    """It would show suppressed results as open ones."""
    told = json.loads(load("github-sarif")(ACCEPTED._replace(findings=ALL)))
    SARIF.validate(told)
    assert told == json.loads(load("sarif")(run()))


def test_absolute_paths_are_whole_addresses(tmp_path: Path):
    path = tmp_path / "ä b.txt"
    told = sarif(run(found("fox", Source("a fox", str(path)))))
    place = told["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": path.as_uri()}


def test_a_name_that_is_no_text_is_still_an_address():
    told = sarif(run(found("fox", Source("a fox", "\udcff #?.txt"))))
    place = told["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uri"] == "%FF%20%23%3F.txt"


def fingerprints(text: str, word: str = "fox", name: str = "a.txt") -> list[str]:
    source = Source(text, name)
    at, findings = text.find(word), []
    while at >= 0:
        findings.append(Diagnostic("IMP101", "r", "info", "m", source.span(at, at + len(word))))
        at = text.find(word, at + 1)
    results = sarif(run(*findings))["results"]
    return [result["partialFingerprints"]["impasto/v1"] for result in results]


def test_fingerprints_outlive_edits_elsewhere():
    assert fingerprints("a red fox\n") == fingerprints("new line\n\na red fox\nmore\n")
    assert fingerprints("a red fox\n") != fingerprints("a blue fox\n")
    assert fingerprints("a fox\n") != fingerprints("a fox\n", name="b.txt")
    one, two = fingerprints("a fox\na fox\n")
    assert one != two
    assert [one] == fingerprints("a fox\n")
    far = ", ".join(["word"] * 30)
    assert fingerprints(f"a red fox, {far}") == fingerprints(f"a red fox, {far}, more")


@given(odd_runs())
def test_any_finding_in_any_text_is_valid_everywhere(done: Run):
    assert len(sarif(done)["results"]) == len(done.findings)
    assert len(junit(done).findall(".//testcase")) == max(len(done.findings), 1)
    assert len(json.loads(load("gitlab")(done))) == len(done.findings)
    assert load("github")(done).count("\n") == len(done.findings)
    assert load("concise")(done).count("\n") == len(done.findings)


@pytest.mark.parametrize("form", built_in())
def test_many_long_findings_in_one_long_line_are_linear_work(form: str):
    """Each finding spans half of the line, as brackets in brackets do."""
    number = 300
    text = CountedText("(" * number + "🦊" + ")" * number)
    source = Source(text, "a.txt")
    spans = [source.span(at, len(text) - at) for at in range(number)]
    findings = [Diagnostic("IMP107", "r", "info", "m", span) for span in spans]
    told = load(form)(run(*findings))
    assert text.taken < 700 * number
    assert len(told) < 3000 * number


def test_junit_has_a_suite_for_each_file_and_a_case_for_each_finding():
    tree = junit(Run((UNREADABLE, *ALL), 1, failed=("bad.txt",)))
    assert dict(tree.attrib) == {"name": "impasto", "tests": "5", "failures": "3", "errors": "1"}
    bad, hero = tree
    assert [case.get("name") for case in bad] == ["IMP007 file-error (1:1)"]
    assert bad[0][0].tag == "error"
    assert (hero.get("name"), hero.get("tests"), hero.get("failures")) == (HERO.name, "4", "3")
    assert [case[0].tag for case in hero] == ["failure", "failure", "system-out", "failure"]
    assert hero[0][0].get("message") == "odd: 1, 2\n& <3"
    assert "a 🦊 clock (at 5:30)" in hero[1][0].text


def test_junit_of_a_clean_run_has_a_case_that_passes():
    tree = junit(CLEAN)
    assert [case.get("name") for case in tree[0]] == ["3 files without findings"]
    assert (tree.get("failures"), tree.get("errors")) == ("0", "0")


def test_the_rule_pages_are_linked_where_the_package_says_where_they_are(tmp_path: Path):
    """Metadata in front of the installed one, as a release with a documentation site has it."""
    info = tmp_path / "impasto-9.9.dist-info"
    info.mkdir()
    head = "Metadata-Version: 2.1\nName: impasto\nVersion: 9.9\n"
    (info / "METADATA").write_text(f"{head}Project-URL: Documentation, https://docs.test/x/\n")
    code = """
from findings import run
from impasto.lint.report import load
print(load("sarif")(run()))
print(load("text")(run(colours=True)))
"""
    paths = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[1])])
    told = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout
    assert '"helpUri": "https://docs.test/x/rules/IMP101.md"' in told
    assert "\x1b]8;;https://docs.test/x/rules/IMP101.md\x1b\\IMP101\x1b]8;;\x1b\\" in told
    assert '"version": "9.9"' in told
    assert '"informationUri": "https://docs.test/x"' in told
