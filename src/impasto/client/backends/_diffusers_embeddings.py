"""Weights as embeddings: what the CLIP encoders of SD and SDXL make of a weighted prompt.

Each run of the prompt is tokenized by itself; the tokens fill chunks of 75, each read between the
encoder's own markers, and what the encoder gives for a token is multiplied by its weight: `z * w`,
without restoring the mean. That is sd_embed's way (get_weighted_text_embeddings_sd15 and _sdxl in
src/sd_embed/embedding_funcs.py at 4a47f71150), but for SDXL's pooled vector: it is that of the
first chunk, as in A1111 and ComfyUI, not of the last. With all weights 1 and one chunk this is
what the pipeline's own `encode_prompt` gives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from impasto.client.backends._diffusers_pipeline import imported

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impasto.syntax.weights import Runs

Chunk = list[tuple[int, float]]
"""Tokens and their weights, without the encoder's markers."""


class Heard(NamedTuple):
    """The embeddings of a prompt: of its tokens, shape (1, 77 * chunks, width), and the pooled."""

    tokens: Any
    pooled: Any | None


class Encoder(NamedTuple):
    """A text encoder of a pipeline. `early` takes the layer before the last, as SDXL does."""

    tokenizer: Any
    model: Any
    early: bool

    def chunks(self, runs: Runs) -> list[Chunk]:
        """Return the tokens of a prompt in chunks, one without tokens for an empty prompt."""
        size = self.tokenizer.model_max_length - 2
        tokens = [(token, weight) for text, weight in runs for token in self._tokens(text)]
        return [tokens[at : at + size] for at in range(0, max(len(tokens), 1), size)]

    def _tokens(self, text: str) -> list[int]:
        found: list[int] = self.tokenizer(
            text, add_special_tokens=False, truncation=False, verbose=False
        ).input_ids
        return found

    def hear(self, chunks: list[Chunk]) -> Heard:
        """Return the embeddings of the chunks, one behind the other."""
        torch = imported("torch")
        ids = torch.tensor([list(self._ids(chunk)) for chunk in chunks], device=self.model.device)
        read = self.model(ids, output_hidden_states=True)
        z = read.hidden_states[-2] if self.early else read[0]
        weights = [[weight for _, weight in self._framed(chunk)] for chunk in chunks]
        z = z * torch.tensor(weights, device=z.device, dtype=z.dtype).unsqueeze(-1)
        pooled = read[0][:1] if read[0].ndim == 2 else None
        return Heard(z.reshape(1, -1, z.shape[-1]), pooled)

    def _ids(self, chunk: Chunk) -> Iterator[int]:
        return (token for token, _ in self._framed(chunk))

    def _framed(self, chunk: Chunk) -> Chunk:
        """Return a chunk at its full length, with the markers."""
        tokenizer = self.tokenizer
        room = tokenizer.model_max_length - 2 - len(chunk)
        markers = ((tokenizer.bos_token_id, 1.0), (tokenizer.eos_token_id, 1.0))
        return [markers[0], *chunk, markers[1], *[(tokenizer.pad_token_id, 1.0)] * room]


def encoders(pipe: Any) -> list[Encoder]:
    """Return the text encoders of a pipeline of SD or SDXL."""
    if not hasattr(pipe, "text_encoder_2"):
        return [Encoder(pipe.tokenizer, pipe.text_encoder, early=False)]
    pairs = ((pipe.tokenizer, pipe.text_encoder), (pipe.tokenizer_2, pipe.text_encoder_2))
    return [Encoder(*pair, early=True) for pair in pairs]


def arguments(pipe: Any, prompt: Runs, negative: Runs) -> dict[str, Any]:
    """Return the arguments of a pipeline's call that say a prompt and its negative prompt.

    Both get as many chunks as the longer one has: the pipeline wants equal shapes. An empty
    negative prompt is all zeros where the pipeline is made so.
    """
    torch = imported("torch")
    reading = encoders(pipe)
    cut = [[encoder.chunks(runs) for encoder in reading] for runs in (prompt, negative)]
    count = max(len(chunks) for heard in cut for chunks in heard)
    with torch.no_grad():
        wanted, unwanted = (_heard(reading, chunks, count) for chunks in cut)
    if not negative and getattr(pipe.config, "force_zeros_for_empty_prompt", False):
        unwanted = Heard(*(torch.zeros_like(part) for part in wanted))
    found = {"prompt_embeds": wanted.tokens, "negative_prompt_embeds": unwanted.tokens}
    if wanted.pooled is None:
        return found
    pooled = {
        "pooled_prompt_embeds": wanted.pooled,
        "negative_pooled_prompt_embeds": unwanted.pooled,
    }
    return {**found, **pooled}


def _heard(reading: list[Encoder], chunks: list[list[Chunk]], count: int) -> Heard:
    """Return what all encoders make of a prompt, side by side, in `count` chunks."""
    torch = imported("torch")
    empty: list[Chunk] = [[]]
    heard = [
        encoder.hear(own + empty * (count - len(own)))
        for encoder, own in zip(reading, chunks, strict=True)
    ]
    return Heard(torch.cat([one.tokens for one in heard], dim=-1), heard[-1].pooled)
