"""RefineNet: maps of all sizes, refined from the coarsest to the finest (Lin et al., 2017)."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from notehead.models.backbone import Backbone
from notehead.models.data.table import ClassTable
from notehead.models.refinenet import RefineDecoder
from notehead.models.registry import Setting
from notehead.models.segment.base import SegmentNetwork, enlarged
from notehead.models.segment.task import SegmentTask


class RefineNet(SegmentNetwork):
    """The chain of refining blocks on a residual encoder; its finest map has a stride of 4."""

    def __init__(self, table: ClassTable, width: int = 48) -> None:
        super().__init__(table)
        self.backbone = Backbone()
        self.decoder = RefineDecoder(self.backbone.widths, width)
        self.last = nn.Conv2d(width, self.outputs, 1)

    def scores_of(self, images: Tensor) -> Tensor:
        finest = self.decoder(self.backbone(images))[0]
        return enlarged(self.last(functional.relu(finest)), images)


def task(setting: Setting) -> SegmentTask:
    """RefineNet on the small backbone."""
    return SegmentTask(RefineNet, setting)
