"""The server as editors meet it: a process, spoken to over its standard streams."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from concurrent.futures import CancelledError

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

CLOCK = "a clock (at 5:30)"
PACK = "format: 1\nname: mine\nlicense: MIT\nstyles:\n  glow: {text: '{{ prompt }}, glow'}\n"
STYLED = "---\nstyles: [glow]\n---\na fox\n"


async def counts_in(editor, encoding, first):
    """Check that columns count in `encoding`, in what is sent and in what is understood."""
    assert editor.result.capabilities.position_encoding == encoding
    editor.open("a.txt", f"é🦊{CLOCK}")
    assert await editor.findings("a.txt") == [("IMP101", f"0:{first}-0:{first + 3}")]
    hover = await editor.hover("a.txt", 0, first - 2)
    assert hover.contents.value.startswith("`at 5`: weight **30**")
    assert str(hover.range) == f"0:{first - 4}-0:{first}"
    editor.change("a.txt", "\\", (0, first))
    assert await editor.findings("a.txt") == []


def offering(*encodings):
    general = types.GeneralClientCapabilities(position_encodings=encodings)
    return types.ClientCapabilities(general=general)


def test_columns_count_in_utf_16_where_nobody_says_otherwise(editing):
    editing(lambda editor: counts_in(editor, "utf-16", 16))


def test_columns_count_in_utf_8_where_the_client_likes_it(own_server):
    async def scenario(editor):
        await counts_in(editor, "utf-8", 19)
        editor.open("b.txt", "((x))")
        assert await editor.findings("b.txt") == []  # as the settings say

    own_server(scenario, offering("utf-8", "utf-16"), {"ignore": ["IMP107"]})


def test_a_simple_client_gets_columns_in_utf_32_and_whole_actions(own_server):
    async def scenario(editor):
        await counts_in(editor, "utf-32", 15)
        editor.open("b.txt", CLOCK)
        actions = await editor.actions("b.txt", 0, 14)
        assert len(actions) == 3
        assert all(one.edit.changes[editor.uri("b.txt")] for one in actions)

    own_server(scenario, offering("utf-32"))


def test_findings_follow_the_typing(editing):
    async def scenario(editor):
        editor.open("a.txt", "fine\n")
        assert await editor.findings("a.txt") == []
        editor.published.clear()
        for at, letter in enumerate(CLOCK):
            editor.change("a.txt", letter, (1, at))
        assert await editor.findings("a.txt") == [("IMP101", "1:13-1:16")]
        assert [p.version for p in editor.published] == [1 + len(CLOCK)]
        editor.change("a.txt", "", (0, 0), (1, 0))
        assert await editor.findings("a.txt") == [("IMP101", "0:13-0:16")]
        editor.change("a.txt", "other\u2028line\r\n((x))")
        assert ("IMP107", "1:0-1:5") in await editor.findings("a.txt")

    editing(scenario)


def test_closing_takes_the_findings_away(editing):
    async def scenario(editor):
        editor.open("a.txt", CLOCK)
        await editor.findings("a.txt")
        editor.client.text_document_did_close(
            types.DidCloseTextDocumentParams(editor.item("a.txt"))
        )
        editor.versions["a.txt"] = None
        assert await editor.findings("a.txt") == []

    editing(scenario)


def test_the_targets_of_the_project_and_of_the_editor_count(editing, tmp_path):
    (tmp_path / "impasto.toml").write_text('[lint]\ntargets = ["dall-e-3"]\n', "utf-8")

    async def scenario(editor):
        editor.open("a.txt", "a fox, (mist:1.3)")
        assert any("dall-e-3" in d.message for d in await editor.diagnostics("a.txt"))
        settings = {"impasto": {"targets": ["flux-dev"], "ignore": ["IMP4"]}}
        editor.client.workspace_did_change_configuration(
            types.DidChangeConfigurationParams(settings=settings)
        )
        assert all("flux-dev" in d.message for d in await editor.next_diagnostics("a.txt"))
        editor.client.workspace_did_change_configuration(
            types.DidChangeConfigurationParams(settings={})
        )

    editing(scenario)


def test_prompts_see_a_pack_as_it_is_typed(editing, tmp_path):
    (tmp_path / "style_packs").mkdir()
    (tmp_path / "style_packs" / "mine.yaml").write_text(PACK, "utf-8")

    async def scenario(editor):
        editor.open("a.prompt", STYLED)
        assert await editor.findings("a.prompt") == []
        editor.open("style_packs/mine.yaml", PACK, "yaml")
        editor.change("style_packs/mine.yaml", "blow", (4, 2), (4, 6))
        await editor.findings("style_packs/mine.yaml")
        (found,) = await editor.next_diagnostics("a.prompt")
        assert 'unknown style "glow"' in found.message
        editor.change("style_packs/mine.yaml", "glow", (4, 2), (4, 6))
        await editor.findings("style_packs/mine.yaml")
        assert await editor.next_diagnostics("a.prompt") == []

    editing(scenario)


def test_files_that_change_on_the_disk_are_seen(editing, tmp_path):
    (tmp_path / "style_packs").mkdir()

    async def scenario(editor):
        assert await editor.registrations() == ["workspace/didChangeWatchedFiles"]
        editor.open("a.prompt", STYLED)
        (found,) = await editor.diagnostics("a.prompt")
        assert found.code == "IMP304"
        pack = tmp_path / "style_packs" / "mine.yaml"
        pack.write_text(PACK, "utf-8")
        event = types.FileEvent(pack.as_uri(), types.FileChangeType.Created)
        editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
        assert await editor.next_diagnostics("a.prompt") == []

    editing(scenario)


def test_broken_settings_are_a_finding_until_they_are_mended(editing, tmp_path):
    settings = tmp_path / "impasto.toml"
    settings.write_text('modle = "flux-dev"\n', "utf-8")

    async def scenario(editor):
        editor.open("a.txt", CLOCK)
        (found,) = await editor.diagnostics("a.txt")
        assert 'impasto.toml:1:1: unknown key "modle"' in found.message
        assert await editor.hover("a.txt", 0, 3) is None
        await editor.logged('unknown key "modle"')
        settings.write_text('model = "flux-dev"\n', "utf-8")
        editor.client.text_document_did_save(types.DidSaveTextDocumentParams(editor.item("a.txt")))
        assert [d.code for d in await editor.next_diagnostics("a.txt")] == ["IMP101"]

    editing(scenario)


def test_fixes_are_actions(editing):
    async def scenario(editor):
        editor.open("a.txt", f"plain\n{CLOCK}\n((c))")
        fix, ignore, every = await editor.actions("a.txt", 1, 14)
        assert (fix.title, fix.is_preferred) == ("Escape the colon", True)
        (change,) = fix.edit.document_changes
        assert (change.text_document.version, str(change.edits[0].range)) == (1, "1:13-1:13")
        assert ignore.edit is None
        resolved = await editor.client.code_action_resolve_async(ignore)
        ((edit,),) = [change.edits for change in resolved.edit.document_changes]
        assert (edit.new_text, str(edit.range)) == ("# impasto: ignore[IMP101]\n", "1:0-1:0")
        assert every.kind == "source.fixAll.impasto"
        resolved = await editor.client.code_action_resolve_async(every)
        ((first, second),) = [change.edits for change in resolved.edit.document_changes]
        assert [first.new_text, second.new_text] == ["a clock (at 5\\:30)", "(c:1.21)"]

    editing(scenario)


def test_an_editor_may_ask_for_one_kind_of_action(editing):
    async def scenario(editor):
        editor.open("a.txt", CLOCK)
        (every,) = await editor.actions("a.txt", 0, 14, only=["source.fixAll"])
        assert every.kind == "source.fixAll.impasto"
        quick = await editor.actions("a.txt", 0, 14, only=["quickfix"])
        assert {one.kind for one in quick} == {"quickfix"}
        assert not await editor.actions("a.txt", 0, 14, only=["refactor"])

    editing(scenario)


def test_names_are_completed_found_listed_and_laid_out(editing, tmp_path):
    (tmp_path / "style_packs").mkdir()
    (tmp_path / "style_packs" / "mine.yaml").write_text(PACK, "utf-8")
    text = "---\nstyles: [glow]\nvariables: {🦊: , who: }\n---\na fox ,{{ who }}\n"

    async def scenario(editor):
        client, item = editor.client, editor.item("a.prompt")
        editor.open("a.prompt", text)
        place = types.Position(1, 11)
        found = await client.text_document_completion_async(types.CompletionParams(item, place))
        (glow,) = [one for one in found.items if one.label == "mine/glow"]
        assert (glow.text_edit.new_text, str(glow.text_edit.range)) == ("mine/glow", "1:9-1:13")
        (where,) = await client.text_document_definition_async(types.DefinitionParams(item, place))
        assert where.uri == editor.uri("style_packs/mine.yaml")
        assert str(where.range) == "4:2-4:6"
        place = types.Position(4, 11)
        (where,) = await client.text_document_definition_async(types.DefinitionParams(item, place))
        assert str(where.range) == "2:18-2:21"
        symbols = await client.text_document_document_symbol_async(types.DocumentSymbolParams(item))
        assert [one.name for one in symbols] == ["styles", "variables", "template"]
        options = types.FormattingOptions(tab_size=2, insert_spaces=True)
        edits = await client.text_document_formatting_async(
            types.DocumentFormattingParams(item, options)
        )
        assert "4:" in str(edits[-1].range)

    editing(scenario)


def test_a_text_that_cannot_be_laid_out_stays(editing):
    async def scenario(editor):
        editor.open("a.prompt", "---\nformat: [\n---\n")
        options = types.FormattingOptions(tab_size=2, insert_spaces=True)
        params = types.DocumentFormattingParams(editor.item("a.prompt"), options)
        assert await editor.client.text_document_formatting_async(params) is None
        await editor.logged("a.prompt:")

    editing(scenario)


def test_documents_that_nobody_opened_are_no_error(editing):
    async def scenario(editor):
        assert await editor.hover("none.txt", 0, 0) is None
        assert not await editor.actions("none.txt", 0, 0)
        editor.versions["none.txt"] = 1
        editor.change("none.txt", "x")
        editor.open("a.txt", CLOCK)
        assert await editor.findings("a.txt") == [("IMP101", "0:13-0:16")]

    editing(scenario)


SABOTAGE = """
import impasto.lsp.features as features, impasto.lsp.checking as checking
def fail(document, *rest):
    print("noise on standard output")
    raise RuntimeError("sabotage")
