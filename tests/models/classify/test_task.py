"""A classifier is judged by patches that are held back, by the names of a build's folders."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from notehead.datasets.formats.deepscores_v1.layout import v1_name
from notehead.models.classify.base import PatchNetwork
from notehead.models.classify.task import PatchTask, probabilities
from notehead.models.data.cutting import CropOptions
from notehead.models.data.prepare import prepare
from notehead.models.data.table import ClassTable
from notehead.models.registry import Setting
from notehead.page import Page
from notehead.vocabulary import VOCABULARY
from tests.models.classify.pages import page_with_areas


class Stubborn(PatchNetwork):
    """Takes everything for a head on a line."""

    def __init__(self, table: ClassTable) -> None:
        super().__init__(table)
        self.logits = nn.Parameter(torch.zeros(len(table)))
        with torch.no_grad():
            self.logits[table.places[VOCABULARY.id("noteheadBlackOnLine")] - 1] = 9

    def forward(self, patches: Tensor) -> Tensor:
        return self.logits + patches.new_zeros(len(patches), 1)


def stubborn(folder: Path, pages: list[Page]) -> PatchTask:
    prepare(page_with_areas(700), 12.0).write(folder / "page.npz")
    thrice = [folder / "page.npz"] * 3  # so that there are enough heads in spaces
    setting = Setting(thrice, CropOptions(128, 1, 2), 0, torch.device("cpu"), pages)
    return PatchTask(Stubborn, setting)


def test_heads_in_spaces_count_as_heads(tmp_path: Path) -> None:
    page = page_with_areas()
    task = stubborn(tmp_path, [page])
    assert isinstance(task.network, PatchNetwork)
    told = [label for label in page.symbols.label.tolist() if label in task.network.table.labels]
    names = [v1_name(label) for label in told]
    assert {VOCABULARY.id("noteheadBlackInSpace"), VOCABULARY.id("noteheadBlackOnLine")} <= set(told)
    worth = task.judge(task.network)
    assert worth["accuracy"] == pytest.approx(names.count("noteheadBlack") / len(names))
    assert worth["balanced"] == pytest.approx(1 / len(set(names)))


def test_without_pages_there_is_no_judgement(tmp_path: Path) -> None:
    task = stubborn(tmp_path, [])
    assert task.judge(task.network) == {}


def test_probabilities_are_of_each_patch() -> None:
    network = Stubborn(ClassTable((1, VOCABULARY.id("noteheadBlackOnLine"))))
    found = probabilities(network.eval(), np.zeros((300, 170, 45), np.uint8))
    assert found.shape == (300, 2)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
    assert probabilities(network, np.zeros((0, 170, 45), np.uint8)).shape == (0, 2)
