"""Real files of every format: what a user finds in the pack, and in the report."""

from __future__ import annotations

import csv
import io
import json

import pytest

from impasto import Library, compose
from impasto.errors import FileError, UnknownNameError
from impasto.styles.exchange import export_pack, format_named, import_files, names, read

FILES = {
    "styles.csv": "a1111",
    "old.csv": "a1111",
    "styler.json": "fooocus",
    "easy_styles.json": "easy-use",
    "invokeai.json": "invokeai",
    "sdnext.json": "sdnext",
    "sdnext-extra.json": "sdnext",
    "ai-horde.json": "ai-horde",
    "ai-horde-groups.json": "ai-horde",
    "krita/ink.json": "krita",
    "swarmui.json": "swarmui",
}


def texts(pack):
    return {name: (s.model.text, s.model.negative) for name, s in pack.styles.items()}


def heard(pack, style, prompt="a cat", **how):
    library = Library(builtin=False)
    library.add(pack)
    return compose(prompt, styles=[f"{pack.name}/{style}"], library=library, **how)


def codes(found):
    return [d.code for d in found.findings]


@pytest.mark.parametrize(("file", "form"), FILES.items())
def test_the_format_is_seen(file, form, data, trips):
    pack, found = trips.pack(file)
    named, again = trips.pack(file, form=form)
    assert texts(pack) == texts(named)
    assert found.text == again.text
    assert found.styles == len(pack.styles) > 0


def test_formats_are_files():
    assert names()[:9] == (
        "a1111",
        "ai-horde",
        "easy-use",
        "fooocus",
        "invokeai",
        "krita",
        "sdnext",
        "swarmui",
        "wildcards",
    )
    assert all(format_named(name).name == name and format_named(name).title for name in names())
    with pytest.raises(UnknownNameError, match='did you mean "fooocus"'):
        format_named("foocus")


def test_styles_csv(trips):
    pack, found = trips.pack("styles.csv", license="CC0-1.0")
    assert list(pack.styles) == ["film", "quality", "clean", "braces", "twice"]
    film = heard(pack, "film")
    assert film.text == 'analog film photo of a cat, (grain:1.2), "half frame"'
    assert str(film.negative_prompt) == "(blurry:1.3), (lowres:1.3), watermark"
    assert pack.styles["film"].model.negative == "(blurry, lowres:1.3), watermark"
    assert heard(pack, "quality").text == "a cat, masterpiece, best quality"
    assert str(heard(pack, "clean").negative_prompt) == "jpeg artifacts, text"
    assert heard(pack, "twice").text == "a cat beside"
    left = next(d for d in found.findings if d.code == "IMP320")
    assert '"Composed" is left out: AND' in left.message
    assert (left.span.line, left.span.column) == (10, 1)
    assert codes(found).count("IMP329") == 2
    assert {"IMP323", "IMP324", "IMP326"} <= set(codes(found))
    assert "IMP328" not in codes(found)


def test_nothing_foreign_is_run(trips):
    pack, _ = trips.pack("styles.csv")
    found = heard(pack, "braces")
    assert found.prompt.weights() == [("{{ 7 * 7 }} {% raw %} {# x #} of a cat", 1.0)]
    written = export_pack(pack, "a1111", styles=["braces"])
    row = next(csv.DictReader(io.StringIO(written.text)))
    assert row["prompt"] == "{{ 7 * 7 }} {% raw %} { x } of {prompt}"
    assert "A1111 drops everything" in written.losses[0].message


def test_old_columns(trips):
    pack, _ = trips.pack("old.csv")
    assert texts(pack) == {"dusk": ("{{ prompt }}, blue hour", ""), "dawn": ("first light", "")}


def test_several_files_make_one_pack(trips):
    pack, found = trips.pack("styles.csv", "old.csv", "styler.json", name="all")
    assert pack.name == "all"
    assert {"film", "dusk", "sai-anime"} <= set(pack.styles)
    assert found.text.startswith("# Imported from styles.csv, old.csv, styler.json\n")


def test_styler(trips):
    pack, found = trips.pack("styler.json")
    assert codes(found) == ["IMP328"]
    assert heard(pack, "sai-texture").text == "texture a cat top down close-up"
    assert pack.styles["sai-3d-model"].model.title == ""
    assert pack.styles["sai-analog-film"].model.title == "sai-analog film"
    assert heard(pack, "sai-anime").text.startswith("anime artwork a cat. anime style, key visual")


