"""The API guide's first request, on impasto.

The guide sends a POST with `requests`, trusts the answer and fetches a URL. Here the same
parameters go to the same endpoint, and what can go wrong has a name: the limits of the model are
told before the request, the key stays out of the download, the image is checked and written
whole or not at all.

    IMPASTO_API_KEY=… python examples/guide_request.py https://api.example.com generated_image
"""

import sys

import impasto

PROMPT = "A cute cartoon cat sitting on a rainbow, fantasy style, 8K quality, detailed painting"
NEGATIVE = "low quality, blurry, deformed"


def main(base_url: str, output: str) -> None:
    request = impasto.translate(
        PROMPT,
        model="flux-1.1-pro",  # or flux-dev, flux-schnell
        backend="gateway",
        negative=NEGATIVE,
        parameters={
            "width": 1024,
            "height": 1024,
            "num_inference_steps": 50,
            "guidance_scale": 7.5,
            "seed": 42,
        },
    )
    for note in (*request.losses, *request.diagnostics):
        print(note)
    with impasto.Client(base_url=base_url) as client:
        result = client.generate(request)
    print(f"Generated image: {result.save(output)}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
