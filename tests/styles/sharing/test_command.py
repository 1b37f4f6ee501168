"""`impasto styles add`, `sync`, `outdated`, `remove`, and what the other commands say of packs."""

import json
import shutil

import pytest


def text(name="fog", version="1.0.0", words="thick fog", more=""):
    return (
        f"format: 1\nname: {name}\nversion: {version}\nlicense: CC0-1.0\n{more}"
        f'styles: {{plain: {{text: "{{{{ prompt }}}}, {words}"}}}}\n'
    )


@pytest.fixture
def fog(source):
    return source(text=text())


def test_a_pack_from_an_address_is_used_at_once(impasto, site, acts, place):
    site.plays(acts.answer(200, text().encode(), kind="text/plain"))
    url = f"{site.url}/packs/fog.yaml"
    done = impasto("styles", "add", url)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "added fog/ 1.0.0, CC0-1.0, 1 style\nkept in style_packs, pinned in impasto.lock\n"
    )
    assert f'source = "{url}"' in (place / "impasto.lock").read_text()
    done = impasto("compose", "a cat", "-s", "fog/plain", "--format", "json")
    assert json.loads(done.stdout)["prompt"] == "a cat, thick fog"
    assert "fog/  (1.0.0, CC0-1.0, project)" in impasto("styles", "list").stdout


def test_a_redirect_inside_is_refused_by_the_command_too(impasto, site, acts, place):
    site.plays(acts.moved(f"{site.url}/secret.yaml"))
    done = impasto("styles", "add", "http://203.0.113.7/fog.yaml", HTTP_PROXY=site.url)
    assert done.returncode == 2
    assert "redirects to a private address (127.0.0.1)" in done.stderr
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("kind", ["text/html", "application/json"])
def test_nothing_is_written_where_something_is_refused(impasto, site, acts, place, kind):
    site.plays(acts.answer(200, text().encode(), kind=kind))
    done = impasto("styles", "add", f"{site.url}/fog.yaml")
    assert done.returncode == 2
    assert "no style pack and no zip archive" in done.stderr
    assert list(place.iterdir()) == []


def test_the_projects_root_is_where_its_settings_are(run, fog, place, monkeypatch):
    (place / "pyproject.toml").write_text('[tool.impasto]\nstyle_packs = ["assets/packs"]\n')
    deep = place / "prompts" / "deep"
    deep.mkdir(parents=True)
    (place / "assets" / "packs").mkdir(parents=True)
    monkeypatch.chdir(deep)
    done = run("styles", "add", "../../../elsewhere/fog.yaml")
    assert done.exit_code == 0, done.output
    assert (place / "assets" / "packs" / "fog.yaml").read_text() == text()
    assert 'source = "../../elsewhere/fog.yaml"' in (place / "assets" / "impasto.lock").read_text()
    assert run("styles", "sync", "--check").exit_code == 0
    fog.write_text(text(version="1.2.0"))
    done = run("styles", "outdated")
    assert "take it: impasto styles add ../../../elsewhere/fog.yaml" in done.stdout


def test_packs_are_kept_in_the_project_alone(run, fog, place, tmp_path):
    (tmp_path / "shared").mkdir()
    (place / "impasto.toml").write_text('style_packs = ["../shared"]\n')
    done = run("styles", "add", fog)
    assert done.exit_code == 2
    assert "impasto.toml:1:1: error: style_packs names no folder inside the project" in done.stderr
    (place / "impasto.toml").write_text('style_packs = ["../shared", "own"]\n')
    assert run("styles", "add", fog).exit_code == 0
    assert (place / "own" / "fog.yaml").exists()
    assert (place / "impasto.lock").exists()


def test_what_came_in_as_json(run, source, place):
    folder = source("p/anime.yaml", text=text("anime")).parent
    source("p/notes.yaml", text="a: 1")
    done = run("styles", "add", folder, "--format", "json")
    (one,) = json.loads(done.stdout)["packs"]
    assert len(one.pop("sha256")) == 64
    assert one.pop("shadows")["origin"] == "built-in"
    assert one == {
        "name": "anime",
        "version": "1.0.0",
        "source": "../elsewhere/p",
        "file": "style_packs/anime.yaml",
        "state": "added",
        "before": None,
        "license": "CC0-1.0",
        "styles": ["plain"],
    }
    assert json.loads(done.stdout)["passed_over"] == ["notes.yaml"]
    shown = run("styles", "add", folder, "--replace").stdout
    assert "unchanged anime/ 1.0.0" in shown
    assert "passed over, no packs: notes.yaml" in shown


def test_a_pack_that_hides_another_says_so_once(run, source):
    path = source("anime.yaml", text=text("anime"))
    assert "  it shadows the built-in pack anime\n" in run("styles", "add", path).stdout
    assert "shadows" not in run("styles", "add", path).stdout


