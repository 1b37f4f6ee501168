"""Packs come in, are restored, compared and taken out; nothing is lost on the way."""

import shutil

import pytest

from impasto.client.fetch import fetch
from impasto.errors import (
    LockError,
    PackConflict,
    RequirementError,
    SourceRefused,
    SourceUnavailable,
    StyleError,
    UnknownNameError,
)
from impasto.styles.sharing import add, check, origin, outdated, remove, sync
from impasto.styles.sharing.lock import digest


@pytest.fixture
def bring(project, place):
    def call(path, **options):
        return add(origin(str(path), place, place), project, fetch, **options)

    return call


@pytest.fixture
def publish(site, acts):
    """Put a pack at an address."""

    def call(text, kind="text/yaml"):
        data = text if isinstance(text, bytes) else text.encode()
        site.plays(acts.answer(200, data, kind=kind))
        return f"{site.url}/fog.yaml"

    return call


def text(version="1.0.0", name="fog", words="thick fog", more=""):
    return (
        f"format: 1\nname: {name}\nversion: {version}\n{more}"
        f'styles: {{plain: {{text: "{{{{ prompt }}}}, {words}"}}}}\n'
    )


def files(folder):
    return {path.name: path.read_text() for path in folder.iterdir()} if folder.is_dir() else {}


def test_a_pack_comes_in_byte_for_byte_and_is_pinned(bring, project, source):
    path = source(text="# a comment, kept\r\n" + text())
    (one,) = bring(path).added
    assert project.file("fog").read_bytes() == path.read_bytes()
    assert one.pin == ("fog", "1.0.0", "../elsewhere/fog.yaml", digest(path.read_bytes()))
    assert one.before is one.hides is None
    assert project.lock().pins == {"fog": one.pin}
    assert project.library().find("fog/plain")[0].pack.model.version == "1.0.0"
    assert check(project) == ()


def test_a_file_may_have_any_name_its_pack_decides(bring, project, publish):
    bring(publish(text()).replace("fog.yaml", "raw?file=1"))
    assert list(files(project.folder)) == ["fog.yaml"]


def test_a_newer_version_takes_the_place_of_the_older(bring, project, source):
    bring(source(text=text("1.0.0")))
    (one,) = bring(source(text=text("1.1.0", words="thin fog"))).added
    assert (one.before.version, one.pin.version) == ("1.0.0", "1.1.0")
    assert "thin fog" in project.file("fog").read_text()
    assert check(project) == ()


def test_only_the_packs_that_are_named(bring, project, source):
    folder = source("p/fog.yaml", text=text()).parent
    source("p/rain.yaml", text=text(name="rain"))
    bring(folder, only=("rain",))
    assert list(project.lock().pins) == ["rain"]
    with pytest.raises(UnknownNameError, match='did you mean "rain"'):
        bring(folder, only=("rian",))
    bring(folder)
    assert list(project.lock().pins) == ["fog", "rain"]


# Names that collide


def test_a_pack_of_the_projects_own_is_not_replaced_unless_asked(bring, project, source):
    project.folder.mkdir()
    project.file("fog").write_text(text(words="my fog"))
    path = source(text=text())
    with pytest.raises(PackConflict, match=r"style_packs/fog\.yaml is a pack of the project's own"):
        bring(path)
    assert not project.lock_file.exists()
    assert "my fog" in project.file("fog").read_text()
    bring(path, replace=True)
    assert "thick fog" in project.file("fog").read_text()


def test_a_pack_of_its_own_that_is_the_same_is_pinned(bring, project, source):
    path = source(text=text())
    project.folder.mkdir()
    shutil.copy(path, project.folder)
    bring(path)
    assert check(project) == ()


def test_the_other_suffix_is_the_same_place(bring, project, source):
    project.folder.mkdir()
    (project.folder / "fog.yml").write_text(text(words="my fog"))
    path = source(text=text())
    with pytest.raises(PackConflict, match=r"style_packs/fog\.yml is a pack"):
        bring(path)
    bring(path, replace=True)
    assert list(files(project.folder)) == ["fog.yaml"]


