"""Networks that look into regions which something else has proposed."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

import torch
from torch import Tensor

from notehead.models.boxes.base import Boxes, BoxNetwork, Truth
from notehead.models.boxes.proposals import proposed_in
from notehead.models.boxes.region_head import region_boxes, region_losses
from notehead.models.boxes.sampling import SampleOptions, sampled
from notehead.models.data.table import ClassTable


class GivenRegions(BoxNetwork):
    """Images and regions to boxes; without regions those of `proposed_in` are taken."""

    def __init__(self, table: ClassTable) -> None:
        super().__init__(table)
        self.sample = SampleOptions()

    @abstractmethod
    def see(self, images: Tensor, box: Tensor, image: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (n, 1 + classes) and numbers of boxes (n, classes, 4) of regions.

        Args:
            images: float (images, 1, height, width).
            box: float (n, 4), in pixels.
            image: int64 (n,), the image of each.
        """

    def losses(
        self, images: Tensor, truths: list[Truth], regions: Sequence[Tensor] | None = None
    ) -> dict[str, Tensor]:
        """The parts of the loss.

        Args:
            images: float (images, 1, height, width).
            truths: of each image.
            regions: float (n, 4), for each image.
        """
        sample = sampled(proposed_in(images) if regions is None else regions, truths, self.sample)
        return region_losses(*self.see(images, sample.box, sample.image), sample)

    def find(self, images: Tensor, regions: Sequence[Tensor] | None = None) -> list[Boxes]:
        """What stands on each image; arguments as for `losses`."""
        regions = proposed_in(images) if regions is None else regions
        counts = torch.tensor([len(box) for box in regions], device=images.device)
        image = torch.arange(len(regions), device=images.device).repeat_interleave(counts)
        logits, numbers = self.see(images, torch.cat(list(regions)), image)
        return [
            region_boxes(logits[image == place], numbers[image == place], box, images.shape[-2:])
            for place, box in enumerate(regions)
        ]
