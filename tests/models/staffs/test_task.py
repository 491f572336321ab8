"""From columns to tokens, and how wrong they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from notehead.models.data.cutting import CropOptions
from notehead.models.data.prepare import prepare
from notehead.models.registry import Setting
from notehead.models.staffs.base import STRIDE, StaffNetwork
from notehead.models.staffs.crnn import Crnn, task
from notehead.models.staffs.cut import HEIGHT
from notehead.models.staffs.edits import edits
from notehead.models.staffs.task import StaffTask, read_staffs, read_strip
from notehead.models.staffs.tokens import NUMBERS, TOKENS
from tests.models.staffs.pages import known_page

ROWS = st.lists(st.integers(1, 3), max_size=7)


class Says(StaffNetwork):
    """Says the same of every strip."""

    def __init__(self, words: list[str]) -> None:
        super().__init__()
        self.words = words
        self.weight = nn.Parameter(torch.ones(1))

    def forward(self, strips: Tensor) -> Tensor:
        logits = torch.zeros(len(strips), strips.shape[3] // STRIDE, 1 + len(TOKENS))
        logits[:, :, 0] = 1
        for place, word in enumerate(self.words):
            logits[:, 2 * place + 1, NUMBERS[word]] = 2
        return logits * self.weight


@dataclass(frozen=True)
class Prepared:
    folder: Path

    def setting(self) -> Setting:
        page = known_page()
        prepare(page, 12.0).write(self.folder / "page.npz")
        crops = CropOptions(size=128, pages=1, crops=2)
        return Setting([self.folder / "page.npz"], crops, 0, torch.device("cpu"), [page])


@settings(max_examples=60)
@given(ROWS, ROWS, ROWS)
def test_edits_are_a_distance(one: list[int], two: list[int], three: list[int]) -> None:
    assert edits(one, one) == 0
    assert edits(one, two) == edits(two, one) >= abs(len(one) - len(two))
    assert edits(one, two) <= max(len(one), len(two))
    assert edits(one, three) <= edits(one, two) + edits(two, three)
    assert edits([*one, 9], [*two, 9]) == edits(one, two)


def test_a_strip_is_read_to_tokens() -> None:
    words = ["clefG", "restQuarter", "restQuarter", "barlineFinal"]
    found = read_strip(Says(words), np.full((HEIGHT, 201), 255, np.uint8))
    assert [TOKENS[number - 1] for number in found] == words


def test_all_staffs_are_read_and_judged(tmp_path: Path) -> None:
    words = ["quarter", "at2", "half", "at0"]
    assert read_staffs(Says(words), known_page()) == {0: words, 1: words, 2: words}
    made = StaffTask(lambda: Says(words), Prepared(tmp_path).setting())
    notes = len(range(60, 360, 36))
    assert made.judge(made.network)["error_rate"] == pytest.approx(1 - 4 / (2 * notes))


def test_without_pages_there_is_no_judgement(tmp_path: Path) -> None:
    setting = Prepared(tmp_path).setting()
    made = task(Setting(setting.paths, setting.crops, 0, setting.device))
    assert made.judge(made.network) == {}


def test_a_column_every_third_of_a_staff_space() -> None:
    network = Crnn(hidden=8).eval()
    with torch.inference_mode():
        assert network(torch.zeros(2, 1, HEIGHT, 96)).shape == (2, 96 // STRIDE, 1 + len(TOKENS))


def test_a_part_with_more_tokens_than_columns_costs_nothing(tmp_path: Path) -> None:
    made = task(Prepared(tmp_path).setting())
    batch = made.batch(0)
    long = type(batch)(batch.image[:1], np.arange(1, 100), np.array([99]))
    loss, _ = made.loss(long)
    assert float(loss.detach()) == 0