def test_a_pack_from_elsewhere_is_not_replaced_by_one_from_another_place(bring, project, source):
    bring(source(text=text()))
    other = source("other/fog.yaml", text=text("3.0.0"))
    with pytest.raises(PackConflict, match=r"there already, from \.\./elsewhere/fog\.yaml"):
        bring(other)
    bring(other, replace=True)
    assert project.lock().pins["fog"].source == "../elsewhere/other/fog.yaml"


def test_a_pack_that_was_changed_by_hand_is_not_lost(bring, project, source):
    bring(source(text=text()))
    project.file("fog").write_text(text(words="my fog"))
    with pytest.raises(PackConflict, match="was changed by hand"):
        bring(source(text=text("2.0.0")))
    with pytest.raises(PackConflict, match="was changed by hand"):
        remove(project, ["fog"])
    assert "my fog" in project.file("fog").read_text()
    remove(project, ["fog"], keep=True)
    assert "my fog" in project.file("fog").read_text()
    assert not project.lock_file.exists()
    assert project.library().find("fog/plain")


def test_the_projects_own_folder_is_no_source(bring, project):
    project.folder.mkdir()
    project.file("fog").write_text(text())
    for path in (project.folder, project.file("fog"), project.folder.parent, ""):
        with pytest.raises(SourceRefused, match="the project's own packs"):
            bring(path)


def test_a_pack_that_hides_a_built_in_one_says_so(bring, source):
    (one,) = bring(source("anime.yaml", text=text(name="anime"))).added
    assert one.hides.name == "anime.yaml"


def test_a_broken_pack_among_good_ones_brings_nothing(bring, project, source):
    folder = source("p/a.yaml", text=text(name="a")).parent
    source("p/b.yaml", text="format: 1\nname: b\nstyles: {x: {txt: y}}\nstyles_: 1\n")
    (folder / "b.yaml").write_text("format: 1\nname: b\nstyles:\n  x: {txt: y}\n")
    with pytest.raises(StyleError, match='unknown key "txt"'):
        bring(folder)
    assert files(project.folder) == {}
    assert not project.lock_file.exists()


# What packs require


REQUIRES = 'requires: ["rain >=1.2, <2"]\n'


def test_what_a_pack_requires_must_be_there(bring, project, source):
    path = source(text=text(more=REQUIRES))
    with pytest.raises(RequirementError) as caught:
        bring(path)
    assert str(caught.value).startswith(
        'the pack "fog" requires rain >=1.2, <2, which is not here\n  hint: bring in rain'
    )
    assert not project.lock_file.exists()
    bring(source("rain.yaml", text=text("1.2.0", name="rain")))
    bring(path)
    assert check(project) == ()


def test_packs_that_come_together_may_require_each_other(bring, project, source):
    folder = source("p/fog.yaml", text=text(more="requires: [rain]\n")).parent  # fmt: skip
    source("p/rain.yaml", text=text("1.3.0", name="rain", more='requires: ["fog ==1.0.0"]\n'))
    bring(folder)
    assert sorted(files(project.folder)) == ["fog.yaml", "rain.yaml"]


def test_a_pack_is_not_updated_beyond_what_others_need(bring, project, source):
    bring(source("rain.yaml", text=text("1.2.0", name="rain")))
    bring(source(text=text(more=REQUIRES)))
    newer = source("rain.yaml", text=text("2.0.0", name="rain"))
    with pytest.raises(RequirementError, match=r"which is here as 2\.0\.0"):
        bring(newer)
    remove(project, ["rain"])
    (found,) = check(project)
    assert found.message == 'the pack "fog" requires rain >=1.2, <2, which is not here'
    assert (found.span.file, found.span.line) == ("style_packs/fog.yaml", 4)


