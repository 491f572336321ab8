"""What the detector's network is asked for, and what being wrong costs."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from notehead.detect.classes import FAMILIES, TRACES
from notehead.detect.maps import CELL
from notehead.models.detector.crops import Batch
from notehead.models.detector.network import DetectorNetwork
from notehead.models.detector.proposals import Proposals, false_peaks
from notehead.models.detector.refine import refine_loss
from notehead.models.detector.tips import tips_loss
from notehead.models.overlap import generalised_iou

_REACH = 2
"""Cells around a centre that its bump covers."""


@dataclass(frozen=True, slots=True)
class LossWeights:
    """How much each part counts.

    Attributes:
        centre: where symbols are.
        trace: where lines are.
        label: of which class they are.
        box: where boxes read at centres begin and end; `overlap` is what its generalised IoU counts in it.
        refine: what is wrong after a second look.
        tips: where curves end.
        overlap: generalised IoU in `box`, beside the distance of centres and sizes.
    """

    centre: float = 1.0
    trace: float = 1.0
    label: float = 1.0
    box: float = 1.0
    refine: float = 1.0
    tips: float = 1.0
    overlap: float = 1.0


@dataclass(frozen=True, eq=False)
class Targets:
    """What a batch asks for.

    Attributes:
        heat: (n, families, height / 4, width / 4), 1 at centres, falling off around them.
        cell: int64 (m, 3): crop, row and column of cells where class and box are learnt.
        symbol: int64 (m,), the symbol that each of them belongs to.
    """

    heat: Tensor
    cell: Tensor
    symbol: Tensor


def targets(batch: Batch) -> Targets:
    """Bumps at the centres; each cell nearest to a centre, and not nearer to another, learns its symbol."""
    count, size, _ = batch.image.shape
    side = size // CELL
    box = torch.from_numpy(batch.box)
    middle = (box[:, :2] + box[:, 2:]) / 2 / CELL
    sides = (box[:, 2:] - box[:, :2]).clamp(min=1) / CELL
    spread = (sides.amin(dim=1) / 5).clamp(0.7, 1.8)
    steps = torch.arange(-_REACH, _REACH + 1)
    offset = torch.stack(torch.meshgrid(steps, steps, indexing="ij"), dim=-1).reshape(-1, 2)
    home = middle.floor().long()
    cell = home[:, None, :] + offset[None, :, [1, 0]]  # x, y
    distance = ((cell + 0.5 - middle[:, None, :]) ** 2).sum(dim=2)
    value = torch.exp(-distance / (2 * spread[:, None] ** 2))
    value[:, len(offset) // 2] = 1.0  # the cell that holds the centre
    inside = ((cell >= 0) & (cell < side)).all(dim=2)
    plane = torch.from_numpy(batch.crop * len(FAMILIES) + batch.kind)[:, None].expand(-1, len(offset))
    place = (plane * side + cell[..., 1]) * side + cell[..., 0]
    heat = torch.zeros(count * len(FAMILIES) * side * side)
    heat.scatter_reduce_(0, place[inside], value[inside], "amax")
    learns = inside & (distance <= 1.0) & (value >= heat[place.clamp(0, len(heat) - 1)] - 1e-6)
    symbol, _ = learns.nonzero(as_tuple=True)
    crop = torch.from_numpy(batch.crop)[symbol]
    at = cell[learns]
    return Targets(
        heat.reshape(count, len(FAMILIES), side, side), torch.stack((crop, at[:, 1], at[:, 0]), dim=1), symbol
    )


def losses(network: DetectorNetwork, batch: Batch, weights: LossWeights) -> tuple[Tensor, dict[str, float]]:
    """The loss of a batch, and its parts as numbers."""
    device = next(network.parameters()).device
    wanted = targets(batch)
    image = (255 - torch.from_numpy(batch.image).to(device).float())[:, None] / 255
    with torch.autocast(device.type, torch.bfloat16):
        heat, traces, features = network(image.contiguous(memory_format=torch.channels_last))
    heat, traces, features = heat.float(), traces.float(), features.float()
    parts = {
        "centre": weights.centre * _centre_loss(heat, wanted.heat.to(device)),
        "trace": weights.trace * _trace_loss(traces, batch),
    }
    crop, row, column = wanted.cell.to(device).T
    point = torch.from_numpy(batch.point).to(device)
    at = torch.cat((features[crop, :, row, column], features[point[:, 0], :, point[:, 4], point[:, 3]]))
    kinds = torch.cat((torch.from_numpy(batch.kind)[wanted.symbol].to(device), point[:, 1]))
    labels = torch.cat((torch.from_numpy(batch.label)[wanted.symbol].to(device), point[:, 2]))
    scores, found = network.symbol(at, kinds)
    mistaken = functional.cross_entropy(scores, labels, reduction="sum") / max(len(labels), 1)
    parts["label"] = weights.label * mistaken
    box = torch.from_numpy(batch.box)[wanted.symbol].to(device)
    cell = torch.stack((column, row), dim=1)
    count = len(box)
    found = found[:count]
    parts["box"] = weights.box * _box_loss(found, box, cell, weights.overlap)
    with torch.no_grad():
        proposals = Proposals(
            wanted.symbol.to(device),
            crop,
            kinds[:count],
            at[:count],
            heat[crop, kinds[:count], row, column],
            scores[:count],
            _boxes(found, cell) * CELL,
        ) + _mistakes(network, heat, features, wanted)
    parts["refine"] = weights.refine * refine_loss(network.refine, batch, proposals)
    parts["tips"] = weights.tips * tips_loss(network.tips, batch, traces)
    loss = torch.stack(list(parts.values())).sum()
    return loss, {name: float(part.detach()) for name, part in parts.items()}


def _mistakes(network: DetectorNetwork, heat: Tensor, features: Tensor, wanted: Targets) -> Proposals:
    """What is read where no symbol is."""
    crop, kind, row, column = false_peaks(heat, wanted.heat.to(heat.device)).T
    at = features[crop, :, row, column]
    scores, found = network.symbol(at, kind)
    box = _boxes(found, torch.stack((column, row), dim=1)) * CELL
    return Proposals(torch.full_like(crop, -1), crop, kind, at, heat[crop, kind, row, column], scores, box)


def _centre_loss(logits: Tensor, heat: Tensor) -> Tensor:
    """The focal loss of CornerNet (Law and Deng, 2018): cells near a centre count less as mistakes."""
    probability = torch.sigmoid(logits)
    at_centre = heat >= 1.0
    hit = functional.logsigmoid(logits) * (1 - probability) ** 2
    miss = functional.logsigmoid(-logits) * probability**2 * (1 - heat) ** 4
    return -torch.where(at_centre, hit, miss).sum() / at_centre.sum().clamp(min=1)


def _trace_loss(logits: Tensor, batch: Batch) -> Tensor:
    bits = torch.from_numpy(batch.traces.astype("int32")).to(logits.device)[:, None]
    shift = torch.arange(len(TRACES), device=logits.device)[None, :, None, None]
    wanted = (bits >> shift & 1).float()
    each = functional.binary_cross_entropy_with_logits(logits, wanted)
    probability = torch.sigmoid(logits)
    shared = (probability * wanted).sum(dim=(0, 2, 3))
    total = probability.sum(dim=(0, 2, 3)) + wanted.sum(dim=(0, 2, 3))
    seen = wanted.sum(dim=(0, 2, 3)) > 0
    dice = 1 - (2 * shared + 1) / (total + 1)  # Milletari et al., 2016; classes count alike
    return 20 * each + dice[seen].sum() / max(int(seen.sum()), 1)


def _box_loss(found: Tensor, box: Tensor, cell: Tensor, overlap: float) -> Tensor:
    """Generalised IoU, and the distance of centres and sizes' logarithms."""
    if not len(box):
        return found.sum() * 0
    wanted = box / CELL
    middle, sides = (wanted[:, :2] + wanted[:, 2:]) / 2, (wanted[:, 2:] - wanted[:, :2]).clamp(min=0.1)
    offset = middle - (cell + 0.5)
    near = functional.l1_loss(found[:, :2], offset) + functional.l1_loss(found[:, 2:], sides.log())
    true = torch.cat((middle - sides / 2, middle + sides / 2), dim=1)
    return 2 * near + 2 * overlap * (1 - generalised_iou(_boxes(found, cell), true)).mean()


def _boxes(found: Tensor, cell: Tensor) -> Tensor:
    """Boxes in cells, from what is read at cells."""
    half = found[:, 2:].clamp(-3, 6).exp() / 2
    at = cell + 0.5 + found[:, :2]
    return torch.cat((at - half, at + half), dim=1)
