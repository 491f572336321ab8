"""What networks are made of."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional


def convolution(before: int, after: int, stride: int = 1) -> nn.Sequential:
    """A convolution of 3 x 3, normalised, and what of it is above 0."""
    return nn.Sequential(
        nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True)
    )


class Block(nn.Module):
    """Two convolutions and the way around them (He et al., 2016)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = convolution(width, width)
        self.second = nn.Sequential(nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(x + self.second(self.first(x)))


def window_reader(channels: int, side: int, width: int, hidden: int) -> nn.Sequential:
    """A small window of pixels, (n, channels, side, side), to what is seen in it, (n, hidden)."""
    return nn.Sequential(
        convolution(channels, width, 2),
        convolution(width, 2 * width, 2),
        convolution(2 * width, 2 * width),
        convolution(2 * width, 3 * width, 2),
        nn.Flatten(),
        nn.Linear(3 * width * (-(-side // 8)) ** 2, hidden),
    )
