"""DETR: queries that look at the image and at each other, one for each symbol (Carion et al., 2020).

It is RT-DETRv2 (Lv et al., 2024) as the library `transformers` has it, with new weights and our backbone.
"""

from __future__ import annotations

import os

import torch
from torch import Tensor, nn

from notehead.models.backbone import WIDTHS, Backbone
from notehead.models.boxes.base import Boxes, BoxNetwork, Truth
from notehead.models.boxes.choosing import LEAST
from notehead.models.boxes.task import BoxTask
from notehead.models.data.table import ClassTable
from notehead.models.registry import Setting

# A crop of 512 pixels has some 80 symbols, hardly ever more than 250; the maps of an image of less
# than 128 pixels have too few cells for so many queries.
QUERIES = 300


class Detr(BoxNetwork):
    """The detector without anchors and without suppression of doubles."""

    def __init__(self, table: ClassTable, width: int = 128) -> None:
        # the library's checks of its own arguments are nothing that ONNX knows
        os.environ.setdefault("TRANSFORMERS_DISABLE_TORCH_CHECK", "1")
        from transformers import (  # noqa: PLC0415  # an extra
            RTDetrResNetConfig,
            RTDetrV2Config,
            RTDetrV2ForObjectDetection,
        )

        super().__init__(table)
        levels = len(WIDTHS) - 1
        unused = RTDetrResNetConfig(
            num_channels=1,
            embedding_size=8,
            hidden_sizes=list(WIDTHS),
            depths=[1] * len(WIDTHS),
            layer_type="basic",
            out_features=[f"stage{level + 2}" for level in range(levels)],
        )
        config = RTDetrV2Config(
            backbone_config=unused, freeze_backbone_batch_norms=False, num_labels=self.classes,
            encoder_hidden_dim=width, encoder_in_channels=[width] * levels, encoder_ffn_dim=4 * width,
            d_model=width, decoder_in_channels=[width] * levels, decoder_ffn_dim=4 * width, decoder_layers=3,
            hidden_expansion=0.5, num_queries=QUERIES, num_denoising=QUERIES // 3,
            initializer_range=0.05,
        )  # fmt: skip
        self.network = RTDetrV2ForObjectDetection(config)
        for layer in self.network.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.reset_parameters()  # the library's are near 0, for weights that are loaded later
        self.network.model.backbone = _Maps()

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Per query: class logits, and the box in shares of the image (middle, width, height)."""
        found = self.network(images)
        return found.logits, found.pred_boxes

    def losses(self, images: Tensor, truths: list[Truth]) -> dict[str, Tensor]:
        side = _sides(images)
        labels = [
            {
                "class_labels": truth.label - 1,
                "boxes": torch.cat(
                    ((truth.box[:, :2] + truth.box[:, 2:]) / 2, truth.box[:, 2:] - truth.box[:, :2]), dim=1
                )
                / side,
            }
            for truth in truths
        ]
        # the noise of the denoised queries is the batch's own, so that a training goes on as it was
        with torch.random.fork_rng():
            torch.manual_seed(int(sum(float(truth.box.sum()) for truth in truths)))
            parts: dict[str, Tensor] = self.network(images, labels=labels).loss_dict
        return {
            "label": torch.stack([part for name, part in parts.items() if "vfl" in name]).sum(),
            "box": torch.stack([part for name, part in parts.items() if "vfl" not in name]).sum(),
        }

    def find(self, images: Tensor) -> list[Boxes]:
        logits, box = self(images)
        side = _sides(images)
        low, high = (box[..., :2] - box[..., 2:] / 2), (box[..., :2] + box[..., 2:] / 2)
        box = torch.cat((low, high), dim=-1).clamp(0, 1) * side
        return [_best(box[k], logits[k].sigmoid()) for k in range(len(images))]


class _Maps(nn.Module):
    """Our backbone in place of the library's: maps at strides 8, 16 and 32, with masks that nobody reads."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = Backbone()

    def forward(self, images: Tensor, mask: Tensor) -> list[tuple[Tensor, Tensor]]:
        return [(one, mask) for one in self.backbone(images)[1:]]


def _sides(images: Tensor) -> Tensor:
    height, width = images.shape[-2:]
    return torch.tensor([width, height, width, height], dtype=torch.float32, device=images.device)


def _best(box: Tensor, score: Tensor) -> Boxes:
    """As many of all queries' classes as there are queries, the surest."""
    value, order = score.flatten().topk(len(box))
    query, label = order // score.shape[1], order % score.shape[1]
    found = box[query]
    whole = (found[:, 2:] > found[:, :2]).all(dim=1) & (value > LEAST)
    return Boxes(found[whole], label[whole] + 1, value[whole])


def task(setting: Setting) -> BoxTask:
    """RT-DETRv2 from scratch."""
    return BoxTask(Detr, setting)
