"""Prompts from data: a product catalogue whose texts nobody wrote with prompts in mind.

Names hold brackets, colons and emoticons. In a plain string template `(smile :):1.2)` would lose
its weight and `vertin (reverse:1999)` would become a weight of 1999. Here values are data: every
one is what it says, at the weight that the template gives it.
"""

import impasto

CATALOGUE = [
    {"name": "Ganyu (Genshin Impact) figure", "finish": "matte", "mood": "smile :)"},
    {"name": "Vertin (Reverse:1999) print", "finish": "glossy", "mood": "calm"},
    {"name": "C++ mug #1", "finish": "enamel", "mood": "50% off!"},
    {"name": "16:9 poster BREAK edition", "finish": "paper", "mood": "[loud]"},
]
TEMPLATE = "studio photograph of {{ name }}, {{ finish }} finish, ({{ mood }}:1.2), plain backdrop"


def main() -> None:
    for product in CATALOGUE:
        composed = impasto.compose(
            TEMPLATE, values=product, template=True, styles=["photorealistic/product"]
        )
        weights = dict(composed.prompt.weights())
        assert weights[product["mood"]] == 1.2
        heard = impasto.translate(composed, model="stable-diffusion-xl")
        print(heard.prompt)
        for loss in heard.losses:
            print(f"  {loss}")


if __name__ == "__main__":
    main()
