"""Sliding windows: a classifier that looks at every place, once for each shape (Vaillant et al., 1994).

The naive reference of a comparison: each of some hundred thousand windows of an image is classified on its
own, nothing is shared, boxes are as coarse as shapes and steps are. A page takes minutes without a GPU.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.nn import functional

from notehead.models.boxes.base import Boxes, BoxNetwork, Truth
from notehead.models.boxes.choosing import LEAST, best
from notehead.models.boxes.task import BoxTask
from notehead.models.classify.drawing import UNSURE, drawn_windows
from notehead.models.classify.resnet import ResidualTrunk
from notehead.models.classify.windows import SEEN, all_windows, inked, seen_through, sizes_of
from notehead.models.data.table import ClassTable
from notehead.models.registry import Setting

_TOGETHER = 512
"""Windows that are classified at once."""
_JUDGES = 2
"""Pages by which it is judged while it is trained."""


class WindowClassifier(nn.Module):
    """The residual CNN with the background as class 0; it is told how large the window is.

    In: what is seen, float (n, 1, 32, 32), and sizes, float (n, 2). Out: logits (n, 1 + classes).
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.trunk = ResidualTrunk((SEEN, SEEN))
        self.label = nn.Linear(self.trunk.width + 2, 1 + classes)

    def forward(self, seen: Tensor, sizes: Tensor) -> Tensor:
        logits: Tensor = self.label(torch.cat((self.trunk(seen), sizes), dim=1))
        return logits


class SlidingWindow(BoxNetwork):
    """The classifier at every place; of windows on one symbol of one class the surest is left."""

    def __init__(self, table: ClassTable) -> None:
        super().__init__(table)
        self.classifier = WindowClassifier(self.classes)

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """Windows that are not surely background: the image of each, its box, and scores of classes."""
        every = all_windows(images.shape[2], images.shape[3]).to(images)
        rows: list[tuple[Tensor, Tensor, Tensor]] = []
        for number, image in enumerate(images):
            windows = every[inked(image, every)]
            for first in range(0, len(windows), _TOGETHER):
                box = windows[first : first + _TOGETHER]
                logits = self.classifier(seen_through(image, box), sizes_of(box))
                score = logits.softmax(dim=1)[:, 1:]
                kept = (score > LEAST).any(dim=1)
                rows.append((torch.full_like(box[kept, 0], number), box[kept], score[kept]))
        none = every.new_empty(0), every.new_empty(0, 4), every.new_empty(0, self.classes)
        return tuple(torch.cat(parts) for parts in zip(none, *rows, strict=True))

    def losses(self, images: Tensor, truths: list[Truth]) -> dict[str, Tensor]:
        drawn = [drawn_windows(image, truth) for image, truth in zip(images, truths, strict=True)]
        seen = [seen_through(image, box) for image, (box, _) in zip(images, drawn, strict=True)]
        sizes = torch.cat([sizes_of(box) for box, _ in drawn])
        logits = self.classifier(torch.cat(seen), sizes)
        wanted = torch.cat([label for _, label in drawn])
        return {"label": functional.cross_entropy(logits, wanted, ignore_index=UNSURE)}

    def find(self, images: Tensor) -> list[Boxes]:
        number, box, score = self(images)
        each = [number == place for place in range(len(images))]
        return [best(box[mine], score[mine], images.shape[-2:]) for mine in each]

    def parts(self) -> dict[str, tuple[nn.Module, tuple[Tensor, ...]]]:
        return {"classifier": (self.classifier, (torch.zeros(4, 1, SEEN, SEEN), torch.zeros(4, 2)))}


def task(setting: Setting) -> BoxTask:
    """The sliding classifier; it is judged by two pages only, since it is slow."""
    return BoxTask(SlidingWindow, replace(setting, pages=setting.pages[:_JUDGES]))
