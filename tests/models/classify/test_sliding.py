"""A classifier that knows what it sees finds it where it is."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from notehead.models.classify.sliding import SlidingWindow
from notehead.models.classify.windows import RIM, SEEN
from notehead.models.data.table import ClassTable

HEAD = torch.tensor((15.0, 13.0))


class Knowing(nn.Module):
    """The surer that it sees a black block of 15 x 13, the nearer that is to the window's middle."""

    def forward(self, seen: Tensor, sizes: Tensor) -> Tensor:
        side = torch.exp2(sizes) * RIM
        ours = ((side - HEAD).abs() < 0.01).all(dim=1)
        amount = seen.sum(dim=(1, 2, 3)).clamp(min=1e-6)
        place = (torch.arange(SEEN) + 0.5) / SEEN - 0.5
        x = (seen[:, 0].sum(dim=1) * place).sum(dim=1) / amount * (side[:, 0] + 2 * RIM)
        y = (seen[:, 0].sum(dim=2) * place).sum(dim=1) / amount * (side[:, 1] + 2 * RIM)
        sure = torch.where(ours, 6 - x.abs() - y.abs(), torch.full_like(x, -20))
        none = torch.zeros_like(sure)
        return torch.stack((none, none - 20, sure), dim=1)


def test_what_the_classifier_knows_is_found() -> None:
    network = SlidingWindow(ClassTable((4, 9))).eval()
    network.classifier = Knowing()  # type: ignore[assignment]
    images = torch.zeros(2, 1, 128, 128)
    images[1, 0, 50:63, 72:87] = 1
    with torch.inference_mode():
        blank, found = network.find(images)
    assert len(blank.box) == 0
    assert found.label[0] == 2
    assert (found.box[0] - torch.tensor((72.0, 50, 87, 63))).abs().max() <= 3
    assert (found.score[1:] < found.score[0]).all()
    assert (found.score[1:] < 0.9).all()  # windows some way off, sure of nothing


def test_an_image_smaller_than_any_window_has_nothing() -> None:
    network = SlidingWindow(ClassTable((4,))).eval()
    with torch.inference_mode():
        (found,) = network.find(torch.ones(1, 1, 1, 1))
    assert found.box.shape == (0, 4)
