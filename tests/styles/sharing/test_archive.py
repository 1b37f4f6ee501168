"""Zip archives, honest and hostile: what is in them is judged before a byte is unpacked."""

import io
import stat
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.errors import SourceRefused
from impasto.styles.sharing import archive
from impasto.styles.sharing.archive import MAX_FILES, MAX_PACK, MiB, unpack

PACK = "format: 1\nname: fog\nstyles: {}\n"


def zipped(files, method=zipfile.ZIP_DEFLATED):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as made:
        for name, content in files:
            made.writestr(name, content)
    return data.getvalue()


def entry(name, mode=0, **facts):
    info = zipfile.ZipInfo("x")
    info.filename = info.orig_filename = name
    info.external_attr = mode << 16
    for key, value in facts.items():
        setattr(info, key, value)
    return info


def test_the_yaml_files_are_found_wherever_they_lie():
    files = [
        ("collection-main/packs/fog.yaml", PACK),
        ("collection-main/rain.yml", "x"),
        ("collection-main/README.md", "# Fog"),
        ("collection-main/.github/workflows/ci.yaml", "on: push"),
        ("__MACOSX/collection-main/._fog.yaml", "\0\5"),
        ("collection-main/empty/", ""),
    ]
    found = unpack(zipped(files), "packs.zip")
    assert found == (
        ("collection-main/packs/fog.yaml", PACK.encode()),
        ("collection-main/rain.yml", b"x"),
    )


@pytest.mark.parametrize(
    ("info", "said"),
    [
        (entry("../fog.yaml"), '"../fog.yaml" leads out of the archive'),
        (entry("a/../../fog.yaml"), "leads out of the archive"),
        (entry("..\\fog.yaml"), '"../fog.yaml" leads out of the archive'),
        (entry("/etc/fog.yaml"), '"/etc/fog.yaml" is an absolute path'),
        (entry("\\\\host\\share\\fog.yaml"), "is an absolute path"),
        (entry("C:\\fog.yaml"), "is an absolute path"),
        (entry("fog\x1b[2J.yaml"), "has control characters in its name"),
        (entry("fog.yaml", stat.S_IFLNK | 0o777), '"fog.yaml" is a symbolic link'),
        (entry("fog.yaml", stat.S_IFIFO | 0o644), "is no ordinary file"),
        (entry("../readme.txt"), "leads out of the archive"),
    ],
)
def test_a_harmful_name_or_kind_is_refused(info, said):
    with pytest.raises(SourceRefused) as caught:
        unpack(zipped([("good.yaml", PACK), (info, "/etc/passwd")]), "packs.zip")
    assert str(caught.value).startswith("packs.zip is refused: ")
    assert said in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_name_that_ends_at_a_zero_byte_is_refused():
    data = zipped([("fog.yamlX.exe", PACK)]).replace(b"fog.yamlX.exe", b"fog.yaml\0.exe")
    with pytest.raises(SourceRefused, match=r"control characters|no zip archive"):
        unpack(data, "packs.zip")


@pytest.mark.parametrize("other", ["fog.yaml", "FOG.yaml"])
def test_a_name_twice_is_refused(other):
    data = zipped([("fog.yaml", PACK), ("FOG.yaml", "name: another")])
    data = data.replace(b"FOG.yaml", other.encode())
    with pytest.raises(SourceRefused, match=f'"{other}" is there twice'):
        unpack(data, "packs.zip")


def test_a_bomb_is_not_unpacked():
    data = zipped([("fog.yaml", PACK), ("zeros.bin", b"\0" * (64 * MiB))])
    assert len(data) < MiB
    with pytest.raises(SourceRefused, match=r'"zeros.bin" would unpack to 64 MiB from \d+ bytes'):
        unpack(data, "bomb.zip")


def test_many_small_files_are_a_bomb_too():
    data = zipped([(f"{n}.txt", "") for n in range(MAX_FILES + 1)])
    with pytest.raises(SourceRefused, match=r"packs\.zip has more than 4096 files"):
        unpack(data, "packs.zip")


def test_all_files_together_have_a_limit(monkeypatch):
    monkeypatch.setattr(archive, "MAX_TOTAL", 3000)
    data = zipped([(f"{n}.txt", "x" * 1000) for n in range(4)], zipfile.ZIP_STORED)
    with pytest.raises(SourceRefused, match="unpacks to more than"):
        unpack(data, "packs.zip")


def test_a_pack_has_a_limit():
    noise = "".join(chr(33 + n * n % 89) + f"{n}" for n in range(MAX_PACK // 4))
    with pytest.raises(SourceRefused, match="larger than a style pack may be"):
        unpack(zipped([("fog.yaml", noise)], zipfile.ZIP_STORED), "packs.zip")


def test_a_size_that_lies_does_not_help():
    """The directory says 10 bytes; the content is more."""
    data = bytearray(zipped([("fog.yaml", b"\0" * 50_000)]))
    at = data.index(b"PK\x01\x02")
    struct.pack_into("<L", data, at + 24, 10)
    with pytest.raises(SourceRefused, match="no zip archive that can be read"):
        unpack(bytes(data), "packs.zip")


def test_a_file_with_a_password_is_refused():
    data = bytearray(zipped([("fog.yaml", PACK)]))
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + offset] |= 1
    with pytest.raises(SourceRefused, match=r'"fog\.yaml" is encrypted'):
        unpack(bytes(data), "packs.zip")


def test_other_ways_of_packing_are_refused():
    with pytest.raises(SourceRefused, match="store or deflate it"):
        unpack(zipped([("fog.yaml", PACK)], zipfile.ZIP_LZMA), "packs.zip")


def test_a_damaged_archive_is_refused():
    data = bytearray(zipped([("fog.yaml", PACK * 50)]))
    data[60] ^= 0xFF
    for broken in (bytes(data), bytes(data[:100]), b"PK\x03\x04", b"PK\x03\x04" + b"\xff" * 500):
        with pytest.raises(SourceRefused, match="no zip archive that can be read"):
            unpack(broken, "packs.zip")


@given(st.data())
def test_whatever_the_bytes_it_is_read_or_refused(data):
    whole = bytearray(zipped([("a/fog.yaml", PACK), ("readme.md", "# Fog")]))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    try:
        found = unpack(bytes(whole), "packs.zip")
    except SourceRefused:
        return
    assert all(member.path.lower().endswith((".yaml", ".yml")) for member in found)
