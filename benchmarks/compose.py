"""Template, three styles and values to a composition and its translation.

The measure is the raw Jinja render of the template and of every style text that takes part,
over 10,000 different values; ours includes provenance, losses and the checks of limits.
"""

import time

import jinja2
from timing import table, verdict

import impasto
from impasto.styles.api import default_library
from impasto.styles.layer import layers, variants

TEMPLATE = (
    "portrait of {{ subject }}, ({{ mood }}:1.2) expression, in {{ place }}, golden hour, "
    "looking at the viewer"
)
STYLES = ("photorealistic/portrait", "mixins/volumetric-light", "mixins/film-grain:0.7")
MODELS = ("stable-diffusion-xl", "flux-dev", "dall-e-3", "midjourney-v6")
LIMIT = 6.0
COUNT = 10_000
BLOCK = 500


def raw_templates(model):
    """Return Jinja's own templates of the prompt and of every style text used for `model`."""
    environment = jinja2.Environment()
    library, card = default_library(), impasto.load_model(model)
    texts = [TEMPLATE]
    for use in STYLES:
        for layer in layers(*library.find(use), card, library):
            style = layer.style
            special = [style.model.variants[v].text for v in variants(style, card)]
            texts.append(next((t for t in special if t is not None), style.model.text))
    return [environment.from_string(text) for text in texts]


def main():
    values = [
        {"subject": f"a cat number {i}", "mood": f"calm {i}", "place": f"rome (old town) {i}"}
        for i in range(COUNT)
    ]
    rows = []
    for model in MODELS:
        first, *others = raw_templates(model)
        best = {"raw": 0.0, "impasto": 0.0}
        for at in range(0, COUNT, BLOCK):
            block = values[at : at + BLOCK]
            pairs = [
                (timed(raw, block, first, others), timed(ours, block, model)) for _ in range(2)
            ]
            best["raw"] += min(pair[0] for pair in pairs)
            best["impasto"] += min(pair[1] for pair in pairs)
        ratio = best["impasto"] / best["raw"]
        raw_time, our_time = (best[k] / COUNT * 1e6 for k in ("raw", "impasto"))
        row = [model, f"{raw_time:.1f}", f"{our_time:.1f}", f"{ratio:.2f}", LIMIT]
        rows.append([*row, verdict(ratio, LIMIT)])
    heads = ["model", "raw Jinja µs", "impasto µs", "ratio", "limit", ""]
    table(f"Composing and translating {COUNT:,} different values", rows, heads)


def timed(call, *arguments):
    start = time.process_time()
    call(*arguments)
    return time.process_time() - start


def raw(values, first, others):
    for value in values:
        text = first.render(value)
        for other in others:
            text = other.render(prompt=text)


def ours(values, model):
    for value in values:
        composed = impasto.compose(
            TEMPLATE, values=value, styles=STYLES, template=True, model=model
        )
        impasto.translate(composed, model)


if __name__ == "__main__":
    main()
