"""Where packs are found, in which order, and what is said of those that are hidden."""

import json
import os
import subprocess
import sys

import pytest

PACK = "format: 1\nname: {name}\nversion: 1.0.0\nstyles:\n  plain: {{text: '{words}'}}\n"


@pytest.fixture
def put():
    def write(folder, words, name="fog"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.yaml").write_text(PACK.format(name=name, words=words))
        return folder

    return write


@pytest.fixture
def package(tmp_path, put):
    """A package as an installer leaves it; its code must never run."""
    site = tmp_path / "site"
    put(site / "acme_styles" / "packs", "of a package")
    (site / "acme_styles" / "__init__.py").write_text("raise SystemExit('imported')\n")
    info = site / "acme_styles-2.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-styles\nVersion: 2.0\n")
    (info / "entry_points.txt").write_text("[impasto.style_packs]\nacme = acme_styles.packs\n")
    return site


def test_the_order(place, put, package, impasto, tmp_path):
    env = {"PYTHONPATH": str(package)}

    def said(name="fog"):
        done = impasto("compose", "a cat", "-s", f"{name}/plain", "--format", "json", **env)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["prompt"]

    assert said() == "a cat, of a package"
    put(tmp_path / "home" / "style_packs", "of the user")
    assert said() == "a cat, of the user"
    put(place / "style_packs", "of the project")
    assert said() == "a cat, of the project"
    put(package / "acme_styles" / "packs", "of a package", name="anime")
    assert said("anime") == "a cat, of a package"


def test_the_list_tells_whose_a_pack_is_and_what_it_hides(place, put, package, impasto, tmp_path):
    put(place / "style_packs", "of the project")
    put(tmp_path / "home" / "style_packs", "of the user")
    put(tmp_path / "home" / "style_packs", "of the user", name="mist")
    put(package / "acme_styles" / "packs", "of a package", name="anime")
    done = impasto("styles", "list", PYTHONPATH=str(package))
    lines = done.stdout.splitlines()
    user, packs = tmp_path / "home" / "style_packs", package / "acme_styles" / "packs"
    assert lines[0] == "fog/  (1.0.0, project)"
    shown = "".join(" ".join(lines[1:6]).split())  # long paths are cut anywhere
    assert shown.startswith(f"shadows{user}/fog.yaml(user),{packs}/fog.yaml(packageacme-styles)")
    assert "mist/  (1.0.0, user)" in lines
    at = lines.index("anime/  (1.0.0, package acme-styles)")
    assert lines[at + 1] == "  shadows the built-in pack anime"
    assert done.stdout.count("shadows") == 2

    done = impasto("styles", "list", "--format", "json", PYTHONPATH=str(package))
    data = json.loads(done.stdout)
    hidden = [(one["pack"], one["origin"], one["used"]) for one in data["shadowed"]]
    assert hidden == [
        ("fog", "user", "style_packs/fog.yaml"),
        ("fog", "package acme-styles", "style_packs/fog.yaml"),
        ("anime", "built-in", str(packs / "anime.yaml")),
    ]
    assert {s["origin"] for s in data["styles"] if s["pack"] == "mist"} == {"user"}


def test_the_folder_that_the_users_settings_name(place, put, impasto, tmp_path):
    put(tmp_path / "mine", "of the user")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "config.toml").write_text('style_packs = ["../mine"]\n')
    put(place / "style_packs", "of the project", name="rain")
    done = impasto("compose", "a cat", "-s", "fog/plain", "-s", "rain/plain", "--format", "json")
    assert json.loads(done.stdout)["prompt"] == "a cat, of the user, of the project"
    (tmp_path / "home" / "config.toml").write_text('style_packs = ["nowhere"]\n')
    done = impasto("compose", "a cat", "-s", "rain/plain")
    assert done.returncode == 2
    assert 'there is no folder "' in done.stderr
    assert "config.toml:1" in done.stderr


def test_two_files_of_one_name_in_a_folder_are_told(place, put, impasto):
    folder = put(place / "style_packs", "first")
    (folder / "fog.yml").write_text(PACK.format(name="fog", words="second"))
    done = impasto("styles", "list", "--pack", "fog")
    assert "shadows style_packs/fog.yml (project)" in done.stdout


def test_a_prompt_that_uses_a_shadowed_name_is_told_and_no_other(place, put, impasto):
    put(place / "style_packs", "of the project", name="anime")
    (place / "a.prompt").write_text("---\nstyles: [anime/plain]\n---\na cat\n")
    (place / "b.prompt").write_text("---\nstyles: [photorealistic/portrait]\n---\na cat\n")
    done = impasto("lint", ".")
    assert done.returncode == 0
    assert done.stdout.count("IMP308") == 1
    assert (
        'a.prompt:2:10: IMP308 shadowed-style info: the pack "anime" is style_packs/anime.yaml, '
        "which hides the built-in pack of that name"
    ) in done.stdout
    assert "IMP308" not in impasto("lint", "b.prompt").stdout


def test_a_short_name_of_several_packs_means_the_nearest_and_it_is_told(
    place, put, package, impasto, tmp_path
):
    env = {"PYTHONPATH": str(package)}
    put(tmp_path / "home" / "style_packs", "of the user", name="mist")
    (place / "a.prompt").write_text("---\nstyles: [plain]\n---\na cat\n")
    done = impasto("compose", "a.prompt", **env)
    assert done.stdout.splitlines()[0] == "  prompt     a cat, of the user"
    assert '"plain" is mist/plain here, which comes before fog/plain' in done.stdout
    put(place / "style_packs", "of the project", name="rain")
    done = impasto("lint", "a.prompt", **env)
    assert done.returncode == 0
    assert (
        'a.prompt:2:9: IMP308 shadowed-style info: "plain" is rain/plain here, which comes before '
        "mist/plain and fog/plain"
    ) in done.stdout


@pytest.mark.parametrize(
    "place_of", ["acme_styles.nowhere", "no_such_package.packs", "acme_styles:packs", ".packs"]
)
def test_a_package_that_names_no_folder_is_passed_over(package, impasto, place_of):
    entry = package / "acme_styles-2.0.dist-info" / "entry_points.txt"
    entry.write_text(f"[impasto.style_packs]\nacme = {place_of}\n")
    done = impasto("compose", "a cat", "-s", "anime/modern-tv", PYTHONPATH=str(package))
    assert done.returncode == 0, done.stderr


def test_without_such_a_package_no_metadata_is_loaded():
    code = """
import sys
from impasto.styles.library import Library
assert "anime" in Library().files
heavy = {"importlib.metadata", "zipfile", "tomllib", "httpx", "impasto.styles.sharing.lock"}
print(sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        encoding="utf-8",
        env=os.environ,
        check=True,
    )
    assert done.stdout == "[]\n"
