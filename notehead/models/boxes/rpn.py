"""The region proposal network: anchors that say whether they show anything (Ren et al., 2015)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from notehead.detect.nms import suppressed
from notehead.models.boxes.anchors import NONE, SYMBOLS, Anchors, as_rows, decode, encode
from notehead.models.boxes.base import Truth
from notehead.models.boxes.sampling import drawn


@dataclass(frozen=True, slots=True)
class RpnOptions:
    """What is learnt from, and what is proposed.

    Attributes:
        high: IoU from which on an anchor shows a symbol; the paper's 0.7 is out of reach of thin ones.
        low: IoU below which it shows none.
        count: anchors of an image that are learnt from.
        share: of these the share, at most, that show a symbol.
        before: the surest regions, of which those that are near a surer one are left out.
        same: IoU from which on regions are near.
        most: regions that are proposed, at most.
    """

    high: float = 0.5
    low: float = 0.3
    count: int = 256
    share: float = 0.5
    before: int = 4000
    same: float = 0.7
    most: int = 1000


class Rpn(nn.Module):
    """Maps of a pyramid to a logit and the numbers of a box for each anchor.

    Args:
        width: channels of the maps.
        anchors: the shapes.
    """

    def __init__(self, width: int, anchors: Anchors = SYMBOLS) -> None:
        super().__init__()
        self.anchors = anchors
        self.tower = nn.Sequential(nn.Conv2d(width, width, 3, padding=1), nn.ReLU())
        self.sure = nn.ModuleList(nn.Conv2d(width, count, 1) for count in anchors.counts)
        self.numbers = nn.ModuleList(nn.Conv2d(width, 4 * count, 1) for count in anchors.counts)

    def forward(self, levels: list[Tensor]) -> tuple[Tensor, Tensor]:
        """Logits (images, n) and numbers (images, n, 4), in the order of the anchors."""
        seen = [self.tower(one) for one in levels]
        sure = [as_rows(layer(one), 1) for layer, one in zip(self.sure, seen, strict=True)]
        numbers = [as_rows(layer(one), 4) for layer, one in zip(self.numbers, seen, strict=True)]
        return torch.cat(sure, dim=1)[..., 0], torch.cat(numbers, dim=1)


def rpn_losses(
    outputs: tuple[Tensor, Tensor], truths: list[Truth], images: Tensor, rpn: Rpn, options: RpnOptions
) -> dict[str, Tensor]:
    """The loss of anchors that show something or not, and of their boxes where they do.

    Args:
        outputs: what the network has given.
        truths: of each image.
        images: float (images, 1, height, width).
        rpn: the network.
        options: what is learnt from.
    """
    sure, numbers = outputs
    size = (images.shape[-2], images.shape[-1])
    anchor = rpn.anchors.boxes(size, sure.device)
    shown, moved = sure.new_zeros(()), sure.new_zeros(())
    for place, truth in enumerate(truths):
        owner = rpn.anchors.match(truth.box, size, options.high, options.low)
        good = drawn((owner >= 0).nonzero()[:, 0], int(options.count * options.share))
        bad = drawn((owner == NONE).nonzero()[:, 0], options.count - len(good))
        wanted = torch.cat((torch.ones_like(good), torch.zeros_like(bad))).to(sure)
        shown = shown + functional.binary_cross_entropy_with_logits(
            sure[place, torch.cat((good, bad))], wanted
        )
        code = encode(anchor[good], truth.box[owner[good]])
        loss = functional.smooth_l1_loss(numbers[place, good], code, reduction="sum", beta=1 / 9)
        moved = moved + loss / max(len(good), 1)
    return {"shown": shown / len(truths), "anchor": moved / len(truths)}


@torch.no_grad()
def proposals(outputs: tuple[Tensor, Tensor], images: Tensor, rpn: Rpn, options: RpnOptions) -> list[Tensor]:
    """The regions that most likely show something, for each image: float (n, 4), at most so many.

    Args:
        outputs: what the network has given.
        images: float (images, 1, height, width).
        rpn: the network.
        options: how many.
    """
    sure, numbers = outputs
    size = (images.shape[-2], images.shape[-1])
    anchor = rpn.anchors.boxes(size, sure.device)
    limit = anchor.new_tensor([size[1], size[0], size[1], size[0]])
    found = []
    for logit, code in zip(sure, numbers, strict=True):
        value, row = logit.topk(min(options.before, len(logit)))
        box = torch.minimum(decode(anchor[row], code[row]).clamp(min=0), limit)
        large = ((box[:, 2:] - box[:, :2]) >= 1).all(dim=1)
        box, value = box[large], value[large]
        kept = suppressed(box.double().cpu().numpy(), value.cpu().numpy(), options.same)[: options.most]
        found.append(box[torch.from_numpy(kept.copy()).to(box.device)])
    return found
