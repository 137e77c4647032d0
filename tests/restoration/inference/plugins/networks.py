"""Tiny networks in the official formats, as spandrel's own architectures write them; weights are random."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from restoration.inference.plugins.architectures import spandrel

needs_spandrel = pytest.mark.skipif(
    not (importlib.util.find_spec("spandrel") and importlib.util.find_spec("torchvision")),
    reason='the extra "plugins" (spandrel, torchvision) is not installed',
)
needs_extra_architectures = pytest.mark.skipif(
    not importlib.util.find_spec("spandrel_extra_arches"), reason="spandrel_extra_arches is not installed"
)


def weights_of(make: Callable[[], torch.nn.Module], seed: int = 1) -> dict[str, Tensor]:
    """The state of a network built with a fixed seed."""
    torch.manual_seed(seed)
    return {name: value.clone().contiguous() for name, value in make().state_dict().items()}


def esrgan(scale: int = 4) -> dict[str, Tensor]:
    """One residual-in-residual dense block, 8 features: the format of Real-ESRGAN."""
    spandrel()
    from spandrel.architectures.ESRGAN import ESRGAN

    return weights_of(lambda: ESRGAN(num_filters=8, num_blocks=1, scale=scale))


def scunet() -> dict[str, Tensor]:
    """One block a level."""
    spandrel()
    from spandrel.architectures.SCUNet import SCUNet

    return weights_of(lambda: SCUNet(in_nc=3, config=[1] * 7, dim=64))


def restoreformer() -> dict[str, Tensor]:
    """Narrow, one block a level; takes 512 pixels as the full one does."""
    spandrel()
    from spandrel.architectures.RestoreFormer import RestoreFormer

    narrow: dict[str, Any] = {
        "n_embed": 8,
        "embed_dim": 32,
        "ch": 32,
        "out_ch": 3,
        "ch_mult": (1, 1, 1, 1, 1, 1),
        "num_res_blocks": 1,
        "attn_resolutions": (16,),
        "dropout": 0.0,
        "in_channels": 3,
        "resolution": 512,
        "z_channels": 32,
        "double_z": False,
        "enable_mid": True,
        "head_size": 8,
    }
    return weights_of(lambda: RestoreFormer(**narrow))


def lama() -> dict[str, Tensor]:
    """Full size, for the format knows no other: 51 million parameters, as halves."""
    spandrel()
    from spandrel.architectures.LaMa import LaMa

    found = weights_of(lambda: LaMa(in_nc=4, out_nc=3))
    return {name: value.half() if value.is_floating_point() else value for name, value in found.items()}


def gfpgan() -> dict[str, Tensor]:
    """Full size, for the format knows no other: 87 million parameters, as halves."""
    spandrel()
    from spandrel.architectures.GFPGAN import GFPGAN

    full: dict[str, Any] = {
        "out_size": 512,
        "num_style_feat": 512,
        "channel_multiplier": 2,
        "decoder_load_path": None,
        "fix_decoder": False,
        "num_mlp": 8,
        "input_is_latent": True,
        "different_w": True,
        "narrow": 1,
        "sft_half": True,
    }
    return {name: value.half() for name, value in weights_of(lambda: GFPGAN(**full)).items()}


def ddcolor() -> dict[str, Tensor]:
    """The smallest encoder of the format, one decoder layer."""
    spandrel()
    from spandrel_extra_arches.architectures.DDColor import DDColor

    small: dict[str, Any] = {
        "encoder_name": "convnext-t",
        "decoder_name": "MultiScaleColorDecoder",
        "num_input_channels": 3,
        "input_size": (256, 256),
        "nf": 512,
        "num_output_channels": 2,
        "last_norm": "Spectral",
        "do_normalize": False,
        "num_queries": 8,
        "num_scales": 3,
        "dec_layers": 1,
    }
    return weights_of(lambda: DDColor(**small))


def saved(weights: dict[str, Tensor], path: Path) -> Path:
    """As a .safetensors file, or as the pickle that Real-ESRGAN's own files are."""
    if path.suffix == ".safetensors":
        save_file(weights, path)
    else:
        torch.save({"params_ema": weights}, path)
    return path