def test_fooocus_names_that_are_no_texts(tmp_path, trips):
    path = tmp_path / "fooocus.json"
    styles = [
        {"name": "Fooocus V2"},
        {"name": "Random Style", "prompt": "x"},
        {"name": "Fooocus Enhance", "negative_prompt": "(worst quality, low quality:1.4)"},
        {"name": "No slot", "prompt": "sharp, clear"},
        {"name": "Array", "prompt": "{prompt}, [[day, night]]"},
    ]
    path.write_text(json.dumps(styles))
    pack, found = trips.pack(path)
    assert list(pack.styles) == ["fooocus-enhance", "no-slot", "array"]
    assert codes(found)[:2] == ["IMP329", "IMP329"]
    assert pack.styles["fooocus-enhance"].model.negative == "(worst quality, low quality:1.4)"
    assert pack.styles["no-slot"].model.text == "{{ prompt }}, sharp, clear"
    assert "IMP525" in codes(found)


def test_invokeai(trips):
    pack, found = trips.pack("invokeai.json")
    assert heard(pack, "anime").prompt.weights()[:2] == [("a cat ", 1.0), ("anime", 1.21)]
    assert heard(pack, "anime").text.startswith("a cat (anime:1.21), bold outline")
    assert "IMP327" not in codes(found)
    place, losses = trips.out(pack, "invokeai")
    rows = json.loads(next(place.iterdir()).read_text())
    assert all(set(row) == {"name", "positive_prompt", "negative_prompt"} for row in rows)
    assert [loss.kind for loss in losses] == ["text", "text"]


def test_invokeai_fills_the_first_and_joins_by_a_space(tmp_path, trips):
    path = tmp_path / "i.json"
    rows = [
        {"name": "a", "positive_prompt": "{prompt} and {prompt}", "negative_prompt": ""},
        {"name": "b", "prompt": "oil painting", "negative_prompt": ""},
    ]
    path.write_text(json.dumps(rows))
    pack, found = trips.pack(path, form="invokeai")
    assert heard(pack, "a").prompt.weights() == [("a cat and {prompt}", 1.0)]
    assert pack.styles["b"].model.text == "{{ prompt }} oil painting"
    assert "IMP323" in codes(found)


def test_sdnext_extra(trips):
    pack, found = trips.pack("sdnext-extra.json")
    style = pack.styles["night-walk"].model
    assert style.parameters == {
        "num_inference_steps": 28,
        "guidance_scale": 6.5,
        "width": 832,
        "height": 1216,
        "sampler": "Euler a",
    }
    assert style.metadata == {
        "sdnext": {"extra": "Hires upscale: 2", "wildcards": "COLOR=red,blue,green"}
    }
    assert style.description == "Streets after the rain"
    messages = [d.message for d in found.findings if d.code == "IMP325"]
    assert any("picture" in m for m in messages)
    assert any("draws" in m for m in messages)


def test_sdnext_draws_from_brackets(tmp_path, trips):
    path = tmp_path / "s.json"
    path.write_text(json.dumps([{"name": "c", "prompt": "{red:0.6|blue:0.4} fox", "negative": ""}]))
    found = import_files([path])
    assert (found.styles, found.text) == (0, "")
    assert [d.code for d in found.findings] == ["IMP320"]
    assert "choice" in found.findings[0].message


def test_ai_horde(trips):
    pack, found = trips.pack("ai-horde.json")
    assert str(heard(pack, "animagine").negative_prompt) == "aidxlv05_neg"
    assert heard(pack, "qwen").text == "a cat"
    assert pack.styles["glitchart"].model.parameters == {
        "num_inference_steps": 40,
        "guidance_scale": 7.5,
        "width": 512,
        "height": 640,
    }
    facts = pack.styles["qwen"].model.metadata["ai-horde"]
    assert facts == {"model": "Qwen-Image_fp8", "karras": False, "sampler_name": "k_euler"}
    assert codes(found).count("IMP512") == 1
    text, negative = texts(pack)["bd-ai"]
    assert text == (
        "An robotic (artificial intelligence:1.1) {{ prompt }}, birthday theme, "
        '(the words "1 year":1.35), science fiction'
    )
    assert negative == ""


def test_ai_horde_groups(trips, data):
    pack, _ = trips.pack("ai-horde-groups.json")
    assert pack.styles["3d-model"].model.metadata["ai-horde"]["group"] == "SDXL Official"
    about = pack.model.metadata["ai-horde"]["groups"]["SDXL Official"]
    assert about["description"].startswith("These styles are the presets in DreamStudio")
    place, losses = trips.out(pack, "ai-horde")
    assert losses == ()
    written = json.loads(next(place.iterdir()).read_text())
    source = read(data / "ai-horde-groups.json")
    assert sum(len(group["styles"]) for group in written.values()) == len(source.presets)
    assert written["SDXL Official"]["styles"]["Anime"]["prompt"] == (
        "anime artwork {p}, anime style, key visual, vibrant, studio anime, highly detailed"
        "###{np}, photo, deformed, black and white, realism, disfigured, low contrast"
    )