features.hover = fail
check = checking.Checker.steps
def steps(self, document, project):
    return fail(document) if "bad" in document.text else check(self, document, project)
checking.Checker.steps = steps
from impasto.cli.app import main
main(["lsp", "--stdio"])
"""


def test_a_mistake_of_ours_is_logged_and_the_server_lives(own_server):
    async def scenario(editor):
        editor.open("a.txt", CLOCK)
        with pytest.raises(JsonRpcException):
            await editor.hover("a.txt", 0, 0)
        await editor.logged("sabotage")
        editor.open("b.txt", "bad")
        (found,) = await editor.diagnostics("b.txt")
        assert "could not be checked, by a mistake in impasto" in found.message
        editor.change("b.txt", CLOCK)
        assert await editor.findings("b.txt") == [("IMP101", "0:13-0:16")]

    own_server(scenario, command=[sys.executable, "-c", SABOTAGE])


def test_a_request_can_be_cancelled(editing):
    async def scenario(editor):
        lines = "\n".join(f"a fox {n} (at {n}:30), [x:1.2]" for n in range(3000))
        editor.open("many.txt", lines)
        params = types.HoverParams(editor.item("many.txt"), types.Position(0, 3))
        request = editor.client.protocol.send_request("textDocument/hover", params, msg_id="7")
        editor.client.cancel_request(types.CancelParams("7"))
        with pytest.raises((JsonRpcException, CancelledError), match="cancel"):
            await asyncio.wait_for(asyncio.wrap_future(request), 30)
        editor.change("many.txt", CLOCK)
        assert await editor.findings("many.txt") == [("IMP101", "0:13-0:16")]

    editing(scenario)


def message(**content):
    body = json.dumps({"jsonrpc": "2.0", **content}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def served(data):
    """Run a server with `data` as its whole input; return what it answered and its exit code."""
    done = subprocess.run(
        [sys.executable, "-m", "impasto", "lsp"], input=data, capture_output=True, check=False
    )
    answers = [
        json.loads(part.partition(b"\r\n\r\n")[2])
        for part in done.stdout.split(b"Content-Length: ")[1:]
    ]
    return answers, done


INITIALIZE = message(id=1, method="initialize", params={"capabilities": {}})
SHUTDOWN = message(id=2, method="shutdown")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (INITIALIZE + SHUTDOWN + message(method="exit"), 0),
        (INITIALIZE + message(method="exit"), 1),
        (INITIALIZE, 1),
        (INITIALIZE[:-5], 1),
    ],
    ids=["shutdown and exit", "exit alone", "input closed", "input closed inside of a message"],
)
def test_the_server_ends_when_it_should(data, code):
    _, done = served(data)
    assert (done.returncode, done.stderr) == (code, b"")


def test_nonsense_is_survived():
    nonsense = [
        b"Content-Length: 3\r\n\r\n{]}",
        b"hello\r\n",
        message(id=5, method="textDocument/hover", params={"textDocument": 3}),
        message(id=6, method="textDocument/unheardOf", params={}),
        message(method="textDocument/didOpen", params={}),
        message(method="$/unheardOf", params={}),
        message(id=7, result=None),
        message(hello="world"),
    ]
    answers, done = served(INITIALIZE + b"".join(nonsense) + SHUTDOWN + message(method="exit"))
    assert done.returncode == 0, done.stderr
    assert [a["id"] for a in answers if "result" in a] == [1, 2]


def test_without_pygls_it_says_what_to_install():
    code = (
        "import sys; sys.modules['pygls'] = sys.modules['lsprotocol'] = None\n"
        "from impasto.cli.app import main; main(['lsp'])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "pip install 'impasto[lsp]'" in done.stderr
    assert "Traceback" not in done.stderr