def test_ci(run, fog, place):
    assert run("styles", "sync", "--frozen").exit_code == 2
    run("styles", "add", fog)
    shutil.rmtree(place / "style_packs")
    done = run("styles", "sync", "--check")
    assert done.exit_code == 1
    assert "there is no file style_packs/fog.yaml" in done.stdout
    done = run("styles", "sync", "--frozen")
    assert done.exit_code == 0
    assert "restored fog/ 1.0.0 from ../elsewhere/fog.yaml: its file was missing" in done.stdout
    assert run("styles", "sync", "--frozen").stdout == "1 pinned pack: as the lock says\n"
    (place / "style_packs" / "fog.yaml").write_text(text(words="other"))
    assert run("styles", "sync", "--frozen").exit_code == 2
    done = run("styles", "sync", "--format", "json")
    data = json.loads(done.stdout)
    assert [(p["name"], p["changed"]) for p in data["restored"]] == [("fog", True)]
    assert data["diagnostics"] == []


@pytest.mark.parametrize(
    "args",
    [
        ("compose", "a cat", "-s", "fog/plain"),
        ("translate", "a cat", "-s", "fog/plain", "--all"),
        ("styles", "show", "fog/plain"),
        ("styles", "list"),
    ],
)
def test_a_pack_that_is_not_the_pinned_one_is_used_by_no_command(run, fog, place, args):
    run("styles", "add", fog)
    (place / "style_packs" / "fog.yaml").write_text(text(words="other"))
    done = run(*args)
    assert done.exit_code == 2, done.output
    assert done.stderr.startswith("impasto.lock:6:1: error: style_packs/fog.yaml is not the pack")


def test_checks_find_it_too(run, fog, place):
    run("styles", "add", fog)
    file = place / "style_packs" / "fog.yaml"
    (place / "a.prompt").write_text("---\nstyles: [fog/plain]\n---\na cat\n")
    assert run("styles", "check", file).exit_code == 0
    assert run("lint", "a.prompt", "style_packs").exit_code == 0
    file.write_text(text(words="other"))
    assert "IMP009 error" in run("styles", "check").stdout
    done = run("styles", "check", "style_packs/fog.yaml")
    assert (done.exit_code, done.stdout.count("IMP009")) == (1, 1)
    done = run("lint", "a.prompt", "style_packs")
    assert done.exit_code == 1
    assert "style_packs/fog.yaml:2:1: IMP009 lock-mismatch error" in done.stdout
    assert "a.prompt:2:10" in done.stdout
    assert run("styles", "sync").exit_code == 0
    assert run("lint", "a.prompt", "style_packs").exit_code == 0


def test_a_broken_lock_stops_what_looks_for_styles_and_nothing_else(run, place):
    (place / "style_packs").mkdir()
    (place / "impasto.lock").write_text("<<<<<<< HEAD\nformat = 1\n")
    for args in (("compose", "a cat", "-s", "anime"), ("styles", "sync"), ("styles", "outdated")):
        done = run(*args)
        assert done.exit_code == 2
        assert done.stderr.startswith("impasto.lock:1:")
    assert run("compose", "a cat").exit_code == 0


def test_requirements_are_checked(run, source, place):
    rain = source("rain.yaml", text=text("rain", "1.2.0"))
    fog = source(text=text(more='requires: ["rain >=1.2"]\n'))
    done = run("styles", "add", fog)
    assert done.exit_code == 2
    assert 'the pack "fog" requires rain >=1.2, which is not here' in done.stderr
    run("styles", "add", rain)
    assert run("styles", "add", fog).exit_code == 0
    run("styles", "remove", "rain")
    for args in (("styles", "check", "style_packs/fog.yaml"), ("styles", "sync")):
        done = run(*args)
        assert done.exit_code == 1
        assert "style_packs/fog.yaml:5:12" in done.stdout


def test_outdated_tells_by_its_exit_code(run, fog, place):
    assert run("styles", "outdated").stdout == "no pack is pinned here\n"
    run("styles", "add", fog)
    assert run("styles", "outdated").exit_code == 0
    fog.write_text(text(version="2.0.0"))
    done = run("styles", "outdated", "--format", "json")
    assert done.exit_code == 1
    (one,) = json.loads(done.stdout)["packs"]
    assert (one["version"], one["there"], one["state"]) == ("1.0.0", "2.0.0", "newer")
    fog.unlink()
    done = run("styles", "outdated")
    assert done.exit_code == 2
    assert "there is no file or folder" in done.stdout


def test_a_pack_moves_on_to_a_third_project(run, fog, place, tmp_path, monkeypatch):
    run("styles", "add", fog)
    third = tmp_path / "third"
    third.mkdir()
    monkeypatch.chdir(third)
    assert run("styles", "add", "../here/style_packs").exit_code == 0
    assert (third / "style_packs" / "fog.yaml").read_text() == text()


def test_taking_out(run, fog, place):
    run("styles", "add", fog)
    done = run("styles", "remove", "fgo")
    assert done.exit_code == 2
    assert 'did you mean "fog"?' in done.stderr
    done = run("styles", "remove", "fog", "--keep", "--format", "json")
    assert [pack["name"] for pack in json.loads(done.stdout)["removed"]] == ["fog"]
    assert [p.name for p in place.iterdir()] == ["style_packs"]
    assert run("styles", "show", "fog/plain").exit_code == 0
