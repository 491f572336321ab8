"""CRNN: convolutions that keep the columns, a recurrent network along them, CTC (Shi et al., 2017).

As Calvo-Zaragoza and Rizo (2018) read staffs with it. What differs: gated recurrent units for LSTM, strips
192 pixels high for 128 (theirs hold incipits of one voice), steps of two pixels for the first two poolings,
and a note's length and place are two tokens.
"""

from __future__ import annotations

from torch import Tensor, nn

from notehead.models.layers import convolution
from notehead.models.registry import Setting
from notehead.models.staffs.base import StaffNetwork
from notehead.models.staffs.cut import HEIGHT
from notehead.models.staffs.task import StaffTask
from notehead.models.staffs.tokens import TOKENS

_WIDTHS = (32, 64, 96, 128)


class Crnn(StaffNetwork):
    """Convolutions, then what is above one another as one column, then both ways along the columns.

    Args:
        hidden: units of the recurrent layers, in either direction.
    """

    def __init__(self, hidden: int = 128) -> None:
        super().__init__()
        first, second, third, last = _WIDTHS
        self.columns = nn.Sequential(
            convolution(1, first, 2),
            convolution(first, second, 2),
            convolution(second, third),
            nn.MaxPool2d((2, 1)),
            convolution(third, last),
            nn.MaxPool2d((2, 1)),
            convolution(last, last),
            nn.MaxPool2d((2, 1)),
        )
        self.squeeze = nn.Linear(last * HEIGHT // 32, hidden)
        self.along = nn.GRU(hidden, hidden, num_layers=2, batch_first=True, bidirectional=True)
        self.token = nn.Linear(2 * hidden, 1 + len(TOKENS))

    def forward(self, strips: Tensor) -> Tensor:
        columns = self.columns(strips).flatten(1, 2).transpose(1, 2)
        along, _ = self.along(self.squeeze(columns).relu())
        tokens: Tensor = self.token(along)
        return tokens


def task(setting: Setting) -> StaffTask:
    """A CRNN for staffs."""
    return StaffTask(Crnn, setting)
