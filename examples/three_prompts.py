"""The guide's three prompts, as templates with style packs, for all six models."""

from pathlib import Path

import impasto

FOLDER = Path(__file__).parent / "prompts"
MODELS = (
    "flux-1.1-pro",
    "flux-dev",
    "flux-schnell",
    "stable-diffusion-xl",
    "dall-e-3",
    "midjourney-v6",
)


def main() -> None:
    for file in ("portrait", "concept_art", "anime"):
        composed = impasto.compose(FOLDER / f"{file}.prompt")
        print(f"\n=== {file}: {composed.text}")
        for model in MODELS:
            heard = impasto.translate(composed, model)
            print(f"\n{model}\n  {heard.prompt}")
            if heard.negative_prompt:
                print(f"  without: {heard.negative_prompt}")
            if heard.parameters:
                print(f"  {heard.parameters}")
            for loss in heard.losses:
                print(f"  lost: {loss.message}; {loss.instead}")


if __name__ == "__main__":
    main()
