"""Checking style packs: the schema, every text of every style, what each style composes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impasto import yamlsource
from impasto.compose.recipe import Recipe
from impasto.errors import OpenPromptError, SourceError, StyleError, TemplateError, UnknownNameError
from impasto.lint import jinjatext
from impasto.lint.promptfiles import check_own_text, stop_at_template
from impasto.lint.prompts import check_prompt
from impasto.lint.targets import check_composition_for, placed
from impasto.lint.views import CompositionView, PackView
from impasto.styles.layer import ANYTHING, Anything, Target, variants
from impasto.styles.library import Pack
from impasto.syntax.parser import parse
from impasto.templates.template import Template
from impasto.templates.text import SLOT_VALUE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.lint.check import Check
    from impasto.source import Span
    from impasto.styles.library import Library, Style
    from impasto.styles.schema import StyleModel, VariantModel

_SUBJECT = "a subject"


def check_pack(check: Check) -> None:
    """Check a style pack."""
    try:
        pack = Pack(yamlsource.load(check.source))
    except SourceError as error:
        check.stop(error)
        return
    _check_name(pack, check)
    library = check.linter.library.with_pack(pack)
    check.show("pack", PackView(pack, library))
    for style in pack.styles.values():
        texts = [path for path, text in _texts(style.model) if text.strip()]
        sound = [_check_text(style, path, check) for path in texts]
        if all(sound):
            _Composing(style, library, check).run()


def _check_name(pack: Pack, check: Check) -> None:
    """Packs are found by the names of their files."""
    stem = check.source.name.replace("\\", "/").rpartition("/")[2].rpartition(".")[0]
    if check.folder is not None and stem != pack.name:
        message = f'the pack calls itself "{pack.name}", its file "{stem}"'
        error = StyleError(message, pack.document.span(("name",)), hint="give both the same name")
        check.add(error.diagnostic)


def _texts(model: StyleModel) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the place and the text of everything that a style writes."""
    yield from _own(model, ())
    for name, variant in model.variants.items():
        yield from _own(variant, ("variants", name))


def _own(
    model: StyleModel | VariantModel, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str]]:
    for key in ("text", "negative"):
        text: str | None = getattr(model, key)
        if text:
            yield (*path, key), text


def _check_text(style: Style, path: tuple[str, ...], check: Check) -> bool:
    """Check one text of a style; return whether it can be composed."""
    source = style.text_at(*path)
    check.note_scalar(source)
    try:
        template = Template(source)
    except TemplateError as error:
        stop_at_template(error, check)
        return False
    check.show("template", jinjatext.view_of(source))
    check_own_text(template, check)
    target = Anything(path[1], path[1], path[1]) if path[0] == "variants" else ANYTHING
    values: dict[str, object] = {**style.options, "model": target}
    if path[-1] == "text":
        values["prompt"] = SLOT_VALUE
    try:
        skeleton = template.render(values).skeleton
    except SourceError as error:
        check.stop(error)
        return False
    prompt = parse(skeleton.text, recover=True, origin=skeleton.source)
    check_prompt(prompt, check, sample=skeleton.text != source.text)
    return not prompt.diagnostics


class _Composing:
    """What one style makes of a prompt, for no model, for those of its variants, for targets."""

    def __init__(self, style: Style, library: Library, check: Check) -> None:
        self.style = style
        self.library = library
        self.check = check

    def run(self) -> None:
        """Compose and check."""
        names = self.style.model.variants
        targets: list[Target] = [ANYTHING, *(Anything(name, name, name) for name in names)]
        kept, self.check.home = self.check.home, self._home
        for target in targets:
            self._compose(target)
        self.check.home = kept

    def _compose(self, target: Target) -> None:
        check, style = self.check, self.style
        recipe = Recipe(parse(_SUBJECT), None, {}, (style.name,), {}, seed=0, library=self.library)
        try:
            composition = recipe.compose(target)
        except (OpenPromptError, UnknownNameError):  # wildcards
            return
        except SourceError as error:
            found = error.diagnostic
            check.add(found) if found.span else check.stop(StyleError(found.message, style.span))
            return
        check.show("composition", CompositionView(composition))
        for finding in composition.diagnostics:
            check.add(placed(finding, _Place(style, target)))
        if target is not ANYTHING or style.model.mixin:
            return
        for wanted in check.linter.targets:
            check_composition_for(wanted, composition, check, _Place(style, wanted.card))

    def _home(self, span: Span) -> Span | None:
        """Return where the style extends others, for a place in another pack."""
        home = self.style.pack.document
        if span.file == home.source.name:
            return None
        return home.span(("styles", self.style.short_name, "extends"))


class _Place:
    """Says where a style says something of a parameter, the most specific place first."""

    def __init__(self, style: Style, target: Target) -> None:
        self.style = style
        self.names = variants(style, target)

    def __call__(self, parameter: str) -> Span | None:
        """Return the key of the parameter, else the name of the style."""
        style = self.style
        document = style.pack.document
        top = ("styles", style.short_name)
        key = "negative" if parameter == "negative_prompt" else parameter
        for name in (*self.names, ""):
            path = ("variants", name) if name else ()
            model = style.model.variants[name] if name else style.model
            if key == "negative" and model.negative:
                return document.key_span((*top, *path, "negative"))
            if key in model.parameters:
                return document.key_span((*top, *path, "parameters", key))
        return style.span
