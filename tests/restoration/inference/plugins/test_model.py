"""A loaded network: its number format, its range, its progress, and the same answer every time."""

from typing import Any

import pytest
import torch

from restoration.inference.plugins.architectures import recognise, spandrel
from restoration.inference.plugins.model import Model, trial
from tests.restoration.inference.plugins.networks import esrgan, needs_spandrel

pytestmark = needs_spandrel
IMAGE = torch.linspace(0, 1, 3 * 64 * 64).reshape(1, 3, 64, 64)


@pytest.fixture
def face_network() -> Any:
    """GFPGAN's own code at 64 pixels, with noise that shows."""
    spandrel()
    from spandrel import ImageModelDescriptor
    from spandrel.architectures.GFPGAN import GFPGAN, GFPGANArch

    torch.manual_seed(1)
    network = GFPGAN(out_size=64, num_style_feat=32, channel_multiplier=1, narrow=0.25, different_w=True)
    for name, value in network.named_parameters():
        if name.startswith("stylegan_decoder.style_conv") and name.endswith(".weight") and value.numel() == 1:
            value.data.fill_(1.0)
    return ImageModelDescriptor(
        network,
        network.state_dict(),
        GFPGANArch(),
        "FaceSR",
        [],
        supports_half=False,
        supports_bfloat16=True,
        scale=1,
        input_channels=3,
        output_channels=3,
    ).eval()


def test_a_face_network_gives_the_same_face_every_time(face_network: Any) -> None:
    model = Model(face_network, ("float32",))
    with torch.inference_mode():
        first = model(IMAGE)
        loose = [face_network.model(IMAGE * 2 - 1)[0] for _ in range(2)]
        assert torch.equal(model(IMAGE), first)
    assert not torch.equal(*loose), "left to itself it draws noise"
    assert first.min() >= 0
    assert first.max() <= 1


def test_a_face_network_is_given_the_range_it_was_trained_on(face_network: Any) -> None:
    seen: list[torch.Tensor] = []
    face_network.model.conv_body_first.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    with torch.inference_mode():
        Model(face_network, ("float32",))(IMAGE)
    assert (seen[0].min(), seen[0].max()) == (-1, 1)


def test_progress_rises_layer_by_layer() -> None:
    shares: list[float] = []
    with torch.inference_mode():
        Model(recognise(esrgan()), ("float32",))(IMAGE, shares.append)
    assert len(shares) > 10
    assert shares == sorted(shares)
    assert 0.9 < shares[-1] <= 1


def test_formats_that_do_not_run_here_are_left_out() -> None:
    """A network that multiplies by a float32 constant breaks in bfloat16, as Fourier layers do on a CPU."""
    descriptor = recognise(esrgan())
    constant = torch.ones(8, 8, 3, 3)
    body = descriptor.model.model[1]
    body.register_forward_hook(lambda _, __, given: torch.nn.functional.conv2d(given, constant, padding=1))
    good, seconds = trial(descriptor, ("float32", "bfloat16"))
    assert good == ("float32",)
    assert seconds > 0
