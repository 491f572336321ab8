"""Any `BoxNetwork` as a task for the training loop."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from notehead.evaluate import DetectionEvaluator, DetectionOptions
from notehead.models.boxes.base import BoxNetwork, truths
from notehead.models.boxes.reading import read_page
from notehead.models.data.boxes import BoxBatch, BoxCrops
from notehead.models.data.table import ClassTable
from notehead.models.registry import Setting
from notehead.vocabulary import VOCABULARY


class BoxTask:
    """Trains a network that finds boxes.

    Args:
        make: from the table of classes to the network.
        setting: pages, crops, seed, device.
        crops: what batches are made of, where it is not just the setting's crops.
    """

    def __init__(
        self, make: Callable[[ClassTable], BoxNetwork], setting: Setting, crops: BoxCrops | None = None
    ) -> None:
        torch.manual_seed(setting.seed)
        self._crops = crops or BoxCrops(setting.paths, setting.crops, setting.seed)
        self._device, self._pages = setting.device, setting.pages
        self.network: nn.Module = make(self._crops.table).to(setting.device)

    def batch(self, number: int) -> BoxBatch:
        return self._crops.batch(number)

    def loss(self, batch: BoxBatch) -> tuple[Tensor, dict[str, float]]:
        network = self.network
        assert isinstance(network, BoxNetwork)  # what `make` has made
        parts = network.losses(images(batch, self._device), truths(batch, self._device, masks=network.masks))
        return torch.stack(list(parts.values())).sum(), {
            name: float(part.detach()) for name, part in parts.items()
        }

    def judge(self, network: nn.Module) -> dict[str, float]:
        if not self._pages:
            return {}
        assert isinstance(network, BoxNetwork)  # a copy of what `make` has made
        evaluator = DetectionEvaluator(VOCABULARY, DetectionOptions())
        for page in self._pages:
            found = read_page(network.eval(), page.image, page.staff_space)
            evaluator.add(page.symbols, found, page.staff_space, page.name)
        figures = evaluator.finish()
        known = {VOCABULARY.by_id[label].name for label in network.table.labels}
        means = [row.means() for row in figures.classes if row.name in known and row.truths >= 5]
        return {
            name: sum(getattr(one, name) for one in means) / max(len(means), 1) for name in ("ap50", "ap")
        }


def images(batch: BoxBatch, device: torch.device) -> Tensor:
    """The images of a batch as networks take them."""
    image = (255 - torch.from_numpy(batch.image).to(device).float())[:, None] / 255
    return image.contiguous(memory_format=torch.channels_last)
