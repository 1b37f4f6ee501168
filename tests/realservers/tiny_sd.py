"""A tiny random Stable Diffusion 1 model, for servers that have to paint and not to please.

Its shapes are the smallest that stable-diffusion.cpp accepts: the UNet without a middle and with
one layer for each of three levels (320, 640, 1280 channels), the text encoder CLIP-L, and the
tiny autoencoder TAESD. Names are those of diffusers. Numbers are eight bits wide (F8_E5M2, which
is the upper byte of a half), so that random bytes are weights: uniform, with a variance of
1/inputs, so that signals neither fade nor swell. Standard library only.
"""

from __future__ import annotations

import json
import math
import random
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Shapes = dict[str, tuple[int, ...]]

LEVELS = (320, 640, 1280)
TIME, WORDS, TOKENS = 1280, 49408, 77
CLIP, CLIP_INNER, CLIP_LAYERS = 768, 3072, 12
TAESD = 64


def write(folder: Path) -> None:
    """Write model.safetensors, taesd.safetensors and loras/tiny.safetensors into `folder`."""
    (folder / "loras").mkdir(parents=True, exist_ok=True)
    _safetensors(folder / "model.safetensors", {**_named("unet.", _unet()), **_text_encoder()})
    _safetensors(folder / "taesd.safetensors", {**_encoder(), **_decoder()})
    _safetensors(folder / "loras" / "tiny.safetensors", _lora())


def _safetensors(path: Path, shapes: Shapes) -> None:
    """Write random tensors: the length of the header, the header, the bytes of all tensors."""
    header, end = {}, 0
    for name, shape in shapes.items():
        begin, end = end, end + math.prod(shape)
        header[name] = {"dtype": "F8_E5M2", "shape": shape, "data_offsets": [begin, end]}
    head = json.dumps(header).encode()
    source = random.Random(path.name)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(head)) + head)
        for name, shape in shapes.items():
            file.write(_numbers(name, shape, source))


def _numbers(name: str, shape: tuple[int, ...], source: random.Random) -> bytes:
    size = math.prod(shape)
    if name.endswith(".bias"):
        return bytes(size)
    if len(shape) == 1:
        return _eight(1.0) * size
    bound = 0.05 if "embedding." in name else (3 / math.prod(shape[1:])) ** 0.5
    table = b"".join(_eight((byte / 127.5 - 1) * bound) for byte in range(256))
    return source.randbytes(size).translate(table)


def _eight(number: float) -> bytes:
    return struct.pack("<e", number)[1:]


def _named(prefix: str, shapes: Shapes) -> Shapes:
    return {prefix + name: shape for name, shape in shapes.items()}


def _layer(name: str, *shape: int, bias: bool = True) -> Shapes:
    return {f"{name}.weight": shape, **({f"{name}.bias": shape[:1]} if bias else {})}


def _conv(name: str, into: int, out: int, side: int = 3, *, bias: bool = True) -> Shapes:
    return _layer(name, out, into, side, side, bias=bias)


def _unet() -> Shapes:
    first, last = LEVELS[0], len(LEVELS) - 1
    found = _conv("conv_in", 4, first)
    found |= _layer("time_embedding.linear_1", TIME, first)
    found |= _layer("time_embedding.linear_2", TIME, TIME)
    skips, channels = [first], first
    for at, out in enumerate(LEVELS):
        found |= _named(f"down_blocks.{at}.", _painted(0, channels, out))
        skips, channels = [*skips, out], out
        if at < last:
            found |= _conv(f"down_blocks.{at}.downsamplers.0.conv", out, out)
            skips.append(out)
    for at, out in enumerate(reversed(LEVELS)):
        for layer in range(2):
            found |= _named(f"up_blocks.{at}.", _painted(layer, channels + skips.pop(), out))
            channels = out
        if at < last:
            found |= _conv(f"up_blocks.{at}.upsamplers.0.conv", out, out)
    return found | _layer("conv_norm_out", first) | _conv("conv_out", first, 4)


def _painted(layer: int, into: int, out: int) -> Shapes:
    """Return a residual block and the attention after it."""
    resnet = _layer("norm1", into) | _conv("conv1", into, out)
    resnet |= _layer("time_emb_proj", out, TIME)
    resnet |= _layer("norm2", out) | _conv("conv2", out, out)
    if into != out:
        resnet |= _conv("conv_shortcut", into, out, 1)
    return _named(f"resnets.{layer}.", resnet) | _named(f"attentions.{layer}.", _transformer(out))


def _transformer(size: int) -> Shapes:
    block: Shapes = {}
    for norm in ("norm1", "norm2", "norm3"):
        block |= _layer(norm, size)
    for attention, heard in (("attn1", size), ("attn2", CLIP)):
        block |= _layer(f"{attention}.to_q", size, size, bias=False)
        block |= _layer(f"{attention}.to_k", size, heard, bias=False)
        block |= _layer(f"{attention}.to_v", size, heard, bias=False)
        block |= _layer(f"{attention}.to_out.0", size, size)
    block |= _layer("ff.net.0.proj", 8 * size, size) | _layer("ff.net.2", size, 4 * size)
    ends = _layer("norm", size) | _conv("proj_in", size, size, 1) | _conv("proj_out", size, size, 1)
    return ends | _named("transformer_blocks.0.", block)


def _text_encoder() -> Shapes:
    found = {
        "embeddings.token_embedding.weight": (WORDS, CLIP),
        "embeddings.position_embedding.weight": (TOKENS, CLIP),
    }
    layer = _layer("layer_norm1", CLIP) | _layer("layer_norm2", CLIP)
    for part in "qkv":
        layer |= _layer(f"self_attn.{part}_proj", CLIP, CLIP)
    layer |= _layer("self_attn.out_proj", CLIP, CLIP)
    layer |= _layer("mlp.fc1", CLIP_INNER, CLIP) | _layer("mlp.fc2", CLIP, CLIP_INNER)
    for at in range(CLIP_LAYERS):
        found |= _named(f"encoder.layers.{at}.", layer)
    return _named("te.text_model.", found | _layer("final_layer_norm", CLIP))


def _blocks(*places: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield the residual blocks of TAESD at these places of a sequence."""
    for place in places:
        for at in (0, 2, 4):
            yield from _conv(f"{place}.conv.{at}", TAESD, TAESD).items()


def _encoder() -> Shapes:
    found = _conv("0", 3, TAESD) | dict(_blocks(1, 3, 4, 5, 7, 8, 9, 11, 12, 13))
    for place in (2, 6, 10):
        found |= _conv(str(place), TAESD, TAESD, bias=False)
    return _named("encoder.layers.", found | _conv("14", TAESD, 4))


def _decoder() -> Shapes:
    found = _conv("0", 4, TAESD) | dict(_blocks(2, 3, 4, 7, 8, 9, 12, 13, 14, 17))
    for place in (6, 11, 16):
        found |= _conv(str(place), TAESD, TAESD, bias=False)
    return _named("decoder.layers.", found | _conv("18", TAESD, 3))


def _lora(rank: int = 2) -> Shapes:
    """Return a LoRA that bends one layer of the text encoder."""
    bent = "lora_te_text_model_encoder_layers_0_mlp_fc1"
    return {
        f"{bent}.lora_down.weight": (rank, CLIP),
        f"{bent}.lora_up.weight": (CLIP_INNER, rank),
    }
