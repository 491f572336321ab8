"""The Deep Watershed Detector: energy that rises to each symbol's centre (Tuggener et al., 2018).

Small, and otherwise as published; what differs: our backbone for ResNet-101, 32 channels for 256, boxes
learnt in staff spaces, and classes and sizes enlarged only at the pixels where they are needed, which gives
the same. Its ovals have 17 and 9 pixels as published, so that symbols whose centres are less than 16 pixels
apart become one, such as thirds in a chord at 12 pixels a staff space, unless `above` is raised.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from notehead.detect.detector import STAFF_SPACE
from notehead.models.backbone import Backbone
from notehead.models.boxes.base import Boxes, BoxNetwork, Truth
from notehead.models.boxes.dwd_decode import decoded
from notehead.models.boxes.dwd_losses import Weighing, box_loss, class_loss, energy_loss
from notehead.models.boxes.dwd_options import DwdOptions
from notehead.models.boxes.dwd_targets import targets
from notehead.models.data.table import ClassTable
from notehead.models.refinenet import RefineDecoder
from notehead.vocabulary import VOCABULARY

ENERGY_SCALES = (1, 8, 16, 32)
"""What energy is learnt at; the finest is the map of stride 4, enlarged."""
CLASS_SCALES = (1, 8, 16)
"""What class and box are learnt at."""
_WIDTH = 32
"""Channels of the decoder's maps."""


class Dwd(BoxNetwork):
    """Three heads of 1 x 1 convolutions on RefineNet (Lin et al., 2017).

    Args:
        table: the classes that it tells apart.
        options: how it is trained and read.
        steps: of the whole training; 0 where nobody knows.
        cached: float (classes, 2), mean height and width of each class in staff spaces.
    """

    def __init__(
        self, table: ClassTable, options: DwdOptions, steps: int = 0, cached: Tensor | None = None
    ) -> None:
        super().__init__(table)
        self.options = options
        self.backbone = Backbone()
        self.decoder = RefineDecoder(self.backbone.widths, _WIDTH)
        width = _WIDTH
        self.energy = nn.ModuleList(nn.Conv2d(width, options.levels, 1) for _ in ENERGY_SCALES)
        self.label = nn.ModuleList(nn.Conv2d(width, self.classes, 1) for _ in CLASS_SCALES)
        self.size = nn.ModuleList(nn.Conv2d(width, 2, 1) for _ in CLASS_SCALES)
        self.weighing = Weighing(steps)
        self.cached: Tensor
        self.register_buffer("cached", torch.zeros(self.classes, 2) if cached is None else cached.float())

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Energy logits at each pixel; class logits, and height and width in pixels, at a stride of 4."""
        fine = self._maps(images)[0]
        energy = _enlarged(self.energy[0](fine), images)
        return energy, self.label[0](fine), self.size[0](fine) * STAFF_SPACE

    def losses(self, images: Tensor, truths: list[Truth]) -> dict[str, Tensor]:
        weighed: dict[str, Tensor] = self.weighing(self.unweighed(images, truths))
        return weighed

    def unweighed(self, images: Tensor, truths: list[Truth]) -> dict[str, Tensor]:
        """The parts of the loss, each the mean of its scales."""
        shape = (images.shape[2], images.shape[3])
        true = targets([self._told(truth) for truth in truths], shape, self.options)
        copies = [true] + [true.reduced(scale) for scale in ENERGY_SCALES[1:]]
        maps = self._maps(images)
        energy = [head(one) for head, one in zip(self.energy, maps, strict=True)]
        energy[0] = _enlarged(energy[0], images)
        sides = [head(one) * STAFF_SPACE for head, one in zip(self.size, maps, strict=False)]
        parts = {
            "energy": [energy_loss(one, copy) for one, copy in zip(energy, copies, strict=True)],
            "class": [
                class_loss(head(one), copy) for head, one, copy in zip(self.label, maps, copies, strict=False)
            ],
            "box": [box_loss(one, copy, STAFF_SPACE) for one, copy in zip(sides, copies, strict=False)],
        }
        return {name: torch.stack(values).mean() for name, values in parts.items()}

    def find(self, images: Tensor) -> list[Boxes]:
        cached = self.cached * STAFF_SPACE if self.options.cached_boxes else None
        energy, label, size = self(images)
        return [
            decoded(energy[place], label[place], size[place], self.options, cached)
            for place in range(len(images))
        ]

    def _maps(self, images: Tensor) -> list[Tensor]:
        maps: list[Tensor] = self.decoder(self.backbone(images))
        return maps

    def _told(self, truth: Truth) -> Truth:
        """The symbols whose class is not left out."""
        ids = [VOCABULARY.id(name) for name in self.options.without]
        left_out = torch.tensor([-1, *ids], device=truth.label.device)
        labels: Tensor = self.labels  # type: ignore[assignment]
        kept = ~torch.isin(labels[truth.label - 1], left_out)
        return Truth(truth.box[kept], truth.label[kept])


def _enlarged(maps: Tensor, images: Tensor) -> Tensor:
    return functional.interpolate(maps, size=images.shape[-2:], mode="bilinear", align_corners=False)