def test_krita_folder(trips, data):
    pack, _ = trips.pack(data / "krita")
    assert pack.name == "krita"
    ink = pack.styles["ink-and-wash"].model
    assert ink.parameters == {"num_inference_steps": 24, "guidance_scale": 6.5}
    assert ink.metadata["krita"]["loras"] == [{"name": "ink.safetensors", "strength": 0.7}]
    assert pack.styles["plain"].model.text == "best quality, highres"
    place, _ = trips.out(pack, "krita")
    assert sorted(p.name for p in place.iterdir()) == ["ink-and-wash.json", "plain.json"]
    assert json.loads((place / "ink-and-wash.json").read_text())["version"] == 2


def test_swarmui(trips):
    pack, found = trips.pack("swarmui.json")
    anime = pack.styles["looks-anime"].model
    assert anime.title == "looks/anime"
    assert (anime.text, anime.negative) == (
        "anime artwork of {{ prompt }}, key visual",
        "photo, realism",
    )
    assert anime.parameters == {
        "num_inference_steps": 24,
        "guidance_scale": 6.5,
        "aspect_ratio": "3:2",
    }
    assert pack.styles["fixed"].model.text == "{{ prompt }}, an empty street"
    assert any(d.code == "IMP324" and "replaces the prompt" in d.message for d in found.findings)
    written = json.loads(export_pack(pack, "swarmui").text)
    assert written["looks/anime"]["param_map"] == {
        "prompt": "anime artwork of {value}, key visual",
        "negativeprompt": "{value}, photo, realism",
        "steps": "24",
        "cfgscale": "6.5",
        "aspectratio": "3:2",
        "model": "some/model.safetensors",
        "sampler": "euler",
    }


def test_easy_use(trips):
    pack, found = trips.pack("easy_styles.json")
    assert pack.styles["soft-light"].model.metadata["easy-use"]["name_cn"] == "柔光"
    assert heard(pack, "only-against").text == "a cat"
    assert "IMP327" not in codes(found)
    assert list(export_pack(pack, "easy-use").files) == ["easy_styles.json"]


def test_a_file_of_no_format(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileError, match="holds no file"):
        import_files([tmp_path / "empty"])
    for text, message in (("{}", "no format"), ("[1]", "no format"), ('{"a": ', "too early")):
        path = tmp_path / "x.json"
        path.write_text(text)
        with pytest.raises(FileError, match=message):
            import_files([path])
    with pytest.raises(FileError, match="cannot read"):
        import_files([tmp_path / "nowhere.json"])
    path = tmp_path / "latin.csv"
    path.write_bytes("name,prompt\nCafé,x\n".encode("latin-1"))
    with pytest.raises(FileError, match="line 2 holds the byte 0xe9"):
        import_files([path])
    path.write_text("title,words\na,b\n")
    with pytest.raises(FileError, match="no columns name and prompt"):
        import_files([path], "a1111")
    path.write_text('name,prompt\na,"b\n')
    with pytest.raises(FileError, match="never closed"):
        import_files([path])


def test_a_format_of_another_package(tmp_path, monkeypatch):
    (tmp_path / "acme_looks.py").write_text(
        "from impasto.styles.exchange.base import Exported, Format, Imported, Preset, SLOT\n"
        "class Looks(Format):\n"
        "    name, title, suffixes = 'looks', 'Acme', ('.looks',)\n"
        "    def recognise(self, given): return 1.0\n"
        "    def read(self, given):\n"
        "        lines = given.source.text.splitlines()\n"
        "        return Imported(tuple(Preset(line, f'{SLOT}, {line}') for line in lines))\n"
        "    def write(self, presets, facts, name):\n"
        "        return Exported({'x.looks': ''.join(p.positive + chr(10) for p in presets)})\n"
    )
    info = tmp_path / "acme_looks-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-looks\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[impasto.exchange]\nlooks = acme_looks:Looks\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert "looks" in names()
    path = tmp_path / "my.looks"
    path.write_text("noir\nfilm\n")
    found = import_files([path])
    assert found.styles == 2
    assert "noir" in found.text
    format_named.cache_clear()
