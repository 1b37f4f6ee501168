"""Files, folders, archives and addresses; what is none of them is refused."""

import shutil
from pathlib import Path

import pytest

from impasto.errors import FileError, PackConflict, SourceRefused, SourceUnavailable, StyleError
from impasto.styles.sharing import origin
from impasto.styles.sharing.archive import MAX_FILES, MAX_PACK
from impasto.styles.sharing.candidates import offer
from impasto.styles.sharing.sources import located, members


def fetch(url, *, limit):
    raise AssertionError("nothing is fetched")


def read(path):
    return members(origin(str(path), Path.cwd(), Path.cwd()), fetch)


def test_a_path_is_written_as_seen_from_the_project(place, source):
    path = source()
    found = origin(str(path), place, place)
    assert found.text == "../elsewhere/fog.yaml"
    assert located(found.text, place) == found
    assert origin("sub/fog.yaml", place / "deep", place).text == "deep/sub/fog.yaml"


def test_an_address_is_written_as_it_is_without_a_fragment(place):
    found = origin("https://example.com/a.zip?x=1#top", place, place)
    assert found == ("https://example.com/a.zip?x=1", None)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("ftp://example.com/fog.yaml", "not fetched from ftp: addresses"),
        ("file:///etc/passwd", "not fetched from file: addresses"),
        ("git+https://example.com/x", "not fetched from git"),
        ("https:///fog.yaml", "names no host"),
        ("https://alice:pw@example.com/fog.yaml", "user name or a password"),
        ("https://example.com:port/fog.yaml", "this is no address"),
        ("http://[::1/fog.yaml", "this is no address"),
        ("packs/fog\n.yaml", "no control characters"),
    ],
)
def test_other_addresses_are_refused(place, address, said):
    with pytest.raises(SourceRefused, match=said) as caught:
        origin(address, place, place)
    assert "pw" not in str(caught.value)


def test_a_folder_gives_what_a_zip_of_it_gives(source):
    first = source("a/fog.yaml")
    source("rain.yml")
    source("README.md", "# Packs")
    source(".git/config.yaml", "x: 1")
    folder = first.parents[1]
    found = read(folder)
    assert [member.path for member in found] == ["a/fog.yaml", "rain.yml"]
    assert found[0].data == first.read_bytes()
    assert read(shutil.make_archive(folder.parent / "packs", "zip", folder)) == found


def test_a_link_in_a_folder_is_refused(source):
    path = source("packs/fog.yaml")
    (path.parent / "rain.yaml").symlink_to("/etc/hostname")
    with pytest.raises(SourceRefused, match=r"rain\.yaml is a symbolic link"):
        read(path.parent)


def test_a_folder_of_everything_is_refused(tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(MAX_FILES + 1):
        (folder / f"{number}.txt").touch()
    with pytest.raises(SourceRefused, match="more than 4096 files"):
        read(folder)


def test_what_is_not_there_or_no_file(place):
    with pytest.raises(SourceUnavailable, match="no file or folder nowhere"):
        read("nowhere")
    with pytest.raises(SourceRefused, match="/dev/null is no ordinary file"):
        read("/dev/null")
    (place / "empty").mkdir()
    with pytest.raises(SourceRefused, match="empty has no YAML file"):
        read("empty")


def test_a_file_beyond_the_limit_is_refused(place):
    (place / "big.yaml").write_bytes(b"#" * (MAX_PACK + 1))
    with pytest.raises(SourceRefused, match="larger than a style pack may be"):
        read("big.yaml")


@pytest.mark.parametrize(
    ("content", "error", "said"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0", SourceRefused, "no UTF-8 text"),
        (b"MZ\x90\0\3", SourceRefused, "no UTF-8 text"),
        (b"<!doctype html><title>x: y</title>", StyleError, "mapping|missing"),
        (b"import os\nos.system('x')\n", StyleError, "mapping"),
        (b"a: [1", FileError, "fog.yaml:1"),
        (b"format: 1\nname: fog\nstyles: {a: {txt: x}}\n", StyleError, 'unknown key "txt"'),
        (b"format: 1\nname: ../fog\nstyles: {}\n", StyleError, "name of small letters"),
        (b"format: 1\nname: con\nstyles: {}\n", SourceRefused, "Windows"),
        (b"a: &a [x]\nb: *a\n", FileError, "anchors"),
        (b"!!python/object/apply:os.system [ls]\n", FileError, "fog.yaml:1"),
    ],
)
def test_what_is_no_pack_is_refused(place, content, error, said):
    (place / "fog.yaml").write_bytes(content)
    with pytest.raises(error, match=said):
        offer(read("fog.yaml"), "fog.yaml")


def test_of_several_files_those_with_styles_are_packs(source):
    folder = source("p/fog.yaml").parent
    source("p/colours.yaml", "warm: [red, orange]")
    found = offer(read(folder), "p")
    assert list(found.packs) == ["fog"]
    assert found.others == ("colours.yaml",)
    source("q/colours.yaml", "warm: [red]")
    source("q/more.yaml", "cold: [blue]")
    with pytest.raises(SourceRefused, match="none with styles"):
        offer(read(folder.parent / "q"), "q")


def test_two_packs_of_one_name_are_refused(source):
    folder = source("p/a.yaml").parent
    source("p/b.yaml", version="2.0.0")
    with pytest.raises(PackConflict, match=r'p has two packs "fog": a\.yaml and b\.yaml'):
        offer(read(folder), "p")
