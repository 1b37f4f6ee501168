"""Tiny pipelines of diffusers with random weights and the real tokenizers, made in code.

    python tests/tiny_pipelines.py sdxl FOLDER      (or sd, or flux)

They paint noise, but every part is of the real class and in its real place: what a prompt, a
weight or a seed changes is seen in the pixels. The tokenizers' vocabularies are those of
impasto.tokens.
"""

from __future__ import annotations

import sys

import torch
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    FluxPipeline,
    FluxTransformer2DModel,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    T5Config,
    T5EncoderModel,
    T5Tokenizer,
)

from impasto.tokens.clip import END, START
from impasto.tokens.vocabulary import BYTES, clip_merges, t5_pieces

WIDTH = 32
"""Numbers for each token that a text encoder gives."""
NOISE = {"beta_start": 0.00085, "beta_end": 0.012}


def clip_tokenizer(pad: str = "<|endoftext|>"):
    """Return CLIP's tokenizer; the second one of SDXL pads with "!"."""
    hidden = iter(range(256, 512))
    signs = [
        chr(byte if 33 <= byte < 127 or (byte > 160 and byte != 173) else next(hidden))
        for byte in BYTES
    ]
    names = [*signs, *[f"{sign}</w>" for sign in signs]]
    merges = []
    for pair in clip_merges():
        left, right = names[pair >> 16], names[pair & 0xFFFF]
        merges.append((left, right))
        names.append(left + right)
    vocabulary = {name: at for at, name in enumerate(names)}
    vocabulary |= {"<|startoftext|>": START, "<|endoftext|>": END}
    return CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=77, pad_token=pad)


def t5_tokenizer():
    vocabulary = [(piece, score) for piece, (_, score) in t5_pieces().items()]
    return T5Tokenizer(vocab=vocabulary, model_max_length=512)


def clip(kind=CLIPTextModel):
    torch.manual_seed(0)
    shape = {"hidden_size": WIDTH, "projection_dim": WIDTH, "intermediate_size": 37}
    layers = {"num_attention_heads": 4, "num_hidden_layers": 3, "vocab_size": END + 1}
    ends = {"bos_token_id": START, "eos_token_id": END, "pad_token_id": END}
    return kind(CLIPTextConfig(**shape, **layers, **ends, hidden_act="quick_gelu"))


def vae(channels=4, **more):
    torch.manual_seed(0)
    return AutoencoderKL(
        block_out_channels=(32,) * 4,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=channels,
        norm_num_groups=8,
        sample_size=64,
        **more,
    )


def unet(cross, **more):
    torch.manual_seed(0)
    return UNet2DConditionModel(
        block_out_channels=(32, 64),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        sample_size=8,
        cross_attention_dim=cross,
        norm_num_groups=8,
        **more,
    )


def sd():
    return StableDiffusionPipeline(
        unet=unet(WIDTH, layers_per_block=1),
        scheduler=DDIMScheduler(
            **NOISE,
            beta_schedule="scaled_linear",
            clip_sample=False,
            set_alpha_to_one=False,
            steps_offset=1,
        ),
        vae=vae(),
        text_encoder=clip(),
        tokenizer=clip_tokenizer(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def sdxl():
    made = unet(
        2 * WIDTH,
        layers_per_block=2,
        attention_head_dim=(2, 4),
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        transformer_layers_per_block=(1, 2),
        projection_class_embeddings_input_dim=6 * 8 + WIDTH,
    )
    return StableDiffusionXLPipeline(
        unet=made,
        scheduler=EulerDiscreteScheduler(
            **NOISE, beta_schedule="scaled_linear", timestep_spacing="leading", steps_offset=1
        ),
        vae=vae(),
        text_encoder=clip(),
        text_encoder_2=clip(CLIPTextModelWithProjection),
        tokenizer=clip_tokenizer(),
        tokenizer_2=clip_tokenizer("!"),
        add_watermarker=False,
    )


def flux():
    torch.manual_seed(0)
    transformer = FluxTransformer2DModel(
        patch_size=1,
        in_channels=4,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=WIDTH,
        pooled_projection_dim=WIDTH,
        axes_dims_rope=[4, 4, 8],
        guidance_embeds=True,
    )
    t5 = T5Config(d_model=WIDTH, d_ff=37, d_kv=8, num_layers=2, num_heads=4, vocab_size=32128)
    return FluxPipeline(
        transformer=transformer,
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=vae(1, use_quant_conv=False, use_post_quant_conv=False, shift_factor=0.0609),
        text_encoder=clip(),
        text_encoder_2=T5EncoderModel(t5).eval(),
        tokenizer=clip_tokenizer(),
        tokenizer_2=t5_tokenizer(),
    )


KINDS = {"sd": sd, "sdxl": sdxl, "flux": flux}


if __name__ == "__main__":
    KINDS[sys.argv[1]]().save_pretrained(sys.argv[2])
