"""What is particular to each network that tells pixels' classes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from notehead.models.data.table import ClassTable
from notehead.models.segment.deeplab import DeepLab
from notehead.models.segment.fcn import Fcn, twice_as_large
from notehead.models.segment.linknet import LinkNet
from notehead.models.segment.pspnet import PspNet, PyramidPooling
from notehead.models.segment.refinenet import RefineNet
from notehead.models.segment.segnet import SegNet, pooled, unpooled
from notehead.models.segment.task import _dice_loss
from notehead.models.segment.unet import UNet

TABLE = ClassTable((3, 7, 9))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 999), height=st.integers(1, 5), width=st.integers(1, 5), ties=st.booleans())
def test_unpooling_is_that_of_torch(seed: int, height: int, width: int, ties: bool) -> None:  # noqa: FBT001
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(2, 3, 2 * height, 2 * width, generator=generator)
    x = x.round() if ties else x
    values, places = pooled(x)
    assert torch.equal(unpooled(values, places), nn.MaxUnpool2d(2)(values, places))


def test_unpooling_puts_each_value_back_to_its_place() -> None:
    x = torch.tensor([[1.0, 0, 0, 2], [0, 0, 0, 0], [0, 0, 3, 0], [0, 4, 0, 0]])[None, None]
    assert torch.equal(unpooled(*pooled(x)), x)


def test_enlarging_is_bilinear_at_first() -> None:
    x = torch.randn(1, 3, 6, 7)
    with torch.no_grad():
        found = twice_as_large(3)(x)
    wanted = functional.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
    inner = (slice(None), slice(None), slice(1, -1), slice(1, -1))  # the rim knows less
    np.testing.assert_allclose(found[inner].numpy(), wanted[inner].numpy(), atol=1e-6)


def test_pyramid_pooling_adds_means_of_parts_to_the_map() -> None:
    pooling = PyramidPooling(4)
    x = torch.rand(2, 4, 12, 18)
    for layer in pooling.modules():
        if isinstance(layer, nn.Conv2d):  # the first channel as it is
            assert layer.bias is not None
            nn.init.dirac_(layer.weight)
            nn.init.zeros_(layer.bias)
    with torch.no_grad():
        found = pooling(x)
    assert torch.equal(found[:, :4], x)
    np.testing.assert_allclose(
        found[:, 4].numpy(), x[:, 0].mean(dim=(1, 2), keepdim=True).expand(2, 12, 18), atol=1e-6
    )
    assert float(found[0, 7, 1, 1]) == pytest.approx(float(x[0, 0, :2, :3].mean()), abs=0.1)


def test_the_dilated_backbone_stays_at_a_stride_of_8() -> None:
    network = PspNet(TABLE).eval()
    with torch.no_grad():
        levels = network.backbone(torch.zeros(1, 1, 64, 96))
    assert [tuple(one.shape[2:]) for one in levels] == [(16, 24), (8, 12), (8, 12), (8, 12)]


@pytest.mark.parametrize("make", [Fcn, SegNet, LinkNet, PspNet, DeepLab, RefineNet])
def test_a_pixel_depends_on_what_is_around_it(make: type[Fcn]) -> None:
    torch.manual_seed(0)
    network = make(TABLE).eval()
    images = torch.rand(1, 1, 96, 96, requires_grad=True)
    network(images)[0, :, 48, 48].square().sum().backward()
    assert images.grad is not None
    seen = images.grad[0, 0].nonzero()
    assert int((seen - 48).abs().amax()) >= 24
    assert int(((seen - 48).abs().amax(dim=1) <= 4).sum()) > 40


@pytest.mark.parametrize("make", [PspNet, DeepLab])
def test_the_mean_of_the_image_reaches_every_pixel(make: type[PspNet]) -> None:
    torch.manual_seed(0)
    network = make(TABLE).eval()
    images = torch.rand(1, 1, 64, 384, requires_grad=True)
    network(images)[0, :, 32, 2].square().sum().backward()
    assert images.grad is not None
    assert bool(images.grad[0, 0, :, -64:].any())


@pytest.mark.parametrize("make", [Fcn, SegNet, LinkNet, PspNet, DeepLab, RefineNet, UNet])
def test_classes_are_as_frequent_as_expected_at_first(make: type[Fcn]) -> None:
    """All alike, of 200 classes, it took a hundred steps before most of a page was blank."""
    torch.manual_seed(0)
    network = make(TABLE).eval()
    images = torch.rand(1, 1, 64, 64)
    with torch.no_grad():
        plain = network(images)
        network.expect(torch.tensor([9_600, 300, 100, 0]))
        found = network(images)
    wanted = torch.log(torch.tensor([9_601.0, 301.0, 101.0, 1.0]) / 10_004)
    assert torch.allclose(found - plain, wanted[:, None, None].expand_as(plain), atol=1e-4)
    assert "prior" in dict(network.named_parameters())  # and is learnt on


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 999))
def test_dice_is_the_mean_of_the_classes_that_are_there(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    probability = torch.rand(2, 5, 4, 6, generator=generator).softmax(dim=1)
    wanted = torch.randint(0, 4, (2, 4, 6), generator=generator)  # the last is nowhere
    each = []
    for k in set(wanted.flatten().tolist()) - {0}:
        there = (wanted == k).float()
        each.append(2 * (probability[:, k] * there).sum() / (probability[:, k].sum() + there.sum()))
    assert float(_dice_loss(probability, wanted)) == pytest.approx(1 - float(sum(each)) / len(each), rel=1e-4)
    assert float(_dice_loss(probability, wanted * 0)) == 0
