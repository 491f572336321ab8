"""Any network from strips to tokens as a task for the training loop, and staffs read by it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from notehead.models.registry import Setting
from notehead.models.staffs.base import STRIDE, StaffNetwork
from notehead.models.staffs.cut import StripBatch, StripCrops, page_strips
from notehead.models.staffs.edits import edits
from notehead.models.staffs.tokens import TOKENS
from notehead.page import Page

BLANK = 0


class StaffTask:
    """Trains a network that reads a staff from left to right, by CTC (Graves et al., 2006).

    Args:
        make: the network.
        setting: pages, crops, seed, device.
    """

    def __init__(self, make: Callable[[], StaffNetwork], setting: Setting) -> None:
        torch.manual_seed(setting.seed)
        self._crops = StripCrops(setting.paths, setting.crops, setting.seed)
        self._device, self._pages = setting.device, setting.pages
        self.network: nn.Module = make().to(setting.device)

    def batch(self, number: int) -> StripBatch:
        return self._crops.batch(number)

    def loss(self, batch: StripBatch) -> tuple[Tensor, dict[str, float]]:
        logits = self.network(ink(batch.image, self._device))
        columns = torch.full((len(batch.image),), logits.shape[1], dtype=torch.int64)
        loss = functional.ctc_loss(
            logits.log_softmax(dim=2).transpose(0, 1),
            torch.from_numpy(batch.tokens).to(self._device),
            columns,
            torch.from_numpy(batch.length),
            blank=BLANK,
            zero_infinity=True,  # a part with more tokens than columns
        )
        return loss, {"ctc": float(loss.detach())}

    def judge(self, network: nn.Module) -> dict[str, float]:
        """The symbol error rate: edits for each true token, of staffs given by their lines."""
        assert isinstance(network, StaffNetwork)  # a copy of what `make` has made
        wrong, tokens = 0, 0
        for page in self._pages:
            for _, strip in page_strips(page):
                if strip.events:
                    wrong += edits(read_strip(network, strip.image), strip.tokens)
                    tokens += len(strip.tokens)
        return {"error_rate": wrong / tokens} if tokens else {}


def read_staffs(network: StaffNetwork, page: Page) -> dict[int, list[str]]:
    """The tokens of each staff of five lines of a page whose staff lines are known, by the staff's number.

    Args:
        network: trained.
        page: as the detector gives it, or any with `staff_lines`.
    """
    return {
        staff: [TOKENS[number - 1] for number in read_strip(network, strip.image)]
        for staff, strip in page_strips(page)
    }


def read_strip(network: StaffNetwork, image: NDArray[np.uint8]) -> list[int]:
    """The numbers of the tokens on a strip, uint8 (192, width)."""
    device = next(network.parameters()).device
    wide = np.pad(image, ((0, 0), (0, -image.shape[1] % STRIDE)), mode="edge")
    with torch.inference_mode():
        logits = network.eval()(ink(wide[None], device))[0]
    return collapsed(logits.argmax(dim=1).tolist())


def collapsed(columns: Sequence[int]) -> list[int]:
    """What the tokens of columns say: each once, where it begins, without blanks.

    Example:
        >>> collapsed([0, 5, 5, 0, 5, 7, 7])
        [5, 5, 7]
    """
    before = [BLANK, *columns]
    return [one for one, last in zip(columns, before, strict=False) if one not in (BLANK, last)]


def ink(image: NDArray[np.uint8], device: torch.device) -> Tensor:
    """Strips as networks take them."""
    return (255 - torch.from_numpy(image).to(device).float())[:, None] / 255