def test_a_requirement_that_cannot_be_read_is_an_error_with_its_place(bring, source):
    with pytest.raises(StyleError, match=r'fog\.yaml:4:12: error: "rain 1\.2" does not say'):
        bring(source(text=text(more='requires: ["rain 1.2"]\n')))


def test_the_built_in_packs_fulfil_requirements(bring, project, source):
    bring(source(text=text(more='requires: ["anime >=1"]\n')))
    assert check(project) == ()


# A circle across packs


def test_a_circle_of_styles_across_packs_is_named(bring, project, source):
    folder = source("p/fog.yaml", text="format: 1\nname: fog\nstyles: {a: {text: x, extends: rain/b}}\n").parent  # fmt: skip
    source("p/rain.yaml", text="format: 1\nname: rain\nstyles: {b: {text: y, extends: snow/c}}\n")
    source("p/snow.yaml", text="format: 1\nname: snow\nstyles: {c: {text: z, extends: fog/a}}\n")
    bring(folder)
    from impasto.compose.api import compose

    with pytest.raises(StyleError, match=r"circle: rain/b -> snow/c -> fog/a -> rain/b"):
        compose("a cat", styles=("rain/b",), library=project.library())


def test_a_style_whose_pack_is_missing_says_which(bring, project, source):
    bring(source(text="format: 1\nname: fog\nstyles: {a: {text: x, extends: rain/b}}\n"))
    from impasto.compose.api import compose

    with pytest.raises(StyleError, match=r"style_packs/fog\.yaml:3:.*unknown style \"rain/b\""):
        compose("a cat", styles=("fog/a",), library=project.library())


# Restoring


def test_what_is_missing_or_changed_is_restored(bring, project, publish, site):
    bring(publish(text()))
    before = files(project.folder)
    assert sync(project, fetch) == ()
    assert len(site.seen) == 1
    project.file("fog").unlink()
    (one,) = sync(project, fetch)
    assert (one.pin.name, one.changed) == ("fog", False)
    project.file("fog").write_text("something else")
    (one,) = sync(project, fetch)
    assert one.changed
    assert files(project.folder) == before


def test_a_fresh_checkout_has_only_the_lock(bring, project, publish):
    bring(publish(text()))
    before = files(project.folder)
    shutil.rmtree(project.folder)
    sync(project, fetch, frozen=True)
    assert files(project.folder) == before


def test_frozen_needs_a_lock_and_files_that_fit(bring, project, publish, site):
    with pytest.raises(LockError, match=r"there is no impasto\.lock"):
        sync(project, fetch, frozen=True)
    bring(publish(text()))
    project.file("fog").write_text("something else")
    with pytest.raises(LockError, match="is not the pack"):
        sync(project, fetch, frozen=True)
    assert project.file("fog").read_text() == "something else"
    assert len(site.seen) == 1


def test_a_source_with_other_content_restores_nothing(bring, project, publish):
    bring(publish(text()))
    project.file("fog").unlink()
    publish(text(words="evil fog"))
    with pytest.raises(LockError, match=r'no longer has the pack "fog" 1\.0\.0 that is pinned'):
        sync(project, fetch)
    assert files(project.folder) == {}


def test_one_source_that_is_gone_restores_nothing(bring, project, source, publish):
    bring(publish(text()))
    path = source("rain.yaml", text=text(name="rain"))
    bring(path)
    shutil.rmtree(project.folder)
    path.unlink()
    with pytest.raises(SourceUnavailable, match=r"rain\.yaml"):
        sync(project, fetch)
    assert files(project.folder) == {}


def test_an_archive_is_fetched_once_for_all_its_packs(bring, project, publish, site, tmp_path):
    folder = tmp_path / "packs"
    folder.mkdir()
    for name in ("fog", "rain", "snow"):
        (folder / f"{name}.yaml").write_text(text(name=name))
    data = tmp_path / "packs.zip"
    shutil.make_archive(data.with_suffix(""), "zip", folder)
    bring(publish(data.read_bytes(), "application/zip"))
    before = files(project.folder)
    assert sorted(before) == ["fog.yaml", "rain.yaml", "snow.yaml"]
    shutil.rmtree(project.folder)
    assert len(sync(project, fetch)) == 3
    assert files(project.folder) == before
    assert len(site.seen) == 2


# A lock changed by hand


def edit(project, old, new):
    text = project.lock_file.read_text()
    assert old in text
    project.lock_file.write_text(text.replace(old, new))


def test_another_digest_in_the_lock_stops_every_use(bring, project, source):
    (one,) = bring(source(text=text())).added
    edit(project, one.pin.sha256, "0" * 64)
    (found,) = check(project)
    assert (found.code, found.span.file, found.span.line) == ("IMP009", "impasto.lock", 6)
    for name in ("fog/plain", "plain"):
        with pytest.raises(LockError, match=r"is not the pack \"fog\" 1\.0\.0 that is pinned"):
            project.library().find(name)
    with pytest.raises(LockError, match="no longer has the pack"):
        sync(project, fetch)


def test_another_version_in_the_lock_is_found(bring, project, source):
    bring(source(text=text()))
    edit(project, "1.0.0", "1.5.0")
    (found,) = check(project)
    assert '"fog" 1.5.0 is pinned' in found.message
    project.file("fog").unlink()
    with pytest.raises(LockError, match="changed by hand"):
        sync(project, fetch)


def test_another_name_in_the_lock_is_found(bring, project, source):
    bring(source(text=text()))
    edit(project, '"fog"', '"mist"')
    assert "no file style_packs/mist.yaml" in check(project)[0].message
    with pytest.raises(LockError, match="no file"):
        project.library().find("mist/plain")
    with pytest.raises(LockError, match="changed by hand"):
        sync(project, fetch)


def test_a_pinned_pack_that_is_missing_is_not_silently_another(bring, project, source):
    bring(source("anime.yaml", text=text(name="anime")))
    project.file("anime").unlink()
    with pytest.raises(LockError, match="is pinned, but there is no file"):
        project.library().find("anime/modern-tv")


# Comparing with sources


def test_how_packs_compare_with_their_sources(bring, project, source, tmp_path):
    names = ("current", "newer", "older", "changed", "gone", "unreachable")
    paths = {name: source(f"{name}.yaml", text=text("1.2.0", name=name)) for name in names}
    for path in paths.values():
        bring(path)
    source("newer.yaml", text=text("1.10.0", name="newer"))
    source("older.yaml", text=text("1.1.9", name="older"))
    source("changed.yaml", text=text("1.2.0", name="changed", words="other fog"))
    source("gone.yaml", text=text(name="mist"))
    paths["unreachable"].unlink()
    before = files(project.folder), project.lock_file.read_bytes()
    found = {one.pin.name: one for one in outdated(project, fetch)}
    assert {name: one.state for name, one in found.items()} == {name: name for name in names}
    assert found["newer"].version == "1.10.0"
    assert "there is no file" in found["unreachable"].message
    assert (files(project.folder), project.lock_file.read_bytes()) == before


# Taking out


def test_a_pack_leaves_without_a_trace(bring, project, source):
    bring(source(text=text()))
    bring(source("rain.yaml", text=text(name="rain")))
    (pin,) = remove(project, ["fog"])
    assert pin.name == "fog"
    assert list(files(project.folder)) == ["rain.yaml"]
    assert list(project.lock().pins) == ["rain"]
    remove(project, ["rain"])
    assert not project.lock_file.exists()
    with pytest.raises(UnknownNameError, match="no pack is pinned here"):
        remove(project, ["rain"])


def test_the_lock_does_not_depend_on_the_order(bring, project, source):
    paths = [source(f"{name}.yaml", text=text(name=name)) for name in ("fog", "rain", "snow")]
    for path in paths:
        bring(path)
    before = project.lock_file.read_bytes()
    remove(project, ["snow", "fog", "rain"])
    for path in reversed(paths):
        bring(path)
    assert project.lock_file.read_bytes() == before
